"""Influence: how the main contrast moves when each person is left out, as a histogram of the moves."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.precision import rounded
from netwerkkracht.exhibits.kind import Column, Kind, codes, estimates, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Model, Wave
from netwerkkracht.exhibits.style import INK, fill_bars, language_axis, new_figure, note, settings, stamp
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import no_counts
from netwerkkracht.release.roles import INDIVIDUAL, NEVER, PERSONS, Output
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("part"),
    *codes("group"),
    Column("low", NEVER, "axis"),
    Column("high", NEVER, "axis"),
    Column("persons", PERSONS),
    *estimates("estimate", "se"),
    *codes("minuend", "subtrahend"),
    *texts("status"),
)
BINS = 21


class Options(KindOptions):
    """The model, and the wave up to which it changes: the last unless another is named."""

    model: Model
    wave: Wave = ""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Refit the option ``model`` without each person; keep only counts per interval and the extremes.

    Parts: ``bin`` (persons whose removal puts the estimate between low and high, by group), ``main`` (the
    estimate with everyone), ``range`` (smallest and largest estimate).
    """
    import numpy as np
    import pandas as pd

    from netwerkkracht.analysis.models.alternatives import influence

    facts, name = material.facts, exhibit.options.model
    wave = exhibit.options.wave or facts.waves[-1]
    main = material.models[name].contrast("change", wave)
    if main is None:
        raise KeyError("group by wave")
    moves = influence(material.specs[name], material.panel, facts, wave)
    # rounded before they are counted: the last bits decide for nobody in which interval they fall
    values = moves["estimate"].map(rounded).to_numpy(dtype=float)
    edges = np.linspace(values.min(), values.max(), BINS + 1)
    rows = []
    for group in facts.groups:
        counts, _ = np.histogram(values[(moves["group"] == group).to_numpy()], bins=edges)
        for low, high, persons in zip(edges[:-1], edges[1:], counts, strict=True):
            rows.append({"part": "bin", "group": group, "low": low, "high": high, "persons": int(persons)})
    rows.append({"part": "range", "low": values.min(), "high": values.max(), "persons": len(values)})
    rows.append({"part": "main", "estimate": main["estimate"], "se": main["se"]})
    frame = pd.DataFrame(rows).reindex(columns=names(COLUMNS))
    bad = int((moves["status"] != "ok").sum())
    same = {
        "minuend": facts.groups[0],
        "subtrahend": facts.groups[1],
        "status": "ok" if not bad else f"{bad}",
    }
    return frame.assign(**same).fillna({"group": ""})


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw stacked counts per interval, with the estimate of everyone as a line."""
    words, first = WORDS[lang], frame.iloc[0]
    called = {
        "a": facts.group_label(first["minuend"], lang),
        "b": facts.group_label(first["subtrahend"], lang),
    }
    bins, main = frame[frame["part"] == "bin"], frame[frame["part"] == "main"].iloc[0]
    with settings():
        figure = new_figure(66)
        axes = figure.add_subplot()
        base: Any = 0.0
        for place, group in enumerate(facts.groups):
            mine = bins[bins["group"] == group]
            width = (mine["high"] - mine["low"]).to_numpy()
            heights = mine["persons"].to_numpy(dtype=float)
            made = axes.bar(mine["low"], heights, width=width, bottom=base, align="edge", linewidth=0.5,
                            label=facts.group_title(group, lang))  # fmt: skip
            fill_bars(made, place)
            base = base + heights
        axes.axvline(main["estimate"], color=INK, lw=1.2)
        top = axes.get_ylim()[1] * 1.14
        axes.set_ylim(0, top)
        value = display.number(main["estimate"], lang, 2)
        note(axes, f"{words['all']}: {value}", (main["estimate"], top), (4, -2), va="top")
        axes.set_xlabel(words["x"].format(**called))
        axes.set_ylabel(words["y"])
        axes.legend(loc="upper left", fontsize=7)
        language_axis(axes.xaxis, lang, sign=True)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _numbers(frame: Any) -> dict[str, float]:
    main, ends = frame[frame["part"] == "main"].iloc[0], frame[frame["part"] == "range"].iloc[0]
    shift = max(abs(ends["low"] - main["estimate"]), abs(ends["high"] - main["estimate"]))
    return {
        "low": float(ends["low"]),
        "high": float(ends["high"]),
        "main": float(main["estimate"]),
        "share": float(shift / main["se"]) if main["se"] > 0 else float("nan"),
    }


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say the range over all persons left out and the largest shift in standard errors."""
    first = frame.iloc[0]
    persons = int(frame.loc[frame["part"] == "range", "persons"].iloc[0])
    return WORDS[lang]["alt"].format(
        n=persons,
        a=facts.group_label(first["minuend"], lang),
        b=facts.group_label(first["subtrahend"], lang),
        **{name: display.number(value, lang, 2) for name, value in _numbers(frame).items()},
    )


KIND = Kind(
    module=__name__,
    costly=True,
    options=Options,
    needs=("panel", "models", "specs"),
    columns=COLUMNS,
    output=Output(INDIVIDUAL, treatment="withheld", keep={"part": ("range", "main")}),
    data=data,
    draw=draw,
    alt=alt,
    counts=no_counts("withheld from every release with limits: each of the counts is of single persons"),
)
