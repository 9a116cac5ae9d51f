"""A second opinion on a non-Gaussian mixed model: the same likelihood by brute force.

Nothing of the fitting code is used: the density of each outcome is taken from scipy.stats (ordinal: a
difference of logistic distribution functions), at the natural parameters, and integrated over the random
effects on a dense fixed grid by the trapezoid rule. That rule converges faster than any power of the step for
such integrands. One grouping factor with one or two random coefficients can be integrated so; for more the
answer is that no second opinion exists.

Source: Trefethen and Weideman (2014), SIAM Review 56, 385-458, for the trapezoid rule.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from netwerkkracht.mixed.arrays import Array

if TYPE_CHECKING:
    from netwerkkracht.mixed.formula.design import Design
    from netwerkkracht.mixed.glmm.engine import GlmmEngine

# standard normal units; beyond it less than 1e-17 of the prior mass
REACH = 9.0
# points per axis; doubled until the log-likelihood no longer changes
POINTS = {1: 251, 2: 81}
MOST_POINTS = {1: 8001, 2: 321}
UNCHANGED = 1e-7
CELLS = 4_000_000
# log-likelihoods of quadrature fits agree to this; slopes are in units of one standard error
LOGLIK_TOLERANCE = 1e-2
SLOPE_TOLERANCE = 1e-2
MOVE = 1e-2


@dataclass(frozen=True)
class Agreement:
    """What the second route says.

    Attributes
    ----------
    loglik, brute_loglik
        Of the fit, and by brute force at the same parameters (NaN where it cannot be had).
    largest_slope
        Largest slope of the brute-force log-likelihood along uncorrelated directions of one standard error:
        near zero at a maximum. NaN for Laplace fits, which maximise an approximation.
    agrees
        True, False, or None where there is no second opinion.
    words
        What was compared and how it came out.
    """

    loglik: float
    brute_loglik: float
    largest_slope: float
    agrees: bool | None
    words: str


@dataclass(frozen=True)
class _Natural:
    """Natural parameters: coefficients without thresholds, thresholds, covariance, NB2 theta."""

    beta: Array
    thresholds: Array
    covariance: Array
    theta: float


def second_opinion(engine: GlmmEngine) -> Agreement:
    """Compare a fit with brute-force integration of the same likelihood at its estimates."""
    nan = float("nan")
    terms = engine.design.random
    if len(terms) > 1 or (terms and terms[0].Z.shape[1] > 2):
        words = "several grouping factors or more than two random coefficients: no brute-force integral"
        return Agreement(engine.loglik, nan, nan, None, words)
    if not np.isfinite(engine.loglik):
        return Agreement(engine.loglik, nan, nan, None, "the model was not fitted")
    at = _natural(engine, engine.beta)
    brute, points = _converged(engine, at)
    difference = brute - engine.loglik
    if engine.approximation == "Laplace" and terms:
        words = f"Laplace lies {difference:+.4f} from the exact log-likelihood at the estimates"
        return Agreement(engine.loglik, brute, nan, bool(abs(difference) < 0.02 * abs(brute) + 1), words)
    slope = _largest_slope(engine, points)
    agrees = abs(difference) < LOGLIK_TOLERANCE and slope < SLOPE_TOLERANCE
    words = f"log-likelihoods differ by {difference:+.1e}, largest slope {slope:.1e} per standard error"
    return Agreement(engine.loglik, brute, slope, bool(agrees), words)


def _natural(engine: GlmmEngine, coefficients: Array) -> _Natural:
    start = engine.outcome.rows.n_thresholds
    covariance = engine.covariances[0] if engine.covariances else np.zeros((0, 0))
    return _Natural(coefficients[start:], coefficients[:start], covariance, engine.size)


def _converged(engine: GlmmEngine, at: _Natural) -> tuple[float, int]:
    """Return the log-likelihood on a grid fine enough that a finer one changes nothing, and its points."""
    size = engine.design.random[0].Z.shape[1] if engine.design.random else 1
    points, value = POINTS[size], np.nan
    while True:
        finer = brute_loglik(engine.design, engine.family.name, at, engine.outcome.columns, points)
        if abs(finer - value) < UNCHANGED * max(1.0, abs(finer)) or 2 * points > MOST_POINTS[size]:
            return finer, points
        value, points = finer, 2 * points - 1


def _largest_slope(engine: GlmmEngine, points: int) -> float:
    """Return the largest slope of log L along uncorrelated directions of one standard error each."""
    slopes = []
    for direction in _root(engine.vcov).T:
        values = [
            brute_loglik(
                engine.design,
                engine.family.name,
                _natural(engine, engine.beta + sign * MOVE * direction),
                engine.outcome.columns,
                points,
            )
            for sign in (1, -1)
        ]
        slopes.append(abs(values[0] - values[1]) / (2 * MOVE))
    return float(max(slopes)) if slopes else 0.0


def brute_loglik(
    design: Design, family: str, at: _Natural, columns: tuple[int, ...], points: int = 2001
) -> float:
    """Return the marginal log-likelihood with all constants, integrated on a fixed grid.

    Parameters
    ----------
    design
        Data; at most one random term with at most two columns.
    at
        Natural parameters.
    columns
        Columns of the design that have a coefficient (the ordinal family has no intercept).
    points
        Grid points per random coefficient.
    """
    fixed = design.offset + design.X[:, list(columns)] @ at.beta
    if not design.random:
        return float(_log_density(design, family, at, np.arange(design.n_rows), fixed[:, None]).sum())
    term = design.random[0]
    grid, log_weight = _grid(term.Z.shape[1], points)
    effects = grid @ _root(at.covariance).T
    order = np.argsort(term.codes, kind="stable")
    total = 0.0
    step = max(1, CELLS // len(grid))
    group_of_row = term.codes[order]
    start = 0
    while start < len(order):
        stop = min(start + step, len(order))
        while stop < len(order) and group_of_row[stop] == group_of_row[stop - 1]:
            stop += 1
        rows = order[start:stop]
        density = _log_density(design, family, at, rows, fixed[rows, None] + term.Z[rows] @ effects.T)
        edges = np.flatnonzero(np.diff(group_of_row[start:stop], prepend=-1))
        groups = np.add.reduceat(density, edges, axis=0) + log_weight
        peak = groups.max(axis=1, keepdims=True)
        total += float((peak[:, 0] + np.log(np.exp(groups - peak).sum(axis=1))).sum())
        start = stop
    return total


def _grid(size: int, number: int) -> tuple[Array, Array]:
    """Return grid points of the standard normal (points, size) and the log of density times cell."""
    line = np.linspace(-REACH, REACH, number)
    step = line[1] - line[0]
    points = np.stack(np.meshgrid(*([line] * size), indexing="ij"), axis=-1).reshape(-1, size)
    return points, -0.5 * (points**2).sum(axis=1) + size * np.log(step / np.sqrt(2 * np.pi))


def _root(covariance: Array) -> Array:
    values, vectors = np.linalg.eigh(covariance)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def _log_density(design: Design, family: str, at: _Natural, rows: np.ndarray, eta: Array) -> Array:
    """Return the log density of the outcomes of some rows at predictors (rows, points)."""
    from scipy import stats

    y = design.y[rows, None]
    if family == "ordinal":
        category = np.searchsorted(np.unique(design.y), y)
        edge = np.concatenate(([-np.inf], at.thresholds, [np.inf]))
        upper, lower = edge[category + 1] - eta, edge[category] - eta
        # of two upper tails or two lower ones the difference is exact; take the side where they are small
        flip = lower > 0
        high, low = np.where(flip, -lower, upper), np.where(flip, -upper, lower)
        return np.asarray(np.log(np.maximum(stats.logistic.cdf(high) - stats.logistic.cdf(low), 1e-300)))
    if family == "binomial":
        trials = np.ones_like(y) if design.trials is None else design.trials[rows, None]
        chance = stats.logistic.cdf(eta)
        return np.asarray(stats.binom.logpmf(y, trials, chance))
    mean = np.exp(np.minimum(eta, 300.0))
    if family == "poisson":
        return np.asarray(stats.poisson.logpmf(y, mean))
    assert family == "negative-binomial"
    return np.asarray(stats.nbinom.logpmf(y, at.theta, at.theta / (at.theta + mean)))
