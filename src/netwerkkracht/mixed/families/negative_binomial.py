"""The negative binomial (NB2) as a logit with y + θ trials.

With mean μ = e^η and variance μ + μ²/θ, and η' = η − log θ, A(η') = log(1 + e^η'),

    log f(y) = y η' − (y + θ) A(η') + log Γ(y + θ) − log Γ(θ) − log Γ(y + 1),

so the logit kernels serve, with log θ as a last coefficient whose design column is −1. What is left is the
dependence on θ of the trials and the gamma functions: the functions of this module, all per row.

Source: Hilbe (2011), Negative Binomial Regression, chapter 8. Equals ``glmmTMB(family = nbinom2)``.
"""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.canonical import Canonical, Outcome, ShapeParameters
from netwerkkracht.mixed.families.cumulants import LOGIT
from netwerkkracht.mixed.families.family import CanonicalFamily
from netwerkkracht.mixed.families.links import LOG_LINK
from netwerkkracht.mixed.families.poisson import (
    LARGEST_MEAN,
    log_factorials,
    log_normal_variance,
    refuse_no_count,
    scoring_start,
)
from netwerkkracht.mixed.formula.design import Design

# At θ this large the model is Poisson to six digits of the log-likelihood of any count of persons
POISSON_LIMIT = float(np.log(1e7))
# From this θ the gamma functions are taken by Stirling's series, good to 1e-15 there: their own
# difference keeps 16 digits of θ log θ, which at θ = 10⁹ leaves four digits of the log-likelihood
STIRLING = 1e4


class NegativeBinomial(CanonicalFamily):
    """Counts with variance μ + μ²/θ."""

    name = "negative-binomial"
    link = LOG_LINK
    effect = "rate"
    bounded = False
    counts = True
    ordered = False
    takes_trials = False

    def own_variance(self, design: Design) -> bool:
        """Say no: theta is a parameter, and an effect per row cannot be told from it."""
        return False

    def refuse(self, design: Design) -> None:
        """Refuse what is not a count."""
        refuse_no_count(self, design)

    def outcome(self, y: Array, design: Design) -> Outcome:
        """One row for each observation, log θ as a last coefficient."""
        ones, p = np.ones(len(y)), design.X.shape[1]
        rows = Canonical.plain(LOGIT, np.column_stack((design.X, -ones)), y, ones, design.offset)
        rows = replace(rows, size=True, constant=self.constant(y, design))
        return Outcome(rows, design.names, tuple(range(p)))

    def constant(self, y: Array, design: Design) -> float:
        """Return −Σ log y!; what depends on θ belongs to the likelihood."""
        return log_factorials(y)

    def start(self, outcome: Outcome, rows: Canonical) -> Array:
        """Scoring steps of Poisson, and θ from the moments of what is left."""
        start = scoring_start(rows.X[:, :-1], rows.y, rows.offset)
        return np.append(start, start_log_theta(rows.y, np.exp(rows.offset + rows.X[:, :-1] @ start)))

    def distribution_variance(self, mean: float, size: float) -> float:
        """Log-normal approximation at the mean count."""
        return log_normal_variance(mean, size)

    def draw(self, eta: Array, rng: np.random.Generator, design: Design, shape: ShapeParameters) -> Array:
        """Draw counts around means that are themselves drawn."""
        mean = self.link.inverse(eta)
        mean = mean * rng.gamma(shape.size, 1.0 / shape.size, size=eta.shape)
        return rng.poisson(np.minimum(mean, LARGEST_MEAN)).astype(float)


def _theta(log_theta: Array) -> Array:
    return np.exp(log_theta)[:, None, None]


def _rise(order: int, y: Array, theta: Array) -> Array:
    """Return the rise from θ to y + θ of log Γ (order −1), of its slope (0) or of its curvature (1).

    Source: Abramowitz and Stegun (1964), 6.1.41, 6.3.18 and 6.4.12, term by term as differences.
    """
    from scipy.special import digamma, gammaln, polygamma

    function: Callable[[Array], Array] = {-1: gammaln, 0: digamma, 1: lambda x: polygamma(1, x)}[order]
    large = theta >= STIRLING
    if not large.any():
        return np.asarray(function(y + theta) - function(theta))
    u, step = 1 / (y + theta), np.log1p(y / theta)
    # 1/(y + θ) − 1/θ and the like for higher powers, without cancellation
    v = 1 / theta
    first = -y * u * v
    second, third = first * (u + v), first * (u * u + u * v + v * v)
    series = {
        -1: y * np.log(theta) + ((y + theta - 0.5) * step - y) + first / 12 - third / 360,
        0: step - first / 2 - second / 12,
        1: first + second / 2 + third / 6,
    }[order]
    if large.all():
        return np.asarray(series)
    return np.where(large, series, function(y + theta) - function(theta))


def size_constant(y: Array, real: Array, log_theta: Array) -> Array:
    """Return log Γ(y + θ) − log Γ(θ) per row (R, G, rows); ``real`` is 0 for padding."""
    return np.asarray(real * _rise(-1, y, _theta(log_theta)))


def _gamma_slope(y: Array, log_theta: Array) -> Array:
    return _rise(0, y, _theta(log_theta))


def size_score(y: Array, real: Array, log_theta: Array, value: Array) -> Array:
    """Return the derivative per group (R, G) to log θ outside the linear predictor.

    ``value`` is the posterior mean of A per row, with the share of the moving mode and scale.
    """
    return np.asarray((_theta(log_theta) * real * (_gamma_slope(y, log_theta) - value)).sum(axis=-1))


def size_score_nodes(y: Array, real: Array, log_theta: Array, value: Array) -> Array:
    """Return the same derivative at each node (R, G, K), ``value`` being A (R, G, rows, K)."""
    row = (real * _gamma_slope(y, log_theta)).sum(axis=-1)[..., None]
    at_nodes = np.matmul(np.broadcast_to(real, value.shape[:-1])[..., None, :], value)[..., 0, :]
    return np.asarray(np.exp(log_theta)[:, None, None] * (row - at_nodes))


def size_information(
    y: Array, m: Array, z: Array, log_theta: Array, value: Array, moments: Array
) -> tuple[Array, Array, Array]:
    """Return the part of E[−f_ψψ] that involves θ outside the linear predictor.

    Parameters
    ----------
    y, m, z
        Counts, ones (0 for padding) and random covariates per row.
    value
        Posterior mean of A per row (R, G, rows).
    moments
        Posterior means of A' and u A' per row (R, G, rows, 2).

    Returns
    -------
    tuple
        With each row's predictor (R, G, rows), with σ (R, G), and with itself (R, G).
    """
    scaled = _theta(log_theta) * m
    with_rows = scaled * moments[..., 0]
    with_sigma = (z * scaled * moments[..., 1]).sum(axis=-1)
    theta = _theta(log_theta)
    bend = theta * _rise(1, y, theta)
    slope = _gamma_slope(y, log_theta) - value
    return with_rows, with_sigma, -(scaled * (slope + bend)).sum(axis=-1)


def start_log_theta(y: Array, mean: Array) -> float:
    """Return a moment start for log θ from counts and their means without random effects."""
    excess = float(np.sum((y - mean) ** 2 - mean))
    squares = float(np.sum(mean**2))
    return float(np.log(np.clip(squares / excess, 0.2, 50.0))) if excess > 0 else float(np.log(50.0))
