"""One model of a table, and its renderings: HTML, and JSON for Typst.

A table holds raw numbers; words and signs are made per language at rendering. Labels may come from files of
others, so every renderer escapes them.
"""

from __future__ import annotations

import html
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.words import ByLanguage, Section
from netwerkkracht.exhibits.cells import Spoken

REMARK: Final = 3
# above a column whose cells say themselves what they are
UNNAMED: Final = ByLanguage({})
KINDS: Final = ("text", "number", "signed", "count", "percent", "p")


@dataclass(frozen=True)
class Heading:
    """One printed column: machine name, words above it by language, and how its cells are printed.

    ``kind`` is text, number, signed (number with a plus), count, percent (of a share) or p. ``over`` is a
    spanning heading shared by neighbouring columns. ``width`` is the share of the page that the column gets,
    in characters; without it the cells decide.
    """

    key: str
    words: Mapping[str, str]
    kind: str = "text"
    decimals: int = 2
    over: Mapping[str, str] = field(default_factory=dict)
    width: int = 0

    def heading(self, lang: Lang) -> str:
        """Return the heading in one language."""
        return self.words[lang]

    def spanner(self, lang: Lang) -> str:
        """Return the spanning heading in one language, empty where there is none."""
        return self.over.get(lang, "")


def heading(words: Section, key: str, kind: str = "text", decimals: int = 2, *, width: int = 0) -> Heading:
    """Return the heading that the words of a kind of table have under ``headings``."""
    return Heading(key, words.within("headings").each(key), kind, decimals, width=width)


def interval_column(level: float) -> Heading:
    """Return the column of intervals, named after the share of studies that they cover."""
    return Heading("interval", Spoken(lambda lang: display.interval_label(lang, level)), "number")


@dataclass(frozen=True)
class TableModel:
    """A table: columns, rows of raw cells, notes.

    A row's first column is its heading. ``levels`` gives per row 0 (a section heading), 1 (a row), 2 (an
    indented row) or 3 (a remark over the whole width, in its first cell); empty means all 1. A text cell may
    be a mapping of language to text.
    """

    id: str
    title: Mapping[str, str]
    columns: tuple[Heading, ...]
    rows: tuple[tuple[Any, ...], ...]
    levels: tuple[int, ...] = ()
    notes: tuple[Mapping[str, str], ...] = ()

    def level(self, position: int) -> int:
        """Return the level of a row."""
        return self.levels[position] if self.levels else 1

    def cells(self, lang: Lang) -> list[list[str]]:
        """Return every cell as printed in one language."""
        return [
            [cell(value, column, lang) for value, column in zip(row, self.columns, strict=True)]
            for row in self.rows
        ]

    def note_lines(self, lang: Lang) -> list[str]:
        """Return the notes in one language."""
        return [note[lang] for note in self.notes]


def cell(value: Any, column: Heading, lang: Lang) -> str:
    """Return one cell as printed: empty for None, an en dash for NaN."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return str(value[lang])
    if column.kind == "text" or isinstance(value, str):
        return display.MISSING if isinstance(value, float) and math.isnan(value) else str(value)
    if column.kind == "p":
        return display.p_value(value, lang)
    if column.kind == "percent":
        return display.percent(value, lang, column.decimals)
    if column.kind == "count":
        return display.count(value, lang)
    return display.number(value, lang, column.decimals, sign=column.kind == "signed")


def _spans(columns: Sequence[Heading], lang: Lang) -> list[tuple[str, int]]:
    spans: list[tuple[str, int]] = []
    for column in columns:
        name = column.spanner(lang)
        if spans and name and spans[-1][0] == name:
            spans[-1] = (name, spans[-1][1] + 1)
        else:
            spans.append((name, 1))
    return spans


def _numeric(column: Heading) -> str:
    return "" if column.kind == "text" else ' class="n"'


def to_html(table: TableModel, lang: Lang) -> str:
    """Return an HTML table: caption, scoped headings, one body per section, notes in the foot."""
    text = html.escape
    lines = [f'<table id="{text(table.id)}" lang="{lang}">', f"<caption>{text(table.title[lang])}</caption>"]
    lines.append("<thead>")
    spans = _spans(table.columns, lang)
    if any(name for name, _ in spans):
        cells = "".join(
            f'<th scope="colgroup" colspan="{width}">{text(name)}</th>'
            if name
            else f'<td colspan="{width}"></td>'
            for name, width in spans
        )
        lines.append(f"<tr>{cells}</tr>")
    heads = "".join(
        f'<th scope="col"{_numeric(column)}>{text(column.heading(lang))}</th>' for column in table.columns
    )
    lines += [f"<tr>{heads}</tr>", "</thead>", "<tbody>"]
    for position, row in enumerate(table.cells(lang)):
        level = table.level(position)
        if level == 0:
            if position:
                lines += ["</tbody>", "<tbody>"]
            width = len(table.columns)
            lines.append(
                f'<tr class="section"><th scope="rowgroup" colspan="{width}">{text(row[0])}</th></tr>'
            )
            continue
        if level == REMARK:
            lines.append(f'<tr class="remark"><td colspan="{len(table.columns)}">{text(row[0])}</td></tr>')
            continue
        indent = ' class="in"' if level == 2 else ""
        first = f'<th scope="row"{indent}>{text(row[0])}</th>'
        rest = "".join(
            f"<td{_numeric(column)}>{text(value)}</td>"
            for value, column in zip(row[1:], table.columns[1:], strict=True)
        )
        lines.append(f"<tr>{first}{rest}</tr>")
    lines.append("</tbody>")
    notes = table.note_lines(lang)
    if notes:
        inner = "".join(f"<p>{text(note)}</p>" for note in notes)
        lines.append(f'<tfoot><tr><td colspan="{len(table.columns)}">{inner}</td></tr></tfoot>')
    return "\n".join([*lines, "</table>"]) + "\n"


def to_typst(table: TableModel, lang: Lang) -> dict[str, Any]:
    """Return what the Typst source reads: headings, spans, printed cells, levels, notes; all text."""
    return {
        "id": table.id,
        "title": table.title[lang],
        "spans": [{"text": name, "width": width} for name, width in _spans(table.columns, lang)],
        "columns": [
            {
                "key": column.key,
                "text": column.heading(lang),
                "numeric": column.kind != "text",
                "width": column.width,
            }
            for column in table.columns
        ],
        "rows": [
            {"level": table.level(position), "cells": row} for position, row in enumerate(table.cells(lang))
        ],
        "notes": table.note_lines(lang),
    }
