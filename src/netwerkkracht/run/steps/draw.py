"""Draw a figure or lay out a table from its released data and nothing else, in every language."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.exhibits.kinds import Exhibit, Kind
    from netwerkkracht.provenance.records import Record
    from netwerkkracht.study.config import Config
    from netwerkkracht.study.facts import Facts


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what is given besides files: a record is about files, not one of them."""
    parser.add_argument("--made", type=Path, required=True, help="the record of the job that made the data")


def part(config: Config, item: str) -> Part:
    """Return the exhibit and the languages it is shown in."""
    from netwerkkracht.study.config.parts import exhibit_of, shown

    return {
        "exhibit": shown(config, exhibit_of(config, item)),
        "status": config.study.status,
        "alpha": config.alpha,
        "languages": list(config.report.languages),
    }


def run(args: argparse.Namespace, part: Part) -> None:
    """Draw from the released file, whose record says how it was made."""
    from netwerkkracht.provenance.records import read_records

    made = next(record for record in read_records(args.made) if args.data.as_posix() in record.outputs)
    show(args, part, made)


def show(args: argparse.Namespace, part: Part, made: Record) -> None:
    """Write what shows the data, and the README beside them; ``made`` is the record of the data."""
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of
    from netwerkkracht.run.study_facts import read_facts

    exhibit = exhibit_from(part["exhibit"])
    kind = kind_of(exhibit.kind)
    facts = read_facts(args.codebook, part)
    frame = io.read_csv(args.data, text=kind.text)
    if kind.form == "figure":
        _pictures(args.shown, frame, kind, exhibit, facts)
    else:
        _pages(args.shown, frame, exhibit, facts)
    _readme(args, frame, exhibit, facts, made)
    logs.start("draw").info("%s: %d files", exhibit.id, len(args.shown))


def _language(path: Path) -> Any:
    """Return the language of ``ID.LANGUAGE.svg``."""
    return path.suffixes[-2].removeprefix(".")


def _pictures(paths: list[Path], frame: Any, kind: Kind, exhibit: Exhibit, facts: Facts) -> None:
    """Draw once a language, and save that drawing in every form asked for."""
    from netwerkkracht.exhibits.drawing import draw
    from netwerkkracht.exhibits.save import png_bytes, svg_bytes

    for lang in dict.fromkeys(map(_language, paths)):
        svg = svg_bytes(draw(frame, kind, exhibit, facts, lang))
        for path in paths:
            if _language(path) == lang:
                io.write_bytes(path, svg if path.suffix == ".svg" else png_bytes(svg))


def _pages(paths: list[Path], frame: Any, exhibit: Exhibit, facts: Facts) -> None:
    """Lay the table out once, and write it as a page in every language."""
    from netwerkkracht.exhibits.registry import table
    from netwerkkracht.exhibits.table_model import to_html
    from netwerkkracht.run.table_page import page

    made = table(frame, exhibit, facts)
    for path in paths:
        lang = _language(path)
        io.write_text(path, page(to_html(made, lang), exhibit.title[lang], lang, facts.synthetic))


def _readme(args: argparse.Namespace, frame: Any, exhibit: Exhibit, facts: Facts, made: Record) -> None:
    """Write what the data are and where they come from, beside them."""
    from netwerkkracht import __version__
    from netwerkkracht.exhibits.readme import Making, readme
    from netwerkkracht.provenance.codelines import places

    code = [f"{place.file} {place.name}" for place in places(made.step, made.spec)]
    making = Making(made.step, made.command, code, made.inputs)
    io.write_text(args.readme, readme(frame, exhibit, facts, making, args.data.as_posix(), __version__))


STEP = Step(
    "draw a figure from its data, in every language",
    run,
    add_arguments,
    part=part,
    item=("--exhibit", "id of the exhibit in the configuration"),
    sources=(
        File("--data", "the tidy data as released"),
        File("--codebook", "folder of the codebook, for labels"),
    ),
    targets=(
        File("--readme", "what the data are, beside them"),
        File("--shown", "ID.LANGUAGE.svg, .png or .html, one each", many=True),
    ),
    kind=("drawing",),
)
