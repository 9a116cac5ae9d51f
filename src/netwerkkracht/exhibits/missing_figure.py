"""Missing data: the main contrast by five routes, and how far leavers must differ to change it."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht import display
from netwerkkracht.display import Lang
from netwerkkracht.exhibits.kinds import Exhibit, Kind, Material
from netwerkkracht.exhibits.style import (
    BLUE,
    INK,
    group_style,
    language_axis,
    new_figure,
    note,
    settings,
    stamp,
    tint,
    wrap,
)
from netwerkkracht.models.facts import Facts
from netwerkkracht.models.missing_data import five_ways
from netwerkkracht.seeds import generator

WORDS = {
    "nl": {
        "panel": "alleen wie in alle metingen sprak",
        "likelihood": "iedereen, likelihood",
        "weights": "gewogen naar kans op blijven",
        "imputation": "meervoudige imputatie",
        "routes": "Verschil in verandering, {a} min {b}",
        "deltas": "Als uitvallers anders zijn dan\nvergelijkbare blijvers",
        "delta": "Verschuiving van uitvallers (SD)",
        "both": "in beide groepen",
        "one": "alleen {group}",
        "alt": "Het verschil in verandering ({a} min {b}) volgens vier routes voor uitval: {parts}. "
        "Met uitvallers "
        "verschoven van {d0} tot {d1} SD in beide groepen loopt het van {low} tot {high}.",
    },
    "en": {
        "panel": "only those interviewed in all waves",
        "likelihood": "everyone, likelihood",
        "weights": "weighted by chance of staying",
        "imputation": "multiple imputation",
        "routes": "Difference in change, {a} minus {b}",
        "deltas": "If leavers differ from\nsimilar stayers",
        "delta": "Shift of leavers (SD)",
        "both": "in both groups",
        "one": "{group} only",
        "alt": "The difference in change ({a} minus {b}) by four routes for drop-out: {parts}. With "
        "leavers shifted from "
        "{d0} to {d1} SD in both groups it runs from {low} to {high}.",
    },
}
ROUTES = ("panel", "likelihood", "weights", "imputation")


def data(exhibit: Exhibit, material: Material) -> Any:
    """Estimate the contrast of the option ``model`` by all routes (``covariates``, ``imputations``)."""
    facts = material.facts
    options = {
        key: exhibit.options[key] for key in ("wave", "imputations", "deltas") if key in exhibit.options
    }
    frame = five_ways(
        material.specs[exhibit.models[0]],
        material.panel,
        facts,
        [str(name) for name in exhibit.options.get("covariates", ())],
        generator(material.seed, "exhibit", exhibit.id),
        alpha=material.alpha,
        **options,
    )
    return frame.assign(minuend=facts.groups[0], subtrahend=facts.groups[1])


def draw(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> Any:
    """Draw the routes as a small forest at the left, the shifts as lines at the right."""
    words, first = WORDS[lang], frame.iloc[0]
    names = {
        "a": facts.group_label(first["minuend"], lang),
        "b": facts.group_label(first["subtrahend"], lang),
    }
    with settings():
        figure = new_figure(78)
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.15])
        _routes(left, frame[frame["route"] != "delta"].set_index("route"), words, lang)
        left.set_title("\n".join(wrap(words["routes"].format(**names), 54)))
        _shifts(right, frame[frame["route"] == "delta"], facts, lang)
        right.set_title(words["deltas"])
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _routes(axes: Any, rows: Any, words: dict[str, str], lang: Lang) -> None:
    shown = [route for route in ROUTES if route in rows.index]
    axes.axvline(0, color=INK, lw=0.8, zorder=0)
    for place, route in enumerate(shown):
        row = rows.loc[route]
        face = BLUE if row["status"] == "ok" else "white"
        if not math.isnan(row["lower"]):
            axes.plot([row["lower"], row["upper"]], [place, place], color=BLUE, lw=1.4)
        axes.plot(row["estimate"], place, "o", color=BLUE, mfc=face)
        text = display.estimate_interval(row["estimate"], row["lower"], row["upper"], lang, 2)
        note(axes, text, (row["estimate"], place), (0, 5), ha="center", fontsize=6.5)
    axes.set_yticks(range(len(shown)), ["\n".join(wrap(words[route], 33)) for route in shown])
    axes.set_ylim(len(shown) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    language_axis(axes.xaxis, lang, sign=True)


def _shifts(axes: Any, rows: Any, facts: Facts, lang: Lang) -> None:
    words = WORDS[lang]
    axes.axhline(0, color=INK, lw=0.8, zorder=0)
    base = rows[rows["shifted"] == "both"].sort_values("delta")
    axes.fill_between(base["delta"], base["lower"], base["upper"], color=tint("#808080", 0.25), lw=0)
    axes.plot(base["delta"], base["estimate"], color=INK, lw=1.6, label=words["both"])
    for place, group in enumerate(facts.groups[:2]):
        style = group_style(place)
        mine = rows[rows["shifted"] == group].sort_values("delta")
        label = words["one"].format(group=facts.group_label(group, lang))
        axes.plot(mine["delta"], mine["estimate"], color=style["color"], ls=style["linestyle"], label=label,
                  marker=style["marker"], ms=3)  # fmt: skip
    axes.set_xlabel(words["delta"])
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.42 * (high - low))
    axes.legend(loc="upper left", fontsize=7)
    language_axis(axes.xaxis, lang, sign=True)
    language_axis(axes.yaxis, lang, sign=True)


def alt(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> str:
    """Say the estimate by every route and its range over the shifts."""
    words, first = WORDS[lang], frame.iloc[0]
    rows = frame[frame["route"] != "delta"].set_index("route")
    parts = [
        display.number(float(rows.loc[route, "estimate"]), lang, 2) for route in ROUTES if route in rows.index
    ]
    shifts = frame[(frame["route"] == "delta") & (frame["shifted"] == "both")].sort_values("delta")
    ends = {
        "d0": float(shifts["delta"].iloc[0]),
        "d1": float(shifts["delta"].iloc[-1]),
        "low": float(shifts["estimate"].min()),
        "high": float(shifts["estimate"].max()),
    }
    return words["alt"].format(
        a=facts.group_label(first["minuend"], lang),
        b=facts.group_label(first["subtrahend"], lang),
        parts=("; " if lang == "nl" else ", ").join(parts),
        **{name: display.number(value, lang, 2) for name, value in ends.items()},
    )


TEXT = ("route", "shifted", "status", "minuend", "subtrahend")
KIND = Kind("missing-data", "figure", ("panel", "specs"), TEXT, data, draw, alt)
