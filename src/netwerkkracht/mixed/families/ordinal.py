"""The cumulative logit model as a logit of twice the rows.

P(Y ≤ j) = F(α_j − η), F logistic. For a > b, F(a) − F(b) = F(a) (1 − F(b)) (1 − e^{−(a − b)}), so

    log P(Y = j) = log F(α_j − η) + log(1 − F(α_{j−1} − η)) + log(1 − e^{−(α_j − α_{j−1})}):

one success, one failure, and a term of the thresholds alone. The first and last category lack one of the
rows and the term. Thresholds are coefficients of indicator columns, the fixed part enters with −X and the
random effects with sign −1: the sign convention of ``ordinal::clmm``, whose thresholds are named ``1|2``.

Source: McCullagh (1980), JRSS B 42, 109-142; Christensen (2019), vignette of the R package ordinal.
"""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np

from netwerkkracht.mixed.arrays import Array, Mask
from netwerkkracht.mixed.families.canonical import Canonical, Outcome, ShapeParameters, Shared
from netwerkkracht.mixed.families.cumulants import LOGIT
from netwerkkracht.mixed.families.family import CanonicalFamily, is_whole, normal_points, wrong_outcome
from netwerkkracht.mixed.families.links import LOGIT_LINK
from netwerkkracht.mixed.formula.design import Design


class Ordinal(CanonicalFamily):
    """Ordered categories by a cumulative logit."""

    name = "ordinal"
    link = LOGIT_LINK
    effect = "odds"
    bounded = True
    counts = False
    ordered = True
    takes_trials = False

    def own_variance(self, design: Design) -> bool:
        """Say no: the latent variable has a fixed variance, and an effect per row cannot be told from it."""
        return False

    def refuse(self, design: Design) -> None:
        """Refuse what is not two or more categories with an order."""
        y = design.y
        broken = ~is_whole(y)
        if len(np.unique(y)) < 2 or (design.response_levels is None and broken.any()):
            raise wrong_outcome(design, "an ordinal outcome has two or more ordered categories", broken)

    def numbers(self, y: Array, design: Design) -> Array:
        """Give the categories of the data their numbers, from 0."""
        if design.response_levels is not None:
            return y
        return np.searchsorted(np.unique(design.y), y).astype(float)

    def outcome(self, y: Array, design: Design) -> Outcome:
        """Two logit rows for each observation, thresholds before the covariates."""
        labels = category_labels(design)
        columns = tuple(i for i, name in enumerate(design.names) if name != "(Intercept)")
        rows = ordinal_rows(y.astype(int), len(labels), design.X[:, list(columns)], design.offset)
        names = threshold_names(labels) + tuple(design.names[i] for i in columns)
        return Outcome(rows, names, columns, labels)

    def constant(self, y: Array, design: Design) -> float:
        """No constant: a category has its probability."""
        return 0.0

    def start(self, outcome: Outcome, rows: Canonical) -> Array:
        """Thresholds at the logits of the cumulative shares, no effects."""
        category = np.zeros(int(rows.origin.max()) + 1, int)
        up = rows.y == 0
        category[rows.origin[up]] = np.argmax(outcome.rows.X[up, : rows.n_thresholds], axis=1) + 1
        share = np.cumsum(np.bincount(category, minlength=rows.n_thresholds + 1))[:-1] / len(category)
        natural = np.zeros(rows.X.shape[1])
        natural[: rows.n_thresholds] = np.log(share / (1 - share))
        return np.asarray(np.linalg.solve(rows.transform, natural))

    def complete(self, y: Array, outcome: Outcome) -> Mask:
        """Every category has to occur: a threshold beside an empty one has no estimate."""
        return np.asarray(
            np.all([(y == j).any(axis=1) for j in range(outcome.rows.n_thresholds + 1)], axis=0)
        )

    def shared(self, y: Array, design: Design, outcome: Outcome, rows: Canonical) -> Shared:
        """Every row with every threshold, so that all responses share one design; trials choose two."""
        n_thresholds = rows.n_thresholds
        origin = np.repeat(np.arange(design.n_rows), n_thresholds)
        threshold = np.tile(np.arange(n_thresholds), design.n_rows)
        X = np.zeros((len(origin), rows.X.shape[1]))
        X[np.arange(len(origin)), threshold] = 1.0
        X[:, n_thresholds:] = -design.X[origin][:, list(outcome.columns)]
        at = y[:, origin]
        success = (at == threshold).astype(float)
        used = ((at == threshold) | (at == threshold + 1)).astype(float)
        whole = replace(
            rows,
            X=X @ rows.transform,
            y=np.zeros(len(origin)),
            m=np.ones(len(origin)),
            offset=-design.offset[origin],
            sign=np.full(len(origin), -1.0),
            origin=origin,
        )
        inner = np.stack([(y == j).sum(axis=1) for j in range(1, n_thresholds)], axis=1).astype(float)
        return Shared(whole, success, used, inner)

    def distribution_variance(self, mean: float, size: float) -> float:
        """Variance of the standard logistic distribution."""
        return math.pi**2 / 3

    def draw(self, eta: Array, rng: np.random.Generator, design: Design, shape: ShapeParameters) -> Array:
        """Draw the latent variable: it crosses as many thresholds as the category number says."""
        latent = eta + rng.logistic(size=eta.shape)
        category = np.zeros(eta.shape)
        for threshold in shape.thresholds:
            category += latent > threshold
        return category if design.response_levels is not None else np.unique(design.y)[category.astype(int)]

    def mean(self, eta: Array, shape: ShapeParameters) -> Array:
        """Return the mean category number, the first being 1."""
        probability = category_probabilities(shape.thresholds, eta)
        return np.asarray(probability @ np.arange(1.0, probability.shape[-1] + 1))

    def marginal(self, eta: Array, variance: Array, weight: Array, shape: ShapeParameters) -> Array:
        """Return the probability of each category, (m, J)."""
        at, mass = normal_points(eta, variance, weight)
        return np.asarray(np.einsum("mvkj,vk->mj", category_probabilities(shape.thresholds, at), mass))


def category_labels(design: Design) -> tuple[str, ...]:
    """Return the labels of an ordinal response in order."""
    if design.response_levels is not None:
        return design.response_levels
    return tuple(str(int(v)) if float(v).is_integer() else str(v) for v in np.unique(design.y))


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
        LOGIT,
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
    cumulative = LOGIT_LINK.inverse(thresholds - eta[..., None])
    ones = np.ones((*eta.shape, 1))
    return np.diff(np.concatenate((0 * ones, cumulative, ones), axis=-1), axis=-1)
