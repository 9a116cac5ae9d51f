"""Item tables for indices, and the rules that count, add, compare and classify."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.harmonise.reasons import CODE, VALID, Floats, Reasons, combine
from netwerkkracht.study.codebook.types import Derived


@dataclass(frozen=True)
class Items:
    """Values and reasons of the items of an index, one row per item: (items x rows).

    ``used`` says which item takes part in which row (not asked items of a cell may be left out).
    """

    names: tuple[str, ...]
    values: Floats
    reasons: Any
    used: Any

    def part(self, names: Sequence[str]) -> Items:
        """Return some of the items, in the order given."""
        places = [self.names.index(name) for name in names]
        return Items(tuple(names), self.values[places], self.reasons[places], self.used[places])

    @property
    def valid(self) -> Any:
        """Items with a value that take part."""
        return (self.reasons == VALID) & self.used


Scored = tuple[Any, Reasons]
OF_NOTHING = ("count_from", "count_upto", "sum")
"""Rules with a result of no items at all: 0. A mean, a highest and a lowest value have none."""


def why_missing(items: Items) -> Reasons:
    """Return the common reason of the missing items that take part (mixed when they differ)."""
    return combine(
        [np.where(use, part, 0).astype(np.int8) for part, use in zip(items.reasons, items.used, strict=True)]
    )


def finish(derived: Derived, items: Items, result: Floats, enough: Any) -> Scored:
    """Give rows with enough valid items their result and the others their reason."""
    none_used = ~items.used.any(axis=0)
    reason = why_missing(items)
    if derived.on_too_few:
        reason = np.where(reason != VALID, np.int8(CODE[derived.on_too_few]), reason)
    # a cell in which no item was asked keeps that reason, whatever on_too_few says
    whole = combine(list(items.reasons))
    asked_nothing = np.logical_and.reduce([part == CODE["q"] for part in items.reasons])
    reason = np.where(none_used | asked_nothing, whole, reason)
    reason = np.where(enough, np.int8(VALID), np.where(reason == VALID, np.int8(CODE["s"]), reason))
    return np.where(enough, result, np.nan), reason.astype(np.int8)


def enough_items(derived: Derived, items: Items) -> Any:
    """Whether a row has ``min_valid`` valid items (by default: all that take part)."""
    n_used, n_valid = items.used.sum(axis=0), items.valid.sum(axis=0)
    # of items that nobody was asked, in this wave or at all, there is no count
    asked = ~np.isin(items.reasons, (CODE["q"], CODE["m"])).all(axis=0)
    needed = n_used if derived.min_valid is None else np.minimum(derived.min_valid, n_used)
    return (n_valid >= needed) & (n_used > 0) & asked


def limit(derived: Derived, default: float = 1.0) -> float:
    """Return the threshold of a rule."""
    return float(derived.threshold[0]) if derived.threshold else default


def score_items(derived: Derived, items: Items) -> Scored:
    """count_from, count_upto, sum, mean, max and min over the valid items."""
    valid = items.valid
    stack = np.where(valid, items.values, np.nan)
    filled = np.where(valid, items.values, 0.0)
    n_valid = valid.sum(axis=0)
    if derived.rule == "count_from":
        result = (stack >= limit(derived)).sum(axis=0).astype(float)
    elif derived.rule == "count_upto":
        result = (stack <= limit(derived)).sum(axis=0).astype(float)
    elif derived.rule == "sum":
        result = filled.sum(axis=0)
    elif derived.rule == "mean":
        result = filled.sum(axis=0) / np.maximum(n_valid, 1)
    elif derived.rule == "max":
        result = np.where(valid, items.values, -np.inf).max(axis=0)
    else:
        result = np.where(valid, items.values, np.inf).min(axis=0)
    enough = enough_items(derived, items)
    if derived.rule not in OF_NOTHING:
        enough &= n_valid > 0
    return finish(derived, items, result, enough)


def score_logic(derived: Derived, items: Items) -> Scored:
    """all_of and any_of over yes/no items: one no (or one yes) decides, whatever else is missing."""
    valid = items.valid
    wanted = 1.0 if derived.rule == "any_of" else 0.0
    hit = ((items.values == wanted) & valid).any(axis=0)
    complete = (valid | ~items.used).all(axis=0) & items.used.any(axis=0)
    result = np.where(hit, wanted, 1.0 - wanted)
    return finish(derived, items, result, hit | complete)


def score_flag(derived: Derived, items: Items) -> Scored:
    """at_least, at_most, greater and equals: 1 or 0 of one variable."""
    value, bound = items.values[0], limit(derived)
    compare: Mapping[str, Callable[[Floats, float], Any]] = {
        "at_least": np.greater_equal,
        "at_most": np.less_equal,
        "greater": np.greater,
        "equals": np.equal,
    }
    result = compare[derived.rule](value, bound).astype(float)
    return finish(derived, items, result, items.valid[0])


def score_classes(derived: Derived, items: Items) -> Scored:
    """Class numbers 1, 2, ...; ``threshold`` holds the lowest value of class 2, 3, ..."""
    bounds = np.array([float(word) for word in derived.threshold])
    result = 1.0 + np.searchsorted(bounds, items.values[0], side="right")
    return finish(derived, items, result, items.valid[0])


def score_combine(derived: Derived, items: Items) -> Scored:
    """One of four codes from two yes/no variables: yes-yes, yes-no, no-yes, no-no."""
    codes = np.array([float(word) for word in derived.threshold or ("1", "2", "3", "4")])
    first, second = items.values[0] == 1, items.values[1] == 1
    place = np.where(first, np.where(second, 0, 1), np.where(second, 2, 3))
    return finish(derived, items, codes[place], items.valid.all(axis=0))


def score_areas(derived: Derived, items: Items) -> Scored:
    """1 when every area holds at least one item from the threshold on.

    Missing data: an area with a hit is hit, whatever else is missing in it; an area without a hit but with
    a missing item is unknown, unless another area is known to hold none.

    Source
    ------
    Definition of multiple problems of the Netherlands Youth Institute (three areas), adapted.
    """
    hits, clears = [], []
    for names in derived.items:
        part = items.part(names)
        hit = ((part.values >= limit(derived)) & part.valid).any(axis=0)
        hits.append(hit)
        clears.append(~hit & (part.valid | ~part.used).all(axis=0))
    every, clear = np.logical_and.reduce(hits), np.logical_or.reduce(clears)
    return finish(derived, items, every.astype(float), every | clear)


def score_mean_present(derived: Derived, items: Items) -> Scored:
    """Mean of the second items over those whose first item is 1 (mean severity of present problems).

    Missing data: not applicable when no problem is present; at least ``min_valid`` presence items (default:
    all) must be known and every present problem must have its severity, else the reason of what is missing.
    """
    present, severity = items.part(derived.items[0]), items.part(derived.items[1])
    counted = (present.values == 1) & present.valid
    known = counted & severity.valid
    needed = len(derived.items[0]) if derived.min_valid is None else derived.min_valid
    enough = (present.valid.sum(axis=0) >= np.minimum(needed, present.used.sum(axis=0))) & present.used.any(
        axis=0
    )
    none = enough & ~counted.any(axis=0)
    total = np.where(known, severity.values, 0.0).sum(axis=0)
    n_known = known.sum(axis=0)
    full = enough & (n_known == counted.sum(axis=0)) & (n_known > 0)
    relevant = Items(
        severity.names, severity.values, np.where(counted, severity.reasons, present.reasons), present.used
    )
    values, reasons = finish(derived, relevant, total / np.maximum(n_known, 1), full)
    return values, np.where(none, np.int8(CODE["n"]), reasons).astype(np.int8)
