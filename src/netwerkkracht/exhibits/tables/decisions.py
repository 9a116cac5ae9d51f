"""Decisions of the codebook, with the places where they act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netwerkkracht.exhibits.cells import spoken_cell
from netwerkkracht.exhibits.kind import Kind, spoken, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import NoOptions
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.roles import NOT_PERSONS, Output
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (*texts("number", "date"), *spoken("decision", "reason"), *texts("who", "used_in"))
MOST_PLACES = 4


def data(_exhibit: Exhibit[NoOptions], material: Material) -> Any:
    """List the decisions with the places where they act."""
    from netwerkkracht.analysis.describe.crosswalk import decisions

    return decisions(material.codebook, material.facts.languages)


def table(frame: Any, exhibit: Exhibit[NoOptions], _facts: Facts) -> TableModel:
    """Print one line per decision."""
    columns = (
        heading(WORDS, "number", width=5),
        heading(WORDS, "date", width=14),
        heading(WORDS, "decision", width=34),
        heading(WORDS, "reason", width=37),
        heading(WORDS, "used_in", width=24),
        heading(WORDS, "who", width=14),
    )
    rows = tuple(
        (
            *(row["number"], row["date"]),
            spoken_cell(row, "decision"),
            spoken_cell(row, "reason"),
            _places(row["used_in"].split()),
            row["who"],
        )
        for row in frame.to_dict("records")
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows)


def _places(places: Sequence[str]) -> Any:
    shown, more = ", ".join(places[:MOST_PLACES]), len(places) - MOST_PLACES
    return shown if more <= 0 else WORDS.each("more", shown=shown, n=more)


KIND = Kind(
    module=__name__,
    options=NoOptions,
    needs=("codebook",),
    columns=COLUMNS,
    output=Output(NOT_PERSONS),
    data=data,
    table=table,
    compares=False,
)
