"""Show what is in an SPSS file, for a person or for a program."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("file", type=Path, help="a .sav, .zsav or .por file")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.add_argument("--encoding", help="encoding of its texts, when you know better than the file")


UNDECODED = 3


def run(args: argparse.Namespace) -> int:
    """Print the variables with labels, missing codes and counts; return 3 when texts could not be decoded."""
    import shutil

    from netwerkkracht.spss.inspection.inspect import inspect

    width = shutil.get_terminal_size((100, 40)).columns
    made = inspect(args.file, as_json=args.json, encoding=args.encoding, width=width)
    sys.stdout.write(made.text if made.text.endswith("\n") else made.text + "\n")
    return 0 if made.whole else UNDECODED


STEP = Step("show what is in an SPSS file", run, add_arguments)
