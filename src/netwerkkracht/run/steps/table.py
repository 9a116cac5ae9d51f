"""Lay out one table from its data, in every language."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_item, add_source, add_target

if TYPE_CHECKING:
    from netwerkkracht.core.display import Lang

STYLE = (
    ":root{color-scheme:light dark;--line:#c9c9c9;--soft:#595959;--fill:#f2f4f6}"
    "@media(prefers-color-scheme:dark){:root{--line:#444b55;--soft:#aab2bd;--fill:#232830}}"
    "body{font:16px/1.4 'Noto Sans',sans-serif;margin:1.5rem}"
    "div{overflow-x:auto}table{border-collapse:collapse}caption{text-align:left;font-weight:600}"
    "th,td{padding:.2rem .6rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line)}"
    ".n{text-align:right;font-variant-numeric:tabular-nums}td.n{white-space:nowrap}"
    "thead th{vertical-align:bottom;border-bottom:2px solid}th[scope=row]{font-weight:400;min-width:8rem}"
    ".in{padding-left:1.6rem}.section th{background:var(--fill)}"
    ".remark td,tfoot td{font-size:.9em;color:var(--soft);border:0}"
    "tfoot p,.remark td{max-width:70ch}tfoot p{margin:.4rem 0;max-width:min(70ch,calc(100vw - 5rem))}"
    "@media print{div{overflow:visible}}"
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_item(parser, "--exhibit", "id of the table in the configuration")
    add_source(parser, "--data", "the tidy data behind the table")
    # no source: a record is about files, not one of them
    parser.add_argument("--made", type=Path, required=True, help="the record of the job that made the data")
    add_source(parser, "--codebook", "folder of the codebook, for labels")
    add_target(parser, "--out", "the data as released")
    add_target(parser, "--readme", "what the data are, beside them")
    add_target(parser, "--pages", "ID.LANGUAGE.html, one each", many=True)


def run(args: argparse.Namespace, part: Part) -> None:
    """Release the data, then lay out every page from the released file and nothing else."""
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of, table
    from netwerkkracht.exhibits.table_model import to_html
    from netwerkkracht.run.steps.readmes import write_readme
    from netwerkkracht.run.steps.study_facts import read_facts

    exhibit = exhibit_from(part["exhibit"])
    facts = read_facts(args.codebook, part)
    io.write_bytes(args.out, args.data.read_bytes())
    frame = io.read_csv(args.out, text=kind_of(exhibit.kind).text)
    made = table(frame, exhibit, facts)
    for lang, path in zip(part["languages"], args.pages, strict=True):
        io.write_text(path, page(to_html(made, lang), exhibit.title[lang], lang, facts.synthetic))
    write_readme(args.readme, args.out, args.made, exhibit, facts, frame)
    logs.start("table").info("%s: %d pages", exhibit.id, len(args.pages))


def page(table: str, title: str, lang: Lang, synthetic: bool) -> str:
    """Return a page of its own around a table: it says what it is also when it travels alone."""
    import html

    from netwerkkracht.exhibits.words import WORDS

    mark = f"<p><strong>{html.escape(WORDS[lang]['synthetic'])}</strong></p>\n" if synthetic else ""
    return (
        f'<!doctype html>\n<html lang="{lang}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{html.escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n"
        # what is wider than the window scrolls in a frame of its own, also from the keyboard
        f'{mark}<div role="region" tabindex="0" aria-label="{html.escape(title)}">\n{table}</div>\n'
        "</body>\n</html>\n"
    )
