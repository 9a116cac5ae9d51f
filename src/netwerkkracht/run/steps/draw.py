"""Draw one figure from its released data and nothing else, in every language."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.showing import language_of, read_shown, shown_part, write_readme
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.provenance.records import Record


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe what is given besides files: a record is about files, not one of them."""
    parser.add_argument("--made", type=Path, required=True, help="the record of the job that made the data")


def run(args: argparse.Namespace, part: Part) -> None:
    """Draw from the released file, whose record says how it was made."""
    from netwerkkracht.provenance.records import producers, read_records

    draw_figure(args, part, producers(read_records(args.made))[args.data.as_posix()])


def draw_figure(args: argparse.Namespace, part: Part, made: Record) -> None:
    """Write pictures and README of a figure; ``made`` is the record of its data.

    It is drawn once a language, and that drawing is saved in every form asked for.
    """
    from netwerkkracht.exhibits.drawing import draw
    from netwerkkracht.exhibits.save import png_bytes, svg_bytes

    shown = read_shown(args, part)
    for lang in part["languages"]:
        svg = svg_bytes(draw(shown.frame, shown.kind, shown.exhibit, shown.facts, lang))
        for path in args.pictures:
            if language_of(path) == lang:
                io.write_bytes(path, svg if path.suffix == ".svg" else png_bytes(svg))
    write_readme(args, shown, made)
    logs.start("draw").info("%s: %d pictures", shown.exhibit.id, len(args.pictures))


STEP = Step(
    "draw one figure from its data, in every language",
    run,
    add_arguments,
    part=shown_part,
    item=("--exhibit", "id of the figure in the configuration"),
    sources=(
        File("--data", "the tidy data as released"),
        File("--codebook", "folder of the codebook, for labels"),
    ),
    targets=(
        File("--readme", "what the data are, beside them"),
        File("--pictures", "ID.LANGUAGE.svg or .png, one each", many=True),
    ),
    kind=("drawing",),
)
