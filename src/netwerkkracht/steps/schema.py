"""Write what is made from the code: the editor schema and the page on the configuration."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 when a file would change"
    )


def run(args: argparse.Namespace) -> int:
    """Write the files, or name those that are out of step with the code."""
    from netwerkkracht import io
    from netwerkkracht.config.pages import json_schema, page

    made = {Path("config.schema.json"): json_schema(), Path("docs/config.md"): page()}
    stale = [
        path for path, text in made.items() if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
    for path in () if args.check else stale:
        io.write_text(path, made[path])
    verb = "out of step with the code" if args.check else "written"
    sys.stdout.write("".join(f"{verb}: {path.as_posix()}\n" for path in stale) or "in step with the code\n")
    return 1 if args.check and stale else 0
