"""Reliability of scales: alpha and omega of one factor, per scale, wave and group."""

from __future__ import annotations

from typing import Any

from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.kind import Column, Kind, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Scales
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, PERSONS, PLAIN, Output, moment
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("scale"),
    *codes("wave", "group"),
    Column("items", PLAIN, "count"),
    Column("turned", PLAIN, "count"),
    Column("n", PERSONS),
    Column("alpha", moment("n"), "ratio"),
    Column("omega", moment("n"), "ratio"),
)


class Options(KindOptions):
    """The sums whose items are scales."""

    scales: Scales


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Compute alpha and omega per wave and group of the option ``scales``: derived sums, by their items."""
    from netwerkkracht.analysis.describe.reliability import reliability

    scales = {name: material.facts.variable(name).parts for name in exhibit.options.scales}
    return reliability(material.panel, material.facts, scales)


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one line per scale, wave and group."""
    columns = (
        heading(WORDS, "scale"),
        heading(WORDS, "wave"),
        heading(WORDS, "group"),
        heading(WORDS, "items", "count"),
        heading(WORDS, "n", "count"),
        heading(WORDS, "alpha", "number", 2),
        heading(WORDS, "omega", "number", 2),
    )
    rows = []
    for row in frame.to_dict("records"):
        wave, group = str(row["wave"]), str(row["group"])
        labels = (
            dict(facts.variable(row["scale"]).label),
            Spoken(lambda lang, wave=wave: facts.wave_label(wave, lang)),  # type: ignore[misc]
            Spoken(lambda lang, group=group: facts.group_label(group, lang)),  # type: ignore[misc]
        )
        rows.append((*labels, row["items"], row["n"], row["alpha"], row["omega"]))
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), notes=(WORDS.each("note"),))


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter who answered every item of a scale: with those who did not, they are the interviews."""
    for row in rows:
        line = (row["scale"], row["group"], row["wave"])
        known.tell(("complete", *line), number(row["n"]), rules, where)
        known.add([("complete", *line), ("incomplete", *line)], [("interviews", *line[1:])])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(CORRELATION),
    data=data,
    table=table,
    counts=counts,
)
