r"""The only module that writes files: whole, once, in canonical form.

Every writer writes to a temporary file beside the target, flushes it to disk and replaces the target in one
step, so that no half file ever stands under its final name. CSV and JSON carry no timestamps, floats are the
shortest text that reads back equal, lines end in ``\\n``, text is UTF-8.
"""

from __future__ import annotations

import csv
import errno
import io as stdio
import json
import math
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from netwerkkracht.core.errors import StudyError, fail

# the folder below a study whose files hold rows of persons
ROOM = ("results", "restricted")
# seconds between tries to replace a file that another program holds
HELD = (0.05, 0.1, 0.2, 0.3, 0.4)
# errno -> what it means, what is expected, what to do
_FULL = "the disk is full", "room on the disk", "make room on the disk or in your quota, then run again"
_READ_ONLY = "this place is read-only", "a folder that can be written"
_NO_RIGHT = "you do not have the right", "a file and a folder that you may read and write"
_ELSEWHERE = "copy the study to a folder of your own and run it there"
STORAGE = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EROFS: (*_READ_ONLY, _ELSEWHERE),
    errno.EACCES: (*_NO_RIGHT, f"ask for that right, or {_ELSEWHERE}"),
    errno.EPERM: (*_NO_RIGHT, f"ask for that right, or {_ELSEWHERE}"),
}
_OTHER = (
    "the system refused",
    "a file that can be made here",
    "see what stands there, or choose another folder",
)


def _kill_point(writer: str, point: str) -> None:
    """Die here when a test asks for it: NK_FAULT=<writer>:<point> proves that no half file survives."""
    if os.environ.get("NK_FAULT") == f"{writer}:{point}":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def write_via(
    path: Path, write: Callable[[Path], None], *, writer: str = "file", private: bool = False
) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then put it in place in one step.

    A ``private`` file keeps mode 0600, and so does every file in a room with rows of persons
    (``results/restricted``): its folders are made 0700 and it keeps itself out of version control.

    Raises
    ------
    StudyError
        ``F01`` when the file cannot be written, with the cause: disk full, read-only, no right, open in
        another program. Nothing partial is left, and what stood there before stands there still.
    """
    room = _room_of(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if room is not None:
            _close(room, path.parent)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    except OSError as cause:
        raise storage_fault(cause, path.name) from cause
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        _kill_point(writer, "before-fsync")
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        if os.name == "posix" and not private and room is None:
            temporary.chmod(0o666 & ~_umask())
        _kill_point(writer, "before-rename")
        _put_in_place(temporary, path)
        _sync_folder(path.parent)
    except OSError as cause:
        raise storage_fault(cause, path.name) from cause
    finally:
        temporary.unlink(missing_ok=True)


def _room_of(path: Path) -> Path | None:
    """Return the room with rows of persons that a file lies in, None for a file elsewhere."""
    for folder in path.parents:
        if folder.parts[-2:] == ROOM:
            return folder
    return None


def _close(room: Path, folder: Path) -> None:
    """Close a room, down to a folder in it, to everybody but its owner and to version control."""
    if os.name == "posix":
        for place in (folder, *folder.parents):
            if place == room.parent:
                break
            # drives of other systems know no modes: there the drive's own rights hold
            with suppress(PermissionError):
                if place.stat().st_mode & 0o077:
                    place.chmod(0o700)
    ignored = room / ".gitignore"
    if not ignored.is_file() or ignored.read_bytes() != b"*\n":
        ignored.write_bytes(b"*\n")


def _put_in_place(temporary: Path, path: Path) -> None:
    """Replace the file; where an open file cannot be replaced, try again for about a second.

    A virus scanner or an indexer on Windows holds a new file for a moment. Excel and PDF readers hold it as
    long as it is shown.
    """
    if os.name != "nt":
        temporary.replace(path)
        return
    for wait in HELD:
        with suppress(PermissionError):
            temporary.replace(path)
            return
        time.sleep(wait)
    try:
        temporary.replace(path)
    except PermissionError as cause:
        raise fail(
            "F01",
            "the file could not be replaced: another program holds it open",
            file=path.name,
            expected="a file that no other program has open",
            action="close it in Excel, the PDF reader or the browser, then run again",
        ) from cause


def _umask() -> int:
    current = os.umask(0o077)
    os.umask(current)
    return current


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def storage_fault(
    cause: OSError, name: str | None, *, what: str = "the file could not be written"
) -> StudyError:
    """Return ``F01``: why the disk or the system refused a file, and what to do about it."""
    why, expected, action = STORAGE.get(cause.errno or 0, _OTHER)
    said = cause.strerror or type(cause).__name__
    return fail("F01", f"{what}: {why} ({said})", file=name, expected=expected, action=action)


def write_bytes(path: Path, content: bytes, *, writer: str = "bytes") -> None:
    """Write bytes whole."""

    def fill(temporary: Path) -> None:
        with temporary.open("wb") as stream:
            half = len(content) // 2
            stream.write(content[:half])
            _kill_point(writer, "during-write")
            stream.write(content[half:])

    write_via(path, fill, writer=writer)


def write_text(path: Path, text: str, *, writer: str = "text") -> None:
    r"""Write text as UTF-8 with ``\\n`` line ends."""
    write_bytes(path, text.encode("utf-8"), writer=writer)


def write_private_text(path: Path, text: str) -> None:
    """Write text that may hold data of persons: readable by its owner only, from the first byte on."""

    def fill(temporary: Path) -> None:
        # mkstemp made the file with mode 0600 and write_via is told to leave it so
        temporary.write_bytes(text.encode("utf-8"))

    write_via(path, fill, writer="private", private=True)


def json_text(value: Any) -> str:
    """Return canonical JSON: sorted keys, two spaces, shortest floats; a NaN becomes null."""
    return json.dumps(plain(value), ensure_ascii=False, indent=2, sort_keys=True, allow_nan=False) + "\n"


def write_json(path: Path, value: Any) -> None:
    """Write canonical JSON."""
    write_text(path, json_text(value), writer="json")


def read_json(path: Path) -> Any:
    """Read JSON, with one clear error for a missing or damaged file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as cause:
        raise fail(
            "F02",
            "the file is missing",
            file=path.name,
            expected="a file made by an earlier step",
            action="run the pipeline again",
        ) from cause
    except ValueError as cause:
        raise fail(
            "F03",
            "the file is not valid JSON",
            file=path.name,
            expected="JSON text",
            action="remove the file and run the pipeline again",
        ) from cause


