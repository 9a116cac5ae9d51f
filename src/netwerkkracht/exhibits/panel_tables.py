"""Tables straight from panel and codebook: transitions, reliability, variables, missing reasons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

import pandas as pd

from netwerkkracht.analysis.describe.counts import missing_reasons, transitions, with_absent
from netwerkkracht.core import display
from netwerkkracht.exhibits.cells import absent, both
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.released import SIGN
from netwerkkracht.exhibits.table_model import Column, TableModel
from netwerkkracht.study.facts import Facts

EPOCH: Final = date(1970, 1, 1)  # dates are days since then
STATES = {
    "lost": {"nl": "niet meer geïnterviewd", "en": "not interviewed again"},
    "missing": {"nl": "geen geldig antwoord", "en": "no valid answer"},
    # merged states of a release of real data
    "any": {"nl": "elke toestand", "en": "any state"},
    "same": {"nl": "gelijk gebleven", "en": "unchanged"},
    "changed": {"nl": "veranderd", "en": "changed"},
    "gone": {"nl": "onbekend of niet meer geïnterviewd", "en": "unknown or not interviewed again"},
}
TYPES = {
    "id": {"nl": "sleutel", "en": "key"},
    "code": {"nl": "categorie", "en": "category"},
    "integer": {"nl": "geheel getal", "en": "whole number"},
    "number": {"nl": "getal", "en": "number"},
    "date": {"nl": "datum", "en": "date"},
    "yesno": {"nl": "ja of nee", "en": "yes or no"},
    "text": {"nl": "tekst", "en": "text"},
}
REASON_NOTE = {
    "nl": "Eerst het aantal geldige antwoorden, dan per reden hoeveel er ontbreken: ",
    "en": "First the number of valid answers, then for each reason how many are missing: ",
}


def state_label(state: str, facts: Facts, variable: str, lang: Any) -> str:
    """Return the words of a state of an alluvial or transition table."""
    return STATES[state][lang] if state in STATES else facts.variable(variable).code_label(state, lang)


def transition_data(exhibit: Exhibit, material: Material) -> Any:
    """Count moves of the option ``variable`` from the first to the last wave (``first``, ``last``)."""
    waves = material.facts.waves
    first, last = (str(exhibit.options.get(key, waves[place])) for key, place in (("first", 0), ("last", -1)))
    name = str(exhibit.options["variable"])
    return transitions(material.panel, material.facts, name, first, last).assign(
        variable=name, first=first, last=last
    )


def transition_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one section per group: rows from, columns to, counts with row percentages."""
    name = str(frame["variable"].iloc[0])
    ends = list(dict.fromkeys(frame["destination"]))
    columns = [Column("origin", "van \\ naar", "from \\ to")]
    columns += [
        Column(end, state_label(end, facts, name, "nl"), state_label(end, facts, name, "en"), "number")
        for end in ends
    ]
    columns.append(Column("total", "totaal", "total", "count"))
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    for group, part in frame.groupby("group", sort=False):
        rows.append((_title(str(group), facts), *([None] * (len(ends) + 1))))
        levels.append(0)
        for origin, line in part.groupby("origin", sort=False):
            counts = line.set_index("destination")["persons"]
            total = int(counts.sum())
            label = both(lambda lang, origin=origin: state_label(origin, facts, name, lang))  # type: ignore[misc]
            cells = [_share(int(counts[end]), total) for end in ends]
            rows.append((label, *cells, total))
            levels.append(2)
    notes = (both(lambda lang: _transition_note(frame, facts, lang)),)
    return TableModel(exhibit.id, exhibit.title, tuple(columns), tuple(rows), tuple(levels), notes)


def _transition_note(frame: Any, facts: Facts, lang: Any) -> str:
    first, last = (facts.wave_label(frame[end].iloc[0], lang) for end in ("first", "last"))
    if lang == "nl":
        return f"Aantal personen, met het procent van de regel. Regels: {first}; kolommen: {last}."
    return f"Number of persons, with the percentage of the row. Rows: {first}; columns: {last}."


def _title(group: str, facts: Facts) -> dict[str, str]:
    return both(lambda lang: facts.group_title(group, lang))


def _share(persons: int, total: int) -> dict[str, str]:
    return both(lambda lang: display.count_percent(persons, total, lang))


def dictionary_data(exhibit: Exhibit, material: Material) -> Any:
    """List the option ``variables`` (all of the codebook without it): type, range, valid and missing."""
    facts = material.facts
    names = [str(name) for name in exhibit.options.get("variables") or facts.variables]
    names = [name for name in names if name in material.panel.columns]
    rows = []
    for name in names:
        known = facts.variable(name)
        low, high = known.low, known.high
        if known.codes and all(code.lstrip("-").isdigit() for code, _ in known.codes):
            low, high = float(known.codes[0][0]), float(known.codes[-1][0])
        n = int(material.panel[name].notna().sum())
        used = " ".join(
            model.id for model in material.models.values() if name in {model.outcome, model.source}
        )
        rows.append((name, known.type, known.derived, low, high, n, len(material.panel) - n, used))
    columns = ["variable", "type", "derived", "low", "high", "valid", "missing", "used"]
    return pd.DataFrame(rows, columns=columns)


