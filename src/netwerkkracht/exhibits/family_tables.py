"""Tables over many models: multiplicity over the declared family, sensitivity of the main contrast."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from netwerkkracht.analysis.models.multiplicity import benjamini_hochberg, holm
from netwerkkracht.analysis.models.result import ModelResult
from netwerkkracht.core import display
from netwerkkracht.core.display import LANGS
from netwerkkracht.exhibits.cells import absent, both
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import Column, Heading, TableModel, interval_column
from netwerkkracht.exhibits.words import FAMILY, RATIO, ROLE, STATUS, say
from netwerkkracht.study.facts import Facts, Words

MULTIPLE_NOTES = (
    {
        "nl": "De familie zijn alle modellen in deze tabel, zoals vooraf opgegeven; een model zonder "
        "toets telt mee. Holm "
        "beheerst de kans op één of meer valse bevindingen, Benjamini-Hochberg (BH) het aandeel valse.",
        "en": "The family is all models in this table, as declared beforehand; a model without a "
        "test counts. Holm "
        "controls the chance of one or more false findings, Benjamini-Hochberg (BH) their share.",
    },
)
SENSITIVITY_NOTES = (
    {
        "nl": "Elke regel is hetzelfde contrast onder een andere keuze, in eenheden van de uitkomst (bij "
        "aantallen gemiddeld over de mensen). De keuzen zijn vooraf "
        "opgegeven; hoeveel ervan "
        "onder {alpha} liggen is geen kans.",
        "en": "Each line is the same contrast under another choice, in units of the outcome (for counts "
        "averaged over the people). The choices were declared "
        "beforehand; how many "
        "of them fall below {alpha} is no probability.",
    },
)
NAMES = [
    "model", "label_nl", "label_en", "role", "family", "status", "sample", "kind", "wave", "group", "other",
    "estimate", "lower", "upper", "p", "p_holm", "p_bh", "n_persons", "n_rows", "decimals",
]  # fmt: skip
SAME = ("role", "family", "status", "sample", "n_persons", "n_rows", "decimals")
TEXT = tuple(NAMES[: NAMES.index("estimate")])


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
        "label_nl": result.label["nl"],
        "label_en": result.label["en"],
        "kind": kind,
        "wave": wave,
        "group": contrast["minuend"] if contrast else "",
        "other": contrast["subtrahend"] if contrast else "",
        **values,
        **{name: getattr(result, name) for name in SAME},
    }


def multiplicity_data(exhibit: Exhibit, material: Material) -> Any:
    """Collect one contrast per model of the family and adjust its p values (Holm, Benjamini-Hochberg)."""
    frame = _collect(exhibit, material, exhibit.models, units=False)
    p_values = [float(value) for value in frame["p"]]
    return frame.assign(p_holm=holm(p_values), p_bh=benjamini_hochberg(p_values))[NAMES]


def sensitivity_data(exhibit: Exhibit, material: Material) -> Any:
    """Collect the contrast of the first of the option ``models`` and of the others, its alternatives.

    The change between groups stands in units of the outcome in every family, so that the lines compare.
    """
    return _collect(exhibit, material, exhibit.models, units=True)


def _collect(exhibit: Exhibit, material: Material, names: tuple[str, ...], *, units: bool) -> Any:
    kind = str(exhibit.options.get("contrast", "change"))
    wave = str(exhibit.options.get("wave", material.facts.waves[-1]))
    rows = [_row(material.models[name], kind, wave, units=units) for name in names]
    return pd.DataFrame(rows).reindex(columns=NAMES)


def _interval(row: Any, lang: Any) -> str:
    return (
        display.MISSING
        if absent(row["lower"])
        else display.interval(row["lower"], row["upper"], lang, int(row["decimals"]))
    )


def _estimate(row: Any, lang: Any, *, units: bool) -> str:
    text = display.number(row["estimate"], lang, int(row["decimals"]))
    if row["family"] not in RATIO or text == display.MISSING or (units and row["kind"] == "change"):
        return text
    short = {"nl": {"odds ratio": "OR", "verhouding": "RR"}, "en": {"odds ratio": "OR", "rate ratio": "RR"}}
    return f"{short[lang][say(RATIO, row['family'], lang)]}{display.NO_BREAK_SPACE}{text}"


def _common(row: Any, *, units: bool = False) -> tuple[Any, ...]:
    label = {"nl": row["label_nl"], "en": row["label_en"]}
    return (
        label,
        both(lambda lang: _estimate(row, lang, units=units)),
        both(lambda lang: _interval(row, lang)),
        row["p"],
    )


def _first(facts: Facts) -> tuple[Heading, ...]:
    return (
        Column("model", "uitkomst", "outcome"),
        Column("estimate", "verschil in verandering", "difference in change", "number"),
        interval_column(facts.level),
        Column("p", "p", "p", "p", 3),
    )


def multiplicity_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print raw and adjusted p values, one line per model."""
    columns = (
        *_first(facts),
        Column("p_holm", "p (Holm)", "p (Holm)", "p", 3),
        Column("p_bh", "p (BH)", "p (BH)", "p", 3),
        Column("role", "rol", "role"),
        Column("status", "status", "status"),
    )
    rows = tuple(
        (*_common(row), row["p_holm"], row["p_bh"], ROLE.each(row["role"]), STATUS.each(row["status"]))
        for row in frame.to_dict("records")
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows, (), MULTIPLE_NOTES)


def sensitivity_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print the main contrast first, then one line per alternative."""
    columns = (
        Column("model", "model", "model"),
        *_first(facts)[1:],
        Column("n_persons", "personen", "persons", "count"),
        Column("family", "familie", "family"),
        Column("status", "status", "status"),
    )
    rows = tuple(
        (*_common(row, units=True), row["n_persons"], FAMILY.each(row["family"]), STATUS.each(row["status"]))
        for row in frame.to_dict("records")
    )
    said: list[Words] = [
        {lang: note[lang].format(alpha=display.as_given(facts.alpha, lang, 2)) for lang in LANGS}
        for note in SENSITIVITY_NOTES
    ]
    return TableModel(exhibit.id, exhibit.title, columns, rows, (), tuple(said))


KIND = Kind("multiplicity", "table", ("models",), TEXT, multiplicity_data, multiplicity_table)
SENSITIVITY = Kind("sensitivity", "table", ("models",), TEXT, sensitivity_data, sensitivity_table)
