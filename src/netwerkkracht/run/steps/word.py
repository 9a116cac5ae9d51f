"""Turn the finished report into a Word file, for co-authors who comment there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from netwerkkracht.run.step import Step


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
    parser.add_argument("--reports", type=Path, default=Path("reports"), help="folder of the finished report")
    parser.add_argument(
        "--out", type=Path, default=Path(), help="folder of the Word files (default: this one)"
    )


def run(args: argparse.Namespace) -> int:
    """Write ``report.LANGUAGE.docx`` for every language of the report.

    Raises
    ------
    StudyError
        ``F02`` when there is no report yet, ``R40`` and ``R41`` from pandoc.
    """
    from netwerkkracht.core import io
    from netwerkkracht.core.errors import fail
    from netwerkkracht.exhibits.save import png_bytes
    from netwerkkracht.report.build import timestamp
    from netwerkkracht.report.pandoc import to_docx
    from netwerkkracht.report.source import read_meta, read_source
    from netwerkkracht.report.word import manuscript
    from netwerkkracht.study.config import read_config

    config = read_config(args.config)
    source = read_source(args.config.parent / config.report.source)
    meta = read_meta(source, config.report.languages, synthetic=config.study.status == "synthetic")
    for lang in config.report.languages:
        page = args.reports / f"report.{lang}.html"
        if not page.is_file():
            raise fail(
                "F02",
                "the report is not there yet",
                file=page.as_posix(),
                expected="a finished report",
                action="make it with 'netwerkkracht run'",
            )
        out = args.out / f"report.{lang}.docx"
        text = manuscript(page.read_bytes(), lang, png_bytes)
        io.write_bytes(out, to_docx(text, timestamp=timestamp(meta.date)))
        sys.stdout.write(f"{out.as_posix()}\n")
    return 0


STEP = Step(
    "turn the finished report into Word files, for co-authors who comment there (needs pandoc)",
    run,
    add_arguments,
)
