"""Model means and contrasts: group differences per wave, changes within groups, the difference in change."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from netwerkkracht.analysis.models.result import EFFECTS, ModelResult
from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import absent, both
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import Column, TableModel, interval_column
from netwerkkracht.exhibits.trajectories import response_means
from netwerkkracht.exhibits.words import FAMILY, RATIO, STATUS, say
from netwerkkracht.study.facts import Facts

WORDS = {
    "nl": {
        "mean": "{group}, {wave}",
        "difference": "{a} min {b}, {wave}",
        "within": "{a}: {wave} min {first}",
        "change": "verschil in verandering, {a} min {b}, {wave}",
        "ratio": " ({word})",
    },
    "en": {
        "mean": "{group}, {wave}",
        "difference": "{a} minus {b}, {wave}",
        "within": "{a}: {wave} minus {first}",
        "change": "difference in change, {a} minus {b}, {wave}",
        "ratio": " ({word})",
    },
}
NOTES = (
    {
        "nl": "Gemiddelden op de schaal van de uitkomst (kans, aantal of score), over de verschillen "
        "tussen personen "
        "gemiddeld. Contrasten van niet-lineaire modellen zijn verhoudingen. Gestandaardiseerd: gedeeld door "
        "de SD binnen de groepen bij de eerste meting.",
        "en": "Means on the scale of the outcome (probability, count or score), averaged over the "
        "differences "
        "between persons. Contrasts of models that are not linear are ratios. Standardised: divided "
        "by the SD "
        "within groups at the first wave.",
    },
)
NAMES = [
    "model", "label_nl", "label_en", "family", "status", "part", "group", "other", "wave", "estimate",
    "lower", "upper", "standardised", "p", "decimals",
]  # fmt: skip


def data(exhibit: Exhibit, material: Material) -> Any:
    """Collect response-scale means and all contrasts of the models; ratios where a model is not linear."""
    rows: list[dict[str, Any]] = []
    for name in exhibit.models:
        rows += _rows(material.models[name])
    return pd.DataFrame(rows).reindex(columns=NAMES)


def _rows(result: ModelResult) -> list[dict[str, Any]]:
    same = {
        "model": result.id,
        "label_nl": result.label["nl"],
        "label_en": result.label["en"],
        "family": result.family,
        "status": result.status,
        "decimals": result.decimals,
    }
    rows = [{**same, "part": "mean", **_pick(row, "group", "wave", "estimate", "lower", "upper")}
            for row in response_means(result)]  # fmt: skip
    linear = EFFECTS[result.family] == "difference"
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


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one section per model."""
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    columns = (
        Column("what", "", ""),
        Column("estimate", "schatting", "estimate", "number"),
        interval_column(facts.level),
        Column("standardised", "gestandaardiseerd", "standardised", "number"),
        Column("p", "p", "p", "p", 3),
    )
    for name in dict.fromkeys(frame["model"]):
        mine = frame[frame["model"] == name].to_dict("records")
        rows.append((both(lambda lang, row=mine[0]: _head(row, lang)), *([None] * 4)))  # type: ignore[misc]
        levels.append(0)
        for row in mine:
            rows.append(_line(row, facts))
            levels.append(2)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), NOTES)


def _head(row: Any, lang: Lang) -> str:
    status = "" if row["status"] == "ok" else f"; {say(STATUS, row['status'], lang)}"
    return f"{row[f'label_{lang}']} ({say(FAMILY, row['family'], lang)}{status})"


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
    return (both(lambda lang: _label(row, facts, lang)), both(number), both(limits), standard, p)


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
        text += words["ratio"].format(word=say(RATIO, row["family"], lang))
    return text[:1].upper() + text[1:]


TEXT = ("model", "label_nl", "label_en", "family", "status", "part", "group", "other", "wave")
KIND = Kind("means", "table", ("models",), TEXT, data, table)
