"""Copies of the notebooks in one language, to change and run; what a student changed stays."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from netwerkkracht.core import io
from netwerkkracht.core.display import Lang
from netwerkkracht.core.words import LANGUAGE
from netwerkkracht.notebooks.execute import read
from netwerkkracht.notebooks.page import in_language

START = "README.md"
SECTION = re.compile(rf"^<!-- ({LANGUAGE}) -->\n", re.MULTILINE)


def lessons(source: Path, target: Path, language: Lang) -> None:
    """Write the notebooks of a folder, its start page and its settings in one language.

    A file that is there already is somebody's work and stays as it is; to begin anew, remove it.
    """
    for path in sorted(source.glob("*.py")):
        _write(target / path.name, partial(one_language, path, language))
    _write(target / START, lambda: section((source / START).read_text(encoding="utf-8"), language))
    _write(target / "jupytext.toml", lambda: (source / "jupytext.toml").read_text(encoding="utf-8"))


def one_language(path: Path, language: Lang) -> str:
    """Return the text of a notebook with the text cells of one language."""
    import jupytext

    node = in_language(read(path.read_text(encoding="utf-8")), language, name=path.name)
    return str(jupytext.writes(node, fmt="py:percent"))


def section(text: str, language: Lang) -> str:
    """Return the part of a page that follows the mark of a language (``<!-- nl -->``)."""
    marks = [*SECTION.finditer(text)]
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return next(text[mark.end() : end] for mark, end in zip(marks, ends, strict=True) if mark[1] == language)


def _write(path: Path, make: Callable[[], str]) -> None:
    if not path.exists():
        io.write_text(path, make())


if __name__ == "__main__":
    lessons(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
