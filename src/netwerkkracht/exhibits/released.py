"""How an exhibit of real data says what was rounded, merged, hidden or withheld, in both languages."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.table_model import REMARK, Heading, TableModel
from netwerkkracht.release.roles import HIDDEN, MARK, MERGED, WITHHELD

SIGN: Final = "‡"
NOTES: Final = {
    "rounded": {
        "nl": "Uit echte gegevens: aantallen zijn afgerond en hoeven niet op te tellen; percentages zijn van "
        "afgeronde aantallen.",
        "en": "From real data: counts are rounded and need not add up; percentages are of rounded counts.",
    },
    MERGED: {
        "nl": "Te kleine groepen zijn samengevoegd.",
        "en": "Groups that are too small were merged.",
    },
    HIDDEN: {
        "nl": f"{SIGN}, een streep of een leeg vak: niet vrijgegeven, omdat het over te weinig mensen gaat "
        "of een ander vak zou verraden.",
        "en": f"{SIGN}, a dash or an empty cell: not released, because it is about too few people or would "
        "give another cell away.",
    },
    WITHHELD: {
        "nl": "Niet vrijgegeven: dit overzicht is niet te maken zonder getallen over te weinig mensen.",
        "en": "Not released: this overview cannot be made without numbers about too few people.",
    },
}
EMPTY: Final = {
    "nl": "Leeg kader in plaats van een figuur: geen van de getallen erachter is vrijgegeven.",
    "en": "An empty frame in the place of a figure: none of the numbers behind it was released.",
}
ALT: Final = {
    "nl": "Figuur met afgeronde aantallen; {n} van de {m} vakken zijn verborgen of samengevoegd. De getallen "
    "staan in het gegevensbestand van deze figuur.",
    "en": "Figure with rounded counts; {n} of the {m} cells are hidden or merged. The numbers stand in the "
    "data file of this figure.",
}


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
        return [NOTES[WITHHELD][lang]]
    return [NOTES[name][lang] for name in ("rounded", MERGED, HIDDEN) if name == "rounded" or name in done]


def mark_table(table: TableModel, frame: Any) -> TableModel:
    """Print the sign of a hidden cell, and say under the table what it means."""
    rows = tuple(
        tuple(cell if place == 0 else _signed(cell) for place, cell in enumerate(row))
        if table.level(position) != REMARK
        else (_within(row[0]), *row[1:])
        for position, row in enumerate(table.rows)
    )
    notes = [{"nl": nl, "en": en} for nl, en in zip(lines(frame, "nl"), lines(frame, "en"), strict=True)]
    return replace(table, rows=rows if HIDDEN in marks(frame) else table.rows, notes=(*table.notes, *notes))


def _signed(cell: Any) -> Any:
    if isinstance(cell, float) and math.isnan(cell):
        return SIGN
    if isinstance(cell, Mapping):
        return {lang: SIGN if text == display.MISSING else text for lang, text in cell.items()}
    return SIGN if cell == display.MISSING else cell


def _within(remark: Any) -> Any:
    """Put the sign of a hidden number into a remark."""
    return {lang: text.replace(display.MISSING, SIGN) for lang, text in remark.items()}


def withheld_table(name: str, title: Mapping[str, str]) -> TableModel:
    """Return what stands in the place of a table that is withheld."""
    columns = tuple(Heading(key, dict.fromkeys(display.LANGS, "")) for key in ("what", "value"))
    return TableModel(name, title, columns, ((title, SIGN),), (), (NOTES[WITHHELD],))


def alt(frame: Any, lang: Lang) -> str:
    """Return the words of a figure some of whose cells are gone: its own would count what is not there."""
    if is_withheld(frame):
        return EMPTY[lang]
    gone = int(frame[MARK].isin([HIDDEN, MERGED, WITHHELD]).sum())
    return ALT[lang].format(n=gone, m=len(frame))


def partly_gone(frame: Any) -> bool:
    """Whether rows were hidden, merged or withheld."""
    return is_released(frame) and bool(marks(frame) & {HIDDEN, MERGED, WITHHELD})
