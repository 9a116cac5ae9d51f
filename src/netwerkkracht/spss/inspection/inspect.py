"""Read a file and say what is in it: JSON for a program, a table for a person."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from netwerkkracht.spss.inspection.facts import facts
from netwerkkracht.spss.inspection.table import render
from netwerkkracht.spss.reading.reader import read


@dataclass(frozen=True)
class Inspection:
    """What is in a file, as printed; ``whole`` is false when texts of it could not be decoded."""

    text: str
    whole: bool


def inspect(
    path: Path | str, *, as_json: bool = False, encoding: str | None = None, width: int = 0
) -> Inspection:
    """Read a file and say what is in it.

    Parameters
    ----------
    path
        A .sav, .zsav or .por file.
    as_json
        JSON for a program instead of a table for a person.
    encoding
        The encoding of its texts, when the file says it wrong.
    width
        Columns of the table; 0 asks the terminal.

    Returns
    -------
    Inspection
        The text, and whether all texts of the file could be decoded.

    Raises
    ------
    StudyError
        When the file cannot be read (see :func:`netwerkkracht.spss.read`). Texts that cannot be
        decoded, or look like another encoding, do not stop the inspection; they stand among its findings.
    """
    file = read(path, encoding=encoding, strict=False)
    known = facts(file)
    if as_json:
        text = json.dumps(known, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
        return Inspection(text, file.undecodable == 0)
    return Inspection(render(known, width), file.undecodable == 0)
