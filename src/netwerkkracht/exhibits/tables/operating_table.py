"""The numbers behind the figure of operating characteristics: one line per model."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, spoken_cell
from netwerkkracht.exhibits.kind import Kind
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.simulated import COLUMNS, MEASURES, OUTPUT, SHARED, Simulated, collect
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import FAMILY, of_kind, say
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)


class Options(Simulated):
    """The models whose analyses were simulated."""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Join the characteristics of each model with its label, in the order of the configuration."""
    return collect(exhibit.options, material)


def table(frame: Any, exhibit: Exhibit[Options], _facts: Facts) -> TableModel:
    """Print the characteristics, one line per model, with their Monte Carlo errors."""
    columns = (
        heading(WORDS, "model"),
        heading(WORDS, "family"),
        heading(WORDS, "n_studies", "count"),
        heading(WORDS, "n_boundary", "count"),
        heading(WORDS, "n_failed", "count"),
        heading(WORDS, "target", "number"),
        heading(WORDS, "bias", "number", 3),
        heading(WORDS, "sd", "number"),
        heading(WORDS, "mean_se", "number"),
        *(heading(SHARED, name, "number") for name in MEASURES),
    )
    rows = tuple(_line(row) for row in frame.to_dict("records"))
    return TableModel(exhibit.id, exhibit.title, columns, rows, notes=(SHARED.each("note"),))


def _line(row: Any) -> tuple[Any, ...]:
    label = spoken_cell(row, "label")
    family = Spoken(lambda lang: say(FAMILY, row["family"], lang))
    counts = (row["n_studies"], row["n_boundary"], row["n_failed"], row["target"])
    bias = _with_error(row["bias"], row["bias_mcse"], 3, percent=False)
    shares = (_with_error(row[name], row[f"{name}_mcse"], 1, percent=True) for name in MEASURES)
    return (label, family, *counts, bias, row["sd"], row["mean_se"], *shares)


def _with_error(value: float, error: float, decimals: int, *, percent: bool) -> Spoken:
    """Return ``95,0% (0,2)`` in every language."""

    def text(lang: Lang) -> str:
        if percent:
            shown = display.percent(value, lang, decimals)
            return f"{shown}{display.NO_BREAK_SPACE}({display.number(100 * error, lang, decimals)})"
        shown = display.number(value, lang, decimals)
        return f"{shown}{display.NO_BREAK_SPACE}({display.number(error, lang, decimals)})"

    return Spoken(text)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("operating",),
    columns=COLUMNS,
    output=OUTPUT,
    data=data,
    table=table,
)
