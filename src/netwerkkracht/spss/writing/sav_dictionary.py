"""The bytes of a .sav dictionary: variables, labels, missing values and extension records."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from typing import Any

from netwerkkracht.spss.codepages import page_of
from netwerkkracht.spss.codes import FORMATS, ROLES
from netwerkkracht.spss.model import MultipleResponseSet, SpssVariable

SYSMIS = -1.7976931348623157e308
HIGHEST = 1.7976931348623157e308
LOWEST = -1.7976931348623155e308
PRODUCT = b"@(#) SPSS DATA FILE netwerkkracht"
# one fixed moment, so that equal content gives equal bytes
CREATED = b"01 Jan 2000:00:00"
FORMAT_NUMBERS = {name: number for number, name in FORMATS.items()}
ROLE_NUMBERS = {name: number for number, name in ROLES.items()}
MEASURES = {"unknown": 0, "nominal": 1, "ordinal": 2, "scale": 3}
ALIGNMENTS = {"left": 0, "right": 1, "center": 2}
CHUNK, FULL = 252, 255

Encode = Callable[..., bytes]


def segments_of(width: int) -> list[int]:
    """Return the widths of the records that hold a variable: very long strings are cut in pieces of 252."""
    if width <= FULL:
        return [width]
    count = math.ceil(width / CHUNK)
    return [FULL] * (count - 1) + [width - (count - 1) * CHUNK]


def format_code(text: str, width: int) -> int:
    """Return a format such as F8.2 as the number a variable record holds."""
    match = re.fullmatch(r"([A-Z]+)(\d*)(?:\.(\d+))?", text.upper())
    kind = FORMAT_NUMBERS.get(match[1], 0) if match else 0
    if match is None or not kind:
        return format_code(f"A{width}" if width else "F8.2", width)
    size = min(width, FULL) if width else int(match[2] or 8)
    return kind << 16 | min(size, FULL) << 8 | int(match[3] or 0)


class Layout:
    """The variables with their short names and positions."""

    def __init__(self, variables: Sequence[SpssVariable], encode: Encode, *, declared: str) -> None:
        """Give each variable a short name of at most 8 bytes."""
        self.variables = list(variables)
        self.encode = encode
        self.declared = declared
        self.short: list[bytes] = []
        self.position: list[int] = []
        taken = {short for short in map(self._natural, variables) if short}
        used: set[bytes] = set()
        number = 0
        at = 1
        for variable in variables:
            short = self._natural(variable)
            while short is None or short in used:
                number += 1
                candidate = b"V%05d" % number
                short = None if candidate in taken or candidate in used else candidate
            used.add(short)
            self.short.append(short)
            self.position.append(at)
            at += self.units(variable)
        self.total = at - 1

    def _natural(self, variable: SpssVariable) -> bytes | None:
        """Return the name in capitals when it is plain and short enough to be its own short name."""
        name = variable.name.upper()
        fits = name.isascii() and len(name) <= 8 and re.fullmatch(r"[A-Z@#$][A-Z0-9_.@#$]*", name)
        return name.encode("ascii") if fits else None

    @staticmethod
    def units(variable: SpssVariable) -> int:
        """Return how many 8-byte units a value takes in a row."""
        return sum(max(1, math.ceil(width / 8)) for width in segments_of(variable.width))


def dictionary_bytes(layout: Layout, extras: Any, *, rows: int, packing: str) -> bytes:
    """Return everything that stands before the data."""
    encode = layout.encode
    weight = 0
    for variable, position in zip(layout.variables, layout.position, strict=True):
        if extras.weight_variable is not None and variable.name.lower() == extras.weight_variable.lower():
            weight = position
    head = (b"$FL3" if packing == "zlib" else b"$FL2") + PRODUCT.ljust(60)
    head += struct.pack(
        "<5id", 2, layout.total, {"none": 0, "rows": 1, "zlib": 2}[packing], weight, rows, 100.0
    )
    head += CREATED + encode(extras.file_label).ljust(64) + bytes(3)
    parts = [head]
    parts += [_variable(layout, index) for index in range(len(layout.variables))]
    parts += [_value_labels(layout, index) for index in range(len(layout.variables))]
    if extras.documents:
        lines = [encode(line).ljust(80) for line in extras.documents]
        parts.append(struct.pack("<2i", 6, len(lines)) + b"".join(lines))
    parts += _extensions(layout, extras, rows)
    parts.append(struct.pack("<2i", 999, 0))
    return b"".join(parts)


def _variable(layout: Layout, index: int) -> bytes:
    """Return the records of one variable: the first, its continuations, and the pieces of a long string."""
    variable = layout.variables[index]
    encode = layout.encode
    label = encode(variable.label or "", variable.name)
    missing = b"" if variable.width > 8 else _missing(variable, encode)
    ranges = any(isinstance(rule, tuple) for rule in variable.missing)
    count = len(missing) // 8 * (-1 if ranges else 1)
    records: list[bytes] = []
    for piece, width in enumerate(segments_of(variable.width)):
        first = piece == 0
        shown = format_code(variable.format if first else f"A{width}", width)
        name = layout.short[index] if first else layout.short[index][:5] + b"%03d" % piece
        fields = (2, width, int(bool(label and first)), count if first else 0, shown, shown)
        records.append(struct.pack("<6i", *fields) + name.ljust(8))
        if first:
            if label:
                records.append(struct.pack("<i", len(label)) + label + bytes(-len(label) % 4))
            records.append(missing)
        filler = struct.pack("<6i", 2, -1, 0, 0, 0, 0) + b" " * 8
        records.append(filler * (max(1, math.ceil(width / 8)) - 1))
    return b"".join(records)


def _missing(variable: SpssVariable, encode: Encode) -> bytes:
    """Return the missing values as 8 bytes each: a range first, then the codes."""
    numbers: list[float] = []
    texts: list[bytes] = []
    for rule in sorted(variable.missing, key=lambda rule: not isinstance(rule, tuple)):
        if isinstance(rule, tuple):
            numbers += [
                LOWEST if rule[0] == -math.inf else rule[0],
                HIGHEST if rule[1] == math.inf else rule[1],
            ]
        elif isinstance(rule, str):
            texts.append(encode(rule, variable.name).ljust(8))
        else:
            numbers.append(float(rule))
    return b"".join(texts) + struct.pack(f"<{len(numbers)}d", *numbers)


def _value_labels(layout: Layout, index: int) -> bytes:
    variable = layout.variables[index]
    if not variable.value_labels or variable.width > 8:
        return b""
    parts = [struct.pack("<2i", 3, len(variable.value_labels))]
    for code, words in variable.value_labels.items():
        value = (
            layout.encode(code, variable.name).ljust(8)
            if isinstance(code, str)
            else struct.pack("<d", float(code))
        )
        label = layout.encode(words, variable.name)
        parts.append(value + bytes([len(label)]) + label + b" " * (-(len(label) + 1) % 8))
    parts.append(struct.pack("<3i", 4, 1, layout.position[index]))
    return b"".join(parts)


def _record(subtype: int, size: int, body: bytes) -> bytes:
    return struct.pack("<4i", 7, subtype, size, len(body) // size) + body if body else b""


def _extensions(layout: Layout, extras: Any, rows: int) -> list[bytes]:
    encode = layout.encode
    page = page_of(layout.declared)
    display: list[int] = []
    for variable in layout.variables:
        row = (MEASURES[variable.measure], variable.display_width)
        side = ALIGNMENTS.get(variable.alignment, 0 if variable.is_string else 1)
        display += [*row, side] * len(segments_of(variable.width))
    names = [short + b"=" + encode(v.name) for short, v in zip(layout.short, layout.variables, strict=True)]
    long_strings = [
        short + b"=%05d\x00\t" % v.width
        for short, v in zip(layout.short, layout.variables, strict=True)
        if v.width > FULL
    ]
    return [
        _record(3, 4, struct.pack("<8i", 24, 0, 0, -1, 1, 1, 2, page)),
        _record(4, 8, struct.pack("<3d", SYSMIS, HIGHEST, LOWEST)),
        _record(7, 1, b"".join(_set(one, layout) for one in extras.multiple_response_sets)),
        _record(11, 4, struct.pack(f"<{len(display)}i", *display)),
        _record(13, 1, b"\t".join(names)),
        _record(14, 1, b"".join(long_strings)),
        _record(16, 8, struct.pack("<2q", 1, rows)),
        _record(17, 1, encode(_attributes(extras.attributes or {}))),
        _record(18, 1, encode(_variable_attributes(layout.variables))),
        _record(20, 1, layout.declared.encode("ascii")),
        _record(21, 1, b"".join(_long_labels(v, encode) for v in layout.variables if v.width > 8)),
        _record(22, 1, b"".join(_long_missing(v, encode) for v in layout.variables if v.width > 8)),
    ]


def _attributes(attributes: Any) -> str:
    return "".join(
        f"{name}(" + "".join(f"'{value}'\n" for value in values) + ")" for name, values in attributes.items()
    )


def _variable_attributes(variables: Sequence[SpssVariable]) -> str:
    if not any(variable.attributes or variable.role != "input" for variable in variables):
        return ""
    return "/".join(
        f"{variable.name}:{_attributes({**variable.attributes, '$@Role': (ROLE_NUMBERS[variable.role],)})}"
        for variable in variables
    )


def _long_labels(variable: SpssVariable, encode: Encode) -> bytes:
    if not variable.value_labels:
        return b""
    name = encode(variable.name)
    body = (
        struct.pack("<i", len(name)) + name + struct.pack("<2i", variable.width, len(variable.value_labels))
    )
    for code, words in variable.value_labels.items():
        value, label = encode(str(code), variable.name).ljust(variable.width), encode(words, variable.name)
        body += struct.pack("<i", len(value)) + value + struct.pack("<i", len(label)) + label
    return body


def _long_missing(variable: SpssVariable, encode: Encode) -> bytes:
    values = _missing(variable, encode)
    if not values:
        return b""
    name = encode(variable.name)
    return struct.pack("<i", len(name)) + name + bytes([len(values) // 8]) + struct.pack("<i", 8) + values


def _set(one: MultipleResponseSet, layout: Layout) -> bytes:
    encode = layout.encode
    short = {v.name.lower(): s for v, s in zip(layout.variables, layout.short, strict=True)}
    members = b"".join(b" " + short[name.lower()].lower() for name in one.variables)
    label = encode(one.label)
    kind = b"C "
    if one.kind == "dichotomies":
        counted = encode(one.counted or "1")
        kind = b"D%d %s " % (len(counted), counted)
    return b"$" + encode(one.name) + b"=" + kind + b"%d %s" % (len(label), label) + members + b"\n"
