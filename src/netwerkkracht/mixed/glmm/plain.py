"""From a design to canonical rows, and the fit without random effects that starts every search."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import gammaln, xlogy

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.cumulants import cumulant
from netwerkkracht.mixed.families.negative_binomial import POISSON_LIMIT, start_log_theta
from netwerkkracht.mixed.families.ordinal import ordinal_rows, threshold_names
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.glmm.newton import Optimum, Problem, maximise
from netwerkkracht.mixed.glmm.quadrature import Shape, gauss_hermite
from netwerkkracht.mixed.glmm.rows import Canonical, group_blocks


@dataclass(frozen=True)
class Outcome:
    """Canonical rows and the names of their coefficients.

    ``names`` are the reported coefficients (ordinal: thresholds, then covariates; log θ is not among them),
    ``columns`` the columns of the design they belong to (covariates only), ``categories`` ordinal labels.
    """

    family: str
    rows: Canonical
    names: tuple[str, ...]
    columns: tuple[int, ...]
    categories: tuple[str, ...] = ()


def canonical(design: Design, family: str) -> Outcome:
    """Write the outcome of a design in canonical form (design not yet whitened)."""
    return rows_of(family, response_of(design, family), design.X, design.offset, design)


def response_of(design: Design, family: str) -> Array:
    """Return the response as numbers: successes, counts, or category numbers from 0."""
    y = design.y
    if family != "ordinal" or design.response_levels is not None:
        return y
    return np.searchsorted(np.unique(y), y).astype(float)


def category_labels(design: Design) -> tuple[str, ...]:
    """Return the labels of an ordinal response in order."""
    if design.response_levels is not None:
        return design.response_levels
    return tuple(str(int(v)) if float(v).is_integer() else str(v) for v in np.unique(design.y))


def rows_of(family: str, y: Array, X: Array, offset: Array, design: Design) -> Outcome:
    """Write a response for the rows of a design in canonical form."""
    n, p = X.shape
    names, every = design.names, tuple(range(p))
    if family == "ordinal":
        labels = category_labels(design)
        columns = tuple(i for i in every if names[i] != "(Intercept)")
        rows = ordinal_rows(y.astype(int), len(labels), X[:, list(columns)], offset)
        all_names = threshold_names(labels) + tuple(names[i] for i in columns)
        return Outcome(family, rows, all_names, columns, labels)
    ones, origin, none = np.ones(n), np.arange(n), 0 * offset
    if family == "binomial":
        m = ones if design.trials is None else design.trials
        constant = gammaln(m + 1) - gammaln(y + 1) - gammaln(m - y + 1)
        saturated = (
            constant + xlogy(y, y / np.where(m > 0, m, 1)) + xlogy(m - y, 1 - y / np.where(m > 0, m, 1))
        )
        rows = Canonical("logit", X, y, m, offset, ones, origin, np.eye(p))
    elif family == "poisson":
        constant, saturated = -gammaln(y + 1), xlogy(y, y) - y - gammaln(y + 1)
        rows = Canonical("poisson", X, y, ones, offset, ones, origin, np.eye(p))
    else:
        constant, saturated = -gammaln(y + 1), none
        wide = np.column_stack((X, -ones))
        rows = Canonical("logit", wide, y, ones, offset, ones, origin, np.eye(p + 1), size=True)
    totals = {"constant": float(constant.sum()), "saturated": float(saturated.sum())}
    return Outcome(family, Canonical(**{**rows.__dict__, **totals}), names, every)


@dataclass(frozen=True)
class PlainFit:
    """The fit without random effects: whitened rows, internal coefficients, log-likelihood, convergence."""

    rows: Canonical
    linear: Array
    loglik: float
    converged: bool


def plain_fit(outcome: Outcome) -> PlainFit:
    """Fit without random effects and whiten the rows by the weights of that fit."""
    rows = outcome.rows.whiten(np.ones(len(outcome.rows.y)))
    found = _climb(rows, _start(outcome, rows))
    linear = found.psi[0, :-1]
    eta = rows.offset + rows.X @ linear
    m = rows.m * (rows.y + np.exp(linear[-1])) if rows.size else rows.m
    weight = m * cumulant(rows.cumulant, eta).second
    natural = rows.transform @ linear
    better = outcome.rows.whiten(np.maximum(weight, 1e-6 * weight.max()))
    internal = np.asarray(np.linalg.solve(better.transform, natural), np.float64)
    return PlainFit(better, internal, float(found.loglik[0]), bool(found.converged[0]))


def _climb(rows: Canonical, start: Array) -> Optimum:
    blocks = group_blocks(rows, np.arange(len(rows.y)), np.zeros(len(rows.y)))
    shape = Shape(rows.cumulant, rows.X.shape[1], rows.size)
    problem = Problem(blocks, shape, rows.transform, rows.n_thresholds, rows.counts)
    free = np.append(np.ones(len(start), bool), False)
    if rows.size and start[-1] >= POISSON_LIMIT:
        free[-2] = False
    return maximise(problem, np.append(start, 0.0)[None], gauss_hermite(1), free)


def _start(outcome: Outcome, rows: Canonical) -> Array:
    """Return internal coefficients near the fit without random effects."""
    X, y, m = rows.X, rows.y, rows.m
    if outcome.family == "ordinal":
        category = np.zeros(int(rows.origin.max()) + 1, int)
        up = y == 0
        category[rows.origin[up]] = np.argmax(outcome.rows.X[up, : rows.n_thresholds], axis=1) + 1
        share = np.cumsum(np.bincount(category, minlength=rows.n_thresholds + 1))[:-1] / len(category)
        natural = np.zeros(X.shape[1])
        natural[: rows.n_thresholds] = np.log(share / (1 - share))
        return np.asarray(np.linalg.solve(rows.transform, natural))
    if outcome.family == "binomial":
        return np.asarray(X.T @ (np.log((y + 0.5) / (m - y + 0.5)) - rows.offset))
    if outcome.family == "poisson":
        return _poisson_start(X, y, rows.offset)
    start = _poisson_start(X[:, :-1], y, rows.offset)
    return np.append(start, start_log_theta(y, np.exp(rows.offset + X[:, :-1] @ start)))


def _poisson_start(X: Array, y: Array, offset: Array) -> Array:
    """Return three scoring steps from the logarithms of the counts (offset taken out)."""
    eta = np.log(y + 0.5)
    linear = X.T @ (eta - offset)
    for _ in range(3):
        mean = np.exp(np.clip(eta, -20, 20))
        work = eta - offset + (y - mean) / mean
        root = np.sqrt(mean)
        linear = np.linalg.lstsq(root[:, None] * X, root * work, rcond=None)[0]
        eta = offset + X @ linear
    return np.asarray(linear)
