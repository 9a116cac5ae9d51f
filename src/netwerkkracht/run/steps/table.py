"""Make one table whole: its data, then its pages, laid out from the file of the data and nothing else."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.showing import language_of, read_shown, shown_part, write_readme
from netwerkkracht.run.step import Act, File, Part, Step
from netwerkkracht.run.steps import data

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, item: str) -> Part:
    """Return what the making of the data and the laying out see."""
    return {**data.part(config, item), **shown_part(config, item)}


def run(args: argparse.Namespace, part: Part) -> tuple[Act, Act]:
    """Do both, and say of each what it read: data are made from the panel, pages from the data."""
    from netwerkkracht.exhibits.registry import table
    from netwerkkracht.exhibits.table_model import to_html
    from netwerkkracht.provenance.records import given_paths, record_of
    from netwerkkracht.run.table_page import page

    made = data.make(args, part)
    shown = read_shown(args, part)
    laid_out = table(shown.frame, shown.exhibit, shown.facts)
    for path in args.pages:
        lang = language_of(path)
        html = to_html(laid_out, lang)
        io.write_text(path, page(html, shown.exhibit.title[lang], lang, shown.facts.synthetic))
    write_readme(args, shown, record_of(args, made, part))
    logs.start("table").info("%s: %d pages", shown.exhibit.id, len(args.pages))
    read = (args.data, *given_paths(args, "codebook"))
    return made, Act("table", read, (args.readme, *args.pages))


STEP = Step(
    "make the data of one table, and lay it out in every language",
    run,
    part=part,
    item=("--exhibit", "id of the table in the configuration"),
    sources=data.STEP.sources,
    targets=(
        *data.STEP.targets,
        File("--readme", "what the data are, beside them"),
        File("--pages", "ID.LANGUAGE.html, one each", many=True),
    ),
    kind=("data", "drawing"),
)
