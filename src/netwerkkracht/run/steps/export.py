"""Export the panel inside the restricted room, as CSV, Parquet or SPSS with the reasons of missing values."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step

RESTRICTED = Path("results/restricted")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("out", help="name of the file: panel.csv, panel.parquet or panel.sav")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")


def run(args: argparse.Namespace) -> int:
    """Write the export; it never leaves the restricted room.

    Raises
    ------
    StudyError
        ``G10`` when another folder is asked for.
    """
    from netwerkkracht.codebook_tools import run_export
    from netwerkkracht.core.errors import fail
    from netwerkkracht.study.config import read_config

    if Path(args.out).name != args.out:
        raise fail(
            "G10",
            "a panel has a row per person and stays in the restricted room",
            expected="a file name without a folder",
            action="give a name such as panel.sav; the file is written to results/restricted/export/",
        )
    config = read_config(args.config)
    out = RESTRICTED / "export" / args.out
    # one file has one set of labels: those of the report's first language
    lang = config.report.languages[0]
    run_export(Path(config.study.codebook), RESTRICTED / "panel.csv", out, lang)
    sys.stdout.write(f"{out.as_posix()}: a row per person, not for release\n")
    return 0


STEP = Step("export the panel inside the restricted room, as CSV, Parquet or SPSS", run, add_arguments)
