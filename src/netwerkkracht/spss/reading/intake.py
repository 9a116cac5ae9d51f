"""What is checked before a file is given to the reading process: its size, its kind, what it asks for."""

from __future__ import annotations

import struct
from pathlib import Path

from netwerkkracht.core.errors import StudyError, fail
from netwerkkracht.spss.model import Limits
from netwerkkracht.spss.reading.header import SEGMENT, Header

# the first bytes of files that people hand in by mistake, and what they are
STRANGERS = (
    (b"PK\x03\x04", "a zip archive or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word document"),
    (b"<stata_dta>", "a Stata file"),
    *((bytes((version, order, 1)), "a Stata file") for version in (113, 114, 115) for order in (1, 2)),
    (bytes(12) + b"\xc2\xea\x81\x60", "a SAS file"),
    (b"%PDF", "a PDF document"),
    (b"PAR1", "a Parquet file"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SR\x00\x04", "an IDL save file"),
    (b"SR\x00\x06", "an IDL save file"),
)
PORTABLE = b"SPSSPORT"
# how much of a file is looked at to tell text from other bytes
TEXT_HEAD = 4096


def damaged(name: str, what: str) -> StudyError:
    """Make the one error for a file that cannot be trusted."""
    return fail(
        "D00",
        what,
        file=name,
        expected="an undamaged SPSS file (.sav, .zsav or .por)",
        action="compare size and sha256 with the sender's, and ask for the file again",
    )


def differs(name: str) -> StudyError:
    """Make the error for a file whose bytes are not those that were received."""
    return fail(
        "I01",
        "the file differs from the one that was received",
        file=name,
        expected="the size and sha256 in register.csv",
        action="restore the received file; a new delivery is registered anew, under its own name",
    )


def content_of(path: Path, limits: Limits) -> bytes:
    """Read the bytes of a file once; everything that follows is about these bytes."""
    try:
        if not path.is_file():
            raise fail(
                "F02",
                "the file is missing" if not path.exists() else "this is a folder, not a file",
                file=path.name,
                expected="an SPSS file",
                action="check the name and the folder",
            )
        if path.stat().st_size > limits.file_bytes:
            raise _too_large(path.name, path.stat().st_size, limits.file_bytes, "file")
        return path.read_bytes()
    except OSError as cause:
        raise fail(
            "F02",
            f"the file cannot be opened ({cause.strerror or type(cause).__name__})",
            file=path.name,
            expected="a file that may be read",
            action="check its permissions",
        ) from None


def kind_of_content(content: bytes, name: str) -> str:
    """Return sav, zsav or por, or say what the file is instead."""
    if b"ENCRYPTED" in content[:36]:
        raise fail(
            "D00",
            "the file is encrypted with a password",
            file=name,
            expected="a file without a password",
            action="open it in SPSS (or pspp-convert) with the password and save it without one",
        )
    if content[:4] == b"$FL2":
        return "sav"
    if content[:4] == b"$FL3":
        return "zsav"
    if PORTABLE in content[:600].replace(b"\r", b"").replace(b"\n", b""):
        return _portable(content, name)
    if not content:
        raise damaged(name, "the file is empty")
    known = next((words for start, words in STRANGERS if content.startswith(start)), None)
    if known is None and _is_text(content[:TEXT_HEAD]):
        known = "a text file, such as CSV or syntax"
    if known is None:
        raise damaged(name, "this is not an SPSS file")
    raise fail(
        "D00",
        f"this is {known}, not an SPSS file",
        file=name,
        expected="an SPSS file (.sav, .zsav or .por)",
        action="open it in SPSS or PSPP, give the variables their labels and missing codes, save it as .sav",
    )


def _is_text(head: bytes) -> bool:
    """Tell whether bytes are lines of text in some encoding of letters; control signs say they are not."""
    return not any(byte < 32 and byte not in b"\t\n\r\x0c" for byte in head) and b"\n" in head


def _portable(content: bytes, name: str) -> str:
    """Accept a portable file that ends with Z, filled up to the line; one that does not was cut."""
    body = content.rstrip(b"\r\n \x1a")
    if not body.endswith(b"Z"):
        raise damaged(name, "the file is cut off: the mark at the end of a portable file is missing")
    return "por"


def require_room(header: Header | None, content: bytes, name: str, limits: Limits) -> int:
    """Refuse a file that decodes to more than the limit; return how many rows may be read.

    The row limit is one more than declared, so that rows beyond the declared number are noticed.
    """
    if header is None:
        return 0
    if len(header.columns) > limits.variables:
        raise _too_large(name, len(header.columns), limits.variables, "variables")
    if header.container == "zsav":
        _require_small_blocks(header, content, name, limits)
    most = limits.decoded_bytes // header.row_bytes
    if header.declared_rows > most:
        asked = header.declared_rows * header.row_bytes
        raise _too_large(name, asked, limits.decoded_bytes, "decoded data")
    return (header.declared_rows if header.declared_rows >= 0 else most) + 1


def _require_small_blocks(header: Header, content: bytes, name: str, limits: Limits) -> None:
    """Check that the table of compressed blocks lies inside the file and claims a decoded size that fits."""
    place = header.data_offset
    broken = damaged(name, "the file is damaged: its table of compressed blocks does not hold together")
    if place + 24 > len(content):
        raise broken
    own, trailer, length = struct.unpack(header.order + "3q", content[place : place + 24])
    if own != place or trailer < place + 24 or length < 24 or trailer + length > len(content):
        raise broken
    _bias, _zero, block, count = struct.unpack(header.order + "2q2i", content[trailer : trailer + 24])
    if count < 0 or 24 + 24 * count > length or block < 0:
        raise broken
    decoded, free = 0, place + 24
    for index in range(count):
        at = trailer + 24 + 24 * index
        _, start, size, packed = struct.unpack(header.order + "2q2i", content[at : at + 24])
        # the blocks lie one behind the other: two in one place would be inflated twice
        if size < 0 or packed < 0 or start != free or start + packed > trailer:
            raise broken
        free = start + packed
        decoded += size
    if max(decoded, block) > limits.decoded_bytes:
        raise _too_large(name, decoded, limits.decoded_bytes, "decoded data")
    if decoded % SEGMENT:
        raise broken


def _too_large(name: str, asked: int, limit: int, what: str) -> StudyError:
    unit = "variables" if what == "variables" else "bytes"
    return fail(
        "D00",
        f"the {what} would take {asked} {unit}" if unit == "bytes" else f"the file has {asked} variables",
        file=name,
        expected=f"at most {limit} {unit}",
        action="a small file that asks for much is damaged; if this one is right, raise the limits",
    )
