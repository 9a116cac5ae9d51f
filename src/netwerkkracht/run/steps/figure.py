"""Draw one figure from its data, in every language."""

from __future__ import annotations

import argparse
from pathlib import Path

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_item, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_item(parser, "--exhibit", "id of the figure in the configuration")
    add_source(parser, "--data", "the tidy data behind the figure")
    # no source: a record is about files, not one of them
    parser.add_argument("--made", type=Path, required=True, help="the record of the job that made the data")
    add_source(parser, "--codebook", "folder of the codebook, for labels")
    add_target(parser, "--out", "the data as released")
    add_target(parser, "--readme", "what the data are, beside them")
    add_target(parser, "--pictures", "ID.LANGUAGE.svg or .png, one each", many=True)


def run(args: argparse.Namespace, part: Part) -> None:
    """Release the data, then draw every picture from the released file and nothing else."""
    from netwerkkracht.exhibits.drawing import draw
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of
    from netwerkkracht.exhibits.save import png_bytes, svg_bytes
    from netwerkkracht.run.steps.readmes import write_readme
    from netwerkkracht.run.steps.study_facts import read_facts

    exhibit = exhibit_from(part["exhibit"])
    kind = kind_of(exhibit.kind)
    facts = read_facts(args.codebook, part)
    io.write_bytes(args.out, args.data.read_bytes())
    frame = io.read_csv(args.out, text=kind.text)
    for lang in part["languages"]:
        svg = svg_bytes(draw(frame, kind, exhibit, facts, lang))
        for path in args.pictures:
            if path.suffixes[-2] == f".{lang}":
                io.write_bytes(path, svg if path.suffix == ".svg" else png_bytes(svg))
    write_readme(args.readme, args.out, args.made, exhibit, facts, frame)
    logs.start("figure").info("%s: %d pictures", exhibit.id, len(args.pictures))
