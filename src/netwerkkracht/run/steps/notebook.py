"""Execute one notebook on the synthetic study and lay it out as a page in every language."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    return {"status": config.study.status, "languages": list(config.report.languages)}


def run(args: argparse.Namespace, part: Part) -> None:
    """Execute, refuse leaks, write one page a language."""
    import socket
    from pathlib import Path

    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.notebooks.dress import Page, dress
    from netwerkkracht.notebooks.execute import execute, read
    from netwerkkracht.notebooks.leaks import find_leaks
    from netwerkkracht.notebooks.page import html_body, in_language, title
    from netwerkkracht.study.codebook import read_codebook

    languages, name = part["languages"], args.item
    texts = {path.stem: path.read_text(encoding="utf-8") for path in sorted(args.notebooks.glob("*.py"))}
    made = execute(texts[name], name=f"{name}.py", folder=Path())
    study = read_codebook(args.codebook).study
    leaks = find_leaks(made, name=f"{name}.py", id_column=study.person, host=socket.gethostname())
    if leaks:
        raise StudyError(leaks)
    nodes = {stem: read(text) for stem, text in texts.items()}
    pages = [
        Page(stem, {lang: title(in_language(node, lang, name=stem)) for lang in languages})
        for stem, node in nodes.items()
    ]
    own = next(page for page in pages if page.name == name)
    for lang, path in zip(languages, args.pages, strict=True):
        body = html_body(in_language(made, lang, name=f"{name}.py"))
        io.write_text(path, dress(body, own, pages, lang, study=study.title[lang]))
    logs.start("notebook").info("%s: %d cells, %d pages", name, len(made.cells), len(args.pages))


STEP = Step(
    "execute one notebook on the synthetic study and lay it out as pages",
    run,
    part=part,
    item=("--notebook", "name of the notebook, without ending"),
    sources=(
        File("--notebooks", "folder of the notebooks"),
        File("--panel", "the harmonised panel, which the notebooks open"),
        File("--numbers", "the numbers of the report, which the notebooks check themselves against"),
        File("--codebook", "folder of the codebook"),
    ),
    targets=(File("--pages", "NAME.LANGUAGE.html, one each", many=True),),
    calls=("execute",),
)
