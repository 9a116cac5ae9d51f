"""Show a table of a notebook in one language: labels of the codebook, numbers in the signs of the language.

The code of a notebook keeps the real names; only what is shown is translated.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail
from netwerkkracht.notebooks.words import WORDS
from netwerkkracht.study.facts import Facts, code_text

# a text of a notebook: one for each language of the study, in its order, or by language
Text = Sequence[str] | Mapping[str, str]
Words = Mapping[str, Text]

NUMBER: Final = re.compile(r"[-\u2212\u2013]?\d|\u2013$")



def chosen(text: Text, lang: Lang, languages: Sequence[Lang]) -> str:
    """Return a text of a notebook in one language: by its name, or by its place among those of the study.

    Raises
    ------
    StudyError
        ``N07`` when there are not as many texts as languages.
    """
    if isinstance(text, Mapping):
        return text[lang]
    if len(text) != len(languages):
        raise fail(
            "N07",
            f"{len(text)} texts for {len(languages)} languages",
            expected=f"one text for each of {', '.join(languages)}, in this order",
            action="write the text that is missing, or remove the one too many",
        )
    return text[languages.index(lang)]


class Labels:
    """What a code, a variable or a heading is called in one language."""

    def __init__(self, facts: Facts, lang: Lang, words: Words) -> None:
        """Take the codebook's facts, and words of the notebook's own, which come first."""
        self.facts, self.lang, self.words = facts, lang, words
        self.plain = WORDS.within("table")[lang]

    def heading(self, name: object) -> str:
        """Return what a column or an axis is called."""
        text = code_text(name)
        if text in self.words:
            return chosen(self.words[text], self.lang, self.facts.languages)
        if text in self.plain:
            return self.plain[text]
        return self.facts.label(text, self.lang) if text in self.facts.variables else text

    def value(self, value: object, axis: str) -> str:
        """Return what a code of a named axis or column is called."""
        text = code_text(value)
        if axis == self.facts.group and text in self.facts.groups:
            return self.facts.group_label(text, self.lang)
        if axis == self.facts.wave and text in self.facts.waves:
            return self.facts.wave_label(text, self.lang)
        if axis == "term":
            from netwerkkracht.exhibits.cells import term_label

            return term_label(text, self.facts, self.lang)
        return self.heading(text)


def rows_of(
    frame: Any, labels: Labels, decimals: int | Mapping[str, int]
) -> tuple[list[str], list[tuple[list[str], list[str]]]]:
    """Return the headings, and for every row its own headings and its cells, all as text.

    An index without a name that only counts rows is left out. Whole numbers have no decimals; a missing value
    is a dash.
    """
    named = [name is not None for name in frame.index.names]
    counted = not any(named) and frame.index.dtype.kind == "i"
    axes = [] if counted else [str(name or "") for name in frame.index.names]
    across = str(frame.columns.name or "")
    heads = [labels.heading(name) for name in axes]
    heads += [labels.value(name, across) for name in frame.columns]
    places = {
        name: decimals if isinstance(decimals, int) else decimals.get(str(name), 2) for name in frame.columns
    }
    rows = []
    for key, record in zip(frame.index, frame.itertuples(index=False, name=None), strict=True):
        keys = key if isinstance(key, tuple) else (key,)
        own = [labels.value(part, axis) for part, axis in zip(keys, axes, strict=False)]
        cells = [
            _cell(value, str(name), places[name], labels)
            for name, value in zip(frame.columns, record, strict=True)
        ]
        rows.append((own, cells))
    return heads, rows


def _cell(value: Any, name: str, decimals: int, labels: Labels) -> str:
    if isinstance(value, str):
        return labels.value(value, name)
    if isinstance(value, bool):
        return WORDS.within("values")[labels.lang]["yes" if value else "no"]
    if value is None or math.isnan(value):
        return display.MISSING
    whole = isinstance(value, int) or "int" in type(value).__name__
    return display.number(float(value), labels.lang, 0 if whole else decimals)


def html_table(heads: list[str], rows: list[tuple[list[str], list[str]]], title: str) -> str:
    """Return the table as HTML, with a caption and headings that belong to their column or row."""
    own_heads = len(rows[0][0]) if rows else 0
    words = [not NUMBER.match(text) for text in rows[0][1]] if rows else []
    sides = [*[True] * own_heads, *words, *[False] * len(heads)]
    head = "".join(
        f'<th scope="col"{_side(left)}>{escape(text)}</th>' for text, left in zip(heads, sides, strict=False)
    )
    body = "".join(
        "<tr>"
        + "".join(f'<th scope="row"{_side(True)}>{escape(text)}</th>' for text in own)
        + "".join(f"<td{_side(left)}>{escape(text)}</td>" for text, left in zip(cells, words, strict=True))
        + "</tr>"
        for own, cells in rows
    )
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _side(left: bool) -> str:
    return ' class="words"' if left else ""


def plain_table(heads: list[str], rows: list[tuple[list[str], list[str]]], title: str) -> str:
    """Return the table as lines of text, for a console."""
    lines = ["\t".join(heads), *("\t".join([*own, *cells]) for own, cells in rows)]
    return "\n".join(([title] if title else []) + lines)
