"""Write a codebook skeleton from the metadata of SPSS files; its empty targets are for a person to fill."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("files", type=Path, nargs="+", help="SPSS files, in the order of waves")
    parser.add_argument("--out", type=Path, required=True, help="folder of the new codebook")
    parser.add_argument(
        "--cells", nargs="*", default=(), metavar="WAVE:GROUP", help="wave and group of each file"
    )
    parser.add_argument("--name", default="study", help="name of the study")
    parser.add_argument(
        "--languages", nargs="+", metavar="LANGUAGE", help="languages of the study (default: all known)"
    )


def run(args: argparse.Namespace) -> int:
    """Write the skeleton and say which files it consists of."""
    from netwerkkracht.codebook_tools import run_scaffold
    from netwerkkracht.core.languages import LANGUAGES

    languages = args.languages or LANGUAGES.languages
    made = run_scaffold(args.files, args.out, languages=languages, cells=args.cells, name=args.name)
    sys.stdout.write("".join(f"{path.as_posix()}\n" for path in made))
    sys.stdout.write("fill the empty targets, then run `netwerkkracht check`\n")
    return 0


STEP = Step("write a codebook skeleton from the metadata of SPSS files", run, add_arguments)
