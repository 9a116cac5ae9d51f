"""The process that reads: it alone hands foreign bytes to the reading library.

Runs as a script of its own (``python -I worker.py``), reads requests from standard input and answers on
standard output, so that a file that crashes, hangs or eats memory takes down this process only. Nothing
here imports the rest of the package. Answers are JSON and raw numbers, never pickles.

A message is a JSON part and a byte part, each preceded by its length (8 bytes, little-endian).
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import struct
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

ROWS = 1024


def receive(stream: BinaryIO) -> tuple[Any, bytearray] | None:
    """Read one message; None when the other side has closed."""
    head = stream.read(8)
    if len(head) < 8:
        return None
    control = json.loads(stream.read(struct.unpack("<Q", head)[0]))
    # a bytearray, because numbers seen through it must be open to change by those who use them
    body = bytearray(struct.unpack("<Q", stream.read(8))[0])
    room = memoryview(body)
    while room.nbytes:
        count = stream.readinto(room)  # type: ignore[attr-defined]
        if not count:
            return None
        room = room[count:]
    return control, body


def send(stream: BinaryIO, control: Any, parts: tuple[Any, ...] = ()) -> None:
    """Write one message."""
    text = json.dumps(control, ensure_ascii=True).encode("ascii")
    stream.write(struct.pack("<Q", len(text)) + text)
    stream.write(struct.pack("<Q", sum(memoryview(part).nbytes for part in parts)))
    stream.writelines(parts)
    stream.flush()


@contextlib.contextmanager
def readable(content: bytes | bytearray, suffix: str) -> Iterator[str]:
    """Give the bytes a path: in memory on Linux, otherwise a private temporary file."""
    if hasattr(os, "memfd_create") and os.path.isdir("/proc/self/fd"):  # noqa: PTH112 - one call, no pathlib
        handle = os.memfd_create("spss")
        try:
            with os.fdopen(os.dup(handle), "wb") as stream:
                stream.write(content)
            yield f"/proc/self/fd/{handle}"
        finally:
            os.close(handle)
        return
    handle, path = tempfile.mkstemp(suffix=suffix)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        yield path
    finally:
        os.unlink(path)  # noqa: PTH108 - idem


def limit(memory: int, cpu: int) -> None:
    """Bound memory, processor time (for the next file) and core dumps, where the system can."""
    try:
        import resource
    except ImportError:
        return
    hard = resource.RLIM_INFINITY
    for kind, soft in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_AS, memory)):
        with contextlib.suppress(ValueError, OSError):
            resource.setrlimit(kind, (soft, soft))
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = math.ceil(usage.ru_utime + usage.ru_stime)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (used + cpu, hard))


def read(control: dict[str, Any], content: bytearray) -> tuple[dict[str, Any], tuple[Any, ...], Any]:
    """Read one file; texts stay as bytes, one character each. The last part is what was read from."""
    import numpy as np

    facts, data = _portable(control, content) if control["container"] == "por" else _system(control, content)
    numeric = [values for values, text in zip(data, facts["texts"], strict=True) if not text]
    rows = len(data[0])
    block = np.empty((len(numeric), rows))
    # the library makes its numbers row by row: taking them in blocks of rows as well finds them still in the
    # cache of the processor, three times as fast as column by column
    for start in range(0, rows, ROWS):
        stop = min(start + ROWS, rows)
        for index, values in enumerate(numeric):
            # system-missing comes as None, which becomes NaN here
            block[index, start:stop] = np.fromiter(values[start:stop], np.float64, stop - start)
    # an empty text can come as None
    strings = json.dumps(
        [
            [value or "" for value in values]
            for values, text in zip(data, facts["texts"], strict=True)
            if text
        ],
        ensure_ascii=False,
    )
    facts |= {"rows": rows, "numbers": block.nbytes}
    return facts, (block, strings.encode("utf-8", "surrogatepass")), data


def _portable(control: dict[str, Any], content: bytearray) -> tuple[dict[str, Any], list[list[Any]]]:
    # this process starts without the paths of the program that started it
    source = str(Path(__file__).parents[3])
    if source not in sys.path:
        sys.path.append(source)
    from netwerkkracht.spss.reading.por import parse

    facts, columns = parse(bytes(content), control["most_values"])
    return facts, columns


def _system(control: dict[str, Any], content: bytearray) -> tuple[dict[str, Any], list[list[Any]]]:
    import pyreadstat

    with readable(content, "." + control["container"]) as path:
        data, meta = pyreadstat.read_sav(
            path,
            output_format="dict",
            user_missing=True,
            disable_datetime_conversion=True,
            encoding="ISO-8859-1",
            row_limit=control["row_limit"],
        )
    names = list(meta.column_names)
    kinds = meta.readstat_variable_types
    facts = {
        "names": names,
        "texts": [kinds[name] == "string" for name in names],
        "labels": list(meta.column_labels),
        "formats": [meta.original_variable_types[name] for name in names],
        "measures": [meta.variable_measure.get(name) for name in names],
        "widths": [meta.variable_storage_width.get(name, 0) for name in names],
        "display": [meta.variable_display_width.get(name, 8) for name in names],
        "alignments": [meta.variable_alignment.get(name) for name in names],
        "value_labels": [list(meta.variable_value_labels.get(name, {}).items()) for name in names],
        "missing": [
            [(rule["lo"], rule["hi"]) for rule in meta.missing_ranges.get(name, ())] for name in names
        ],
    }
    return facts, [data[name] for name in names]


def main() -> int:
    """Serve requests until the other side closes."""
    requests = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    quiet = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(quiet, standard)  # whatever the library prints must not mix with the answers
    import numpy as np  # noqa: F401 - imported before the limits, so that they bound the files only
    import pyreadstat  # noqa: F401

    while (message := receive(requests)) is not None:
        control, content = message
        limit(control["memory"], control["cpu"])
        try:
            facts, parts, origin = read(control, content)
        except BaseException as cause:  # noqa: BLE001 - any failure is an answer
            # the library's texts can quote what stands in the file, so only its own fixed sentences pass
            known = str(cause) if type(cause).__name__ in {"ReadstatError", "PortableError"} else ""
            send(answers, {"failed": type(cause).__name__, "text": known})
            continue
        send(answers, facts, parts)
        # freeing millions of numbers takes time; the other side is already at work on its copy
        del facts, parts, origin
    return 0


if __name__ == "__main__":
    sys.exit(main())
