"""Lay out one table from its data, in every language."""

from __future__ import annotations

import argparse

from netwerkkracht import io, logs
from netwerkkracht.steps.arguments import Part, add_common, add_item, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_item(parser, "--exhibit", "id of the table in the configuration")
    add_source(parser, "--data", "the tidy data behind the table")
    add_source(parser, "--codebook", "folder of the codebook, for labels")
    add_target(parser, "--out", "the data as released")
    add_target(parser, "--pages", "ID.LANGUAGE.html, one each", many=True)


def run(args: argparse.Namespace, part: Part) -> None:
    """Release the data, then lay out every page from the released file and nothing else."""
    from netwerkkracht.exhibits.registry import exhibit_from, kind_of, table
    from netwerkkracht.exhibits.table_model import to_html
    from netwerkkracht.steps.study_facts import read_facts

    exhibit = exhibit_from(part["exhibit"])
    facts = read_facts(args.codebook, part["status"])
    io.write_bytes(args.out, args.data.read_bytes())
    made = table(io.read_csv(args.out, text=kind_of(exhibit.kind).text), exhibit, facts)
    for lang, path in zip(part["languages"], args.pages, strict=True):
        io.write_text(path, to_html(made, lang))
    logs.start("table").info("%s: %d pages", exhibit.id, len(args.pages))
