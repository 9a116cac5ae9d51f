"""Count the rows a file really holds, without decoding them.

The reading library stops at the declared number of rows and says nothing about rows beyond it. Plain data
are counted by their length, row-compressed data by walking from code block to code block, packed data
after inflating their blocks.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

import numpy as np

from netwerkkracht.spss.reading.header import Header

END, RAW, UNIT = 252, 253, 8
CHUNK = 2**20


@dataclass(frozen=True)
class Held:
    """Whole rows, 8-byte units of a row that is cut, and bytes behind the end."""

    rows: int
    rest: int
    behind: int


def held(content: bytes, header: Header) -> Held | None:
    """Count the rows of a file; None when its packed blocks do not inflate to what their table says."""
    data = memoryview(content)[header.data_offset :]
    if header.compression == 0:
        rows, rest = divmod(len(data), header.row_bytes)
        return Held(rows, 0, 0) if not rest else Held(rows, -(-rest // UNIT), rest)
    if header.compression == 2:
        inflated = _inflated(content, header)
        if not inflated and header.declared_rows:
            return None
        data = memoryview(inflated)
    units, behind, cut = _walk(data)
    rows, rest = divmod(units, header.segments)
    return Held(rows, rest or int(cut), behind)


def _inflated(content: bytes, header: Header) -> bytearray:
    """Return the blocks up to the first that is broken; ``intake.require_room`` has checked their sizes."""
    place = header.data_offset
    _, trailer, _ = struct.unpack(header.order + "3q", content[place : place + 24])
    (count,) = struct.unpack(header.order + "i", content[trailer + 20 : trailer + 24])
    whole = memoryview(content)
    made = bytearray()
    for index in range(count):
        at = trailer + 24 + 24 * index
        _, start, size, packed = struct.unpack(header.order + "2q2i", content[at : at + 24])
        try:
            # never more than one byte beyond what the table says, whatever the block would give
            made += zlib.decompressobj().decompress(whole[start : start + packed], size + 1)
        except zlib.error:
            break
    return made


def _chain(following: list[int]) -> tuple[list[int], int]:
    """Return the places from the first on, each leading to the next, and the first beyond the end."""
    visited: list[int] = []
    add = visited.append
    here = 0
    try:
        # leaving by the error saves a comparison per block, a third of the time of this loop
        while True:
            after = following[here]
            add(here)
            here = after
    except IndexError:
        return visited, here


def _walk(data: memoryview) -> tuple[int, int, bool]:
    """Return the units announced by codes, the bytes behind the end, and whether the last block is cut.

    A block is eight codes followed by the raw units they announce, so the place of the next block follows
    from the codes of this one.
    """
    total = len(data) // UNIT
    table = np.frombuffer(data[: total * UNIT], dtype=np.uint8).reshape(-1, UNIT)
    units = 0
    at = 0
    while at < total:
        stop = min(at + CHUNK, total)
        steps = (table[at:stop] == RAW).sum(axis=1) + 1
        visited, here = _chain((steps + np.arange(stop - at)).tolist())
        codes = table[at:stop][visited]
        ends = codes.ravel() == END
        if ends.any():
            first = int(ends.argmax())
            block = visited[first // UNIT]
            units += int(np.count_nonzero(codes.ravel()[:first]))
            announced = int((codes[first // UNIT][: first % UNIT] == RAW).sum())
            behind = len(data) - (at + block + 1 + announced) * UNIT
            return units, max(0, behind), behind < 0
        units += int(np.count_nonzero(codes))
        at += here
    return units, 0, at > total or bool(any(data[total * UNIT :]))
