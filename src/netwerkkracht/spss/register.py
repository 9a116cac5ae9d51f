"""The register of received files: which bytes came in, when, and under which terms.

``register.csv`` (separator ``;``) has one row per file: ``path;sha256;bytes;rows;received;terms``; paths are
relative to the folder of the register. A hash made on receipt is the only check that finds every later
change: many damaged files can still be read.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError, fail
from netwerkkracht.spss.reading.intake import differs
from netwerkkracht.spss.reading.reader import read

COLUMNS = ("path", "sha256", "bytes", "rows", "received", "terms")


@dataclass(frozen=True)
class Received:
    """One received file; ``received`` is an ISO date, ``terms`` say what it may be used for."""

    path: str
    sha256: str
    bytes: int
    rows: int
    received: str
    terms: str


def read_register(register: Path) -> dict[str, Received]:
    """Return the entries by path; a register that does not exist is empty.

    Raises
    ------
    StudyError
        ``I03`` for each row that is no entry, all at once.
    """
    if not register.exists():
        return {}
    entries: dict[str, Received] = {}
    errors: list[StudyError] = []
    for number, row in enumerate(io.read_rows(register, separator=";"), start=2):
        entry = _entry(row)
        if entry is None or entry.path in entries:
            errors.append(
                fail(
                    "I03",
                    f"line {number} of the register is not an entry, or names a file twice",
                    file=register.name,
                    expected=";".join(COLUMNS) + " with 64 hexadecimal digits, whole numbers and an ISO date",
                    action="correct the line, or register the file again",
                )
            )
        else:
            entries[entry.path] = entry
    if errors:
        raise StudyError([finding for error in errors for finding in error.findings])
    return entries


def _entry(row: dict[str, str]) -> Received | None:
    try:
        entry = Received(
            row["path"],
            row["sha256"].lower(),
            int(row["bytes"]),
            int(row["rows"]),
            row["received"],
            row["terms"],
        )
        dt.date.fromisoformat(entry.received)
    except (KeyError, ValueError):
        return None
    path = Path(entry.path)
    inside = bool(entry.path) and not path.is_absolute() and ".." not in path.parts
    return entry if inside and re.fullmatch(r"[0-9a-f]{64}", entry.sha256) else None


def expected_hash(register: Path, file: Path) -> str:
    """Return the registered sha256 of a file, to hand to ``read(..., sha256=)``.

    Raises
    ------
    StudyError
        ``I02`` when the register is not there or does not name the file, ``I03`` when it is damaged.
    """
    if not register.exists():
        raise fail(
            "I02",
            "the register of received files is not there",
            file=register.name,
            expected="the file that 'received' of config.yaml names",
            action="restore it, or register the files",
        )
    entry = read_register(register).get(key_of(register, file))
    if entry is None:
        raise fail(
            "I02",
            "the file is not in the register of received files",
            file=file.name,
            expected="one row per received file in register.csv",
            action="register it: where it came from, when, and under which terms",
        )
    return entry.sha256


def key_of(register: Path, file: Path) -> str:
    """Return the path under which a register names a file."""
    try:
        return file.resolve().relative_to(register.parent.resolve()).as_posix()
    except ValueError:
        raise fail(
            "I02",
            "the file lies outside the folder of the register",
            file=file.name,
            expected=f"a file in or below the folder of {register.name}",
            action="move the file there",
        ) from None


def register_file(
    register: Path, file: Path, *, received: str, terms: str, replace: bool = False
) -> Received:
    """Read a file whole, add it to the register and return its entry.

    Parameters
    ----------
    register
        ``register.csv``; made when it does not exist.
    file
        The received file, in or below the folder of the register.
    received
        The date of receipt, ``YYYY-MM-DD``.
    terms
        What it may be used for, in words.
    replace
        Take other bytes under a known path: for files that this program made itself.

    Raises
    ------
    StudyError
        Those of ``read``; ``I01`` when the register holds other bytes under this path; ``I03`` for a date
        that is none.
    """
    entries = read_register(register)
    key = key_of(register, file)
    known = read(file, strict=False)
    entry = Received(key, known.sha256, known.size, known.n_rows, received, terms)
    if _entry({name: str(value) for name, value in zip(COLUMNS, astuple(entry), strict=True)}) is None:
        raise fail("I03", "the date is not one", file=file.name, expected="YYYY-MM-DD", action="correct it")
    if not replace and key in entries and entries[key].sha256 != known.sha256:
        raise differs(file.name)
    entries[key] = entry
    rows = [astuple(entries[name]) for name in sorted(entries)]
    io.write_text(register, io.csv_text(COLUMNS, rows, separator=";"), writer="register")
    return entry


def register_again(register: Path, files: Sequence[Path]) -> int:
    """Enter anew the files that a register names already; return how many.

    For synthetic files that were made again; date and terms stay.
    """
    entries = read_register(register)
    root = register.parent.resolve()
    known = [
        path for path in files if path.resolve().is_relative_to(root) and key_of(register, path) in entries
    ]
    for path in known:
        old = entries[key_of(register, path)]
        register_file(register, path, received=old.received, terms=old.terms, replace=True)
    return len(known)
