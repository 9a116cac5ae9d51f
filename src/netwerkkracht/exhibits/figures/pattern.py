"""Who was interviewed when, and which answers are missing: patterns of waves and shares missing."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Variables
from netwerkkracht.exhibits.style import (
    FAINT,
    INK,
    SHADE,
    fill_bars,
    new_figure,
    note,
    settings,
    stamp,
    tint,
    wrap,
)
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, valid
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, Output, share
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("part"),
    *codes("group", "wave"),
    *texts("pattern", "variable"),
    Column("persons", PERSONS),
    Column("total", PERSONS),
    Column("share", share("persons", "total")),
)


class Options(KindOptions):
    """The variables of which missing answers are shown."""

    variables: Variables


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count patterns of waves (part ``pattern``) and missing answers (part ``missing``) of ``variables``.

    A missing answer counts among persons interviewed in that wave; the patterns of a group add up to its
    persons.
    """
    import pandas as pd

    from netwerkkracht.analysis.describe.counts import NO_INTERVIEW, missing_reasons, wave_patterns

    facts, panel = material.facts, material.panel
    patterns = wave_patterns(panel, facts).assign(part="pattern")
    found = missing_reasons(panel, facts, list(exhibit.options.variables))
    found = found[found["reason"] != NO_INTERVIEW]
    rows = []
    for (name, wave, group), cells in found.groupby(["variable", "wave", "group"], sort=False):
        total = int(cells["cells"].sum())
        missing = int(cells.loc[cells["reason"] != "valid", "cells"].sum())
        rows.append(
            ("missing", group, wave, name, missing, total, missing / total if total else float("nan"))
        )
    made = ["part", "group", "wave", "variable", "persons", "total", "share"]
    return pd.concat([patterns, pd.DataFrame(rows, columns=made)], ignore_index=True).reindex(
        columns=names(COLUMNS)
    )


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw patterns with bars of persons at the left, a tile per variable, group and wave at the right."""
    words = WORDS[lang]
    patterns, missing = frame[frame["part"] == "pattern"], frame[frame["part"] == "missing"]
    variables = list(dict.fromkeys(missing["variable"]))
    with settings():
        figure = new_figure(38 + 7.2 * max(len(variables), 2 * patterns["pattern"].nunique() + 2))
        left, right = figure.subplots(1, 2, width_ratios=[1, 1.5])
        _patterns(left, patterns, facts, lang)
        _tiles(right, missing, variables, facts, lang)
        right.set_title(words["missing"], pad=18)
        left.set_xlabel(words["persons"])
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper left", ncols=2, borderaxespad=0.2)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _patterns(axes: Any, rows: Any, facts: Facts, lang: Lang) -> None:
    shown = sorted(set(rows["pattern"]), reverse=True)
    wide = float(rows["persons"].max())
    step = wide * 0.14
    for place, pattern in enumerate(shown):
        for order, wave in enumerate(pattern):
            x = -step * (len(pattern) - order)
            axes.plot(x, place, "o", ms=6, color=INK if wave == "1" else FAINT, clip_on=False)
        for order, group in enumerate(facts.groups):
            found = rows[(rows["pattern"] == pattern) & (rows["group"] == group)]["persons"]
            persons = int(found.sum())
            y = place + (order - (len(facts.groups) - 1) / 2) * 0.32
            label = facts.group_title(group, lang) if place == 0 else None
            fill_bars(axes.barh(y, persons, height=0.28, label=label, linewidth=0.6), order)
            note(axes, display.count(persons, lang), (persons, y), (3, 0), va="center")
    for order, wave in enumerate(facts.waves):
        at = (-step * (len(facts.waves) - order), -0.55)
        note(
            axes, facts.wave_label(wave, lang), at, (0, 0), rotation=60, ha="left", va="bottom", fontsize=6.5
        )
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xlim(-step * (len(facts.waves) + 0.6), wide * 1.12)
    ticks = [tick for tick in axes.get_xticks() if 0 <= tick <= wide]
    axes.set_xticks(ticks)
    axes.set_ylim(len(shown) - 0.35, -1.7)


def _tiles(axes: Any, missing: Any, variables: list[str], facts: Facts, lang: Lang) -> None:
    from matplotlib.patches import Rectangle

    columns = [(group, wave) for group in facts.groups for wave in facts.waves]
    cells = missing.set_index(["variable", "group", "wave"])["share"]
    for row, name in enumerate(variables):
        for column, (group, wave) in enumerate(columns):
            share = float(cells.get((name, group, wave), float("nan")))
            shade = tint(SHADE, min(share, 0.6)) if share == share else "white"  # noqa: PLR0124
            axes.add_patch(
                Rectangle((column - 0.48, row - 0.46), 0.96, 0.92, facecolor=shade, edgecolor=FAINT, lw=0.4)
            )
            text = display.percent(share, lang)
            axes.text(column, row, text, ha="center", va="center", fontsize=7,
                      color="white" if share > 0.4 else INK)  # fmt: skip
    labels = ["\n".join(wrap(facts.label(name, lang), 40, 7)) for name in variables]
    axes.set_yticks(range(len(variables)), labels)
    axes.tick_params(axis="both", length=0, labelsize=7)
    labels = ["\n".join(wrap(facts.wave_title(wave, lang), 15, 7)) for _, wave in columns]
    axes.set_xticks(range(len(columns)), labels, fontsize=7)
    for place, group in enumerate(facts.groups):
        middle = (place + 0.5) * len(facts.waves) - 0.5
        title = "\n".join(wrap(facts.group_title(group, lang), 38, 7))
        axes.text(middle, -0.62, title, ha="center", va="bottom", fontsize=7)
    axes.set_xlim(-0.5, len(columns) - 0.5)
    axes.set_ylim(len(variables) - 0.5, -0.5)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say how many persons were in all waves, and which answer is missing most often."""
    words = WORDS[lang]
    patterns, missing = frame[frame["part"] == "pattern"], frame[frame["part"] == "missing"]
    parts = []
    for group in facts.groups:
        mine = patterns[patterns["group"] == group]
        full = int(mine.loc[mine["pattern"] == "1" * len(facts.waves), "persons"].sum())
        label = facts.group_title(group, lang)
        parts.append(words["part"].format(group=label, n=full, m=int(mine["persons"].sum())))
    worst = missing.loc[missing["share"].idxmax()]
    label = facts.label(worst["variable"], lang)
    cell = f"{facts.group_label(worst['group'], lang)}, {facts.wave_label(worst['wave'], lang)}"
    return words["alt"].format(
        parts=" ".join(parts),
        worst=label[:1].lower() + label[1:],
        share=display.percent(float(worst["share"]), lang),
        cell=cell,
    )


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the patterns of a group, and missing answers, which add up with valid ones to the interviews."""
    for row in rows:
        if row["part"] == "missing":
            line = (row["variable"], row["group"], row["wave"])
            known.tell(("missing", *line), number(row["persons"]), rules, where)
            known.tell(("interviews", *line[1:]), number(row["total"]), rules, where)
            known.add([valid(*line), ("missing", *line)], [("interviews", *line[1:])])
        else:
            known.tell(("pattern", row["group"], row["pattern"]), number(row["persons"]), rules, where)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(
        FREQUENCIES,
        treatment="pattern",
        lines=("variable", "group", "wave"),
        cells="persons",
        total="total",
    ),
    data=data,
    draw=draw,
    alt=alt,
    counts=counts,
    compares=False,
)