def plain(value: Any) -> Any:
    """Turn numpy scalars, paths, NaN and containers into what JSON can hold."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, Path):
        return value.as_posix()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def cell_text(value: Any) -> str:
    """Return one CSV cell: empty for missing, true or false, whole floats without their ``.0``."""
    if value is None:
        return ""
    if hasattr(value, "item"):
        value = value.item()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    text = str(value)
    # a missing time or value of pandas is empty; a text that is spelled like one is somebody's answer
    return "" if text in {"NaT", "<NA>"} and not isinstance(value, str) else text


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, separator: str = ",") -> str:
    """Return canonical CSV text."""
    buffer = stdio.StringIO()
    writer = csv.writer(buffer, delimiter=separator, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([cell_text(cell) for cell in row] for row in rows)
    return buffer.getvalue()


def write_csv(path: Path, frame: Any, *, separator: str = ",") -> None:
    """Write a data frame (without its index) as canonical CSV."""
    rows = zip(*(frame[column].tolist() for column in frame.columns), strict=True)
    write_text(path, csv_text(list(frame.columns), rows, separator=separator), writer="csv")


def read_rows(path: Path, *, separator: str = ",") -> list[dict[str, str]]:
    """Read a CSV as text cells, row by row; a missing cell is an empty string. Needs no pandas.

    Raises
    ------
    StudyError
        ``F02`` when the file is missing, ``F04`` when a row has another number of cells than the header.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise fail(
            "F02", "the file is missing", file=path.name, expected="a CSV file", action="restore the file"
        ) from cause
    except UnicodeDecodeError as cause:
        raise fail(
            "F04",
            "the file is not UTF-8",
            file=path.name,
            expected="UTF-8 text",
            action="save the file as 'CSV UTF-8'",
        ) from cause
    lines = list(csv.reader(stdio.StringIO(text), delimiter=separator))
    if not lines:
        return []
    header, *body = lines
    for number, cells in enumerate(body, start=2):
        if cells and len(cells) != len(header):
            raise fail(
                "F04",
                f"line {number} has {len(cells)} cells",
                file=path.name,
                expected=f"{len(header)} cells",
                action="check the separators on that line",
            )
    return [dict(zip(header, cells, strict=True)) for cells in body if cells]


def read_csv(path: Path, *, text: Sequence[str] = (), separator: str = ",") -> Any:
    """Read a canonical CSV into a data frame.

    Columns named in ``text`` keep their cells as text, with empty cells missing (None); in the others a
    column whose filled cells are all numbers becomes float64 (int64 without missing cells), a column of true
    and false becomes bool (object with missing cells), and the rest stays text. "NA" is data.
    """
    import pandas as pd

    return pd.read_csv(
        path,
        sep=separator,
        keep_default_na=False,
        na_values=[""],
        encoding="utf-8",
        dtype=dict.fromkeys(text, "str"),
    )
