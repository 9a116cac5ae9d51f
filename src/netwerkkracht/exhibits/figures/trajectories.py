"""Trajectories: model means with intervals over the waves, and beside them the spread of the raw values.

No person has a line or a point: the raw values stand as their quartiles.
"""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, codes, estimates, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.model_means import response_means
from netwerkkracht.exhibits.options import KindOptions, Model
from netwerkkracht.exhibits.style import (
    SOFT,
    fill_bars,
    group_style,
    language_axis,
    new_figure,
    note,
    settings,
    stamp,
    wrap,
)
from netwerkkracht.exhibits.words import STATUS, of_kind, say, statuses
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, PERSONS, PLAIN, POSITION, Output
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("part"),
    *MODEL,
    *texts("status"),
    *codes("group", "wave"),
    *estimates("estimate", "lower", "upper"),
    Column("n", PERSONS),
    Column("decimals", PLAIN, "count"),
)


class Options(KindOptions):
    """The model whose means are shown."""

    model: Model


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect model means (response scale) and quartiles of the outcome by group and wave.

    Parts: ``model`` (estimate and interval; empty limits where the status allows no inference) and ``raw``
    (median, first and third quartile, n).
    """
    import pandas as pd

    from netwerkkracht.analysis.describe.summaries import describe

    result = material.models[exhibit.options.model]
    rows = [
        {"part": "model", "group": row["group"], "wave": row["wave"], "estimate": row["estimate"],
         "lower": row["lower"], "upper": row["upper"]}
        for row in response_means(result)
    ]  # fmt: skip
    if result.outcome in material.panel.columns:
        raw = describe(material.panel, material.facts, result.outcome)
        rows += [
            {"part": "raw", "group": row["group"], "wave": row["wave"], "estimate": row["median"],
             "lower": row["p25"], "upper": row["p75"], "n": row["n"]}
            for row in raw.to_dict("records")
        ]  # fmt: skip
    same = {"model": result.id, "status": result.status, "decimals": result.decimals}
    return (
        pd.DataFrame(rows)
        .assign(**same, **labels(result.label))
        .reindex(columns=names(COLUMNS, material.facts.languages))
    )


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw the model means of all groups, and beside them the quartiles of the raw values."""
    words = WORDS[lang]
    model, raw = frame[frame["part"] == "model"], frame[frame["part"] == "raw"]
    decimals = int(frame["decimals"].iloc[0])
    status = str(frame["status"].iloc[0])
    with settings():
        figure = new_figure(82)
        both = len(raw) > 0
        widths = [1.5, 1.0] if both else [1.0]
        panels = figure.subplots(1, len(widths), sharey=True, squeeze=False, width_ratios=widths)[0]
        for axes in panels:
            axes.use_sticky_edges = False  # no bar ends on the axis, as if it were cut off there
        if both:
            _quartiles(panels[1], raw, facts)
            panels[1].set_title("\n".join(wrap(words["raw"], 50)))
        _means(panels[0], model, facts, lang, decimals)
        interval = display.interval_label(lang, facts.level) if status == "ok" else say(STATUS, status, lang)
        panels[0].set_title(f"{words['model']}, {interval}")
        panels[0].set_ylabel("\n".join(wrap(str(frame[f"label_{lang}"].iloc[0]), 62)))
        language_axis(panels[0].yaxis, lang)
        titles = [facts.wave_title(wave, lang) for wave in facts.waves]
        for axes in panels:
            axes.set_xticks(range(len(titles)), titles)
            axes.set_xlim(-0.45, len(titles) - 0.55)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _means(axes: Any, model: Any, facts: Facts, lang: Lang, decimals: int) -> None:
    last = len(facts.waves) - 1
    spread = 0.05 * max(last, 1)
    ends = []
    for order, group in enumerate(facts.groups):
        style = group_style(order)
        mine = model[model["group"] == group].set_index("wave").reindex(facts.waves)
        x = [place + (order - (len(facts.groups) - 1) / 2) * spread for place in range(len(facts.waves))]
        axes.plot(x, mine["estimate"], color=style["color"], marker=style["marker"], ls=style["linestyle"])
        axes.vlines(x, mine["lower"], mine["upper"], color=style["color"], lw=1.2)
        value = float(mine["estimate"].iloc[-1])
        ends.append((value, f"{facts.group_title(group, lang)} {display.number(value, lang, decimals)}"))
        for at, y in list(zip(x, mine["estimate"], strict=True))[:-1]:
            note(axes, display.number(float(y), lang, decimals), (at, y), (-5, 4 - 9 * order), ha="right")
    axes.margins(y=0.1)
    _end_labels(axes, ends, last + spread)


def _end_labels(axes: Any, ends: list[tuple[float, str]], x: float) -> None:
    low, high = axes.get_ylim()
    gap = (high - low) * 0.07
    placed = -math.inf
    for value, text in sorted(ends):
        placed = max(value, placed + gap)
        note(axes, text, (x, placed), (6, 0), va="center", fontsize=8)


def _quartiles(axes: Any, raw: Any, facts: Facts) -> None:
    width = 0.5 / len(facts.groups)
    for order, group in enumerate(facts.groups):
        colour = group_style(order)["color"]
        mine = raw[raw["group"] == group].set_index("wave").reindex(facts.waves)
        x = [place + (order - (len(facts.groups) - 1) / 2) * width * 1.3 for place in range(len(facts.waves))]
        bars = axes.bar(x, mine["upper"] - mine["lower"], bottom=mine["lower"], width=width, linewidth=0.8)
        fill_bars(bars, order, 0.25)
        left, right = ([at + half * width for at in x] for half in (-0.5, 0.5))
        axes.hlines(mine["estimate"], left, right, color=colour, lw=2)
        for at, top, n in zip(x, mine["upper"], mine["n"], strict=True):
            note(axes, f"n = {int(n)}", (at, top), (0, 3), ha="center", color=SOFT)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say for every group where the model mean starts and ends, and which way it goes."""
    words = WORDS[lang]
    model = frame[frame["part"] == "model"].set_index(["group", "wave"])["estimate"]
    decimals = int(frame["decimals"].iloc[0])
    parts = []
    for group in facts.groups:
        first, last = (float(model[(group, wave)]) for wave in (facts.waves[0], facts.waves[-1]))
        texts = [display.number(value, lang, decimals) for value in (first, last)]
        word = "flat" if texts[0] == texts[1] else "up" if last > first else "down"
        label = facts.group_title(group, lang)
        parts.append(words["part"].format(group=label, first=texts[0], last=texts[1], word=words[word]))
    return words["alt"].format(what=frame[f"label_{lang}"].iloc[0], parts=" ".join(parts))


def notes(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> list[str]:
    """Say how to read it, that the model has no inference where it has none, and what the intervals are."""
    interval = f"{display.interval_label(lang, facts.level)}."
    return [WORDS[lang]["how"], *statuses(frame, lang), interval]


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter whose data stand beside the means: with those without a value, they are the interviews."""
    for row in rows:
        if row["part"] == "raw":
            line = (row["model"], row["group"], row["wave"])
            known.tell(("data of", *line), number(row["n"]), rules, where)
            known.add([("data of", *line), ("no data of", *line)], [("interviews", *line[1:])])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel", "models"),
    columns=COLUMNS,
    output=Output(f"{CORRELATION}, {POSITION}", treatment="trajectories"),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
    counts=counts,
)
