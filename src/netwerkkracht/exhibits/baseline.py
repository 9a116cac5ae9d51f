"""Who takes part: participants of one wave by group, missing values, standardised differences."""

from __future__ import annotations

from typing import Any

from netwerkkracht.analysis.describe.summaries import balance
from netwerkkracht.core import display
from netwerkkracht.exhibits.cells import absent, both
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import Column, TableModel
from netwerkkracht.study.facts import Facts

NOTES = (
    {
        "nl": "Gemiddelde (SD) of aantal (procent van wie antwoordde). SMD: gestandaardiseerd "
        "verschil van de twee "
        "groepen; voor categorieën een afstand zonder teken. Geen p-waarden: de groepen zijn niet geloot.",
        "en": "Mean (SD) or number (percent of those who answered). SMD: standardised difference of "
        "the two groups; "
        "for categories a distance without sign. No p values: the groups were not randomised.",
    },
)


def data(exhibit: Exhibit, material: Material) -> Any:
    """Describe the option ``variables`` in the option ``wave``."""
    wave = str(exhibit.options.get("wave", material.facts.waves[0]))
    return balance(material.panel, material.facts, list(exhibit.options["variables"]), wave).assign(wave=wave)


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print numbers as mean (SD), codes as count (percent), one block per variable."""
    persons = {
        group: int((part["n"] + part["missing"].fillna(0)).max())
        for group, part in frame.groupby("group", sort=False)
    }
    columns = [Column("variable", "", "")]
    columns += [
        Column(
            group,
            f"{facts.group_title(group, 'nl')} (n\u00a0=\u00a0{persons.get(group, 0)})",
            f"{facts.group_title(group, 'en')} (n\u00a0=\u00a0{persons.get(group, 0)})",
            "number",
        )
        for group in facts.groups
    ]
    columns += [Column("smd", "SMD", "SMD", "number", 2), Column("missing", "ontbreekt", "missing", "count")]
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    for name in dict.fromkeys(frame["variable"]):
        mine = frame[frame["variable"] == name]
        missing = float(mine.drop_duplicates("group")["missing"].sum(skipna=False))
        smd = mine["smd"].iloc[0]
        label = dict(facts.variable(name).label)
        codes = list(dict.fromkeys(mine["code"]))
        if len(codes) == 1:
            rows.append((label, *(_cell(mine, codes[0], group) for group in facts.groups), smd, missing))
            levels.append(1)
            continue
        rows.append((label, *([None] * len(facts.groups)), smd, missing))
        levels.append(1)
        for code in codes:
            words = both(lambda lang, code=code, name=name: facts.variable(name).code_label(code, lang))  # type: ignore[misc]
            rows.append((words, *(_cell(mine, code, group) for group in facts.groups), None, None))
            levels.append(2)
    return TableModel(exhibit.id, exhibit.title, tuple(columns), tuple(rows), tuple(levels), NOTES)


def _cell(mine: Any, code: str, group: str) -> Any:
    row = mine[(mine["code"] == code) & (mine["group"] == group)].iloc[0]
    if row["statistic"] == "mean":
        return both(lambda lang: display.mean_sd(row["value"], row["spread"], lang))
    if absent(row["count"]):
        return display.MISSING
    return both(lambda lang: display.count_percent(row["count"], row["n"], lang))


KIND = Kind("baseline", "table", ("panel",), ("variable", "code", "statistic", "group", "wave"), data, table)
