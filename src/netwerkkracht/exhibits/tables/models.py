"""The models: coefficients with intervals, variance parts, fit, and what a reader needs to judge the fit."""

from __future__ import annotations

import math
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent, term_label
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, estimates, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Models
from netwerkkracht.exhibits.table_model import REMARK, UNNAMED, Heading, TableModel, heading, interval_column
from netwerkkracht.exhibits.words import FAMILY, ROLE, STATUS, of_kind, say
from netwerkkracht.release.roles import CORRELATION, PLAIN, Output, P
from netwerkkracht.study.facts import Facts, Words

if TYPE_CHECKING:
    from netwerkkracht.analysis.models.result import ModelResult

WORDS = of_kind(__name__)
COLUMNS = (
    *MODEL,
    *texts("part", "term", "text"),
    *estimates("estimate", "lower", "upper"),
    Column("p", P),
    *estimates("df", unit="ratio"),
    Column("decimals", PLAIN, "count"),
)
# a fit that is counted or summed is printed with these decimals, any other with two
DECIMALS: Final = {"persons": 0, "rows": 0, "dropped": 0, "loglik": 1}


class Options(KindOptions):
    """The models that are printed."""

    models: Models


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect coefficients, variance parts and fit of the models of the exhibit, one row per printed line."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name in exhibit.options.models:
        rows += _rows(material.models[name])
    return pd.DataFrame(rows).reindex(columns=names(COLUMNS, material.facts.languages))


def _rows(result: ModelResult) -> list[dict[str, Any]]:
    same = {"model": result.id, **labels(result.label), "decimals": result.decimals}
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


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one section per model."""
    columns = (
        Heading("term", UNNAMED),
        heading(WORDS, "estimate", "number"),
        interval_column(facts.level),
        heading(WORDS, "p", "p", 3),
    )
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    notes = _notes(facts)
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
                    notes.append(_confounded(row))
            else:
                rows.append(_line(row, facts))
                levels.append(2 if row["part"] == "fixed" else 1)
        rows.append((_remark(fit), None, None, None))
        levels.append(REMARK)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), tuple(notes))


def _notes(facts: Facts) -> list[Words]:
    """Say what the numbers are, and that they run the other way than the contrasts of the report."""

    def scale(lang: Lang) -> str:
        return WORDS[lang]["scale"].format(interval=display.interval_label(lang, facts.level))

    def direction(lang: Lang) -> str:
        a, b = (facts.group_label(group, lang) for group in facts.groups[:2])
        return WORDS[lang]["direction"].format(a=a, b=b)

    return [Spoken(scale), WORDS.each("no_baseline"), Spoken(direction)]


def _confounded(row: Any) -> Words:
    return Spoken(lambda lang: WORDS[lang]["confounded"].format(label=row[f"label_{lang}"]))


def _remark(fit: list[Any]) -> Spoken:
    """Return the fit of a model in one line."""
    return Spoken(
        lambda lang: "; ".join(_fit_words(row, lang).format(n=_fit_text(row, lang)) for row in fit) + "."
    )


def _fit_words(row: Any, lang: Lang) -> str:
    one, many = (WORDS.within(key)[lang] for key in ("one", "fit"))
    return one[row["term"]] if row["estimate"] == 1 and row["term"] in one else many[row["term"]]


def _head(row: Any, family: str, role: str) -> Spoken:
    return Spoken(
        lambda lang: WORDS[lang]["head"].format(
            label=row[f"label_{lang}"], family=say(FAMILY, family, lang), role=say(ROLE, role, lang)
        )
    )


def _line(row: Any, facts: Facts) -> tuple[Any, ...]:
    decimals = int(row["decimals"])
    if row["part"] == "fixed":
        label = Spoken(lambda lang: term_label(row["term"], facts, lang))
        estimate = Spoken(lambda lang: display.number(row["estimate"], lang, decimals))
        return (label, estimate, Spoken(lambda lang: _interval(row, lang, decimals)), row["p"])
    label = Spoken(lambda lang: _variance_label(row, facts, lang))
    return (label, Spoken(lambda lang: display.number(row["estimate"], lang, decimals)), None, None)


def _interval(row: Any, lang: Lang, decimals: int) -> str:
    if absent(row["lower"]):
        return display.MISSING
    return display.interval(row["lower"], row["upper"], lang, decimals)


def _variance_label(row: Any, facts: Facts, lang: Lang) -> str:
    words, name = WORDS[lang], row["text"]
    if name == "residual":
        return words["variance"].format(of=words["residual"])
    if name == facts.person:
        return words["variance"].format(of=words["between"])
    label = facts.label(name, lang) if name in facts.variables else row["term"]
    return words["variance"].format(of=label[:1].lower() + label[1:])


def _fit_text(row: Any, lang: Lang) -> str:
    key, words = row["term"], WORDS[lang]
    if key == "method":
        return str(row["text"])
    if key == "status":
        return say(STATUS, row["text"], lang)
    if key == "second":
        engine, verdict = row["text"].split(";")
        # engines that are programs keep their names
        called = WORDS.within("engines")[lang].get(engine, engine)
        return words["second"].format(engine=called, verdict=words[verdict])
    value = math.nan if absent(row["estimate"]) else float(row["estimate"])
    return display.number(value, lang, DECIMALS.get(key, 2))


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("models",),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="models"),
    compares=False,
    data=data,
    table=table,
)
