"""Collect every number that the report prints, each with the file and row it stands in."""

from __future__ import annotations

import argparse
from pathlib import Path

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_source(parser, "--source", "folder of the report's source, with numbers.yaml")
    add_target(parser, "--out", "every number with its text in each language, as JSON")


def run(args: argparse.Namespace, part: Part) -> list[Path]:
    """Collect the numbers of the list and return the files they stand in."""
    from netwerkkracht.report.inputs import collect_numbers, number_files
    from netwerkkracht.run.steps.release_sources import preparer

    prepare = preparer(part["release"], part["codebook"])
    made = collect_numbers(args.source, part["languages"], prepare=prepare, level=1 - part["alpha"])
    io.write_json(args.out, made.to_json())
    files = number_files(args.source)
    logs.start("numbers").info("%d numbers and words from %d files", len(made), len(files))
    return [args.source / "numbers.yaml", *(Path(name) for name in files)]
