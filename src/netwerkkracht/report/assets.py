"""The files that ship with the package: Typst library, HTML shell, style, script; and words."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from netwerkkracht.report.words import WORDS


@cache
def text(name: str) -> str:
    """Return one of the package's own files as text."""
    return files("netwerkkracht.report").joinpath("assets", name).read_text(encoding="utf-8")


def words(lang: str) -> Mapping[str, str]:
    """Return what the frame of a report says in one language."""
    return WORDS.within("frame")[lang].held


def library() -> str:
    """Return the Typst library of a source, with a function for each language, such as ``#nl[...]``."""
    spoken = [f'#let {lang}(body) = if lang == "{lang}" {{ body }}\n' for lang in WORDS.languages]
    return text("lib.typ") + "".join(spoken)


def environment() -> Any:
    """Return the template environment: everything escaped, nothing undefined passes."""
    import json

    from jinja2 import DictLoader, Environment, StrictUndefined

    made = Environment(
        loader=DictLoader({name: text(name) for name in ("shell.html.j2", "parts.html.j2")}),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    made.filters["tojson_plain"] = lambda value: json.dumps(value, ensure_ascii=False)
    return made
