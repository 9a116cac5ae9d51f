"""Missing data: the main contrast by five routes, and how far leavers must differ to change it."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.words import Texts
from netwerkkracht.exhibits.kind import Column, Kind, codes, estimates, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Measures, Model, Numbers, Several
from netwerkkracht.exhibits.style import (
    BAND,
    BLUE,
    INK,
    group_style,
    language_axis,
    new_figure,
    settings,
    stamp,
    tint,
    wrap,
)
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, ESTIMATE, PERSONS, PLAIN, Output, P
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
ROUTES = ("panel", "all", "ipaw", "imputation")
COLUMNS = (
    *texts("route"),
    *codes("shifted"),
    *texts("status"),
    *codes("minuend", "subtrahend", "wave"),
    Column("delta", PLAIN, "model"),
    *estimates("estimate", "se"),
    Column("df", ESTIMATE, "ratio"),
    Column("p", P),
    *estimates("lower", "upper"),
    Column("n_persons", PERSONS),
    Column("n_effective", PERSONS),
)


class Options(KindOptions):
    """A linear model without covariates, those of the models of missing answers, shifts in scale points."""

    model: Model
    covariates: Measures = ()
    deltas: Numbers = (-2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0)
    imputations: Several = 50


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Estimate the contrast of the first two groups by all routes, and under shifts of those who left.

    ``shifted`` says whose imputed answers a row shifts: ``both``, or one group (an estimate without
    interval); delta 0 is the imputation itself.
    """
    import pandas as pd

    from netwerkkracht.analysis.missing.imputation import impute, shifted
    from netwerkkracht.analysis.missing.persons import gather
    from netwerkkracht.analysis.missing.routes import Plan, missing_routes, refits
    from netwerkkracht.core.seeds import generator

    facts, options = material.facts, exhibit.options
    spec = material.specs[options.model]
    plan = Plan(options.covariates, options.deltas, options.imputations, material.alpha)
    draws = ("exhibit", exhibit.id)
    rows = missing_routes(spec, material.panel, facts, plan, generator(material.seed, *draws))
    a, b = facts.groups[:2]
    rows = rows[(rows["minuend"] == a) & (rows["subtrahend"] == b)].assign(shifted="")
    base = rows[rows["route"] == "imputation"].assign(route="delta")
    rows = pd.concat([rows, base], ignore_index=True)
    rows.loc[rows["route"] == "delta", "shifted"] = "both"
    # the same draws again, shifted in one group at a time
    persons = gather(material.panel, facts, spec.outcome, plan.covariates)
    completed = impute(persons, generator(material.seed, *draws), plan.times)
    single = []
    for place, group in enumerate((a, b)):
        for delta in plan.deltas:
            moved = shifted(persons, completed, delta, group=place)
            estimate = float(refits(spec, persons, moved, facts, (a, b))[0].mean())
            row = {"route": "delta", "shifted": group, "delta": delta, "estimate": estimate, "status": "ok"}
            single.append({**row, "minuend": a, "subtrahend": b, "wave": facts.waves[-1]})
    frame = pd.concat([rows, pd.DataFrame(single)], ignore_index=True).reindex(columns=names(COLUMNS))
    return frame.sort_values(["route", "shifted", "delta"], kind="stable").reset_index(drop=True)


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
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
        left.set_title("\n".join(wrap(words["routes"].format(**names), 60)))
        _shifts(right, frame[frame["route"] == "delta"], facts, lang)
        right.set_title(words["deltas"])
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _routes(axes: Any, rows: Any, words: Texts, lang: Lang) -> None:
    shown, labels = [route for route in ROUTES if route in rows.index], []
    axes.axvline(0, color=INK, lw=0.8, zorder=0)
    for place, route in enumerate(shown):
        row = rows.loc[route]
        face = BLUE if row["status"] == "ok" else "white"
        if not math.isnan(row["lower"]):
            axes.plot([row["lower"], row["upper"]], [place, place], color=BLUE, lw=1.4)
        axes.plot(row["estimate"], place, "o", color=BLUE, mfc=face)
        text = display.estimate_interval(row["estimate"], row["lower"], row["upper"], lang, 2)
        labels.append("\n".join([*wrap(words[route], 34), text]))
    axes.set_yticks(range(len(shown)), labels, fontsize=7.5)
    axes.set_ylim(len(shown) - 0.5, -0.7)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    language_axis(axes.xaxis, lang, sign=True)


def _shifts(axes: Any, rows: Any, facts: Facts, lang: Lang) -> None:
    words = WORDS[lang]
    axes.axhline(0, color=INK, lw=0.8, zorder=0)
    base = rows[rows["shifted"] == "both"].sort_values("delta")
    axes.fill_between(base["delta"], base["lower"], base["upper"], color=tint(BAND, 0.25), lw=0)
    axes.plot(base["delta"], base["estimate"], color=INK, lw=1.6, label=words["both"])
    for place, group in enumerate(facts.groups[:2]):
        style = group_style(place)
        mine = rows[rows["shifted"] == group].sort_values("delta")
        label = words["one"].format(group=facts.group_label(group, lang))
        axes.plot(mine["delta"], mine["estimate"], color=style["color"], ls=style["linestyle"], label=label,
                  marker=style["marker"], ms=3)  # fmt: skip
    axes.set(xlabel=words["delta"], ylabel=words["beside"])
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.42 * (high - low))
    axes.legend(loc="upper left", fontsize=7)
    language_axis(axes.xaxis, lang, sign=True)
    language_axis(axes.yaxis, lang, sign=True)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
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
        parts=words["between"].join(parts),
        **{name: display.number(value, lang, 2) for name, value in ends.items()},
    )


def notes(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> list[str]:
    """Say over how many persons each route was calculated (they are not the same), and how to read it."""
    words, rows = WORDS[lang], frame[frame["route"] != "delta"].set_index("route")
    sizes = {route: rows.loc[route, "n_persons"] for route in ROUTES if route in rows.index}
    parts = "; ".join(f"{words[route]} {display.count(float(n), lang)}" for route, n in sizes.items())
    interval = f"{display.interval_label(lang, facts.level)}."
    return [words["persons"].format(parts=parts), words["how"], interval]


def counts(known: Known, where: str, rows: Rows, options: Given, rules: Rules) -> None:
    """Enter the persons of each route: of two samples that overlap, nothing printed is the difference."""
    for row in rows:
        if row["route"] in ROUTES:
            key = ("by route", str(options["model"]), row["route"])
            known.tell(key, number(row["n_persons"]), rules, where)


KIND = Kind(
    module=__name__,
    costly=True,
    options=Options,
    needs=("panel", "specs"),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="estimates", total="n_persons"),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
    counts=counts,
)
