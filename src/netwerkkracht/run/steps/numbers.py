"""Collect every number that the report prints, each with the file and row it stands in."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import study_part

    return {
        **study_part(config, "codebook"),
        "alpha": config.alpha,
        "source": config.report.source,
        "languages": list(config.report.languages),
        "release": config.release.model_dump(mode="json"),
    }


def run(args: argparse.Namespace, part: Part) -> list[Path]:
    """Collect the numbers of the list and return the files they stand in."""
    from netwerkkracht.report.inputs import collect_numbers, number_files
    from netwerkkracht.run.releasing import preparer

    prepare = preparer(part["release"], part["codebook"])
    made = collect_numbers(args.source, part["languages"], prepare=prepare, level=1 - part["alpha"])
    io.write_json(args.out, made.to_json())
    files = number_files(args.source)
    logs.start("numbers").info("%d numbers and words from %d files", len(made), len(files))
    return [args.source / "numbers.yaml", *(Path(name) for name in files)]


STEP = Step(
    "collect every number that the report prints",
    run,
    part=part,
    sources=(File("--source", "folder of the report's source, with numbers.yaml"),),
    targets=(File("--out", "every number with its text in each language, as JSON"),),
    calls=("collect_numbers",),
)
