"""Outcomes by group and wave: n, mean, spread, quartiles, and how many stand at the limits of the scale."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Measures
from netwerkkracht.exhibits.table_model import UNNAMED, Heading, TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, answered
from netwerkkracht.release.roles import MOMENTS, PERSONS, POSITION, Output, moment, quantile, share
from netwerkkracht.release.rules import Rules
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("variable"),
    *codes("group", "wave"),
    Column("n", PERSONS),
    Column("missing", PERSONS, "rows"),
    Column("mean", moment("n")),
    Column("sd", moment("n")),
    Column("median", quantile(0.5, "n")),
    Column("p25", quantile(0.25, "n")),
    Column("p75", quantile(0.75, "n")),
    Column("floor", share("", "n")),
    Column("ceiling", share("", "n")),
)


class Options(KindOptions):
    """The outcomes."""

    variables: Measures


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Summarise the option ``variables`` by group and wave."""
    import pandas as pd

    from netwerkkracht.analysis.describe.summaries import describe

    parts = [
        describe(material.panel, material.facts, name).assign(variable=name)
        for name in exhibit.options.variables
    ]
    return pd.concat(parts, ignore_index=True)[names(COLUMNS)]


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one section per variable, one line per group and wave."""
    columns = (
        Heading("cell", UNNAMED),
        heading(WORDS, "n", "count"),
        heading(WORDS, "missing", "count"),
        heading(WORDS, "mean", "number"),
        heading(WORDS, "median", "number"),
        heading(WORDS, "floor", "percent", 0),
        heading(WORDS, "ceiling", "percent", 0),
    )
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    for name in dict.fromkeys(frame["variable"]):
        rows.append((dict(facts.variable(name).label), *([None] * (len(columns) - 1))))
        levels.append(0)
        for row in frame[frame["variable"] == name].to_dict("records"):
            label = Spoken(lambda lang, row=row: _label(row, facts, lang))  # type: ignore[misc]
            mean = Spoken(lambda lang, row=row: display.mean_sd(row["mean"], row["sd"], lang))  # type: ignore[misc]
            median = Spoken(lambda lang, row=row: _median(row, lang))  # type: ignore[misc]
            rows.append((label, row["n"], row["missing"], mean, median, row["floor"], row["ceiling"]))
            levels.append(2)
    notes = (WORDS.each("note"),)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), notes)


def _label(row: Any, facts: Facts, lang: Lang) -> str:
    return f"{facts.group_title(row['group'], lang)}, {facts.wave_label(row['wave'], lang)}"


def _median(row: Any, lang: Lang) -> str:
    if absent(row["median"]):
        return display.MISSING
    return display.estimate_interval(row["median"], row["p25"], row["p75"], lang, 1)


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter who answered and who did not."""
    for row in rows:
        answered(known, where, row, rules)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(f"{MOMENTS}, {POSITION}"),
    data=data,
    table=table,
    counts=counts,
)
