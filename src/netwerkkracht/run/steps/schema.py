"""Write what is made from the code: editor schema, page on the configuration, picture of the workflow."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when a file would change"
    )


def run(args: argparse.Namespace) -> int:
    """Write the files, or name those that are out of step with the code."""
    from netwerkkracht.core import io
    from netwerkkracht.run.picture import picture
    from netwerkkracht.study.config.pages import json_schema, page

    made = {
        Path("config.schema.json"): json_schema(),
        Path("docs/config.md"): page(),
        Path("docs/images/workflow.svg"): picture(graph()),
    }
    stale = [
        path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in () if args.check else stale:
        io.write_text(path, made[path])
    verb = "out of step with the code" if args.check else "written"
    sys.stdout.write("".join(f"{verb}: {path.as_posix()}\n" for path in stale) or "in step with the code\n")
    return 1 if args.check and stale else 0


def graph() -> str:
    """Return the graph of the rules as Snakemake prints it."""
    import subprocess

    from netwerkkracht.run.runner import environment, snakemake

    words = [*snakemake(), "--rulegraph", "dot"]
    done = subprocess.run(words, capture_output=True, text=True, check=True, env=environment())
    return done.stdout


STEP = Step("write the pages and schemas that are made from the code, or check them", run, add_arguments)
