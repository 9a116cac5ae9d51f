"""Sensitivity: the main contrast, then the same contrast under each alternative."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.kind import Kind
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.one_contrast import COLUMNS, OUTPUT, OneContrast, cells, collect, counts, headings
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import FAMILY, STATUS, of_kind, say
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)


class Options(OneContrast):
    """The main model and after it its alternatives, and their contrast."""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect the contrast of the first of the option ``models`` and of the others, its alternatives.

    The change between groups stands in units of the outcome in every family, so that the lines compare.
    """
    return collect(exhibit.options, material, units=True)


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print the main contrast first, then one line per alternative."""
    columns = (
        heading(WORDS, "model"),
        *headings(facts),
        heading(WORDS, "n_persons", "count"),
        heading(WORDS, "family"),
        heading(WORDS, "status"),
    )
    rows = tuple(
        (
            *cells(row, units=True),
            row["n_persons"],
            Spoken(lambda lang, row=row: say(FAMILY, row["family"], lang)),  # type: ignore[misc]
            Spoken(lambda lang, row=row: say(STATUS, row["status"], lang)),  # type: ignore[misc]
        )
        for row in frame.to_dict("records")
    )
    note = Spoken(lambda lang: WORDS[lang]["note"].format(alpha=display.as_given(facts.alpha, lang, 2)))
    return TableModel(exhibit.id, exhibit.title, columns, rows, notes=(note,))


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
