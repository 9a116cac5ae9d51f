"""Distribution of a count by group and wave."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import lower_first
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Measure
from netwerkkracht.exhibits.style import INK, fill_bars, group_style, new_figure, settings, stamp
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, answers
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, TEXT, Output, moment, share
from netwerkkracht.release.rules import Rules
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("part"),
    *codes("group", "wave"),
    Column("value", TEXT, "outcome"),
    Column("persons", PERSONS),
    Column("total", PERSONS),
    Column("share", share("persons", "total")),
    Column("mean", moment("total")),
    Column("sd", moment("total")),
)


class Options(KindOptions):
    """The count of which the distribution is shown."""

    variable: Measure


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count persons by value, group and wave (part ``value``), with mean and SD per cell (part ``mean``).

    The persons of the values of a group and wave add up to ``total``.
    """
    import pandas as pd

    from netwerkkracht.analysis.describe.counts import distribution
    from netwerkkracht.analysis.describe.summaries import describe

    name = exhibit.options.variable
    values = distribution(material.panel, material.facts, name).assign(part="value")
    means = describe(material.panel, material.facts, name).assign(part="mean", value="")
    means = means.rename(columns={"n": "total"})[["part", "group", "wave", "value", "total", "mean", "sd"]]
    return pd.concat([values, means], ignore_index=True).reindex(columns=names(COLUMNS))


def draw(frame: Any, exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw one panel per wave: bars of the groups side by side, the means above them."""
    words = WORDS[lang]
    values = frame[frame["part"] == "value"]
    means = frame[frame["part"] == "mean"].set_index(["group", "wave"])
    order = list(dict.fromkeys(values["value"]))
    top = 100 * float(values["share"].max())
    with settings():
        figure = new_figure(72)
        panels = figure.subplots(1, len(facts.waves), sharey=True, squeeze=False)[0]
        for axes, wave in zip(panels, facts.waves, strict=True):
            _panel(axes, values[values["wave"] == wave], means, (wave, order, top), facts)
            axes.set_title(facts.wave_title(wave, lang))
        _means(panels, means, (order, top), facts, lang)
        panels[0].set_ylabel(words["share"])
        handles, labels = panels[0].get_legend_handles_labels()
        figure.legend(handles, [facts.group_title(group, lang) for group in labels],
                      loc="outside upper left", ncols=len(facts.groups), borderaxespad=0.2)  # fmt: skip
        stamp(figure, lang, synthetic=facts.synthetic, below=_what(exhibit, facts, lang))
    return figure


def _panel(axes: Any, values: Any, means: Any, scale: tuple[str, list[str], float], facts: Facts) -> None:
    wave, order, top = scale
    width = 0.8 / len(facts.groups)
    places = {value: place for place, value in enumerate(order)}
    for number, group in enumerate(facts.groups):
        style = group_style(number)
        mine = values[values["group"] == group]
        x = [places[value] + (number - (len(facts.groups) - 1) / 2) * width for value in mine["value"]]
        bars = axes.bar(x, 100 * mine["share"], width=width * 0.92, label=group, linewidth=0.6)
        fill_bars(bars, number)
        mean = float(means.loc[(group, wave), "mean"])
        height = top * (1.10 + 0.09 * (len(facts.groups) - 1 - number))
        axes.plot([_place(mean, order)], [height], marker=style["marker"], color=style["color"], ls="none")
    axes.set_xticks(range(len(order)), order)
    axes.set_ylim(0, top * (1.16 + 0.09 * len(facts.groups)))
    axes.margins(x=0.02)


def _means(panels: Any, means: Any, scale: tuple[list[str], float], facts: Facts, lang: Lang) -> None:
    order, top = scale
    for axes, wave in zip(panels, facts.waves, strict=True):
        for number, group in enumerate(facts.groups):
            mean = float(means.loc[(group, wave), "mean"])
            height = top * (1.10 + 0.09 * (len(facts.groups) - 1 - number))
            total = display.count(means.loc[(group, wave), "total"], lang)
            text = f"{WORDS[lang]['mean']} {display.number(mean, lang, 1)} (n = {total})"
            at = _place(mean, order)
            left = at > len(order) * 0.55
            axes.annotate(text, (at, height), xytext=(-6 if left else 6, 0), textcoords="offset points",
                          ha="right" if left else "left", va="center", fontsize=7, color=INK)  # fmt: skip


def _place(mean: float, order: list[str]) -> float:
    """Return where a mean stands among the bars: at itself, or inside the bin of merged values."""
    for place, value in enumerate(order):
        low, _, high = value.partition("–")
        if not high:
            high = low
        if not (low.isdigit() and high.isdigit()) or not any("–" in label for label in order):
            return mean
        first, width = int(low) - 0.5, int(high) - int(low) + 1
        if mean < first + width:
            return place - 0.5 + (mean - first) / width
    return mean


def _what(exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    return lower_first(facts.label(exhibit.options.variable, lang))


def alt(frame: Any, exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say the mean of every group in every wave."""
    words, parts = WORDS[lang], []
    means = frame[frame["part"] == "mean"].set_index(["group", "wave"])["mean"]
    for wave in facts.waves:
        values = [
            f"{facts.group_label(group, lang)} {display.number(float(means[(group, wave)]), lang, 1)}"
            for group in facts.groups
        ]
        parts.append(
            words["part"].format(wave=facts.wave_title(wave, lang), values=words["and"].join(values))
        )
    return words["alt"].format(what=_what(exhibit, facts, lang), parts=" ".join(parts))


def counts(known: Known, where: str, rows: Rows, options: Given, rules: Rules) -> None:
    """Enter the persons of each bar: they add up to those who answered."""
    bars = [{**row, "variable": str(options["variable"])} for row in rows if row["part"] == "value"]
    answers(known, where, bars, rules, ("variable", "value", "persons", "total"))


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(FREQUENCIES, treatment="bins"),
    data=data,
    draw=draw,
    alt=alt,
    counts=counts,
)
