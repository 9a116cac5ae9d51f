"""Read an SPSS file whole, or say in one clear error why not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from netwerkkracht.core.errors import Finding, StudyError, fail
from netwerkkracht.spss.model import Limits, SpssFile
from netwerkkracht.spss.reading.assemble import Source, assemble
from netwerkkracht.spss.reading.client import Answer, Worker, WorkerError, shared
from netwerkkracht.spss.reading.header import SEGMENT, Header, HeaderError, scan
from netwerkkracht.spss.reading.intake import content_of, damaged, differs, kind_of_content, require_room
from netwerkkracht.spss.reading.row_count import Held, held
from netwerkkracht.spss.reading.text import Decoder, choose

STRUCTURE = "its structure does not hold together"
# the only sentences of the library that are passed on; any other could quote what stands in the file
SENTENCES = {
    "Invalid file, or file has unsupported features": STRUCTURE,
    "Unable to allocate memory": "it asks for more memory than the limit",
    "Unable to convert string to the requested encoding (invalid byte sequence)": "a text cannot be decoded",
    "File contains an unsupported compression method": "it uses an unknown compression",
    "Unable to read from file": "it ends before the data are complete",
}


def read(
    path: Path | str,
    *,
    encoding: str | None = None,
    strict: bool = True,
    limits: Limits | None = None,
    worker: Worker | None = None,
    sha256: str | None = None,
) -> SpssFile:
    """Read a .sav, .zsav or .por file in the reading process.

    Parameters
    ----------
    path
        The file; its content, not its name, says of which kind.
    encoding
        The encoding of its texts when the study knows better than the file (``study.yaml``).
    strict
        Stop on findings that are errors (wrong encoding); otherwise they stand in ``findings``.
    limits
        How much the file may ask for.
    worker
        The reading process to use; by default one for the whole program.
    sha256
        The registered hash; a file with another does not get in.

    Returns
    -------
    SpssFile
        Numbers as float64 with user-missing codes kept and SYSMIS as NaN, strings without trailing blanks,
        dates and times as seconds since 14 October 1582.

    Raises
    ------
    StudyError
        ``F02``, ``D00``, ``D09`` or ``I01`` (``docs/spss-files.md``); no message holds a person's value.
    """
    path = Path(path)
    limits = limits or Limits()
    content = content_of(path, limits)
    digest = hashlib.sha256(content).hexdigest()
    if sha256 is not None and digest != sha256:
        raise differs(path.name)
    try:
        result = read_bytes(content, path.name, digest, encoding, limits, worker or shared())
    except (StudyError, ImportError):
        raise
    except Exception:  # noqa: BLE001 - whatever a damaged file provokes, the answer is one clear error
        raise damaged(path.name, "the file is damaged: its parts contradict each other") from None
    return result.require_sound() if strict else result


def read_bytes(
    content: bytes, name: str, digest: str, encoding: str | None, limits: Limits, worker: Worker
) -> SpssFile:
    """Read the bytes of a file; see :func:`read`, which turns every other exception into one error."""
    container = kind_of_content(content, name)
    header = _header(content, name) if container != "por" else None
    source = Source(name, content, digest, container, header)
    answer, found = _ask(source, limits, worker)
    notes = _row_findings(source, found, answer.facts["rows"])
    return assemble(source, answer, _decoder(encoding, source, answer), notes)


def _header(content: bytes, name: str) -> Header:
    try:
        return scan(content)
    except HeaderError as cause:
        raise damaged(name, f"the file is damaged: {cause}") from None


def _ask(source: Source, limits: Limits, worker: Worker) -> tuple[Answer, Held | None]:
    """Let the worker read, and count the rows the file holds in the meantime."""
    header = source.header
    row_limit = require_room(header, source.content, source.name, limits)
    counted: list[Held | None] = []

    def count() -> None:
        counted.append(held(source.content, header) if header is not None else None)

    try:
        answer = worker.read(source.content, source.container, row_limit, limits, meanwhile=count)
    except WorkerError as cause:
        if header is not None and counted:
            _require_rows(source, header, counted[0], None)
        raise damaged(source.name, f"the file cannot be read: {_reason(cause)}") from None
    names = answer.facts["names"]
    if not names or not all(names) or len(set(names)) != len(names):
        raise damaged(source.name, "the file is damaged: variables without a name of their own")
    return answer, counted[0]


def _reason(cause: WorkerError) -> str:
    """Return why the worker failed, in words that quote nothing from the file."""
    if cause.kind == "PortableError":
        return cause.text
    reasons = {
        "crash": "it crashed the reader, which only a damaged file does",
        "time": "reading it took longer than the limit",
        "MemoryError": "it asks for more memory than the limit",
    }
    return reasons.get(cause.kind) or SENTENCES.get(cause.text, STRUCTURE)


def _require_rows(source: Source, header: Header, found: Held | None, read: int | None) -> Held:
    """Compare declared rows, rows held and rows read; lost or extra rows stop the reading."""
    if found is None:
        raise damaged(source.name, "the file is damaged: its compressed blocks do not hold what they say")
    declared = header.declared_rows
    if declared < 0:
        # very long files are counted in a record of its own, which others fill too
        declared = -1 if header.declared_rows_64 is None else header.declared_rows_64
    if declared >= 0 and found.rows != declared:
        raise fail(
            "D00",
            f"the file declares {declared} rows and holds {found.rows}",
            file=source.name,
            expected="as many rows as the file declares",
            action="ask for the file again, or open and save it in SPSS or PSPP, and register the new file",
        )
    if declared < 0 and found.rest:
        raise damaged(source.name, "the file is cut off inside a row")
    if read is not None and read != found.rows:
        raise damaged(source.name, f"{read} rows could be read of {found.rows}")
    return found


def _row_findings(source: Source, found: Held | None, read: int) -> tuple[Finding, ...]:
    """Check the rows and tell of bytes that nothing explains."""
    if source.header is None:
        return ()
    found = _require_rows(source, source.header, found, read)
    told = []
    if found.behind or found.rest:
        left = found.behind or found.rest * SEGMENT
        told.append((f"{left} bytes are left over behind the last row", "a file that ends with its data"))
    other = source.header.declared_rows_64
    if other is not None and other >= 0 and other != found.rows:
        told.append((f"the file has two row counts, and one says {other}", f"{found.rows} rows in both"))
    action = "nothing if the counts are as expected; otherwise ask for the file again"
    return tuple(
        Finding("D00", "warning", what, file=source.name, expected=expected, action=action)
        for what, expected in told
    )


def _raw_texts(header: Header | None, answer: Answer) -> Iterator[str]:
    facts = answer.facts
    yield from facts["names"]
    yield from (label for label in facts["labels"] if label)
    for pairs in facts["value_labels"]:
        yield from (part for pair in pairs for part in pair if isinstance(part, str))
    for column in answer.texts:
        if not "".join(column).isascii():
            yield from set(column)
    yield from header.documents if header else facts["documents"]
    yield header.file_label if header else ""


def _decoder(given: str | None, source: Source, answer: Answer) -> Decoder:
    header = source.header
    record, page = (header.encoding_name, header.code_page) if header else (None, None)
    chosen = choose(given, record, page, _raw_texts(header, answer))
    if isinstance(chosen, str):
        raise fail(
            "D09",
            "the encoding of the file is not one that is known here",
            file=source.name,
            expected="an encoding such as UTF-8, windows-1252 or iso-8859-15",
            action="write the right one as 'encoding:' for this file in study.yaml",
        )
    return Decoder(chosen)
