"""A scanner of our own for the dictionary of .sav and .zsav files.

It gives what the reading library does not: the declared case count, weight, roles, attributes, the encoding
record, string missing values of any length and the place where the data start. Format: PSPP developer's
guide, "System File Format". All text stays as the bytes of the file, one character per byte (ISO 8859-1),
until the encoding is known (``text.py``).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

DOCUMENT_LINE = 80
SEGMENT = 8
LONGEST_LABEL = 2**15
# what a dictionary may hold at most: reading it takes time and memory in this process, not in the worker
MOST = {
    "variables": 50_000,
    "8-byte units in a row": 2**21,
    "value labels": 2**20,
    "value labels of all variables": 2**23,
    "extension records": 10_000,
}


class HeaderError(Exception):
    """The dictionary does not hold together; the text says why and where, without any value."""

    def __init__(self, reason: str, offset: int) -> None:
        """Keep the reason and the offset in bytes."""
        super().__init__(f"{reason} at byte {offset}")
        self.reason = reason
        self.offset = offset


@dataclass(frozen=True)
class Column:
    """One variable record: what stands in the file before long names and very long strings are applied."""

    short_name: str
    width: int
    position: int
    label: str | None
    missing_kind: int
    missing: tuple[bytes, ...]
    print_format: int


@dataclass
class Header:
    """The dictionary of a .sav or .zsav file; texts are undecoded."""

    container: str
    order: str
    product: str
    compression: int
    declared_rows: int
    weight_position: int
    bias: float
    file_label: str
    segments: int = 0
    columns: list[Column] = field(default_factory=list)
    value_label_sets: int = 0
    value_labels: int = 0
    labelled: int = 0
    n_extensions: int = 0
    documents: list[str] = field(default_factory=list)
    extensions: dict[int, bytes] = field(default_factory=dict)
    data_offset: int = 0
    size: int = 0

    @property
    def row_bytes(self) -> int:
        """Bytes of one decoded row."""
        return self.segments * SEGMENT

    @property
    def code_page(self) -> int | None:
        """The character code of the machine record, or None."""
        record = self.extensions.get(3)
        if record is None or len(record) < 32:
            return None
        return int(struct.unpack(self.order + "8i", record[:32])[7])

    @property
    def encoding_name(self) -> str | None:
        """The name in the encoding record, or None."""
        record = self.extensions.get(20)
        return None if record is None else record.decode("ascii", "replace").strip(" \x00") or None

    @property
    def declared_rows_64(self) -> int | None:
        """The case count of the 64-bit record, or None."""
        record = self.extensions.get(16)
        if record is None or len(record) < 16:
            return None
        return int(struct.unpack(self.order + "2q", record[:16])[1])

    def text(self, subtype: int) -> str:
        """Return an extension record as undecoded text, empty when absent."""
        return self.extensions.get(subtype, b"").decode("latin-1")


class Cursor:
    """Reads from bytes and never past their end."""

    def __init__(self, data: bytes, order: str) -> None:
        """Start at the first byte."""
        self.data = data
        self.order = order
        self.at = 0

    def take(self, count: int, what: str) -> bytes:
        """Return the next ``count`` bytes."""
        if count < 0 or self.at + count > len(self.data):
            raise HeaderError(f"the file ends, or claims an impossible length, inside {what}", self.at)
        self.at += count
        return self.data[self.at - count : self.at]

    def integer(self, what: str) -> int:
        """Return the next 32-bit integer."""
        return int(struct.unpack(self.order + "i", self.take(4, what))[0])

    def text(self, count: int, what: str) -> str:
        """Return ``count`` bytes as undecoded text without trailing blanks."""
        return self.take(count, what).decode("latin-1").rstrip(" \x00")


def scan(data: bytes) -> Header:
    """Read the dictionary of a .sav or .zsav file.

    Raises
    ------
    HeaderError
        When a record is cut, claims an impossible length or has an unknown type.
    """
    header, cursor = _fixed_part(data)
    parts: dict[int, list[bytes]] = {}
    while True:
        kind = cursor.integer("a record type")
        if kind == 999:
            cursor.integer("the end of the dictionary")
            break
        if kind == 7:
            _extension(cursor, header, parts)
        else:
            _record(kind, cursor, header)
    header.extensions = {subtype: b"".join(bodies) for subtype, bodies in parts.items()}
    header.data_offset = cursor.at
    if header.segments == 0:
        raise HeaderError("the file has no variables", cursor.at)
    return header


def _fixed_part(data: bytes) -> tuple[Header, Cursor]:
    magic = data[:4]
    if magic not in {b"$FL2", b"$FL3"}:
        raise HeaderError("this is not an SPSS system file", 0)
    if len(data) < 176:
        raise HeaderError("the file ends inside its first record", len(data))
    order = "<" if struct.unpack("<i", data[64:68])[0] in {2, 3} else ">"
    if struct.unpack(order + "i", data[64:68])[0] not in {2, 3}:
        raise HeaderError("the layout code is not one SPSS writes", 64)
    cursor = Cursor(data, order)
    cursor.at = 4
    product = cursor.text(60, "the product name")
    cursor.at = 72
    compression = cursor.integer("the compression code")
    weight = cursor.integer("the weight index")
    rows = cursor.integer("the case count")
    bias = float(struct.unpack(order + "d", cursor.take(8, "the bias"))[0])
    cursor.at = 109
    label = cursor.text(64, "the file label")
    cursor.at = 176
    if compression not in {0, 1, 2} or (compression == 2) != (magic == b"$FL3"):
        raise HeaderError("the compression code does not fit the kind of file", 72)
    if rows < -1:
        raise HeaderError("the case count is negative", 80)
    container = "zsav" if magic == b"$FL3" else "sav"
    return Header(container, order, product, compression, rows, weight, bias, label, size=len(data)), cursor


def _record(kind: int, cursor: Cursor, header: Header) -> None:
    if kind == 2:
        _variable(cursor, header)
        _require_few("variables", len(header.columns), cursor)
        _require_few("8-byte units in a row", header.segments, cursor)
    elif kind == 3:
        _value_labels(cursor, header)
    elif kind == 6:
        lines = cursor.integer("the documents")
        cursor.take(0 if 0 <= lines <= header.size else -1, "the documents")
        header.documents += [cursor.text(DOCUMENT_LINE, "the documents") for _ in range(lines)]
    else:
        raise HeaderError("a record of unknown type stands in the dictionary", cursor.at - 4)


def _require_few(what: str, count: int, cursor: Cursor) -> None:
    if count > MOST[what]:
        raise HeaderError(f"the dictionary holds more {what} than any program writes", cursor.at)


def _value_labels(cursor: Cursor, header: Header) -> None:
    """Pass over a set of value labels and the variables it belongs to, which must follow."""
    count = cursor.integer("a value label count")
    _require_few("value labels", header.value_labels + count, cursor)
    for _ in range(count):
        cursor.take(8, "a value label")
        length = cursor.take(1, "a value label")[0]
        cursor.take(-(length + 1) % 8 + length, "a value label")
    if cursor.integer("a value label's variables") != 4:
        raise HeaderError("value labels belong to no variable", cursor.at - 4)
    owners = cursor.integer("a value label's variables")
    cursor.take(4 * owners, "a value label's variables")
    header.value_labels += count
    header.labelled += count * owners
    _require_few("value labels of all variables", header.labelled, cursor)
    header.value_label_sets += 1


def _extension(cursor: Cursor, header: Header, parts: dict[int, list[bytes]]) -> None:
    subtype, size, count = (cursor.integer("an extension record") for _ in range(3))
    if size < 0 or count < 0:
        raise HeaderError("an extension record has a negative length", cursor.at)
    # SPSS splits multiple-response sets over two records of the same kinds; the others occur once
    parts.setdefault(subtype, []).append(cursor.take(size * count, "an extension record"))
    header.n_extensions += 1
    _require_few("extension records", header.n_extensions, cursor)


def _variable(cursor: Cursor, header: Header) -> None:
    width, has_label, n_missing, print_format, _write = (cursor.integer("a variable") for _ in range(5))
    name = cursor.text(8, "a variable's name")
    label: str | None = None
    if has_label not in {0, 1} or abs(n_missing) > 3 or n_missing == -1 or not -1 <= width <= 255:
        raise HeaderError("a variable record is damaged", cursor.at)
    if has_label:
        length = cursor.integer("a variable label")
        if length > LONGEST_LABEL:
            raise HeaderError("a variable label is longer than any program writes", cursor.at)
        label = cursor.text(length, "a variable label")
        cursor.take(-length % 4, "a variable label")
    missing = tuple(cursor.take(8, "missing values") for _ in range(abs(n_missing)))
    header.segments += 1
    if width >= 0:
        header.columns.append(Column(name, width, header.segments, label, n_missing, missing, print_format))
