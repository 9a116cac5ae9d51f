"""The files that ship with the package: Typst library, HTML shell, style, script, and the frame's words."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from netwerkkracht.core.strict_yaml import load


@cache
def text(name: str) -> str:
    """Return one of the package's own files as text."""
    return files("netwerkkracht.report").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def _all_words() -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = load(text("words.yaml"), file="words.yaml")
    return loaded


def words(lang: str) -> dict[str, str]:
    """Return what the frame of a report says in one language."""
    return {key: texts[lang] for key, texts in _all_words().items()}


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
