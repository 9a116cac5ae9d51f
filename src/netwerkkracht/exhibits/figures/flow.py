"""Flow of participants: from the files to the interviews of each wave and into each model, by group."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, codes, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Models, Variable
from netwerkkracht.exhibits.style import (
    INK,
    SOFT,
    WIDTH_MM,
    group_style,
    new_figure,
    settings,
    stamp,
    tint,
    wrap,
)
from netwerkkracht.exhibits.words import SET_ASIDE, of_kind, say
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, Output
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts, code_text

WORDS = of_kind(__name__)
COLUMNS = (*texts("stage"), *codes("group", "wave", "reason"), *MODEL, Column("count", PERSONS))
# kind (main or side), lines, height in mm
Box = tuple[str, list[str], float]
LINE_MM, PAD_MM, GAP_MM = 3.9, 3.2, 4.0
ARROW = {"arrowstyle": "-|>", "color": INK, "lw": 0.8, "shrinkA": 0, "shrinkB": 0}


class Options(KindOptions):
    """The models that the flow ends in, and the variable that says why someone was not interviewed again."""

    models: Models = ()
    status: Variable = ""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count rows of files, rows set aside, interviews, losses and persons in models.

    The option ``status`` names a variable that says why a person was not interviewed again (in any of the
    person's rows; the last one counts). Per group and wave, ``rows`` = ``set_aside`` + ``interviews``, and
    interviews of a wave = those of the wave before - ``lost`` + ``joined``.
    """
    import pandas as pd

    from netwerkkracht.analysis.describe.counts import interviewed, keyed, set_aside_total

    facts, status = material.facts, exhibit.options.status
    panel = keyed(material.panel, facts, [status] if status else [])
    columns = names(COLUMNS, facts.languages)
    here = panel[interviewed(material.panel, facts)]
    rows: list[dict[str, Any]] = []

    def add(stage: str, count: int, **where: str) -> None:
        rows.append(
            {
                **dict.fromkeys(columns, ""),
                "stage": stage,
                **where,
                "count": count,
            }
        )

    for group in facts.groups:
        before: set[str] | None = None
        for wave in facts.waves:
            cell = {"group": group, "wave": wave}
            people = set(here.loc[(here[facts.group] == group) & (here[facts.wave] == wave), facts.person])
            if before is not None:
                for reason, n in _why(status, panel, facts, before - people):
                    add("lost", n, **cell, reason=reason)
                if people - before:
                    add("joined", len(people - before), **cell)
            add("rows", len(people) + set_aside_total(material.set_aside, group, wave), **cell)
            for row in material.set_aside:
                if (row["group"], code_text(row["wave"])) == (group, wave) and int(row["count"]):
                    add("set_aside", int(row["count"]), **cell, reason=str(row["reason"]))
            add("interviews", len(people), **cell)
            before = people
        for name in exhibit.options.models:
            result = material.models[name]
            persons = result.persons_by_group.get(group, 0)
            add("model", persons, group=group, model=name, **labels(result.label))
    return pd.DataFrame(rows, columns=columns)


def _why(status: str, panel: Any, facts: Facts, lost: set[str]) -> list[tuple[str, int]]:
    """Return how many were lost by reason; ``?`` where the variable ``status`` does not say it."""
    if not lost:
        return []
    if not status:
        return [("", len(lost))]
    rows = panel[panel[facts.person].isin(lost) & panel[status].notna()].drop_duplicates(
        facts.person, keep="last"
    )
    found = rows[status].map(code_text, na_action="ignore").fillna("?").value_counts()
    counts = {str(code): int(n) for code, n in found.items()}
    counts["?"] = counts.get("?", 0) + len(lost) - len(rows)
    known = [code for code, _ in facts.variable(status).codes]
    order = [*known, *sorted(set(counts) - set(known))]
    return [(code, counts[code]) for code in order if counts.get(code)]


