"""Enter received SPSS files in the register: hash, size, rows, date and terms."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("files", type=Path, nargs="+", help="the files, as received")
    parser.add_argument("--register", type=Path, default=Path("data/register.csv"), help="the register")
    parser.add_argument("--received", required=True, help="date of receipt, as 2019-10-31")
    parser.add_argument("--terms", required=True, help="what the files may be used for, in a few words")


def run(args: argparse.Namespace) -> int:
    """Read each file once, to count its rows, and write its line."""
    from netwerkkracht.spss.register import register_file

    for path in args.files:
        entry = register_file(args.register, path, received=args.received, terms=args.terms)
        sys.stdout.write(f"{entry.path}: {entry.rows} rows, {entry.bytes} bytes, {entry.sha256[:12]}\n")
    return 0


STEP = Step("enter received SPSS files in the register: hash, size, rows, date and terms", run, add_arguments)
