"""Shares of answers by group and wave: one dot per group and wave, lines from the first to the last wave."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import without_stem
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Measures
from netwerkkracht.exhibits.released import SIGN
from netwerkkracht.exhibits.style import FAINT, SOFT, STRIPE, group_style, new_figure, settings, stamp, wrap
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, answers
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, PLAIN, Output, share
from netwerkkracht.release.rules import Rules
from netwerkkracht.study.facts import Facts, code_text

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("variable"),
    *codes("code", "group", "wave"),
    Column("fixed", PLAIN, "yes"),
    Column("persons", PERSONS),
    Column("total", PERSONS),
    Column("share", share("persons", "total")),
)


class Options(KindOptions):
    """The questions: yes/no, or coded."""

    variables: Measures


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count answers of the option ``variables`` by group and wave.

    A yes/no variable gives its share of yes, a coded one a share per code. ``fixed`` is 1 where the design
    fixes the value in that group: such a share says nothing of people, and is marked.
    """
    import pandas as pd

    from netwerkkracht.analysis.describe.counts import keyed

    facts, variables = material.facts, exhibit.options.variables
    panel = keyed(material.panel, facts, variables)
    rows = []
    for name in variables:
        known = facts.variable(name)
        said = panel[name].map(code_text, na_action="ignore")
        for code in [code for code, _ in known.codes] or ["1"]:
            for group in facts.groups:
                for wave in facts.waves:
                    here = said[(panel[facts.group] == group) & (panel[facts.wave] == wave)].dropna()
                    persons, total = int((here == code).sum()), len(here)
                    part = persons / total if total else float("nan")
                    rows.append(
                        (name, code, group, wave, int(group in known.structural), persons, total, part)
                    )
    return pd.DataFrame(rows, columns=names(COLUMNS))


def _labels(frame: Any, facts: Facts, lang: Lang) -> dict[tuple[str, str], str]:
    """Return the words of every line: the question's own for yes/no, the code's for a coded variable."""
    keys = list(dict.fromkeys(zip(frame["variable"], frame["code"], strict=True)))
    plain = [name for name, _ in keys if not facts.variable(name).codes]
    short = dict(zip(plain, without_stem([facts.label(name, lang) for name in plain]), strict=True))
    return {
        (name, code): short.get(name) or facts.variable(name).code_label(code, lang) for name, code in keys
    }


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw a line per answer: for each group an open dot (first wave) joined to a filled one (last wave)."""
    words, labels = WORDS[lang], _labels(frame, facts, lang)
    cells = frame.set_index(["variable", "code", "group", "wave"]).sort_index()
    first, last = facts.waves[0], facts.waves[-1]
    with settings():
        figure = new_figure(26 + 6.4 * len(labels))
        axes = figure.add_subplot()
        for row, (name, code) in enumerate(labels):
            if row % 2 == 0:
                axes.axhspan(row - 0.5, row + 0.5, color=STRIPE, lw=0, zorder=0)
            for number, group in enumerate(facts.groups):
                style = group_style(number)
                y = row + (number - (len(facts.groups) - 1) / 2) * 0.34
                ends = [100 * float(cells.loc[(name, code, group, wave), "share"]) for wave in (first, last)]
                fixed = bool(cells.loc[(name, code, group, last), "fixed"])
                if fixed:
                    said = words["fixed"].format(group=facts.group_title(group, lang))
                    axes.text(99, y, said, ha="right", va="center", fontsize=6.5, color=SOFT)
                    continue
                marker, colour = style["marker"], style["color"]
                if any(math.isnan(end) for end in ends):
                    axes.text(99, y, SIGN, ha="right", va="center", fontsize=6.5, color=colour)
                axes.plot(ends, [y, y], color=FAINT, lw=1.6, zorder=1, solid_capstyle="butt")
                axes.plot(ends[0], y, marker, mfc="white", color=colour, ms=4.2, zorder=2)
                axes.plot(ends[1], y, marker, color=colour, ms=4.2, zorder=3)
        axes.set_yticks(range(len(labels)), ["\n".join(wrap(text, 60)) for text in labels.values()])
        axes.set_ylim(len(labels) - 0.5, -0.5)
        axes.set_xlim(-2, 102)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        _legend(figure, facts, lang)
        stamp(figure, lang, synthetic=facts.synthetic, below=words["axis"])
    return figure


def _legend(figure: Any, facts: Facts, lang: Lang) -> None:
    from matplotlib.lines import Line2D

    handles = []
    for number, group in enumerate(facts.groups):
        style = group_style(number)
        label = facts.group_title(group, lang)
        handles.append(Line2D([], [], marker=style["marker"], color=style["color"], ls="none", label=label))
    for key, wave, face in (("first", facts.waves[0], "white"), ("last", facts.waves[-1], SOFT)):
        label = WORDS[lang][key].format(wave=facts.wave_label(wave, lang))
        handles.append(Line2D([], [], marker="o", color=SOFT, mfc=face, ls="none", label=label))
    figure.legend(handles=handles, loc="outside upper left", ncols=len(handles), borderaxespad=0.2,
                  handletextpad=0.1, columnspacing=1.2)  # fmt: skip


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say the largest share of each group in the last wave."""
    words, labels = WORDS[lang], _labels(frame, facts, lang)
    wave, parts = facts.waves[-1], []
    for group in facts.groups:
        here = frame[(frame["group"] == group) & (frame["wave"] == wave) & (frame["fixed"] == 0)]
        here = here[here["share"].notna()]
        if len(here):
            row = here.loc[here["share"].idxmax()]
            label = labels[(row["variable"], row["code"])]
            part = display.percent(float(row["share"]), lang)
            parts.append(words["part"].format(group=facts.group_label(group, lang), label=label, share=part))
    return words["alt"].format(n=len(labels), wave=facts.wave_label(wave, lang), parts="; ".join(parts))


def notes(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> list[str]:
    """Say how to read it, and how many answered."""
    return [WORDS[lang]["how"], *_answered(frame, facts, lang)]


def _answered(frame: Any, facts: Facts, lang: Lang) -> list[str]:
    """Say per group how many answered in the first and in the last wave, where that is known."""
    told = []
    for group in facts.groups:
        here = frame[(frame["group"] == group) & (frame["fixed"] == 0)]
        ends = []
        for wave in (facts.waves[0], facts.waves[-1]):
            totals = here.loc[here["wave"] == wave, "total"]
            if totals.isna().any() or not len(totals):
                return []
            least, most = (display.count(value, lang) for value in (totals.min(), totals.max()))
            between = least if least == most else f"{least}–{most}"
            ends.append(f"{between} ({facts.wave_label(wave, lang)})")
        told.append(f"{facts.group_title(group, lang)} {', '.join(ends)}")
    return [WORDS[lang]["answered"].format(parts="; ".join(told))]


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the answers: the codes of a question add up to those who answered."""
    answers(known, where, rows, rules, ("variable", "code", "persons", "total"))


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(FREQUENCIES, lines=("variable", "group", "wave"), cells="persons", total="total"),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
    counts=counts,
)
