"""A Gaussian model without each level of its grouping factor in turn, from the sums of the whole fit.

What a level adds to the sufficient statistics is taken off again, and the search goes on from the optimum of
the whole: no design is built and no sum over the data taken again.

Source: the moments of `netwerkkracht.mixed.gaussian.moments`; equals a refit to the remaining rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array, Codes
from netwerkkracht.mixed.gaussian.fitted import FINE, Fitted, find_optimum
from netwerkkracht.mixed.gaussian.moments import OneFactor
from netwerkkracht.mixed.gaussian.workspace import Workspace
from netwerkkracht.mixed.result import Fit

# share of a fixed column that must remain without the level
LEFT = 1e-7


@dataclass(frozen=True)
class Without:
    """The model without one level: a combination of coefficients, its standard error, and how it ended."""

    level: str
    estimate: float
    se: float
    status: str


def leave_out(fit: Fit, row: Array) -> list[Without] | None:
    """Return ``row @ beta`` without each level of the grouping factor, levels in the order of the design.

    Parameters
    ----------
    fit
        A fit of the Gaussian family with status ok or boundary.
    row
        One weight per coefficient.

    Returns
    -------
    list or None
        None where the model is not Gaussian with one grouping factor. A level without which the fixed part
        is no longer determined has the status ``rank_deficient`` and NaN. Standard errors are unadjusted.
    """
    engine = fit.engine
    if not isinstance(engine, Fitted) or fit.status not in {"ok", "boundary"}:
        return None
    space, design, source = engine.space, engine.design, engine.space.source
    if not isinstance(source, OneFactor):
        return None
    rest = design.y - design.offset - space.Q @ (space.R @ space.ols)
    D = np.column_stack([space.Q, rest / space.scale])
    term = design.random[0]
    order = np.argsort(term.codes, kind="stable")
    ends = np.cumsum(np.bincount(term.codes, minlength=term.n_levels))
    start = engine.start()
    found = []
    for number, level in enumerate(term.levels):
        rows = order[ends[number - 1] if number else 0 : ends[number]]
        smaller = _without(space, source, D, number, rows)
        if smaller is None:
            found.append(Without(level, float("nan"), float("nan"), "rank_deficient"))
            continue
        made = find_optimum(smaller, FINE, reml=engine.reml, method="asymptotic", start=start)
        tests = made.tests(np.atleast_2d(row), "asymptotic")
        found.append(Without(level, float(tests.estimate[0]), float(tests.se[0]), made.status))
    return found


def _without(space: Workspace, source: OneFactor, D: Array, number: int, rows: Codes) -> Workspace | None:
    """Take one level off the sums; None where the fixed columns then depend on each other."""
    own, p = D[rows], space.p
    remains = np.eye(p) - own[:, :p].T @ own[:, :p]
    if p and np.linalg.eigvalsh(remains)[0] < LEFT:
        return None
    place, B = int(source.classes[number]), source.B[number]
    counts = source.counts.copy()
    counts[place] -= 1
    T = None
    if source.T is not None:
        T = source.T.copy()
        T[place] -= np.einsum("ax,by->abxy", B, B)
    smaller = replace(
        source,
        n=source.n - len(rows),
        S0=source.S0 - own.T @ own,
        counts=counts,
        T=T,
        B=np.delete(source.B, number, axis=0),
        classes=np.delete(source.classes, number),
    )
    return replace(space, source=smaller, Q=np.delete(space.Q, rows, axis=0))
