"""Make one figure whole: its data, then its pictures, drawn from the file of the data and nothing else."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.run.showing import shown_part
from netwerkkracht.run.step import Act, Part, Step
from netwerkkracht.run.steps import data, draw

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, item: str) -> Part:
    """Return what the making of the data and the drawing see."""
    return {**data.part(config, item), **shown_part(config, item)}


def run(args: argparse.Namespace, part: Part) -> tuple[Act, Act]:
    """Do both, and say of each what it read: data are made from the panel, pictures from the data."""
    from netwerkkracht.provenance.records import given_paths, record_of

    made = data.make(args, part)
    draw.draw_figure(args, part, record_of(args, made, part))
    read = (args.data, *given_paths(args, "codebook"))
    return made, Act("figure", read, (args.readme, *args.pictures))


STEP = Step(
    "make the data of one figure, and draw it in every language",
    run,
    part=part,
    item=("--exhibit", "id of the figure in the configuration"),
    sources=data.STEP.sources,
    targets=(*data.STEP.targets, *draw.STEP.targets),
    kind=("data", "drawing"),
)