def draw(frame: Any, exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw one column of boxes per group, losses to the right of each arrow."""
    with settings():
        columns = _level(
            [_column(frame, exhibit.options.status, facts, group, lang) for group in facts.groups]
        )
        height = max(_height(column) for column in columns) + 5
        figure = new_figure(height)
        axes = figure.add_subplot()
        axes.set(xlim=(0, WIDTH_MM), ylim=(height - 5, 0))
        axes.axis("off")
        width = WIDTH_MM / len(facts.groups)
        for place, (group, column) in enumerate(zip(facts.groups, columns, strict=True)):
            style = group_style(place)
            axes.text(
                place * width + 2, 4, facts.group_title(group, lang), fontsize=9, va="center", color=INK
            )
            axes.plot([place * width + 2, (place + 1) * width - 4], [7.5, 7.5], color=style["color"], lw=1.5,
                      ls=style["linestyle"])  # fmt: skip
            _boxes(axes, column, place * width + 2, width, style["color"])
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _column(frame: Any, status: str, facts: Facts, group: str, lang: Lang) -> list[Box]:
    words, mine = WORDS[lang], frame[frame["group"] == group]
    main, side = _widths(len(facts.groups))
    boxes: list[Box] = []

    def add(kind: str, lines: list[str]) -> None:
        width = main if kind == "main" else side
        broken = [part for line in lines for part in wrap(line, width - 4, 8 if kind == "main" else 7)]
        boxes.append((kind, broken, len(broken) * LINE_MM + PAD_MM))

    def counted(stage: str, wave: str) -> list[tuple[str, int]]:
        found = mine[(mine["stage"] == stage) & (mine["wave"] == wave)]
        return [(str(code), int(n)) for code, n in zip(found["reason"], found["count"], strict=True)]

    for wave in facts.waves:
        lost = counted("lost", wave)
        if lost:
            total = sum(n for _, n in lost)
            reasons = [f"– {_reason(code, status, facts, lang)}: {n}" for code, n in lost if code]
            add("side", [f"{words['lost']}: {total}", *reasons])
        joined = counted("joined", wave)
        if joined:
            add("side", [f"{words['new']}: +{sum(n for _, n in joined)}"])
        aside = counted("set_aside", wave)
        if aside:
            total = counted("rows", wave)[0][1]
            add("side", [f"{total} {words['rows']}", f"{words['set_aside']}: {sum(n for _, n in aside)}",
                         *(f"– {_aside(code, facts, lang)}: {n}" for code, n in aside)])  # fmt: skip
        people = counted("interviews", wave)[0][1]
        add("main", [facts.wave_title(wave, lang), f"{words['interviews']}: {display.count(people, lang)}"])
    models = mine[mine["stage"] == "model"]
    if len(models):
        pairs = zip(models[f"label_{lang}"], models["count"], strict=True)
        lines = [f"{label}:{display.NO_BREAK_SPACE}{display.count(n, lang)}" for label, n in pairs]
        add("main", [f"{words['model']} ({words['persons']})", *lines])
    return boxes


def _level(columns: list[list[Box]]) -> list[list[Box]]:
    """Give boxes that stand beside each other one height, where all groups have the same boxes."""
    if len({tuple(kind for kind, _, _ in column) for column in columns}) != 1:
        return columns
    heights = [max(box[2] for box in row) for row in zip(*columns, strict=True)]
    return [
        [(kind, lines, height) for (kind, lines, _), height in zip(column, heights, strict=True)]
        for column in columns
    ]


def _reason(code: str, status: str, facts: Facts, lang: Lang) -> str:
    return WORDS[lang]["unknown"] if code == "?" else facts.variable(status).code_label(code, lang)


def _aside(code: str, facts: Facts, lang: Lang) -> str:
    """Return why rows are set aside; a rule of the study that leaves rows out has words of its own."""
    return facts.left_out[code][lang] if code in facts.left_out else say(SET_ASIDE, code, lang)


def _widths(groups: int) -> tuple[float, float]:
    width = WIDTH_MM / groups
    return width * 0.72, width * 0.58


def _height(column: list[Box]) -> float:
    return 10 + sum(height + (GAP_MM if kind == "main" else 2.0) for kind, _, height in column)


def _boxes(axes: Any, column: list[Box], left: float, width: float, colour: str) -> None:
    from matplotlib.patches import FancyBboxPatch

    main = width * 0.72
    spine = left + main * 0.17
    top, previous = 10.0, None
    for kind, lines, height in column:
        start = left if kind == "main" else left + main * 0.26
        span = main if kind == "main" else width * 0.58
        face = tint(colour, 0.10) if kind == "main" else "white"
        edge, line, size = (colour, 1.0, 8) if kind == "main" else (SOFT, 0.6, 7)
        if kind == "main":
            if previous is not None:
                axes.annotate("", (spine, top), (spine, previous), zorder=1, arrowprops=ARROW)
            previous = top + height
        else:
            axes.plot([spine, start], [top + height / 2] * 2, color=INK, lw=0.8, zorder=1)
        axes.add_patch(FancyBboxPatch((start, top), span, height, boxstyle="round,pad=0,rounding_size=1",
                                      facecolor=face, edgecolor=edge, linewidth=line, zorder=2))  # fmt: skip
        for place, text in enumerate(lines):
            height_here = top + PAD_MM / 2 + (place + 0.5) * LINE_MM
            axes.text(start + 2, height_here, text, fontsize=size, va="center", zorder=3)
        top += height + (GAP_MM if kind == "main" else 2.0)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say how many persons of each group stand in the first and in the last wave."""
    words = WORDS[lang]
    rows = frame[frame["stage"] == "interviews"].set_index(["group", "wave"])["count"]
    first, last = facts.waves[0], facts.waves[-1]
    waves = {"a": facts.wave_label(first, lang), "b": facts.wave_label(last, lang)}
    parts = [
        words["part"].format(
            group=facts.group_title(group, lang),
            first=int(rows[(group, first)]),
            last=int(rows[(group, last)]),
            **waves,
        )
        for group in facts.groups
    ]
    return words["alt"].format(parts=" ".join(parts))


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter interviews, rows and losses: who was there before or joined was interviewed, or lost."""
    waves = list(dict.fromkeys(row["wave"] for row in rows if row["stage"] == "interviews"))
    for row in rows:
        place = (row["group"], row["wave"])
        if row["stage"] == "interviews":
            known.tell(("interviews", *place), number(row["count"]), rules, where)
        elif row["stage"] in {"lost", "set_aside"}:
            known.tell((row["stage"], *place, row["reason"]), number(row["count"]), rules, where)
        elif row["stage"] in {"rows", "joined"}:
            known.tell((row["stage"], *place), number(row["count"]), rules, where)
    for group in dict.fromkeys(row["group"] for row in rows):
        for before, wave in pairwise(waves):
            lost = [("lost", group, wave, row["reason"]) for row in rows
                    if (row["stage"], row["group"], row["wave"]) == ("lost", group, wave)]  # fmt: skip
            left = [("interviews", group, before), ("joined", group, wave)]
            known.add([("interviews", group, wave), *(lost or [("lost", group, wave, "")])], left)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel", "set_aside", "models"),
    columns=COLUMNS,
    output=Output(FREQUENCIES, treatment="flow"),
    data=data,
    draw=draw,
    alt=alt,
    counts=counts,
)
