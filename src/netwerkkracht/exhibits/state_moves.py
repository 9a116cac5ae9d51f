"""Moves of persons between the answers of two waves: what the figure and the table of them share."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import Column, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import BetweenWaves, Measure
from netwerkkracht.exhibits.words import WORDS
from netwerkkracht.release.attack import Key, Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, cell
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, Output
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

# states that are no answer: of drop-out and missing answers, and those that a release merges
STATES = WORDS.within("states")
COLUMNS = (
    *codes("group", "origin", "destination"),
    Column("persons", PERSONS),
    *texts("variable"),
    *codes("first", "last"),
)
OUTPUT = Output(FREQUENCIES, treatment="transitions")


class Options(BetweenWaves):
    """The variable of which the answers are followed, from one wave to another."""

    variable: Measure


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count moves of the option ``variable`` between the first and the last wave; see `transitions`."""
    from netwerkkracht.analysis.describe.counts import transitions

    first, last = exhibit.options.ends(material.facts)
    name = exhibit.options.variable
    moves = transitions(material.panel, material.facts, name, first, last)
    return moves.assign(variable=name, first=first, last=last)


def state_label(state: str, facts: Facts, variable: str, lang: Lang) -> str:
    """Return the words of a state: the answer's own, or those of being lost or without an answer."""
    said = STATES[lang]
    return said[state] if state in said else facts.variable(variable).code_label(state, lang)


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the moves: those from one answer add up to the persons who gave it at the first wave."""
    starts: dict[tuple[str, str, str, str], list[Key]] = {}
    for row in rows:
        key = ("move", row["variable"], row["group"], row["origin"], row["destination"])
        known.tell(key, number(row["persons"]), rules, where)
        start = (row["variable"], row["origin"], row["group"], row["first"])
        starts.setdefault(start, []).append(key)
    for (variable, origin, group, wave), keys in starts.items():
        if origin not in {"any", "missing", "lost"}:
            known.add(keys, [cell(variable, origin, group, wave)])
