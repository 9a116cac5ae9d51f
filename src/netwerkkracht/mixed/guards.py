"""Checks before a fit: what is wrong with the data for this model, in words, and the status it gives.

A verdict that stops (`Verdict.stops`) means that no model is fitted: the parameters are not determined by
these data, or there is nothing to fit. Separation is found by the families that can suffer from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations, product

import numpy as np

from netwerkkracht.mixed.families import Family
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.status import Status

# a covariate whose mean is this many times its spread loses digits that the fit may need
FAR = 1e4


@dataclass(frozen=True)
class Verdict:
    """The worst status found, whether it stops the fit, and the messages."""

    status: Status
    stops: bool
    messages: tuple[str, ...]


def check(design: Design, family: Family) -> Verdict:
    """Look for everything that makes a model of this family meaningless or fragile on these data."""
    if not design.n_rows:
        return Verdict("no_data", stops=True, messages=(_no_rows(design),))
    infinite = _infinite(design)
    if infinite:
        return Verdict("not_identified", stops=True, messages=tuple(infinite))
    stopping: list[tuple[Status, str]] = [
        *(("constant", text) for text in _constant(design)),
        *(("not_identified", text) for text in _one_level(design)),
        *(("not_identified", text) for text in _grouping(design, family)),
        *(("too_small", text) for text in _too_small(design, family)),
    ]
    notes = [*_rank(design), *_small_groups(design), *_far_off(design)]
    if stopping:
        return Verdict(stopping[0][0], stops=True, messages=(*(text for _, text in stopping), *notes))
    return Verdict("rank_deficient" if design.dropped_columns else "ok", stops=False, messages=tuple(notes))


def _no_rows(design: Design) -> str:
    total = len(design.rows)
    if not total:
        return "the data have no rows"
    return f"all {total} rows have a missing value in the outcome, a covariate or a grouping factor"


def _infinite(design: Design) -> list[str]:
    return [
        f"'{label}' has {count} value(s) that are not finite"
        for label, column in design.columns.items()
        if column.levels is None and (count := int((~np.isfinite(column.values)).sum()))
    ]


def _constant(design: Design) -> list[str]:
    ratio = design.y if design.trials is None else design.y / np.where(design.trials > 0, design.trials, 1)
    if np.ptp(ratio) <= 1e-14 * np.abs(ratio).max(initial=0.0):
        return [f"the outcome '{design.formula.response}' has one value only: there is nothing to explain"]
    return []


def _one_level(design: Design) -> list[str]:
    return [
        f"the factor '{label}' has one level only ('{levels[0]}') in the rows used"
        for label, levels in design.factors.items()
        if len(levels) < 2
    ]


def _grouping(design: Design, family: Family) -> list[str]:
    """Random parts that the data cannot tell apart from each other or from the residual."""
    found = []
    own_variance = family.own_variance(design)
    for term in design.random:
        effects = term.n_levels * len(term.names)
        if term.n_levels < 2:
            found.append(
                f"the grouping factor '{term.group}' has one level only: its variance is not identified"
            )
        elif term.n_levels == design.n_rows and (len(term.names) > 1 or not own_variance):
            slope = f": no {_slopes(term.names)} can be estimated"
            alone = ": its variance cannot be told from the residual"
            reason = alone if len(term.names) == 1 else slope
            found.append(f"every level of '{term.group}' has one row only{reason}")
        elif effects > design.n_rows or (effects == design.n_rows and not own_variance):
            found.append(
                f"{effects} random effects ({_slopes(term.names)} for {term.n_levels} levels of "
                f"'{term.group}') for {design.n_rows} rows: with so few rows per level a slope cannot be "
                "told from the residual"
            )
    twice = [
        a.group
        for a, b in combinations(design.random, 2)
        if a.group == b.group and set(a.names) & set(b.names)
    ]
    found += [f"two random parts estimate the same variance of '{group}'" for group in dict.fromkeys(twice)]
    return found


def _slopes(names: Iterable[str]) -> str:
    return " and ".join("an intercept" if name == "(Intercept)" else f"a slope of '{name}'" for name in names)


def _too_small(design: Design, family: Family) -> list[str]:
    p = design.X.shape[1]
    need = p + len(design.random) + family.linear
    if design.n_rows <= p or design.n_rows < need:
        return [f"{design.n_rows} rows for {need} parameters: too few to fit the model"]
    return []


def _rank(design: Design) -> list[str]:
    """Name the columns left out and, where an empty cell is the reason, the cell."""
    if not design.dropped_columns:
        return []
    names = ", ".join(f"'{name}'" for name in design.dropped_columns)
    text = f"{len(design.dropped_columns)} column(s) depend on the others and were left out: {names}"
    cells = empty_cells(design)
    return [text, *(f"no rows in the cell {cell}" for cell in cells)]


def empty_cells(design: Design) -> list[str]:
    """Name the combinations of factor levels, within the terms of the formula, that no row has."""
    found = []
    for term in design.formula.terms:
        labels = [label for label in term if label in design.factors]
        if len(labels) < 2:
            continue
        seen = set(zip(*(design.columns[label].values.tolist() for label in labels), strict=True))
        for cell in product(*(range(len(design.factors[label])) for label in labels)):
            if cell not in seen:
                levels = (f"{v} = {design.factors[v][c]}" for v, c in zip(labels, cell, strict=True))
                found.append(", ".join(levels))
    return list(dict.fromkeys(found))


def _small_groups(design: Design) -> list[str]:
    """Levels of a fixed factor with one row, and grouping factors with very few levels."""
    found = []
    for label, levels in design.factors.items():
        counts = np.bincount(design.columns[label].values, minlength=len(levels))
        found += [
            f"'{label}' = '{level}' has one row only: its effect rests on that row"
            for level, count in zip(levels, counts, strict=True)
            if count == 1
        ]
    found += [
        f"the grouping factor '{term.group}' has {term.n_levels} levels only: its variance is poorly known"
        for term in design.random
        if 2 <= term.n_levels < 5
    ]
    return list(dict.fromkeys(found))


def _far_off(design: Design) -> list[str]:
    """Covariates and offsets whose size would cost digits."""
    found = []
    used = {label for term in design.formula.terms for label in term}
    for label, column in design.columns.items():
        if column.levels is None and label in used:
            spread = float(np.std(column.values))
            if spread and abs(float(np.mean(column.values))) > FAR * spread:
                found.append(f"'{label}' lies far from zero for its spread: subtract its mean before the fit")
    spread = float(np.std(design.y - design.offset))
    if np.abs(design.offset).max(initial=0.0) > FAR * FAR * max(spread, 1e-300):
        found.append("the offset is huge beside the spread of the outcome: digits of the outcome are lost")
    return found


def endless_variance(design: Design, family: Family) -> str:
    """Say so where a yes or no, or a category, never changes within any level of the only grouping factor.

    The likelihood then rises with the standard deviation of its intercept without end.
    """
    if len(design.random) != 1 or design.random[0].names != ("(Intercept)",):
        return ""
    if not family.bounded or (design.trials is not None and (design.trials > 1).any()):
        return ""
    term = design.random[0]
    low = np.full(term.n_levels, np.inf)
    high = np.full(term.n_levels, -np.inf)
    np.minimum.at(low, term.codes, design.y)
    np.maximum.at(high, term.codes, design.y)
    if (high > low).any() or design.n_rows == term.n_levels:
        return ""
    return (
        f"the outcome never changes within a level of '{term.group}': the variance between levels has "
        "no finite estimate"
    )
