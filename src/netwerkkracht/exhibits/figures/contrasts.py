"""Group difference in every wave with its interval, one panel per model and pair of groups."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, codes, estimates, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Models
from netwerkkracht.exhibits.style import (
    BLUE,
    INK,
    PAPER_BOX,
    language_axis,
    new_figure,
    note,
    settings,
    stamp,
    text_mm,
    wrap,
)
from netwerkkracht.exhibits.words import RATIO, STATUS, of_kind, say, statuses
from netwerkkracht.release.roles import CORRELATION, PLAIN, Output, P
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *MODEL,
    *texts("family", "status", "role"),
    *codes("wave", "minuend", "subtrahend"),
    *estimates("estimate", "lower", "upper"),
    Column("p", P),
    Column("decimals", PLAIN, "count"),
)
ACROSS = 3
BESIDE_MM = 52


class Options(KindOptions):
    """The models whose differences between groups are shown."""

    models: Models


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect the difference of each pair of groups in every wave; ratios where a model is not linear."""
    import pandas as pd

    rows = []
    for name in exhibit.options.models:
        result = material.models[name]
        for row in result.contrasts:
            if row["kind"] != "difference":
                continue
            values = {key: row[key] for key in ("estimate", "lower", "upper")}
            if result.family in RATIO:
                values = {key: math.exp(min(value, 50.0)) for key, value in values.items()}
            same = {key: getattr(result, key) for key in ("family", "status", "role", "decimals")}
            given = {key: row[key] for key in ("wave", "minuend", "subtrahend", "p")}
            rows.append({"model": name, **labels(result.label), **same, **given, **values})
    return pd.DataFrame(rows).reindex(columns=names(COLUMNS, material.facts.languages))


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw a small panel per model and pair of groups, models that are not linear on a logarithmic scale."""
    shown = [mine for _, mine in frame.groupby(["model", "minuend", "subtrahend"], sort=False)]
    across = min(ACROSS, len(shown))
    down = math.ceil(len(shown) / across)
    with settings():
        figure = new_figure(62 * down + 6)
        panels, beside = figure.subplots(down, across, squeeze=False), ""
        for place in range(down * across):
            axes = panels[place // across][place % across]
            if place >= len(shown):
                axes.axis("off")
                continue
            under = _panel(axes, shown[place], facts, lang, 150 / across)
            # the same words along every panel of a line are said once
            if place % across == 0 or under != beside:
                axes.set_ylabel("\n".join(wrap(under, BESIDE_MM, 7)), fontsize=7)
            beside = under
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _panel(axes: Any, mine: Any, facts: Facts, lang: Lang, width: float) -> str:
    """Draw one model; return what its axis shows."""
    first = mine.iloc[0]
    ratio = first["family"] in RATIO
    called = {
        "a": _together(facts.group_label(first["minuend"], lang)),
        "b": _together(facts.group_label(first["subtrahend"], lang)),
        "word": say(RATIO, first["family"], lang),
    }
    rows = mine.set_index("wave").reindex(facts.waves)
    x = list(range(len(facts.waves)))
    null = 1.0 if ratio else 0.0
    axes.axhline(null, color=INK, lw=0.8, zorder=0)
    if ratio:
        axes.set_yscale("log")
    axes.vlines(x, rows["lower"], rows["upper"], color=BLUE, lw=1.4)
    filled = BLUE if first["status"] == "ok" else "white"
    axes.plot(x, rows["estimate"], color=BLUE, marker="o", mfc=filled, ls=":", lw=0.9)
    for at, value in zip(x, rows["estimate"], strict=True):
        side, align = ((-5, 0), "right") if at == 0 else ((5, 0), "left")
        text = display.number(float(value), lang, int(first["decimals"]))
        note(axes, text, (at, value), side, va="center", ha=align, bbox=PAPER_BOX)
    titles = ["\n".join(wrap(facts.wave_title(wave, lang), width / len(x) - 8)) for wave in facts.waves]
    axes.set_xticks(x, titles)
    axes.set_xlim(-0.55, len(x) - 0.45)
    _scale(axes, rows, null, lang, ratio=ratio)
    kind = "ratio" if ratio else "minus"
    under = WORDS[lang][kind].format(**called)
    if first["status"] != "ok":
        under += f"\n{say(STATUS, first['status'], lang)}"
    title = "\n".join(wrap(str(first[f"label_{lang}"]), width - 14))
    axes.set_title(title)
    return under[:1].upper() + under[1:]


def _together(name: str) -> str:
    """Return a name on one line beside a panel, if it fits there."""
    return name.replace(" ", display.NO_BREAK_SPACE) if text_mm(name, 7) <= BESIDE_MM else name


def _scale(axes: Any, rows: Any, null: float, lang: Lang, *, ratio: bool) -> None:
    from matplotlib.ticker import FixedLocator

    values = [
        value for name in ("lower", "estimate", "upper") for value in rows[name] if not math.isnan(value)
    ]
    if not ratio:
        reach = 1.12 * max([abs(value) for value in values] or [1.0])
        axes.set_ylim(-reach, reach)
        language_axis(axes.yaxis, lang, sign=True)
        return
    reach = max(1.12 * max([abs(math.log(value)) for value in values if value > 0] or [0.0]), math.log(2.2))
    axes.set_ylim(math.exp(-reach), math.exp(reach))
    marks = [
        m for m in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, null, 2, 5, 10, 20, 50, 100) if abs(math.log(m)) <= reach
    ]
    axes.yaxis.set_major_locator(FixedLocator(marks))
    axes.yaxis.set_minor_locator(FixedLocator([]))
    axes.set_yticks(marks, [display.number(m, lang, 0 if m >= 1 else 2 if m < 0.1 else 1) for m in marks])


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say from where to where the difference of the first two groups moves, model by model."""
    words, first = WORDS[lang], frame.iloc[0]
    frame = frame[(frame["minuend"] == first["minuend"]) & (frame["subtrahend"] == first["subtrahend"])]
    parts = []
    for name in dict.fromkeys(frame["model"]):
        mine = frame[frame["model"] == name].set_index("wave").reindex(facts.waves)
        ends = [display.number(float(mine["estimate"].iloc[place]), lang, 2) for place in (0, -1)]
        parts.append(words["part"].format(label=mine[f"label_{lang}"].iloc[0], first=ends[0], last=ends[1]))
    called = {
        "a": facts.group_label(first["minuend"], lang),
        "b": facts.group_label(first["subtrahend"], lang),
    }
    return words["alt"].format(n=len(parts), parts=" ".join(parts), **called)


def notes(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> list[str]:
    """Say how to read it, which models have no inference, and what the intervals are."""
    interval = f"{display.interval_label(lang, facts.level)}."
    return [WORDS[lang]["how"], *statuses(frame, lang), interval]


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("models",),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="models"),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
)
