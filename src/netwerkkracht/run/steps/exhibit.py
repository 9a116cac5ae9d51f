"""Make one exhibit whole: its data, then its pictures or pages, drawn from the file of the data and nothing else."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.run.step import Act, File, Part, Step
from netwerkkracht.run.steps import data, draw

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, item: str) -> Part:
    """Return what the making of the data and the drawing see."""
    return {**data.part(config, item), **draw.part(config, item)}


def run(args: argparse.Namespace, part: Part) -> tuple[Act, Act]:
    """Do both, and say of each what it read: pictures are made from the data, the data from the rest."""
    from netwerkkracht.provenance.records import given_paths, record_of

    data.run(args, part)
    made = Act("data", tuple(given_paths(args, *args.sources)), (args.data,))
    draw.show(args, part, record_of(args, made, part))
    return made, Act("draw", (args.data, *given_paths(args, "codebook")), (args.readme, *args.shown))


STEP = Step(
    "make the data behind one figure or table, and show them in every language",
    run,
    part=part,
    item=data.STEP.item,
    sources=data.STEP.sources,
    targets=(File("--data", "the tidy data as released, as CSV"), *draw.STEP.targets),
    kind=("data", "drawing"),
)
