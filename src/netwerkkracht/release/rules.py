"""The arithmetic of release: what is small, what a count is rounded to, which cells give others away."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# a model that leaves fewer degrees of freedom for the residual is a table in disguise
RESIDUAL: Final = 10


def number(value: Any) -> float:
    """Return a cell as a number; NaN where it is empty."""
    return math.nan if value is None or value == "" else float(value)


@dataclass(frozen=True)
class Rules:
    """The limits of a profile: ``least`` persons in a cell, counts rounded to ``step``."""

    least: int = 10
    step: int = 5

    def small(self, count: float) -> bool:
        """Whether a count may not be shown: above zero and under the limit."""
        return 0 < count < self.least

    def rounded(self, count: float) -> float:
        """Return a count rounded half up to a multiple of ``step``, never below the limit unless zero.

        NaN stays NaN; a small count gives NaN.
        """
        if math.isnan(count) or self.small(count):
            return math.nan
        if count <= 0:
            return 0.0
        floor = self.step * math.ceil(self.least / self.step)
        return float(max(floor, self.step * math.floor(count / self.step + 0.5)))

    def obeys(self, count: float) -> bool:
        """Whether a released count is zero, or at least the limit and a multiple of ``step``."""
        return count == 0 or (count >= self.least and count % self.step == 0)

    @property
    def slack(self) -> tuple[int, int]:
        """How far a true count may lie below and above the rounded one."""
        return self.step // 2, (self.step - 1) // 2


def coarse(rules: Rules) -> Rules:
    """Return rules that round to the limit itself: the least multiple of the step that reaches it."""
    return Rules(rules.least, rules.step * math.ceil(rules.least / rules.step))


def hidden_cells(cells: Sequence[float], total: float, rules: Rules) -> list[bool]:
    """Say which cells of one line are hidden, so that none can be got back from the line's total.

    Parameters
    ----------
    cells
        Counts of persons of the line, as they are.
    total
        Persons in the line; what the cells leave over is a cell that is not printed.

    Returns
    -------
    list of bool
        True for small cells and for the cells hidden to protect them (the smallest of the others first): what
        is not printed holds at least two cells with together ``least`` persons more than it has cells, or
        the whole line is hidden. Zeros are shown.

    Notes
    -----
    A small remainder is protected too: of 50 persons with 47 times yes neither is shown.
    Source: Hundepool et al. (2012), Statistical Disclosure Control, section 4.2 (secondary suppression).
    """
    hidden = [rules.small(cell) for cell in cells]
    rest = total - math.fsum(cells)

    def unprinted() -> list[float]:
        return [cell for cell, gone in [*zip(cells, hidden, strict=True), (rest, True)] if gone and cell > 0]

    while any(rules.small(cell) for cell in unprinted()):
        away = unprinted()
        if len(away) > 1 and sum(away) >= rules.least + len(away):
            break
        shown = [place for place, cell in enumerate(cells) if not hidden[place] and cell > 0]
        if not shown:
            break
        hidden[min(shown, key=lambda place: cells[place])] = True
    return hidden


def refused(persons: Mapping[str, int], parameters: int, rules: Rules) -> bool:
    """Whether a model may not be released: a group with too few persons, or too few beyond its parameters."""
    return not persons or min(persons.values()) < rules.least or sum(persons.values()) - parameters < RESIDUAL
