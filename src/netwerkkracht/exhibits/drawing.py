"""Drawing a figure of any kind, and what a figure of real data says of itself."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kind import Kind, restore
from netwerkkracht.exhibits.material import Exhibit
from netwerkkracht.exhibits.released import WORDS, is_released, is_withheld, lines
from netwerkkracht.exhibits.style import MM, SOFT, WIDTH_MM, new_figure, settings, settle, wrap
from netwerkkracht.release.roles import WITHHELD
from netwerkkracht.study.facts import Facts


def draw(frame: Any, kind: Kind, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> Any:
    """Draw a figure from its table and lay it out."""
    if is_withheld(frame):
        return placeholder(lang)
    if kind.draw is None:
        raise TypeError(f"the kind '{kind.name}' is a table")
    figure = kind.draw(restore(frame, kind), exhibit, facts, lang)
    settle(figure)
    if is_released(frame):
        mark_figure(figure, frame, lang)
    return figure


def placeholder(lang: Lang) -> Any:
    """Draw the words that stand in the place of a figure that is withheld."""
    with settings():
        figure = new_figure(24)
        text = "\n".join(wrap(WORDS[lang][WITHHELD], 140))
        axes = figure.add_subplot()
        axes.axis("off")
        axes.text(0.5, 0.5, text, ha="center", va="center", fontsize=8, color=SOFT, transform=axes.transAxes)
    return figure


def mark_figure(figure: Any, frame: Any, lang: Lang) -> None:
    """Say inside the figure, in a strip below it, what was done to its numbers: it also travels alone.

    The figure must be laid out already; what stands in it keeps its size.
    """
    said = wrap(" ".join(lines(frame, lang)), WIDTH_MM - 6, 6.5)
    width, height = figure.get_size_inches()
    strip = (3.2 * len(said) + 2) * MM
    share = strip / (height + strip)
    places = [(axes, axes.get_position()) for axes in figure.axes]
    figure.set_size_inches(width, height + strip)
    for axes, box in places:
        axes.set_position([box.x0, share + box.y0 * (1 - share), box.width, box.height * (1 - share)])
    for text in figure.texts:
        text.set_y(share + text.get_position()[1] * (1 - share))
    with settings():
        figure.text(0.008, share, "\n".join(said), ha="left", va="top", fontsize=6.5, color=SOFT)
