"""Separation: outcomes that the fixed part predicts perfectly, found before the fit and named.

Let s_i be +1 where canonical row i has y = m (only successes), −1 where y = 0, and 0 where both occur (for
counts: −1 where y = 0, else 0). A direction d separates when s_i x_i'd ≥ 0 for all rows with s_i ≠ 0,
x_i'd = 0 for the rows with s_i = 0, and x_i'd ≠ 0 somewhere: the likelihood rises along d without end, in
the model with random effects as in the one without. A linear programme finds such a d or shows there is none.

Source: Albert and Anderson (1984), Biometrika 71, 1-10; Konis (2007), thesis, Oxford, chapter 4. Equals
the R packages detectseparation and glmmTMB's ``diagnose``.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import CanonicalFamily
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.glmm.plain import PlainFit

# predictors of the fit without random effects that stay within these odds: its maximum is finite
SAFE_PREDICTOR = 12.0
TOLERANCE = 1e-7


def separation(family: CanonicalFamily, plain: PlainFit, design: Design) -> tuple[str, ...]:
    """Return what is separated, in words; empty where nothing is.

    Parameters
    ----------
    family
        Says whether an outcome can be at its top.
    plain
        The fit without random effects.
    design
        For the names of cells and columns.
    """
    rows = plain.rows
    n_linear = rows.X.shape[1] - int(rows.size)
    eta = rows.offset + rows.X @ plain.linear + (plain.linear[-1] if rows.size else 0.0)
    deviation = eta - rows.offset
    if plain.converged and np.abs(deviation - np.median(deviation)).max() < SAFE_PREDICTOR:
        return ()
    d = separating_direction(*_signed(family, plain), n_linear)
    if d is None:
        return ()
    moved = np.abs(rows.X[:, :n_linear] @ d) > TOLERANCE
    separated = np.zeros(design.n_rows, bool)
    separated[rows.origin[moved]] = True
    return tuple(_words(family, design, separated))


def _signed(family: CanonicalFamily, plain: PlainFit) -> tuple[Array, Array]:
    """Return the whitened design (scaled to unit spread) and s_i."""
    rows = plain.rows
    X = rows.X[:, : rows.X.shape[1] - int(rows.size)]
    scale = np.abs(X).max(axis=0)
    some = rows.y > 0
    full = (rows.y == rows.m) if family.bounded else np.zeros(len(some), bool)
    sign = np.where(full, 1.0, np.where(some, 0.0, -1.0))
    return X / np.where(scale > 0, scale, 1.0), sign


def separating_direction(X: Array, sign: Array, n_linear: int) -> Array | None:
    """Return a direction d that separates, with entries within ±1, or None."""
    from scipy.optimize import linprog

    table = np.unique(np.round(np.column_stack((X, sign)), 12), axis=0)
    rows, side = table[:, :n_linear], table[:, n_linear]
    signed = rows[side != 0] * side[side != 0, None]
    equal = rows[side == 0]
    if not len(signed):
        return None
    found = linprog(
        -signed.sum(axis=0),
        A_ub=-signed,
        b_ub=np.zeros(len(signed)),
        A_eq=equal if len(equal) else None,
        b_eq=np.zeros(len(equal)) if len(equal) else None,
        bounds=[(-1, 1)] * n_linear,
        method="highs",
    )
    if found.status != 0 or -found.fun < 1e-6:
        return None
    return np.asarray(found.x)


def _words(family: CanonicalFamily, design: Design, separated: np.ndarray) -> Iterator[str]:
    """Name the cells with one outcome only, or else the columns that predict the outcome perfectly."""
    cells = list(_cells(family, design, separated))
    if cells:
        for cell, count, value in cells:
            yield f"in the cell {cell} all {count} outcomes are {value}: its effect has no finite estimate"
        return
    labels = sorted({label for term in design.formula.terms for label in term})
    yield (
        f"{int(separated.sum())} of {design.n_rows} outcomes are predicted perfectly by a combination of "
        f"{', '.join(labels) or 'the fixed part'}: no finite estimate exists"
    )


def _cells(family: CanonicalFamily, design: Design, separated: np.ndarray) -> Iterator[tuple[str, int, str]]:
    """Yield smallest cells of factors (by term) whose rows are all separated and all have one outcome."""
    named = np.zeros(design.n_rows, bool)
    for term in design.formula.terms:
        labels = [label for label in term if label in design.factors]
        if len(labels) < len(term):
            continue
        codes = np.column_stack([design.columns[label].values for label in labels])
        for cell in np.unique(codes, axis=0):
            inside = (codes == cell).all(axis=1)
            values = _outcome_values(design)[inside]
            if named[inside].all() or not separated[inside].all() or len(np.unique(values)) > 1:
                continue
            named |= inside
            words = (f"{v} = {design.factors[v][c]}" for v, c in zip(labels, cell, strict=True))
            yield ", ".join(words), int(inside.sum()), family.value_name(values[0], design)


def _outcome_values(design: Design) -> Array:
    return design.y if design.trials is None else design.y / np.where(design.trials > 0, design.trials, 1)
