"""What the steps share that show an exhibit: reading its released data, and the README beside them."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwerkkracht.core.display import Lang
    from netwerkkracht.exhibits.kind import Kind
    from netwerkkracht.exhibits.material import Exhibit
    from netwerkkracht.provenance.records import Record
    from netwerkkracht.run.step import Part
    from netwerkkracht.study.config import Config
    from netwerkkracht.study.facts import Facts


@dataclass(frozen=True)
class Shown:
    """An exhibit as it is shown: its released data as read back, and the facts of the study."""

    exhibit: Exhibit[Any]
    kind: Kind
    facts: Facts
    frame: Any


def shown_part(config: Config, item: str) -> Part:
    """Return what a step sees that shows an exhibit: the exhibit, and the languages it is shown in."""
    from netwerkkracht.study.config.parts import exhibit_of, shown

    return {
        "exhibit": shown(config, exhibit_of(config, item)),
        "status": config.study.status,
        "alpha": config.alpha,
        "languages": list(config.report.languages),
    }


def read_shown(args: argparse.Namespace, part: Mapping[str, Any]) -> Shown:
    """Read the released data of an exhibit: what shows them is made from that file and nothing else."""
    from netwerkkracht.core import io
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of
    from netwerkkracht.run.study_facts import read_facts

    exhibit = exhibit_from(part["exhibit"])
    kind = kind_of(exhibit.kind)
    return Shown(exhibit, kind, read_facts(args.codebook, part), io.read_csv(args.data, text=kind.text))


def language_of(path: Path) -> Lang:
    """Return the language of ``ID.LANGUAGE.svg``."""
    return path.suffixes[-2].removeprefix(".")


def write_readme(args: argparse.Namespace, shown: Shown, made: Record) -> None:
    """Write what the data are and where they come from, beside them; ``made`` is the record of the data."""
    from netwerkkracht import __version__
    from netwerkkracht.core import io
    from netwerkkracht.exhibits.readme import Making, readme
    from netwerkkracht.provenance.codelines import places

    code = [f"{place.file} {place.name}" for place in places(made.step, made.spec)]
    making = Making(made.step, made.command, code, made.inputs)
    text = readme(shown.frame, shown.exhibit, shown.facts, making, args.data.as_posix(), __version__)
    io.write_text(args.readme, text)
