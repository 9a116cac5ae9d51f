"""Laying a figure out once changes nothing in the picture."""

import sys
import warnings
from dataclasses import replace
from pathlib import Path

import pytest

from netwerkkracht.exhibits.save import svg_bytes
from netwerkkracht.exhibits.style import font_families, new_figure, settings, settle, text_mm, wrap


def drawn(*, frozen: bool):
    with settings():
        figure = new_figure(60)
        left, right = figure.subplots(1, 2)
        left.plot([0, 1], [10, 20])
        left.set_title("above\nthe axes")
        left.set_xlabel("named")
        right.barh([0, 1], [3, 4])
        right.set_yticks([0, 1], ["short", "a longer label"])
        right.set_title("one line")
        if not frozen:
            figure.get_layout_engine().execute(figure)
            figure.set_layout_engine("none")
    settle(figure)
    return figure


def test_axes_without_words_beside_them_need_no_measuring():
    loose, frozen = drawn(frozen=False), drawn(frozen=True)
    assert svg_bytes(frozen) == svg_bytes(loose)
    # without words the place of the label is settled, with words it still follows the marks
    before = {axis: axis.label.get_position() for axes in frozen.axes for axis in (axes.xaxis, axes.yaxis)}
    frozen.set_size_inches(4, 8)
    svg_bytes(frozen)
    moved = [
        bool(axis.label.get_text()) for axis, place in before.items() if axis.label.get_position() != place
    ]
    assert moved == [True]


def test_no_font_of_the_machine_stands_in_for_a_bundled_one(monkeypatch):
    from matplotlib import font_manager

    manager = font_manager.fontManager
    theirs = [
        replace(font_manager.ttfFontProperty(font_manager.get_font(path)), fname="/elsewhere/own.ttf")
        for path in {entry.fname for entry in manager.ttflist if entry.name in ("DejaVu Sans", "Noto Sans")}
    ]
    assert theirs
    monkeypatch.setattr(manager, "ttflist", [*theirs, *manager.ttflist])
    for family in font_families():
        file = Path(manager.findfont(font_manager.FontProperties(family=family), rebuild_if_missing=False))
        assert file.is_relative_to(Path(sys.prefix)), file


@pytest.mark.parametrize(
    "label", ["cost $5 to $10", "$x_$ and \\", "a $\\frac{1$ b", "😀 smile", "هل تشعر", "漢字", "\u200b"]
)
def test_any_label_can_be_measured_and_drawn_as_it_is(label):
    """Two dollar signs were read as a formula, and a sign outside the font stopped the figure."""
    with settings(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert text_mm(label) >= 0
        assert "".join(wrap(label, 500)) == label
        figure = new_figure(40)
        drawn = figure.subplots().set_title(label)
        drawn.axes.set_xticks([0.5], [label])
        assert not drawn.get_parse_math()
        assert svg_bytes(figure).startswith(b"<?xml")
