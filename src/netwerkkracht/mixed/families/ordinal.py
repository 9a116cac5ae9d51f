"""The cumulative logit model as a logit of twice the rows.

P(Y ≤ j) = F(α_j − η), F logistic. For a > b, F(a) − F(b) = F(a) (1 − F(b)) (1 − e^{−(a − b)}), so

    log P(Y = j) = log F(α_j − η) + log(1 − F(α_{j−1} − η)) + log(1 − e^{−(α_j − α_{j−1})}):

one success, one failure, and a term of the thresholds alone. The first and last category lack one of the
rows and the term. Thresholds are coefficients of indicator columns, the fixed part enters with −X and the
random effects with sign −1: the sign convention of ``ordinal::clmm``, whose thresholds are named ``1|2``.

Source: McCullagh (1980), JRSS B 42, 109-142; Christensen (2019), vignette of the R package ordinal.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.cumulants import cumulant
from netwerkkracht.mixed.glmm.rows import Canonical


def threshold_names(labels: tuple[str, ...]) -> tuple[str, ...]:
    """Return ``1|2``, ``2|3``, ... for the category labels in order."""
    return tuple(f"{low}|{high}" for low, high in pairwise(labels))


def ordinal_rows(category: np.ndarray, n_categories: int, X: Array, offset: Array) -> Canonical:
    """Split ordinal rows in two logit rows each.

    Parameters
    ----------
    category
        (N,) category number 0 to J − 1.
    X
        (N, p) design without intercept.
    offset
        (N,) offset of the linear predictor.
    """
    p = X.shape[1]
    n_thresholds = n_categories - 1
    below = np.flatnonzero(category < n_thresholds)
    above = np.flatnonzero(category > 0)
    origin = np.concatenate((below, above))
    threshold = np.concatenate((category[below], category[above] - 1))
    design = np.zeros((len(origin), n_thresholds + p))
    design[np.arange(len(origin)), threshold] = 1.0
    design[:, n_thresholds:] = -X[origin]
    success = np.concatenate((np.ones(len(below)), np.zeros(len(above))))
    return Canonical(
        "logit",
        design,
        success,
        np.ones(len(origin)),
        -offset[origin],
        np.full(len(origin), -1.0),
        origin,
        np.eye(n_thresholds + p),
        n_thresholds=n_thresholds,
        counts=np.bincount(category, minlength=n_categories)[1:-1].astype(float),
    )


def spacing(thresholds: Array, counts: Array) -> tuple[Array, Array, Array]:
    """Return Σ_j n_j log(1 − e^{−(α_j − α_{j−1})}), its gradient and its Hessian.

    Parameters
    ----------
    thresholds
        (R, J − 1).
    counts
        (J − 2,) or (R, J − 2) rows in the inner categories.

    Returns
    -------
    tuple
        (R,), (R, J − 1), (R, J − 1, J − 1); the value is −inf where thresholds are out of order.
    """
    n_rep, size = thresholds.shape
    gap = np.diff(thresholds, axis=1)
    bad = (gap <= 0).any(axis=1)
    safe = np.where(gap > 0, gap, 1.0)
    value = np.where(bad, -np.inf, (counts * np.log(-np.expm1(-safe))).sum(axis=1))
    first = counts / np.expm1(safe)
    second = -counts / (np.expm1(safe) * -np.expm1(-safe))
    difference = np.diff(np.eye(size), axis=0)
    gradient = first @ difference
    hessian = np.einsum("ja,rj,jb->rab", difference, np.broadcast_to(second, gap.shape), difference)
    return value, gradient.reshape(n_rep, size), hessian


def category_probabilities(thresholds: Array, eta: Array) -> Array:
    """Return P(Y = j) for each predictor: shape of eta plus a last axis of J categories."""
    cumulative = cumulant("logit", thresholds - eta[..., None]).first
    ones = np.ones((*eta.shape, 1))
    return np.diff(np.concatenate((0 * ones, cumulative, ones), axis=-1), axis=-1)
