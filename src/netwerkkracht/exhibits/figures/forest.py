"""Forest: one line per outcome with the same contrast of two groups, standardised or as a ratio."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, codes, estimates, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import Contrast, KindOptions, Models, Wave
from netwerkkracht.exhibits.style import BLUE, INK, language_axis, new_figure, note, settings, stamp, wrap
from netwerkkracht.exhibits.words import STATUS, of_kind, say, statuses
from netwerkkracht.release.roles import CORRELATION, PLAIN, Output, P
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.analysis.models.result import ModelResult

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("scale"),
    *MODEL,
    *texts("status", "role", "family", "kind"),
    *codes("wave", "minuend", "subtrahend"),
    *estimates("estimate", "lower", "upper"),
    Column("p", P),
    *estimates("shown", "shown_lower", "shown_upper", unit="axis"),
    Column("decimals", PLAIN, "count"),
)
SCALES = {"difference": "sd", "odds": "odds", "rate": "rate"}


class Options(KindOptions):
    """The models, and which contrast of them is shown: at the last wave unless another is named."""

    models: Models
    contrast: Contrast = "change"
    wave: Wave = ""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Collect one contrast per model, in the model's own unit and as shown.

    Shown are linear models in units of the outcome's SD at the first wave, the others as ratios. The order is
    that of the configuration, linear models first.
    """
    import pandas as pd

    kind, wave = exhibit.options.contrast, exhibit.options.wave or material.facts.waves[-1]
    rows = []
    for name in exhibit.options.models:
        result = material.models[name]
        row = result.contrast(kind, wave)
        rows.append(_row(result, row, kind, wave))
    frame = pd.DataFrame(rows, columns=names(COLUMNS, material.facts.languages))
    order = {scale: place for place, scale in enumerate(("sd", "odds", "rate"))}
    return frame.sort_values("scale", key=lambda column: column.map(order), kind="stable").reset_index(
        drop=True
    )


def _row(result: ModelResult, row: Any, kind: str, wave: str) -> dict[str, Any]:
    scale = SCALES[result.effect]
    values = [row[name] if row else math.nan for name in ("estimate", "lower", "upper")]
    if scale == "sd":
        shown = [value / result.sd_first for value in values]
    else:
        shown = [math.exp(value) if not math.isnan(value) and value < 50 else math.nan for value in values]
    return {
        "scale": scale, "model": result.id, **labels(result.label),
        "status": result.status, "role": result.role, "family": result.family, "kind": kind, "wave": wave,
        "minuend": row["minuend"] if row else "", "subtrahend": row["subtrahend"] if row else "",
        "estimate": values[0], "lower": values[1], "upper": values[2], "p": row["p"] if row else math.nan,
        "shown": shown[0], "shown_lower": shown[1], "shown_upper": shown[2], "decimals": result.decimals,
    }  # fmt: skip


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw one block per scale: labels left, estimates with intervals, the numbers right."""
    scales = list(dict.fromkeys(frame["scale"]))
    with settings():
        blocks = [frame[frame["scale"] == scale] for scale in scales]
        heights = [len(block) * 7.5 + 4 for block in blocks]
        figure = new_figure(sum(heights) + 20 * len(blocks) + 6)
        panels = figure.subplots(len(blocks), 1, squeeze=False, height_ratios=heights)[:, 0]
        for axes, block, scale in zip(panels, blocks, scales, strict=True):
            _block(axes, block.reset_index(drop=True), lang, log=scale != "sd")
            axes.set_title(_title(block, scale, facts, lang), fontsize=8)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _title(block: Any, scale: str, facts: Facts, lang: Lang) -> str:
    words = WORDS[lang]
    named = block[block["minuend"] != ""]
    first = (named if len(named) else block).iloc[0]
    called = {
        "a": facts.group_label(first["minuend"], lang),
        "b": facts.group_label(first["subtrahend"], lang),
        "wave": facts.wave_label(first["wave"], lang),
    }
    if scale == "sd":
        return f"{words[first['kind']].format(**called)}\n({words['sd']})"
    prefix = "ratio" if scale == "odds" else "rate"
    return f"{words[prefix + '_' + first['kind']].format(**called)}\n({words['log']})"


def _block(axes: Any, block: Any, lang: Lang, *, log: bool) -> None:
    null = 1.0 if log else 0.0
    axes.axvline(null, color=INK, lw=0.8, zorder=0)
    titles = []
    for place, row in block.iterrows():
        given = not math.isnan(row["shown_lower"])
        primary = row["role"] == "primary"
        size = 6.5 if primary else 4.5
        face = BLUE if row["status"] == "ok" else "white"
        if given:
            ends = [row["shown_lower"], row["shown_upper"]]
            axes.plot(ends, [place] * 2, color=BLUE, lw=1.8 if primary else 1.2, solid_capstyle="butt")
        if not math.isnan(row["shown"]):
            axes.plot(
                row["shown"], place, marker="D" if primary else "o", ms=size, mfc=face, mec=BLUE, ls="none"
            )
        titles.append("\n".join(wrap(str(row[f"label_{lang}"]), 44)))
        right = {"xycoords": ("axes fraction", "data"), "va": "center", "fontsize": 7.5}
        note(axes, _printed(row, lang), (1, place), (6, 0), **right)
    axes.set_yticks(range(len(block)), titles)
    axes.set_ylim(len(block) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    _limits(axes, block, null, lang, log=log)


def _limits(axes: Any, block: Any, null: float, lang: Lang, *, log: bool) -> None:
    import numpy as np
    from matplotlib.ticker import FixedLocator, FuncFormatter

    values = block[["shown", "shown_lower", "shown_upper"]].to_numpy(dtype=float)
    values = values[np.isfinite(values) & ((values > 0) | (not log))]
    if not len(values):
        values = np.array([null / 2, null * 2]) if log else np.array([-1.0, 1.0])
    if not log:
        reach = float(np.abs(values).max()) * 1.12
        axes.set_xlim(-reach, reach)
        language_axis(axes.xaxis, lang, sign=True)
        return
    axes.set_xscale("log")
    reach = max(float(np.abs(np.log(values)).max()) * 1.12, math.log(2))
    axes.set_xlim(math.exp(-reach), math.exp(reach))
    marks = [
        mark
        for mark in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)
        if abs(math.log(mark)) <= reach
    ]
    axes.xaxis.set_major_locator(FixedLocator(marks))
    axes.xaxis.set_minor_locator(FixedLocator([]))
    axes.xaxis.set_major_formatter(
        FuncFormatter(
            lambda value, _: display.number(value, lang, 0 if value >= 1 else 1 if value >= 0.1 else 2)
        )
    )


def _printed(row: Any, lang: Lang) -> str:
    if math.isnan(row["shown"]):
        return say(STATUS, row["status"], lang)
    text = display.estimate_interval(row["shown"], row["shown_lower"], row["shown_upper"], lang, 2)
    return text if row["status"] == "ok" else f"{text}\n{say(STATUS, row['status'], lang)}"


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say for every outcome which group is lower or higher on the contrast."""
    words, parts = WORDS[lang], []
    for row in frame.to_dict("records"):
        if math.isnan(row["estimate"]):
            continue
        word = "lower" if row["estimate"] < 0 else "higher" if row["estimate"] > 0 else "same"
        label = str(row[f"label_{lang}"])
        parts.append(words[word].format(label=label, a=facts.group_label(row["minuend"], lang)))
    text = words["alt"].format(n=len(frame), parts="; ".join(parts) + ".")
    return text if len(text) <= 300 else text[:297].rsplit(";", 1)[0] + "."


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
