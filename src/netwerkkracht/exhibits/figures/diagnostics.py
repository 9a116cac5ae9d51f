"""Diagnostics of one model in five small panels, each with what good looks like."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.words import Texts
from netwerkkracht.exhibits.kind import MODEL, Column, Kind, codes, labels, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Model, Whole
from netwerkkracht.exhibits.style import (
    BLUE,
    FAINT,
    INK,
    SOFT,
    fill_bars,
    group_style,
    language_axis,
    new_figure,
    settings,
    stamp,
    tint,
    wrap,
)
from netwerkkracht.exhibits.words import STATUS, of_kind, say
from netwerkkracht.release.attack import no_counts
from netwerkkracht.release.roles import ESTIMATE, INDIVIDUAL, NEVER, ROWS, Output, P
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("part"),
    *codes("group", "wave"),
    *(Column(name, NEVER, "axis") for name in ("x", "low", "middle", "high")),
    Column("n", ROWS, "persons"),
    Column("statistic", ESTIMATE, "text"),
    Column("p", P),
    *MODEL,
)


class Options(KindOptions):
    """The model that is checked, and the number of data sets simulated for it."""

    model: Model
    simulations: Whole = 500


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Diagnose the option ``model`` with as many ``simulations``."""
    # drawing needs no simulation, and none of the libraries behind it
    from netwerkkracht.analysis.models.diagnostics import diagnostics
    from netwerkkracht.core.seeds import generator

    name = exhibit.options.model
    spec, rng = material.specs[name], generator(material.seed, "exhibit", exhibit.id)
    frame = diagnostics(spec, material.panel, material.facts, rng, exhibit.options.simulations)
    frame[["group", "wave"]] = frame[["group", "wave"]].fillna("")
    frame = frame.assign(model=name, **labels(spec.label))
    return frame[names(COLUMNS, material.facts.languages)]


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw the five checks and the tests; a model without inference says why instead."""
    words = WORDS[lang]
    part = {name: frame[frame["part"] == name] for name in dict.fromkeys(frame["part"])}
    with settings():
        figure = new_figure(104)
        panels = figure.subplots(2, 3)
        if "status" in part:
            for axes in panels.flat:
                axes.axis("off")
            panels[0][0].text(0, 0.9, say(STATUS, str(part["status"]["group"].iloc[0]), lang), va="top")
        else:
            _uniform(panels[0][0], part["uniform"], words)
            _fitted(panels[0][1], part["fitted"], words)
            _cells(panels[0][2], part["cell"], facts, lang)
            _random(panels[1][0], part.get("random"), words)
            _outcome(panels[1][1], part["outcome"], words)
            _tests(panels[1][2], part["test"], words, lang)
            _legend(panels[1][2], facts, lang)
            names = ("uniform", "fitted", "cell", "random", "outcome", "test")
            for axes, name in zip(panels.flat, names, strict=True):
                axes.set_title("\n".join(wrap(words[name], 42, 7.5)), fontsize=7.5)
                if name != "test":
                    language_axis(axes.yaxis, lang)
                    if name != "cell":
                        language_axis(axes.xaxis, lang)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _uniform(axes: Any, rows: Any, words: Texts) -> None:
    axes.fill_between(rows["x"], rows["low"], rows["high"], color=tint(BLUE, 0.18), lw=0)
    axes.plot([0, 1], [0, 1], color=SOFT, lw=0.8)
    axes.plot(rows["x"], rows["middle"], "o", ms=2.8, color=BLUE)
    axes.set(xlim=(0, 1), ylim=(0, 1), xlabel=words["expected"], ylabel=words["observed"])


def _fitted(axes: Any, rows: Any, words: Texts) -> None:
    for level in (0.25, 0.5, 0.75):
        axes.axhline(level, color=FAINT, lw=0.9, zorder=0)
    for name, line in (("low", ":"), ("middle", "-"), ("high", ":")):
        axes.plot(rows["x"], rows[name], ls=line, marker="o", ms=2.8, color=BLUE, lw=1.0)
    axes.set(ylim=(0, 1), xlabel=words["predicted"])


def _cells(axes: Any, rows: Any, facts: Facts, lang: Lang) -> None:
    axes.axhline(0.5, color=SOFT, lw=0.8, zorder=0)
    width = 0.7 / len(facts.groups)
    for number, group in enumerate(facts.groups):
        style = group_style(number)
        mine = rows[rows["group"] == group].set_index("wave").reindex(facts.waves)
        x = [place + (number - (len(facts.groups) - 1) / 2) * width for place in range(len(facts.waves))]
        bars = axes.bar(x, mine["high"] - mine["low"], bottom=mine["low"], width=width * 0.85, linewidth=0.7)
        fill_bars(bars, number, 0.25)
        axes.plot(x, mine["middle"], marker=style["marker"], ms=3.5, color=style["color"], ls="none")
    titles = ["\n".join(wrap(facts.wave_title(wave, lang), 18, 7)) for wave in facts.waves]
    axes.set_xticks(range(len(facts.waves)), titles, fontsize=7)
    axes.set_ylim(0, 1)


def _random(axes: Any, rows: Any, words: Texts) -> None:
    axes.plot([-2, 2], [-2, 2], color=SOFT, lw=0.8)
    if rows is not None:
        axes.plot(rows["x"], rows["middle"], "o", ms=2.8, color=BLUE)
    axes.set(xlabel=words["expected"], ylabel=words["observed"])


def _outcome(axes: Any, rows: Any, words: Texts) -> None:
    axes.vlines(rows["x"], 100 * rows["low"], 100 * rows["high"], color=tint(BLUE, 0.35), lw=4)
    axes.plot(rows["x"], 100 * rows["middle"], "o", ms=3, color=INK)
    axes.set(xlabel=words["value"], ylabel=words["share"])
    axes.set_ylim(bottom=0)


def _tests(axes: Any, rows: Any, words: Texts, lang: Lang) -> None:
    axes.axis("off")
    shown = rows[rows["p"].notna()]
    for place, row in enumerate(shown.to_dict("records")):
        y = 0.86 - 0.16 * place
        axes.text(0.0, y, words[row["group"]], transform=axes.transAxes, fontsize=7.5)
        axes.text(
            1.0, y, display.p_phrase(row["p"], lang), transform=axes.transAxes, fontsize=7.5, ha="right"
        )


def _legend(axes: Any, facts: Facts, lang: Lang) -> None:
    """Say which bars are whose, below the tests."""
    from matplotlib.patches import Patch

    handles = [Patch(label=facts.group_title(group, lang), linewidth=0.7) for group in facts.groups]
    for number, handle in enumerate(handles):
        fill_bars([handle], number, 0.25)
    # wider than its corner: the layout must not make room for it
    placed = axes.legend(
        handles=handles, loc="lower left", borderpad=0, borderaxespad=0, fontsize=7.5, handlelength=1.6
    )
    placed.set_in_layout(False)


def alt(frame: Any, _exhibit: Exhibit[Options], _facts: Facts, lang: Lang) -> str:
    """Say how many quantiles lie inside the band, the test of uniformity, and values outside the band."""
    words = WORDS[lang]
    label = str(frame[f"label_{lang}"].iloc[0])
    uniform, outcome = frame[frame["part"] == "uniform"], frame[frame["part"] == "outcome"]
    if not len(uniform):
        status = say(STATUS, str(frame["group"].iloc[0]), lang)
        return words["nothing"].format(label=label, status=status)
    test = frame[(frame["part"] == "test") & (frame["group"] == "uniformity")].iloc[0]

    def inside(rows: Any) -> int:
        return int(((rows["middle"] >= rows["low"]) & (rows["middle"] <= rows["high"])).sum())

    return words["alt"].format(
        label=f"'{label}'",
        inside=inside(uniform),
        n=len(uniform),
        p=display.p_phrase(float(test["p"]), lang),
        out=len(outcome) - inside(outcome),
        values=len(outcome),
    )


KIND = Kind(
    module=__name__,
    costly=True,
    options=Options,
    needs=("panel", "specs"),
    columns=COLUMNS,
    output=Output(INDIVIDUAL, treatment="withheld", keep={"part": ("test",)}),
    data=data,
    draw=draw,
    alt=alt,
    counts=no_counts("all that leaves is the tests of one model, over all interviews in it together"),
)
