"""Alluvial: who helps at the first and at the last wave, drop-out a state of its own, one panel per group."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import Kind
from netwerkkracht.exhibits.material import Exhibit
from netwerkkracht.exhibits.state_moves import COLUMNS, OUTPUT, Options, counts, data, state_label
from netwerkkracht.exhibits.style import (
    GONE,
    INK,
    UNKNOWN,
    new_figure,
    note,
    settings,
    stamp,
    state_colours,
    wrap,
)
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
WIDTH, GAP = 0.09, 0.018
LINE = 0.05  # height of a line of text, in parts of a group


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw per group two stacks of states and the ribbons between them, heights in persons."""
    name = str(frame["variable"].iloc[0])
    states = list(dict.fromkeys([*frame["origin"], *frame["destination"]]))
    answers = [state for state in states if state not in {"missing", "lost"}]
    states = [*answers, *[state for state in ("missing", "lost") if state in states]]
    colours = {**state_colours(answers), "missing": UNKNOWN, "lost": GONE}
    with settings():
        figure = new_figure(92)
        panels = figure.subplots(1, len(facts.groups), squeeze=False)[0]
        for axes, group in zip(panels, facts.groups, strict=True):
            mine = frame[(frame["group"] == group) & (frame["persons"] > 0)]
            ends = (str(frame["first"].iloc[0]), str(frame["last"].iloc[0]))
            _panel(axes, mine, states, colours, _Labels(facts, name, ends, lang))
            axes.set_title(f"{facts.group_title(group, lang)} (n = {int(mine['persons'].sum())})")
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


class _Labels:
    """The words of one alluvial."""

    def __init__(self, facts: Facts, variable: str, ends: tuple[str, str], lang: Lang) -> None:
        self.facts, self.variable, self.ends, self.lang = facts, variable, ends, lang

    def state(self, state: str) -> str:
        return state_label(state, self.facts, self.variable, self.lang)

    def wave(self, place: int) -> str:
        return self.facts.wave_title(self.ends[place], self.lang)


def _stack(totals: dict[str, float], states: list[str], height: float) -> dict[str, float]:
    """Return where each state's block begins, from the top, gaps between blocks included."""
    starts, at = {}, 0.0
    for state in states:
        if totals.get(state, 0):
            starts[state] = at
            at += totals[state] + GAP * height
    return starts


def _panel(axes: Any, mine: Any, states: list[str], colours: dict[str, str], labels: _Labels) -> None:
    from matplotlib.patches import Rectangle

    total = float(mine["persons"].sum())
    sums = [mine.groupby(side)["persons"].sum().to_dict() for side in ("origin", "destination")]
    starts = [_stack(totals, states, total) for totals in sums]
    used: list[dict[str, float]] = [dict(start) for start in starts]
    for origin in states:
        for destination in states:
            here = mine[(mine["origin"] == origin) & (mine["destination"] == destination)]["persons"].sum()
            if not here:
                continue
            left, right = used[0][origin], used[1][destination]
            _ribbon(axes, (left, right), float(here), colours[origin])
            used[0][origin] += float(here)
            used[1][destination] += float(here)
    for side, x in ((0, 0.0), (1, 1.0 - WIDTH)):
        free = -math.inf
        for state, start in starts[side].items():
            height = sums[side][state]
            axes.add_patch(
                Rectangle((x, start), WIDTH, height, facecolor=colours[state], edgecolor="white", lw=0.6)
            )
            text = "\n".join(wrap(f"{labels.state(state)} {display.count(height, labels.lang)}", 21, 7))
            # labels of thin blocks are pushed down, off each other
            half = LINE * total * (1 + text.count("\n")) / 2
            middle = max(start + height / 2, free + half)
            free = middle + half
            at = (x - 0.02, middle) if side == 0 else (x + WIDTH + 0.02, middle)
            note(axes, text, at, (0, 0), ha="right" if side == 0 else "left", va="center")
        axes.text(
            x + WIDTH / 2, -0.03 * total, labels.wave(side), ha="center", va="bottom", fontsize=7, color=INK
        )
    axes.set_xlim(0, 1)
    axes.set_ylim(total * (1 + GAP * len(states)), -0.1 * total)
    axes.axis("off")


def _ribbon(axes: Any, starts: tuple[float, float], height: float, colour: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    left, right = WIDTH, 1.0 - WIDTH
    middle = (left + right) / 2
    a, b = starts
    points = [
        (left, a), (middle, a), (middle, b), (right, b), (right, b + height), (middle, b + height),
        (middle, a + height), (left, a + height), (left, a),
    ]  # fmt: skip
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    axes.add_patch(PathPatch(Path(points, codes), facecolor=colour, alpha=0.38, lw=0))


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say per group how many stay in the largest state and how many were lost; each count once merged."""
    words, name = WORDS[lang], str(frame["variable"].iloc[0])
    top = (
        frame[~frame["origin"].isin(["missing", "lost"])]
        .groupby("origin", sort=False)["persons"]
        .sum()
        .idxmax()
    )
    parts = []
    for group in facts.groups:
        mine = frame[frame["group"] == group]
        if top == "any":
            moved = [
                f"{state_label(state, facts, name, lang)} {display.count(float(persons), lang)}"
                for state, persons in zip(mine["destination"], mine["persons"], strict=True)
            ]
            parts.append(f"{facts.group_title(group, lang)}: {', '.join(moved)}.")
            continue
        stay = mine[(mine["origin"] == top) & (mine["destination"] == top)]["persons"].sum()
        parts.append(
            words["part"].format(
                group=facts.group_title(group, lang), n=int(stay), state=state_label(top, facts, name, lang),
                m=int(mine[mine["origin"] == top]["persons"].sum()), all=int(mine["persons"].sum()),
                lost=int(mine[mine["destination"] == "lost"]["persons"].sum()),
            )
        )  # fmt: skip
    ends = {
        "a": facts.wave_label(frame["first"].iloc[0], lang),
        "b": facts.wave_label(frame["last"].iloc[0], lang),
    }
    label = facts.label(name, lang)
    return words["alt"].format(what=label[:1].lower() + label[1:], parts=" ".join(parts), **ends)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=OUTPUT,
    data=data,
    draw=draw,
    alt=alt,
    counts=counts,
)