def dictionary_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one line per variable."""
    columns = (
        Column("variable", "naam", "name", width=33),
        Column("label", "omschrijving", "label", width=56),
        Column("type", "soort", "type", width=19),
        Column("range", "bereik", "range", "number", width=26),
        Column("valid", "geldig", "valid", "count", width=10),
        Column("missing", "ontbreekt", "missing", "count", width=15),
    )
    rows = tuple(
        (row["variable"], dict(facts.variable(row["variable"]).label), TYPES.get(row["type"], row["type"]),
         both(lambda lang, row=row: _range(row, lang)), row["valid"], row["missing"])  # type: ignore[misc]
        for row in frame.to_dict("records")
    )  # fmt: skip
    return TableModel(exhibit.id, exhibit.title, columns, rows)


def _range(row: Any, lang: Any) -> str:
    if absent(row["low"]) or absent(row["high"]) or row["type"] == "yesno":
        return ""
    if row["type"] == "date":
        return "–".join(f"{EPOCH + timedelta(days=float(row[end])):%Y-%m-%d}" for end in ("low", "high"))
    places = 0 if float(row["low"]).is_integer() and float(row["high"]).is_integer() else 1
    return f"{display.number(row['low'], lang, places)}–{display.number(row['high'], lang, places)}"


def missing_data(exhibit: Exhibit, material: Material) -> Any:
    """Count missing reasons of the option ``variables`` (all without it) by group and wave."""
    facts, held = material.facts, material.panel.columns
    keys = {facts.person, facts.group, facts.wave}
    known = [name for name in facts.variables if name in held and name not in keys]
    counts = missing_reasons(
        material.panel, facts, [str(name) for name in exhibit.options.get("variables") or known]
    )
    if exhibit.options.get("by") != "cell":
        return counts
    return with_absent(counts, material.panel, facts)


def missing_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one line per variable: valid cells, then one column per reason that occurs.

    With the option ``by`` as ``cell`` there is a column per wave and group instead. Counts that a release
    added up over waves and groups stand in a column of their own.
    """
    if exhibit.options.get("by") == "cell":
        return _by_cell(frame, exhibit, facts)
    found = [tag for tag in facts.tags if (frame["reason"] == tag).any()]
    if (frame["reason"] == "?").any():
        found.append("?")
    unknown = {"nl": "reden onbekend", "en": "reason unknown"}
    columns = [Column("variable", "", ""), Column("valid", "geldig", "valid", "count")]
    for tag in found:
        words = unknown if tag == "?" else facts.tags[tag]
        columns.append(Column(tag, words["nl"], words["en"], "count"))
    counts = frame.groupby(["variable", "reason"])["cells"].sum(min_count=1)
    rows = tuple(
        (dict(facts.variable(name).label), *(counts.get((name, tag), 0) for tag in ("valid", *found)))
        for name in dict.fromkeys(frame["variable"])
    )
    return TableModel(exhibit.id, exhibit.title, tuple(columns), rows)


def _by_cell(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    seen = set(zip(frame["wave"], frame["group"], strict=True))
    cells = [(wave, group) for wave in facts.waves for group in facts.groups if (wave, group) in seen]
    columns = [
        Column("variable", "naam", "name", width=28),
        Column("label", "variabele", "variable", width=34),
    ]
    columns += [
        Column(
            f"{wave} {group}",
            facts.group_label(group, "nl"),
            facts.group_label(group, "en"),
            group_nl=facts.wave_label(wave, "nl"),
            group_en=facts.wave_label(wave, "en"),
            width=20,
        )
        for wave, group in cells
    ]
    if ("", "") in seen:
        cells.append(("", ""))
        columns.append(Column("all", "alle metingen en groepen", "all waves and groups"))
    held = dict(list(frame.groupby(["variable", "wave", "group"], sort=False)))
    rows = tuple(
        (name, dict(facts.variable(name).label), *(_reasons(held.get((name, *cell))) for cell in cells))
        for name in dict.fromkeys(frame["variable"])
    )
    tags = [tag for tag in facts.tags if (frame["reason"] == tag).any()]
    note = both(
        lambda lang: (
            REASON_NOTE[lang] + ", ".join(f"{tag} {facts.tag_label(tag, lang)}" for tag in tags) + "."
        )
    )
    return TableModel(exhibit.id, exhibit.title, tuple(columns), rows, (), (note,))


def _reasons(rows: Any) -> Any:
    """Return valid and missing answers of one cell: ``52 · s 2 · r 1``."""
    if rows is None:
        return None
    counts = dict(zip(rows["reason"], rows["cells"], strict=True))
    order = ["valid", *(reason for reason in counts if reason != "valid")]

    def one(reason: str, lang: Any) -> str:
        count = SIGN if absent(counts[reason]) else display.count(counts[reason], lang)
        return count if reason == "valid" else f"{reason}{display.NO_BREAK_SPACE}{count}"

    return both(lambda lang: " · ".join(one(reason, lang) for reason in order if reason in counts))


TEXT = ("group", "origin", "destination", "variable", "first", "last")
KIND = Kind("transitions", "table", ("panel",), TEXT, transition_data, transition_table)
DICTIONARY = Kind(
    "dictionary", "table", ("panel", "models"), ("variable", "type", "derived", "used"), dictionary_data,
    dictionary_table,
)  # fmt: skip
MISSING = Kind(
    "missing", "table", ("panel",), ("variable", "wave", "group", "reason"), missing_data, missing_table
)
