"""The models: coefficients with intervals, variance parts, fit, and what a reader needs to judge the fit."""

from __future__ import annotations

import math
from itertools import groupby
from typing import Any

import pandas as pd

from netwerkkracht.analysis.models.result import ModelResult
from netwerkkracht.core import display
from netwerkkracht.core.display import LANGS
from netwerkkracht.exhibits.cells import absent, both, term_label
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import REMARK, Column, TableModel, interval_column
from netwerkkracht.exhibits.words import FAMILY, ROLE, STATUS, say
from netwerkkracht.study.facts import Facts, Words

COLUMNS = [
    "model",
    "label_nl",
    "label_en",
    "part",
    "term",
    "text",
    "estimate",
    "lower",
    "upper",
    "p",
    "df",
    "decimals",
]
# what stands in one line under the coefficients of a model, in this order
FIT = {
    "persons": {"nl": "{} personen", "en": "{} persons"},
    "rows": {"nl": "{} interviews", "en": "{} interviews"},
    "dropped": {"nl": "{} rijen zonder geldige waarde", "en": "{} rows without a valid value"},
    "icc": {"nl": "ICC {}", "en": "ICC {}"},
    "r2_marginal": {"nl": "R² marginaal {}", "en": "R² marginal {}"},
    "r2_conditional": {"nl": "R² conditioneel {}", "en": "R² conditional {}"},
    "loglik": {"nl": "log-likelihood {}", "en": "log-likelihood {}"},
    "method": {"nl": "geschat met {}", "en": "estimated by {}"},
    "status": {"nl": "status: {}", "en": "status: {}"},
    "second": {"nl": "tweede berekening met {}", "en": "second engine {}"},
}
# engines that are no program with a name of its own
ENGINES = {"brute force": {"nl": "fijnmazige integratie", "en": "dense integration"}}
ONE = {
    "persons": {"nl": "{} persoon", "en": "{} person"},
    "rows": {"nl": "{} interview", "en": "{} interview"},
    "dropped": {"nl": "{} rij zonder geldige waarde", "en": "{} row without a valid value"},
}
NOTES = (
    {
        "nl": "Coëfficiënten op de schaal van het model (logit of log bij niet-lineaire modellen), "
        "met {interval}. "
        "Bij een andere status dan ok staan er alleen schattingen.",
        "en": "Coefficients on the model's scale (logit or log for models that are not linear), with "
        "{interval}. "
        "With a status other than ok only estimates are printed.",
    },
    {
        "nl": "De eerste meting is geen nulmeting en de groepen zijn niet gematcht: geen getal hier "
        "is een effect "
        "van de aanpak.",
        "en": "The first wave is no baseline and the groups were not matched: no number here is an "
        "effect of the "
        "approach.",
    },
)
CONFOUNDED = {
    "nl": "{label}: de vraag veranderde tussen de metingen, dus de verandering over de hele linie is niet te "
    "lezen; het verschil in verandering tussen de groepen wel, als de nieuwe vraag in beide groepen "
    "evenveel scheelt.",
    "en": "{label}: the question changed between the waves, so the overall change cannot be read; the group "
    "difference in change can, if the new question makes the same difference in both groups.",
}


