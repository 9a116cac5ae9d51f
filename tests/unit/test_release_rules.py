"""The arithmetic of release: what is small, what is hidden beside it, and what an attack gives back."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwerkkracht.release.attack import Known, attack
from netwerkkracht.release.rules import Rules, hidden_cells, refused

TEN = Rules(10, 5)


@pytest.mark.parametrize(
    ("count", "rounded"), [(0, 0), (10, 10), (12, 10), (13, 15), (57, 55), (58, 60), (115, 115)]
)
def test_counts_are_rounded_half_up(count, rounded):
    assert TEN.rounded(count) == rounded


@pytest.mark.parametrize("count", [1, 5, 9, math.nan])
def test_small_counts_are_not_rounded_but_gone(count):
    assert math.isnan(TEN.rounded(count))


@given(st.integers(0, 500), st.integers(3, 25), st.integers(1, 20))
def test_what_is_released_obeys_the_rule_and_lies_near(count, least, step):
    rules = Rules(least, step)
    made = rules.rounded(count)
    if 0 < count < least:
        assert math.isnan(made)
    else:
        assert rules.obeys(made)
        assert count == 0 or abs(made - count) < max(step, least)


LINES = {
    "nothing small": ([20, 30], 50, [False, False]),
    "one small cell takes the smallest other one along": ([3, 40, 12], 55, [True, False, True]),
    "a small remainder is a cell too": ([50], 53, [True]),
    "yes and no protect each other": ([4], 55, [True]),
    "zeros are shown": ([0, 4, 51], 55, [False, True, True]),
    "two small cells alone would be known together": ([2, 3, 50], 55, [True, True, True]),
    "two cells of nearly the limit hide each other": ([9, 8, 38], 55, [True, True, False]),
    "all of them": ([55], 55, [False]),
}


@pytest.mark.parametrize("name", LINES)
def test_cells_are_hidden_with_what_would_give_them_back(name):
    cells, total, hidden = LINES[name]
    assert hidden_cells(cells, total, TEN) == hidden


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5), st.integers(0, 12))
def test_no_line_gives_a_small_cell_back(cells, rest):
    """Exact margins, the harder case: whoever knows the total finds no hidden small cell."""
    total = sum(cells) + rest
    hidden = hidden_cells(cells, total, TEN)
    assert all(gone for cell, gone in zip(cells, hidden, strict=True) if TEN.small(cell))
    away = [cell for cell, gone in zip(cells, hidden, strict=True) if gone] + ([rest] if rest else [])
    if any(TEN.small(cell) for cell in away) and total >= 2 * TEN.least and len(away) > 1:
        everything = all(gone or cell == 0 for cell, gone in zip(cells, hidden, strict=True))
        assert everything or sum(away) - len(away) >= TEN.least


def test_a_model_of_few_persons_is_refused():
    assert refused({"a": 55, "b": 9}, 4, TEN)
    assert refused({"a": 10, "b": 10}, 11, TEN)
    assert refused({}, 1, TEN)
    assert not refused({"a": 10, "b": 10}, 10, TEN)


def known(cells, total, rules):
    """Return what a reader knows of one line: a number, or None for a hidden cell."""
    made = Known()
    keys = [("cell", str(place)) for place in range(len(cells))]
    for key, cell in zip(keys, cells, strict=True):
        made.tell(key, math.nan if cell is None else cell, rules, "table-1")
    made.tell(("total",), total, rules, "table-1")
    made.add(keys, [("total",)])
    return made


EXACT = Rules(10, 1)


def test_a_hidden_cell_and_an_exact_margin_are_solved():
    result = attack(known([None, 40], 43, EXACT), EXACT)
    assert [(exposed.where, exposed.width) for exposed in result.exposed] == [("table-1", 0)]


def test_two_hidden_cells_and_an_exact_margin_are_bounded():
    assert attack(known([None, None, 40], 45, EXACT), EXACT).exposed
    assert not attack(known([None, None, 30], 45, EXACT), EXACT).exposed


def test_rounding_keeps_what_an_exact_margin_gives_back():
    result = attack(known([None, 40], 45, TEN), TEN)
    assert (result.exposed, result.by_rounding) == ((), 1)


def test_two_tables_together_give_back_what_neither_does_alone():
    """A row total in one table, a column total in another: the 2 x 2 block falls."""
    made = Known()
    cells = {(row, column): ("c", row, column) for row, column in itertools.product("ab", "xy")}
    for (row, _), key in cells.items():
        made.tell(key, math.nan if row == "a" else 30, EXACT, f"table-{row}")
    for row, total in (("a", 16), ("b", 60)):
        made.tell(("row", row), total, EXACT, "margins")
        made.add([cells[row, "x"], cells[row, "y"]], [("row", row)])
    assert not attack(made, EXACT).exposed
    for column, total in (("x", 33), ("y", 43)):
        made.tell(("column", column), total, EXACT, "margins")
        made.add([cells["a", column], cells["b", column]], [("column", column)])
    assert {exposed.width for exposed in attack(made, EXACT).exposed} == {0}


def test_one_cell_hidden_here_and_shown_there_is_given_back():
    made = Known()
    made.tell(("cell",), math.nan, EXACT, "table-1")
    made.tell(("cell",), 12, EXACT, "figure-2")
    assert [exposed.where for exposed in attack(made, EXACT).exposed] == ["table-1"]


def test_tables_that_contradict_each_other_tell_nothing():
    result = attack(known([None, 90], 45, TEN), TEN)
    assert (result.exposed, result.inconsistent) == ((), 1)
