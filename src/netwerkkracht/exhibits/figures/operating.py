"""How often the analysis of this design is right: coverage, false alarms and power, in simulated studies."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import Kind
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.simulated import COLUMNS, MEASURES, OUTPUT, SHARED, Simulated, collect
from netwerkkracht.exhibits.style import BLUE, INK, language_axis, new_figure, note, settings, stamp, wrap
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
PAPER_BOX: Final = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # keeps a number off the line


class Options(Simulated):
    """The models whose analyses were simulated."""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Join the characteristics of each model with its label, in the order of the configuration."""
    return collect(exhibit.options, material)


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw one panel per measure: a dot per model with two Monte Carlo errors, and the promised value."""
    from matplotlib.ticker import MaxNLocator

    alpha, titles = facts.alpha, SHARED.within("headings")[lang]
    promised = {"coverage": 1 - alpha, "type_one": alpha}
    labels = ["\n".join(wrap(str(label), 46)) for label in frame[f"label_{lang}"]]
    places = list(range(len(frame)))[::-1]
    with settings():
        figure = new_figure(18 + 11 * len(frame))
        for axes, measure in zip(figure.subplots(1, 3, sharey=True), MEASURES, strict=True):
            share, error = 100 * frame[measure], 200 * frame[f"{measure}_mcse"]
            if measure in promised:
                axes.axvline(100 * promised[measure], color=INK, lw=0.8, zorder=0)
            axes.hlines(places, share - error, share + error, color=BLUE, lw=1.4)
            # a share near zero has its dot on the axis: whole, not half
            axes.plot(share, places, color=BLUE, marker="o", ls="none", clip_on=False, zorder=3)
            for value, place in zip(share, places, strict=True):
                text = display.number(float(value), lang, 1)
                # beside the axis a centred number would lie across it
                side = ((0, 5), "center") if measure in promised else ((2, 4), "left")
                note(axes, text, (value, place), side[0], ha=side[1], va="bottom", bbox=PAPER_BOX)
            axes.set_title("\n".join(wrap(titles[measure], 36)))
            axes.set_xlim(*_limits(measure, share, error, alpha))
            axes.set_ylim(-0.6, len(frame) - 0.2)
            # so few marks that those of neighbouring panels do not meet
            axes.xaxis.set_major_locator(MaxNLocator(nbins=3, steps=[1, 5, 10], integer=True))
            language_axis(axes.xaxis, lang)
            axes.set_yticks(places, labels)
        stamp(figure, lang, synthetic=facts.synthetic, below="%")
    return figure


def _limits(measure: str, share: Any, error: Any, alpha: float) -> tuple[float, float]:
    low, high = float((share - error).min()), float((share + error).max())
    if measure == "power":
        return 0.0, 100.0
    if measure == "coverage":
        return min(90.0, 95.0 - 100 * alpha, low - 1), max(100.0, high + 0.5)
    return 0.0, max(10.0, 200 * alpha, high + 1)


def alt(frame: Any, _exhibit: Exhibit[Options], _facts: Facts, lang: Lang) -> str:
    """Say the three measures of the first model."""
    first = frame.iloc[0]
    shares = {name: display.percent(float(first[name]), lang, 1) for name in MEASURES}
    return WORDS[lang]["alt"].format(label=first[f"label_{lang}"], **shares)


def notes(_frame: Any, _exhibit: Exhibit[Options], _facts: Facts, lang: Lang) -> list[str]:
    """Say what was simulated and what the numbers are not."""
    return [SHARED[lang]["note"]]


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("operating",),
    columns=COLUMNS,
    output=OUTPUT,
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
)
