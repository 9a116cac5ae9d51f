"""Lint configuration, codebook and files together and say all that is wrong, not the first thing only."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
    parser.add_argument(
        "--codebook", type=Path, help="folder of the codebook (default: of the configuration)"
    )
    parser.add_argument("--data", type=Path, help="folder of the files (default: of the configuration)")
    parser.add_argument("--codes", type=Path, help="also write the codes found, with counts, to this CSV")


def run(args: argparse.Namespace) -> int:
    """Print every finding; return 1 when one is an error."""
    from netwerkkracht.codebook_tools import run_check
    from netwerkkracht.run.faults import config_faults
    from netwerkkracht.study.config import read_config

    wrong = config_faults(read_config(args.config)) if args.codebook is None else []
    made = run_check(*study_folders(args), codes=args.codes, beside=wrong)
    sys.stdout.write(made.text)
    return 1 if made.errors else 0


def study_folders(args: argparse.Namespace) -> tuple[Path, Path, Path | None]:
    """Return the folders given, or else those of the configuration, and its register of received files.

    Files of a synthetic study come in without a register too, so it is asked of real ones only.
    """
    if args.codebook is not None and args.data is not None:
        return args.codebook, args.data, None
    from netwerkkracht.study.config import read_config

    study = read_config(args.config).study
    asked = study.received and study.status == "real" and args.data is None
    register = Path(str(study.received)) if asked else None
    return args.codebook or Path(study.codebook), args.data or Path(study.data), register


STEP = Step("lint codebook and files together and say all that is wrong", run, add_arguments)
