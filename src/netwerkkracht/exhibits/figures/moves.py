"""What becomes of each item between two waves: stayed, resolved, arose."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import without_stem
from netwerkkracht.exhibits.kind import Column, Kind, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import BetweenWaves, MadeOfItems
from netwerkkracht.exhibits.released import SIGN
from netwerkkracht.exhibits.style import INK, MOVED, new_figure, note, settings, stamp
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Key, Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, Output
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("item"),
    *codes("group"),
    *texts("state"),
    Column("persons", PERSONS),
    Column("total", PERSONS),
    *codes("first", "last"),
)


class Options(BetweenWaves):
    """A count of which the parts are followed, from one wave to another."""

    variable: MadeOfItems


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count what became of the parts of the option ``variable`` between the first and the last wave."""
    from netwerkkracht.analysis.describe.combinations import item_moves

    facts = material.facts
    first, last = exhibit.options.ends(facts)
    items = facts.variable(exhibit.options.variable).parts
    return item_moves(material.panel, facts, items, first, last).assign(first=first, last=last)


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw one panel per group, a bar per item in the order of how many have it at either wave."""
    from matplotlib.patches import Patch

    words = WORDS[lang]
    seen = frame[frame["state"] != "never"].groupby("item", sort=False)["persons"].sum()
    items = list(seen.sort_values(kind="stable", ascending=False).index)
    labels = without_stem([facts.label(name, lang) for name in items])
    with settings():
        figure = new_figure(28 + 6 * len(items))
        panels = figure.subplots(1, len(facts.groups), sharey=True, sharex=True, squeeze=False)[0]
        for axes, group in zip(panels, facts.groups, strict=True):
            mine = frame[frame["group"] == group].set_index(["item", "state"])
            _bars(axes, mine, items, lang)
            total = int(mine["total"].max())
            axes.set_title(f"{facts.group_title(group, lang)} (n ≤ {total})")
        panels[0].set_yticks(range(len(items)), labels)
        panels[0].set_ylim(len(items) - 0.5, -0.5)
        handles = [Patch(facecolor=face, label=words[state]) for state, face in MOVED.items()]
        figure.legend(handles=handles, loc="outside upper left", ncols=3, borderaxespad=0.2)
        stamp(figure, lang, synthetic=facts.synthetic, below=words["axis"])
    return figure


def _bars(axes: Any, mine: Any, items: list[str], lang: Lang) -> None:
    for row, name in enumerate(items):
        left = 0.0
        for state, face in MOVED.items():
            cell = mine.loc[(name, state)]
            share = 100 * float(cell["persons"]) / float(cell["total"]) if cell["total"] else 0.0
            if math.isnan(share):  # not released: what follows has no place on the axis
                axes.text(left + 1, row, SIGN, va="center", fontsize=6.5, color=INK)
                left = math.nan
                break
            axes.barh(row, share, left=left, height=0.72, facecolor=face, edgecolor="white", linewidth=0.4)
            if share >= 7:
                dark = state == "stayed"
                axes.text(left + share / 2, row, display.number(share, lang, 0), ha="center", va="center",
                          fontsize=6.5, color="white" if dark else INK)  # fmt: skip
            left += share
        if left == 0:
            note(axes, "0", (0, row), (3, 0), va="center", fontsize=6.5)
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say per group which item stays and which disappears most often."""
    words, parts = WORDS[lang], []
    names = list(dict.fromkeys(frame["item"]))
    labels = dict(zip(names, without_stem([facts.label(name, lang) for name in names]), strict=True))
    for group in facts.groups:
        mine = frame[frame["group"] == group].assign(share=lambda rows: rows["persons"] / rows["total"])
        top = {}
        for state in ("stayed", "resolved"):
            here = mine[mine["state"] == state]
            row = here.loc[here["share"].idxmax()]
            top[state] = (labels[row["item"]], display.percent(float(row["share"]), lang))
        parts.append(
            words["part"].format(
                group=facts.group_title(group, lang), stay=top["stayed"][0], s=top["stayed"][1],
                gone=top["resolved"][0], g=top["resolved"][1],
            )
        )  # fmt: skip
    ends = {
        "a": facts.wave_label(frame["first"].iloc[0], lang),
        "b": facts.wave_label(frame["last"].iloc[0], lang),
    }
    return words["alt"].format(parts=" ".join(parts), **ends)


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the moves of each item: they add up to those who answered in both waves."""
    lines: dict[tuple[str, str], list[Key]] = {}
    for row in rows:
        line = (row["item"], row["group"])
        key = ("becomes", *line, row["state"])
        lines.setdefault(line, []).append(key)
        known.tell(key, number(row["persons"]), rules, where)
        known.tell(("both", *line), number(row["total"]), rules, where)
    for line, keys in lines.items():
        known.add(keys, [("both", *line)])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(FREQUENCIES, lines=("item", "group"), cells="persons", total="total"),
    data=data,
    draw=draw,
    alt=alt,
    counts=counts,
)
