"""Moves between the answers of two waves: counts with row percentages, drop-out a state of its own."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.kind import Kind
from netwerkkracht.exhibits.material import Exhibit
from netwerkkracht.exhibits.state_moves import COLUMNS, OUTPUT, Options, counts, data, state_label
from netwerkkracht.exhibits.table_model import Heading, TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one section per group: rows from, columns to, counts with row percentages."""
    name = str(frame["variable"].iloc[0])
    ends = list(dict.fromkeys(frame["destination"]))
    states = [Heading(end, _state(end, facts, name), "number") for end in ends]
    columns = (heading(WORDS, "origin"), *states, heading(WORDS, "total", "count"))
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    for group, part in frame.groupby("group", sort=False):
        rows.append((_title(str(group), facts), *([None] * (len(ends) + 1))))
        levels.append(0)
        for origin, line in part.groupby("origin", sort=False):
            persons = line.set_index("destination")["persons"]
            total = int(persons.sum())
            shares = [_share(int(persons[end]), total) for end in ends]
            rows.append((_state(str(origin), facts, name), *shares, total))
            levels.append(2)
    notes = (Spoken(lambda lang: _note(frame, facts, lang)),)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), notes)


def _note(frame: Any, facts: Facts, lang: Lang) -> str:
    first, last = (facts.wave_label(frame[end].iloc[0], lang) for end in ("first", "last"))
    return WORDS[lang]["note"].format(first=first, last=last)


def _state(state: str, facts: Facts, variable: str) -> Spoken:
    return Spoken(lambda lang: state_label(state, facts, variable, lang))


def _title(group: str, facts: Facts) -> Spoken:
    return Spoken(lambda lang: facts.group_title(group, lang))


def _share(persons: int, total: int) -> Spoken:
    return Spoken(lambda lang: display.count_percent(persons, total, lang))


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=OUTPUT,
    data=data,
    table=table,
    counts=counts,
)
