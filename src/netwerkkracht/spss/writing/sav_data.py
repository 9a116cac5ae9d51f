"""The rows of a .sav file, row-compressed, and the blocks of a .zsav file."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from netwerkkracht.spss.model import SpssVariable
from netwerkkracht.spss.writing.sav_dictionary import FULL, SYSMIS, segments_of

END, RAW, BLANKS, MISSING = 252, 253, 254, 255
BIAS = 100
BLANK = np.frombuffer(b" " * 8, dtype="<u8")[0]
BLOCK = 0x3FF000


def case_bytes(
    columns: Sequence[Any], variables: Sequence[SpssVariable], *, rows: int, compressed: bool = True
) -> bytes:
    """Return all rows: one code per 8-byte unit, and the unit itself where the code cannot hold it."""
    units: list[Any] = []
    codes: list[Any] = []
    for values, variable in zip(columns, variables, strict=True):
        unit, code = _text_units(values, variable) if variable.is_string else _number_units(values)
        units.append(unit)
        codes.append(code)
    if not units:
        return b""
    if not compressed:
        return bytes(np.hstack(units).tobytes())
    return _bytecode(np.hstack(units), np.hstack(codes)) if rows else b""


def _number_units(values: Any) -> tuple[Any, Any]:
    missing = np.isnan(values)
    raw = np.where(missing, SYSMIS, values).astype("<f8")
    with np.errstate(invalid="ignore"):
        small = (raw >= 1 - BIAS) & (raw <= 251 - BIAS) & (raw == np.floor(raw))
        # minus zero has bits of its own, which a code would lose
        small &= ~((raw == 0) & np.signbit(raw))
        short = np.where(small, raw + BIAS, RAW).astype(np.uint8)
    code = np.where(missing, MISSING, short).astype(np.uint8)
    return raw.view("<u8")[:, None], code[:, None]


def _text_units(values: list[bytes], variable: SpssVariable) -> tuple[Any, Any]:
    pieces = segments_of(variable.width)
    sizes = [-(-width // 8) * 8 for width in pieces]

    def laid_out(value: bytes) -> bytes:
        if len(pieces) == 1:
            return value.ljust(sizes[0])
        return b"".join(value[FULL * i : FULL * (i + 1)].ljust(size) for i, size in enumerate(sizes))

    unit = np.frombuffer(b"".join(map(laid_out, values)), dtype="<u8").reshape(len(values), sum(sizes) // 8)
    return unit, np.where(unit == BLANK, BLANKS, RAW).astype(np.uint8)


def _bytecode(units: Any, codes: Any) -> bytes:
    """Interleave: eight codes, then the raw units these codes announce."""
    flat = np.append(codes.ravel(), np.uint8(END))
    flat = np.append(flat, np.zeros(-len(flat) % 8, dtype=np.uint8))
    announced = flat == RAW
    per_block = announced.reshape(-1, 8).sum(axis=1)
    start = np.arange(len(per_block)) + np.concatenate([[0], np.cumsum(per_block)[:-1]])
    out = np.empty(len(per_block) + int(per_block.sum()), dtype="<u8")
    is_code = np.zeros(len(out), dtype=bool)
    is_code[start] = True
    out[start] = flat.view("<u8")
    out[~is_code] = units.ravel()[announced[: units.size]]
    return out.tobytes()


def packed_bytes(cases: bytes, *, offset: int) -> bytes:
    """Return the rows as zlib blocks between the header and the trailer of a .zsav file."""
    blocks = [cases[at : at + BLOCK] for at in range(0, len(cases), BLOCK)]
    packed = [zlib.compress(block, 6) for block in blocks]
    trailer = offset + 24 + sum(map(len, packed))
    table = struct.pack("<2q2i", -BIAS, 0, BLOCK, len(blocks))
    plain_at, packed_at = offset, offset + 24
    for block, small in zip(blocks, packed, strict=True):
        table += struct.pack("<2q2i", plain_at, packed_at, len(block), len(small))
        plain_at += len(block)
        packed_at += len(small)
    return struct.pack("<3q", offset, trailer, len(table)) + b"".join(packed) + table
