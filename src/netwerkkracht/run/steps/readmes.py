"""The README of an exhibit, written by the step that releases its data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import io

if TYPE_CHECKING:
    from netwerkkracht.exhibits.material import Exhibit
    from netwerkkracht.study.facts import Facts


def write_readme(path: Path, csv: Path, made: Path, exhibit: Exhibit[Any], facts: Facts, frame: Any) -> None:
    """Write the README beside the released data ``frame`` of the file ``csv``.

    ``made`` is the record of the job that made them.
    """
    from netwerkkracht import __version__
    from netwerkkracht.exhibits.readme import Making, readme
    from netwerkkracht.provenance.codelines import places
    from netwerkkracht.provenance.records import read_record

    record = read_record(made)
    code = [f"{place.file} {place.name}" for place in places(record.step, record.spec)]
    making = Making(record.step, record.command, code, record.inputs)
    io.write_text(path, readme(frame, exhibit, facts, making, csv.as_posix(), __version__))
