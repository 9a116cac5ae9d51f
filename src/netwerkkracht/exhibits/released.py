"""How an exhibit of real data says what was rounded, merged, hidden or withheld, in every language."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.table_model import REMARK, UNNAMED, Heading, TableModel
from netwerkkracht.exhibits.words import WORDS as SHARED
from netwerkkracht.release.roles import HIDDEN, MARK, MERGED, ROUNDED, WITHHELD

SIGN: Final = "‡"
WORDS: Final = SHARED.within("released")


def is_released(frame: Any) -> bool:
    """Whether a table went through the release of real data."""
    return MARK in frame.columns


def marks(frame: Any) -> set[str]:
    """Return what was done to the rows of a released table."""
    return set(frame[MARK].dropna())


def is_withheld(frame: Any) -> bool:
    """Whether no number of the table leaves."""
    return is_released(frame) and marks(frame) == {WITHHELD}


def lines(frame: Any, lang: Lang) -> list[str]:
    """Return the notes under a released exhibit, none where nothing was released by these rules."""
    if not is_released(frame):
        return []
    done = marks(frame)
    if done == {WITHHELD}:
        return [WORDS[lang][WITHHELD]]
    told = (ROUNDED, *(name for name in (MERGED, HIDDEN) if name in done))
    return [WORDS[lang][name].format(sign=SIGN) for name in told]


def mark_table(table: TableModel, frame: Any, languages: Sequence[Lang]) -> TableModel:
    """Print the sign of a hidden cell, and say under the table what it means, in every language."""
    rows = tuple(
        tuple(cell if place == 0 else _signed(cell) for place, cell in enumerate(row))
        if table.level(position) != REMARK
        else (_within(row[0]), *row[1:])
        for position, row in enumerate(table.rows)
    )
    said = zip(*(lines(frame, lang) for lang in languages), strict=True)
    notes = [dict(zip(languages, texts, strict=True)) for texts in said]
    return replace(table, rows=rows if HIDDEN in marks(frame) else table.rows, notes=(*table.notes, *notes))


def _signed(cell: Any) -> Any:
    if isinstance(cell, float) and math.isnan(cell):
        return SIGN
    if isinstance(cell, Mapping):
        return Spoken(lambda lang: SIGN if cell[lang] == display.MISSING else str(cell[lang]))
    return SIGN if cell == display.MISSING else cell


def _within(remark: Any) -> Any:
    """Put the sign of a hidden number into a remark."""
    return Spoken(lambda lang: str(remark[lang]).replace(display.MISSING, SIGN))


def withheld_table(name: str, title: Mapping[str, str]) -> TableModel:
    """Return what stands in the place of a table that is withheld."""
    columns = tuple(Heading(key, UNNAMED) for key in ("what", "value"))
    return TableModel(name, title, columns, ((title, SIGN),), (), (WORDS.each(WITHHELD),))


def alt(frame: Any, lang: Lang) -> str:
    """Return the words of a figure some of whose cells are gone: its own would count what is not there."""
    if is_withheld(frame):
        return WORDS[lang]["empty"]
    gone = int(frame[MARK].isin([HIDDEN, MERGED, WITHHELD]).sum())
    return WORDS[lang]["alt"].format(n=gone, m=len(frame))


def partly_gone(frame: Any) -> bool:
    """Whether rows were hidden, merged or withheld."""
    return is_released(frame) and bool(marks(frame) & {HIDDEN, MERGED, WITHHELD})
