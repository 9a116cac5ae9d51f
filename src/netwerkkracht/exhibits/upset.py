"""UpSet: which items people have together, the most frequent combinations first."""

from __future__ import annotations

from typing import Any

import pandas as pd

from netwerkkracht.analysis.describe.combinations import NONE, OTHER, combinations, prevalence
from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import without_stem
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.reading import reading
from netwerkkracht.exhibits.style import (
    FAINT,
    INK,
    SOFT,
    STRIPE_BELOW,
    fill_bars,
    new_figure,
    note,
    settings,
    stamp,
    wrap,
)
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.study.facts import Facts

WORDS = of_kind("upset")
COLUMNS = ["part", "wave", "item", "combination", "size", "group", "persons", "total", "share"]
TEXT = ("part", "wave", "item", "combination", "group")


def data(exhibit: Exhibit, material: Material) -> Any:
    """Count combinations (part ``combination``) and single items (part ``item``) in one wave.

    Options: ``variable``, a count whose parts are the items; ``wave`` (default the first); ``items``, how
    many of the commonest are combined (default 6: with more, nearly everyone has a combination of their
    own); ``largest`` combinations shown (default 15), the rest merged.
    """
    facts = material.facts
    items = facts.variable(str(exhibit.options["variable"])).parts
    wave = str(exhibit.options.get("wave", facts.waves[0]))
    largest = int(exhibit.options.get("largest", 15))
    singles = prevalence(material.panel, facts, items).assign(part="item")
    singles = singles[singles["wave"] == wave]
    common = singles.groupby("item", sort=False)["persons"].sum().sort_values(kind="stable", ascending=False)
    chosen = list(common.index[: int(exhibit.options.get("items", 6))])
    sets = combinations(material.panel, facts, chosen, wave, largest).assign(part="combination", wave=wave)
    return pd.concat([singles, sets], ignore_index=True).reindex(columns=COLUMNS)


def draw(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> Any:
    """Draw bars of the combinations above, the matrix of what is in them below, items' shares at the left."""
    sets, singles = frame[frame["part"] == "combination"], frame[frame["part"] == "item"]
    items = _combined(frame)
    names = [name for name in dict.fromkeys(sets["combination"]) if name != OTHER]
    labels = without_stem([facts.label(name, lang) for name in items])
    with settings():
        figure = new_figure(48 + 5.6 * len(items) + 10)
        grid = figure.add_gridspec(2, 2, height_ratios=[42, 5.6 * len(items)], width_ratios=[0.6, 2])
        matrix = figure.add_subplot(grid[1, 1])
        bars = figure.add_subplot(grid[0, 1], sharex=matrix)
        left = figure.add_subplot(grid[1, 0], sharey=matrix)
        corner = figure.add_subplot(grid[0, 0])
        corner.axis("off")
        _bars(bars, sets, names, facts, lang)
        _matrix(matrix, names, items, labels)
        _shares(left, singles, items, facts, lang)
        handles, found = bars.get_legend_handles_labels()
        titles = [facts.group_title(group, lang) for group in found]
        # wider than its corner: the layout must not make room for it between bars and labels
        corner.legend(
            handles, ["\n".join(wrap(title, 34)) for title in titles], loc="upper left"
        ).set_in_layout(False)
        rest = int(sets.loc[sets["combination"] == OTHER, "persons"].sum())
        if rest:
            said = "\n".join(wrap(WORDS[lang]["other"].format(n=rest), 60, 7))
            place = {"ha": "right", "va": "top", "transform": bars.transAxes}
            bars.text(0.995, 0.97, said, fontsize=7, color=SOFT, **place)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _combined(frame: Any) -> list[str]:
    """Return the items that are combined, the commonest first."""
    singles = frame[frame["part"] == "item"]
    total = singles.groupby("item", sort=False)["persons"].sum().sort_values(kind="stable", ascending=False)
    named = {
        part
        for name in frame["combination"].fillna("")
        if name not in {"", OTHER, NONE}
        for part in name.split("+")
    }
    return [name for name in total.index if name in named]


def _bars(axes: Any, sets: Any, names: list[str], facts: Facts, lang: Lang) -> None:
    base = [0.0] * len(names)
    for number, group in enumerate(facts.groups):
        mine = sets[sets["group"] == group].set_index("combination").reindex(names)["persons"]
        made = axes.bar(range(len(names)), mine, bottom=base, width=0.66, label=group, linewidth=0.6)
        fill_bars(made, number)
        base = [low + float(value) for low, value in zip(base, mine, strict=True)]
    for place, height in enumerate(base):
        note(axes, display.count(height, lang), (place, height), (0, 2), ha="center")
    axes.set_ylabel(WORDS[lang]["persons"])
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)
    axes.set_ylim(0, max(base) * 1.12)


def _matrix(axes: Any, names: list[str], items: list[str], labels: list[str]) -> None:
    for row in range(0, len(items), 2):
        axes.axhspan(row - 0.5, row + 0.5, color=STRIPE_BELOW, lw=0, zorder=0)
    for place, name in enumerate(names):
        members = set(name.split("+"))
        on = [row for row, item in enumerate(items) if item in members]
        off = [row for row in range(len(items)) if row not in on]
        axes.plot([place] * len(off), off, marker="o", ms=3.6, color=FAINT, ls="none", zorder=1)
        axes.plot([place] * len(on), on, marker="o", ms=4.6, color=INK, lw=1.2, zorder=2)
    axes.set_yticks(range(len(items)), labels)
    axes.set_ylim(len(items) - 0.5, -0.5)
    axes.set_xlim(-0.6, len(names) - 0.4)
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _shares(axes: Any, singles: Any, items: list[str], facts: Facts, lang: Lang) -> None:
    height = 0.7 / len(facts.groups)
    for number, group in enumerate(facts.groups):
        mine = singles[singles["group"] == group].set_index("item").reindex(items)["share"]
        y = [row + (number - (len(facts.groups) - 1) / 2) * height for row in range(len(items))]
        fill_bars(axes.barh(y, 100 * mine, height=height * 0.9, linewidth=0.6), number)
    axes.invert_xaxis()
    axes.set_xlabel(WORDS[lang]["share"], fontsize=7)
    axes.tick_params(axis="y", length=0, labelleft=False)
    axes.spines["left"].set_visible(False)


def alt(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> str:
    """Say the most frequent combination, how many people fall outside those shown, and the commonest item."""
    words = WORDS[lang]
    sets, singles = frame[frame["part"] == "combination"], frame[frame["part"] == "item"]
    counts = sets.groupby("combination", sort=False)["persons"].sum()
    named = [name for name in counts.index if name != OTHER]
    top = named[0]
    text = words["nothing"] if top == NONE else " + ".join(
        without_stem([facts.label(item, lang) for item in top.split("+")])
    )  # fmt: skip
    items = singles.groupby("item", sort=False)["persons"].sum().sort_values(kind="stable", ascending=False)
    item = without_stem([facts.label(name, lang) for name in items.index])[0]
    return words["alt"].format(
        k=len(_combined(frame)), n=int(counts.sum()), top=text,
        wave=facts.wave_label(frame["wave"].iloc[0], lang),
        m=int(counts[top]), o=int(counts.get(OTHER, 0)), c=len(named), item=item,
    )  # fmt: skip


KIND = Kind("upset", "figure", ("panel",), TEXT, data, draw, alt, reading("upset"))
