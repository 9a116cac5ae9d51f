"""Model means and contrasts: group differences per wave, changes within groups, the difference in change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, codes, estimates, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.model_means import response_means
from netwerkkracht.exhibits.options import KindOptions, Models
from netwerkkracht.exhibits.table_model import UNNAMED, Heading, TableModel, heading, interval_column
from netwerkkracht.exhibits.words import FAMILY, RATIO, STATUS, of_kind, say
from netwerkkracht.release.roles import CORRELATION, PLAIN, Output, P
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.analysis.models.result import ModelResult

WORDS = of_kind(__name__)
COLUMNS = (
    *MODEL,
    *texts("family", "status", "part"),
    *codes("group", "other", "wave"),
    *estimates("estimate", "lower", "upper"),
    *estimates("standardised", unit="sd"),
    Column("p", P),
    Column("decimals", PLAIN, "count"),
)


class Options(KindOptions):
    """The models whose means and contrasts are printed."""

    models: Models


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect response-scale means and all contrasts of the models; ratios where a model is not linear."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for name in exhibit.options.models:
        rows += _rows(material.models[name])
    return pd.DataFrame(rows).reindex(columns=names(COLUMNS, material.facts.languages))


def _rows(result: ModelResult) -> list[dict[str, Any]]:
    same = {
        "model": result.id,
        **labels(result.label),
        "family": result.family,
        "status": result.status,
        "decimals": result.decimals,
    }
    rows = [{**same, "part": "mean", **_pick(row, "group", "wave", "estimate", "lower", "upper")}
            for row in response_means(result)]  # fmt: skip
    linear = result.effect == "difference"
    for kind in ("difference", "within", "change"):
        for row in result.contrasts:
            if row["kind"] != kind or row["scale"] != "link":
                continue
            values = {name: row[name] for name in ("estimate", "lower", "upper")}
            standard = row["estimate"] / result.sd_first if linear else math.nan
            if not linear:
                values = {name: _exp(value) for name, value in values.items()}
            more = {"group": row["minuend"], "other": row["subtrahend"], "wave": row["wave"], "p": row["p"]}
            rows.append({**same, "part": kind, **values, **more, "standardised": standard})
    return rows


def _pick(row: Any, *names: str) -> dict[str, Any]:
    return {name: row[name] for name in names}


def _exp(value: float) -> float:
    return math.exp(value) if value < 700 else math.inf


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one section per model."""
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    columns = (
        Heading("what", UNNAMED),
        heading(WORDS, "estimate", "number"),
        interval_column(facts.level),
        heading(WORDS, "standardised", "number"),
        heading(WORDS, "p", "p", 3),
    )
    for name in dict.fromkeys(frame["model"]):
        mine = frame[frame["model"] == name].to_dict("records")
        rows.append((Spoken(lambda lang, row=mine[0]: _head(row, lang)), *([None] * 4)))  # type: ignore[misc]
        levels.append(0)
        for row in mine:
            rows.append(_line(row, facts))
            levels.append(2)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), (WORDS.each("note"),))


def _head(row: Any, lang: Lang) -> str:
    said = "section" if row["status"] == "ok" else "section_status"
    return WORDS[lang][said].format(
        label=row[f"label_{lang}"],
        family=say(FAMILY, row["family"], lang),
        status=say(STATUS, row["status"], lang),
    )


def _line(row: Any, facts: Facts) -> tuple[Any, ...]:
    decimals = int(row["decimals"])
    mean = row["part"] == "mean"
    share = mean and row["family"] == "binomial"

    def number(lang: Lang) -> str:
        if share:
            return display.percent(row["estimate"], lang)
        return display.number(row["estimate"], lang, decimals)

    def limits(lang: Lang) -> str:
        if absent(row["lower"]):
            return display.MISSING
        places = 0 if share else decimals
        return display.interval(row["lower"], row["upper"], lang, places, share=share)

    standard = None if absent(row["standardised"]) else row["standardised"]
    p = None if mean else row["p"]
    return (Spoken(lambda lang: _label(row, facts, lang)), Spoken(number), Spoken(limits), standard, p)


def _label(row: Any, facts: Facts, lang: Lang) -> str:
    words = WORDS[lang]
    text = words[row["part"]].format(
        group=facts.group_title(row["group"], lang),
        a=facts.group_label(row["group"], lang),
        b=facts.group_label(row["other"], lang) if row["other"] else "",
        wave=facts.wave_label(row["wave"], lang),
        first=facts.wave_label(facts.waves[0], lang),
    )
    if row["part"] != "mean" and row["family"] in RATIO:
        text = words["ratio"].format(label=text, word=say(RATIO, row["family"], lang))
    return text[:1].upper() + text[1:]


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("models",),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="models"),
    data=data,
    table=table,
)