def data(exhibit: Exhibit, material: Material) -> Any:
    """Collect coefficients, variance parts and fit of the models of the exhibit, one row per printed line."""
    rows: list[dict[str, Any]] = []
    for name in exhibit.models:
        rows += _rows(material.models[name])
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def _rows(result: ModelResult) -> list[dict[str, Any]]:
    same = {
        "model": result.id,
        "label_nl": result.label["nl"],
        "label_en": result.label["en"],
        "decimals": result.decimals,
    }
    rows = [
        {
            **same,
            "part": "head",
            "term": "",
            "text": f"{result.family};{result.role};{int(result.version_confounded)}",
        }
    ]
    kept = ("term", "estimate", "lower", "upper", "p", "df")
    rows += [{**same, "part": "fixed", **{key: row[key] for key in kept}} for row in result.coefficients]
    for row in result.variances:
        name = row["group"] if row["term"] in {"", "(Intercept)"} else f"{row['group']} ({row['term']})"
        rows.append(
            {**same, "part": "random", "term": name, "text": row["group"], "estimate": row["variance"]}
        )
    numbers = {
        "persons": result.n_persons,
        "rows": result.n_rows,
        "dropped": sum(int(row["rows"]) for row in result.dropped),
        "icc": result.icc,
        "r2_marginal": result.r2_marginal,
        "r2_conditional": result.r2_conditional,
        "loglik": result.loglik,
    }
    rows += [{**same, "part": "fit", "term": key, "estimate": value} for key, value in numbers.items()]
    small = {"kenward-roger": "Kenward-Roger", "satterthwaite": "Satterthwaite"}.get(result.df_method)
    method = f"{result.method}, {small}" if small else result.method
    rows.append({**same, "part": "fit", "term": "method", "text": method})
    rows.append({**same, "part": "fit", "term": "status", "text": result.status})
    if result.second:
        verdict = "agreed" if result.second.agreed else "differs"
        rows.append(
            {**same, "part": "fit", "term": "second", "text": f"{result.second.engine};{verdict}",
             "estimate": result.second.estimate_gap}
        )  # fmt: skip
    return rows


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one section per model."""
    columns = (
        Column("term", "", ""),
        Column("estimate", "schatting", "estimate", "number"),
        interval_column(facts.level),
        Column("p", "p", "p", "p", 3),
    )
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    notes: list[Words] = [
        {lang: note[lang].format(interval=display.interval_label(lang, facts.level)) for lang in LANGS}
        for note in NOTES
    ]
    notes.append(both(lambda lang: _direction(facts, lang)))
    for _, lines in groupby(frame.to_dict("records"), key=lambda row: row["model"]):
        fit = []
        for row in lines:
            if row["part"] == "fit":
                fit.append(row)
            elif row["part"] == "head":
                family, role, confounded = row["text"].split(";")
                rows.append((_head(row, family, role), None, None, None))
                levels.append(0)
                if confounded == "1":
                    notes.append(
                        {lang: CONFOUNDED[lang].format(label=row[f"label_{lang}"]) for lang in LANGS}
                    )
            else:
                rows.append(_line(row, facts))
                levels.append(2 if row["part"] == "fixed" else 1)
        rows.append((_remark(fit), None, None, None))
        levels.append(REMARK)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), tuple(notes))


def _direction(facts: Facts, lang: Any) -> str:
    """Say that these differences run the other way than the contrasts of the report."""
    a, b = (facts.group_label(group, lang) for group in facts.groups[:2])
    if lang == "nl":
        return (
            f"Groepstermen zijn {b} min {a}. De contrasten in het verslag zijn {a} min {b}: "
            "even groot, met het andere teken."
        )
    return (
        f"Group terms are {b} minus {a}. The contrasts of the report are {a} minus {b}: "
        "the same size with the other sign."
    )


def _remark(fit: list[Any]) -> dict[str, str]:
    """Return the fit of a model in one line."""
    return both(
        lambda lang: "; ".join(_fit_words(row, lang).format(_fit_text(row, lang)) for row in fit) + "."
    )


def _fit_words(row: Any, lang: Any) -> str:
    return (ONE if row["estimate"] == 1 and row["term"] in ONE else FIT)[row["term"]][lang]


def _head(row: Any, family: str, role: str) -> dict[str, str]:
    return both(lambda lang: f"{row[f'label_{lang}']} ({say(FAMILY, family, lang)}, {say(ROLE, role, lang)})")


def _line(row: Any, facts: Facts) -> tuple[Any, ...]:
    decimals = int(row["decimals"])
    if row["part"] == "fixed":
        label = both(lambda lang: term_label(row["term"], facts, lang))
        estimate = both(lambda lang: display.number(row["estimate"], lang, decimals))
        return (label, estimate, both(lambda lang: _interval(row, lang, decimals)), row["p"])
    label = both(lambda lang: _variance_label(row, facts, lang))
    return (label, both(lambda lang: display.number(row["estimate"], lang, decimals)), None, None)


def _interval(row: Any, lang: Any, decimals: int) -> str:
    if absent(row["lower"]):
        return display.MISSING
    return display.interval(row["lower"], row["upper"], lang, decimals)


def _variance_label(row: Any, facts: Facts, lang: Any) -> str:
    if row["text"] == "residual":
        return "variantie: rest" if lang == "nl" else "variance: residual"
    if row["text"] == facts.person:
        return "variantie: tussen personen" if lang == "nl" else "variance: between persons"
    name = row["text"]
    label = facts.label(name, lang) if name in facts.variables else row["term"]
    return f"{'variantie' if lang == 'nl' else 'variance'}: {label[:1].lower() + label[1:]}"


def _fit_text(row: Any, lang: Any) -> str:
    key = row["term"]
    if key == "method":
        return str(row["text"])
    if key == "status":
        return say(STATUS, row["text"], lang)
    if key == "second":
        engine, verdict = row["text"].split(";")
        engine = ENGINES.get(engine, {}).get(lang, engine)
        words = {"agreed": {"nl": "gelijk", "en": "agrees"}, "differs": {"nl": "wijkt af", "en": "differs"}}
        return f"{engine}: {words[verdict][lang]}"
    value = math.nan if absent(row["estimate"]) else float(row["estimate"])
    decimals = {"persons": 0, "rows": 0, "dropped": 0, "loglik": 1}.get(key, 2)
    return display.number(value, lang, decimals)


KIND = Kind(
    "models", "table", ("models",), ("model", "label_nl", "label_en", "part", "term", "text"), data, table
)
