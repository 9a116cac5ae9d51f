"""Laying a figure out once changes nothing in the picture."""

import sys
from dataclasses import replace
from pathlib import Path

from netwerkkracht.exhibits.save import svg_bytes
from netwerkkracht.exhibits.style import font_families, new_figure, settings, settle


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
