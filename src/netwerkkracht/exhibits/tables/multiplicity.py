"""Multiplicity: the same contrast of every model of the declared family, its p values adjusted."""

from __future__ import annotations

from typing import Any

from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.kind import Kind
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.one_contrast import COLUMNS, OUTPUT, OneContrast, cells, collect, counts, headings
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import ROLE, STATUS, of_kind, say
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)


class Options(OneContrast):
    """The models of the family, and their contrast."""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect one contrast per model of the family and adjust its p values (Holm, Benjamini-Hochberg)."""
    from netwerkkracht.analysis.models.multiplicity import benjamini_hochberg, holm

    frame = collect(exhibit.options, material, units=False)
    p_values = [float(value) for value in frame["p"]]
    return frame.assign(p_holm=holm(p_values), p_bh=benjamini_hochberg(p_values))


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print raw and adjusted p values, one line per model."""
    columns = (
        heading(WORDS, "model"),
        *headings(facts),
        heading(WORDS, "p_holm", "p", 3),
        heading(WORDS, "p_bh", "p", 3),
        heading(WORDS, "role"),
        heading(WORDS, "status"),
    )
    rows = tuple(
        (
            *cells(row, units=False),
            row["p_holm"],
            row["p_bh"],
            Spoken(lambda lang, row=row: say(ROLE, row["role"], lang)),  # type: ignore[misc]
            Spoken(lambda lang, row=row: say(STATUS, row["status"], lang)),  # type: ignore[misc]
        )
        for row in frame.to_dict("records")
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows, notes=(WORDS.each("note"),))


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("models",),
    columns=COLUMNS,
    output=OUTPUT,
    data=data,
    table=table,
    counts=counts,
)
