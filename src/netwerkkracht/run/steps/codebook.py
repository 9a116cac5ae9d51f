"""Sort the codebook canonically, so that a changed line is a decision."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("action", choices=["fmt"], help="fmt: write the tables in canonical form")
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
    parser.add_argument(
        "--codebook", type=Path, help="folder of the codebook (default: of the configuration)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when a file would change"
    )


def run(args: argparse.Namespace) -> int:
    """Format the tables and name those that changed."""
    from netwerkkracht.codebook_tools import run_fmt

    folder = args.codebook
    if folder is None:
        from netwerkkracht.study.config import read_config

        folder = Path(read_config(args.config).study.codebook)
    changed = run_fmt(folder, check=args.check)
    verb = "would change" if args.check else "changed"
    sys.stdout.write("".join(f"{verb}: {name}\n" for name in changed) or "nothing to change\n")
    return 1 if args.check and changed else 0


STEP = Step("'codebook fmt' sorts the codebook so that a changed line is a decision", run, add_arguments)
