"""Outcomes by group and wave: n, mean, spread, quartiles, and how many stand at the limits of the scale."""

from __future__ import annotations

from typing import Any

import pandas as pd

from netwerkkracht.analysis.describe.summaries import describe
from netwerkkracht.core import display
from netwerkkracht.exhibits.cells import absent, both
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import Column, TableModel
from netwerkkracht.study.facts import Facts

NOTES = (
    {
        "nl": "Bodem en plafond: het deel van wie antwoordde met de laagst en hoogst mogelijke waarde.",
        "en": "Floor and ceiling: the share of those who answered with the lowest and highest "
        "possible value.",
    },
)
COLUMNS = (
    Column("cell", "", ""),
    Column("n", "n", "n", "count"),
    Column("missing", "ontbreekt", "missing", "count"),
    Column("mean", "gemiddelde (SD)", "mean (SD)", "number"),
    Column("median", "mediaan [kwartielen]", "median [quartiles]", "number"),
    Column("floor", "bodem", "floor", "percent", 0),
    Column("ceiling", "plafond", "ceiling", "percent", 0),
)


def data(exhibit: Exhibit, material: Material) -> Any:
    """Summarise the option ``variables`` by group and wave."""
    names = [str(name) for name in exhibit.options["variables"]]
    parts = [describe(material.panel, material.facts, name).assign(variable=name) for name in names]
    frame = pd.concat(parts, ignore_index=True)
    return frame[["variable", *(name for name in frame.columns if name != "variable")]]


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one section per variable, one line per group and wave."""
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    for name in dict.fromkeys(frame["variable"]):
        rows.append((dict(facts.variable(name).label), *([None] * 6)))
        levels.append(0)
        for row in frame[frame["variable"] == name].to_dict("records"):
            label = both(lambda lang, row=row: _label(row, facts, lang))  # type: ignore[misc]
            mean = both(lambda lang, row=row: display.mean_sd(row["mean"], row["sd"], lang))  # type: ignore[misc]
            median = both(lambda lang, row=row: _median(row, lang))  # type: ignore[misc]
            rows.append((label, row["n"], row["missing"], mean, median, row["floor"], row["ceiling"]))
            levels.append(2)
    return TableModel(exhibit.id, exhibit.title, COLUMNS, tuple(rows), tuple(levels), NOTES)


def _label(row: Any, facts: Facts, lang: Any) -> str:
    return f"{facts.group_title(row['group'], lang)}, {facts.wave_label(row['wave'], lang)}"


def _median(row: Any, lang: Any) -> str:
    if absent(row["median"]):
        return display.MISSING
    return display.estimate_interval(row["median"], row["p25"], row["p75"], lang, 1)


KIND = Kind("outcomes", "table", ("panel",), ("variable", "group", "wave"), data, table)
