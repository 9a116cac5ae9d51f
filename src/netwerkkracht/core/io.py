r"""The only module that writes files: whole, once, in canonical form.

Every writer writes to a temporary file beside the target, flushes it to disk and replaces the target in one
step, so that no half file ever stands under its final name. CSV and JSON carry no timestamps, floats are the
shortest text that reads back equal, lines end in ``\\n``, text is UTF-8.
"""

from __future__ import annotations

import csv
import io as stdio
import json
import math
import os
import signal
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from netwerkkracht.core.errors import fail


def _kill_point(writer: str, point: str) -> None:
    """Die here when a test asks for it: NK_FAULT=<writer>:<point> proves that no half file survives."""
    if os.environ.get("NK_FAULT") == f"{writer}:{point}":
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))


def write_via(
    path: Path, write: Callable[[Path], None], *, writer: str = "file", private: bool = False
) -> None:
    """Let ``write`` fill a temporary file beside ``path``, then put it in place in one step.

    A ``private`` file keeps mode 0600.

    Raises
    ------
    StudyError
        ``F01`` when the folder cannot be written or the disk is full; nothing partial is left.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=path.suffix)
    except OSError as cause:
        raise _cannot_write(path, cause) from cause
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        _kill_point(writer, "before-fsync")
        with temporary.open("rb+") as stream:
            os.fsync(stream.fileno())
        if os.name == "posix" and not private:
            temporary.chmod(0o666 & ~_umask())
        _kill_point(writer, "before-rename")
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as cause:
        raise _cannot_write(path, cause) from cause
    finally:
        temporary.unlink(missing_ok=True)


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


def _cannot_write(path: Path, cause: OSError) -> Exception:
    return fail(
        "F01",
        f"the file could not be written ({cause.strerror or type(cause).__name__})",
        file=path.name,
        expected="a folder that can be written and room on the disk",
        action="free space or choose another folder; earlier results are untouched",
    )


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
    return "" if text in {"NaT", "<NA>"} else text


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
