"""One contrast of each of many models: what the tables of multiplicity and of sensitivity share."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent, spoken_cell
from netwerkkracht.exhibits.kind import MODEL, Column, codes, estimates, labels, names, texts
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.options import Contrast, KindOptions, Models, Wave
from netwerkkracht.exhibits.table_model import Heading, heading, interval_column
from netwerkkracht.exhibits.words import RATIO, WORDS
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, PERSONS, PLAIN, ROWS, Output, P
from netwerkkracht.release.rules import Rules, coarse, number
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.analysis.models.result import ModelResult

SHARED: Final = WORDS.within("one_contrast")
COLUMNS: Final = (
    *MODEL,
    *texts("role", "family", "status", "sample", "kind"),
    *codes("wave", "group", "other"),
    *estimates("estimate", "lower", "upper"),
    Column("p", P),
    Column("p_holm", P),
    Column("p_bh", P),
    Column("n_persons", PERSONS),
    Column("n_rows", ROWS),
    Column("decimals", PLAIN, "count"),
)
OUTPUT: Final = Output(CORRELATION, treatment="models")
SAME: Final = ("role", "family", "status", "sample", "n_persons", "n_rows", "decimals")


class OneContrast(KindOptions):
    """The models, and which contrast of them is printed: at the last wave unless another is named."""

    models: Models
    contrast: Contrast = "change"
    wave: Wave = ""


def collect(options: OneContrast, material: Material, *, units: bool) -> Any:
    """Collect the contrast of every model, one row each.

    Parameters
    ----------
    options
        The models and the contrast.
    material
        The fitted models.
    units
        Whether the change between groups stands in units of the outcome in every family. Without it, models
        that are not linear give ratios.

    Returns
    -------
    DataFrame
        The columns of ``COLUMNS``; NaN where a model has no such contrast, and in ``p_holm`` and ``p_bh``.
    """
    import pandas as pd

    wave = options.wave or material.facts.waves[-1]
    rows = [_row(material.models[name], options.contrast, wave, units=units) for name in options.models]
    return pd.DataFrame(rows).reindex(columns=names(COLUMNS, material.facts.languages))


def _row(result: ModelResult, kind: str, wave: str, *, units: bool) -> dict[str, Any]:
    in_units = units and result.family in RATIO and kind == "change"
    contrast = result.contrast(kind, wave, "response" if in_units else "link")
    values = {name: contrast[name] if contrast else math.nan for name in ("estimate", "lower", "upper", "p")}
    if result.family in RATIO and not in_units:
        values = {
            name: value if name == "p" else math.exp(min(value, 700.0)) for name, value in values.items()
        }
    return {
        "model": result.id,
        **labels(result.label),
        "kind": kind,
        "wave": wave,
        "group": contrast["minuend"] if contrast else "",
        "other": contrast["subtrahend"] if contrast else "",
        **values,
        **{name: getattr(result, name) for name in SAME},
    }


def headings(facts: Facts) -> tuple[Heading, ...]:
    """Return the headings of the contrast: estimate, interval and p value."""
    return (
        heading(SHARED, "estimate", "number"),
        interval_column(facts.level),
        heading(SHARED, "p", "p", 3),
    )


def cells(row: Any, *, units: bool) -> tuple[Any, ...]:
    """Return the cells of one row below those headings, the label of the model before them."""
    return (
        spoken_cell(row, "label"),
        Spoken(lambda lang: _estimate(row, lang, units=units)),
        Spoken(lambda lang: _interval(row, lang)),
        row["p"],
    )


def _estimate(row: Any, lang: Lang, *, units: bool) -> str:
    text = display.number(row["estimate"], lang, int(row["decimals"]))
    if row["family"] not in RATIO or text == display.MISSING or (units and row["kind"] == "change"):
        return text
    return f"{SHARED.within('short')[lang][row['family']]}{display.NO_BREAK_SPACE}{text}"


def _interval(row: Any, lang: Lang) -> str:
    if absent(row["lower"]):
        return display.MISSING
    return display.interval(row["lower"], row["upper"], lang, int(row["decimals"]))


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter who is in each model; each person gives one interview or more."""
    for row in rows:
        known.tell(("persons in", row["model"]), number(row["n_persons"]), rules, where)
        known.tell(("interviews in", row["model"]), number(row["n_rows"]), coarse(rules), where)
