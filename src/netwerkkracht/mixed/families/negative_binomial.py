"""The negative binomial (NB2) as a logit with y + θ trials.

With mean μ = e^η and variance μ + μ²/θ, and η' = η − log θ, A(η') = log(1 + e^η'),

    log f(y) = y η' − (y + θ) A(η') + log Γ(y + θ) − log Γ(θ) − log Γ(y + 1),

so the logit kernels serve, with log θ as a last coefficient whose design column is −1. What is left is the
dependence on θ of the trials and the gamma functions: the functions of this module, all per row.

Source: Hilbe (2011), Negative Binomial Regression, chapter 8. Equals ``glmmTMB(family = nbinom2)``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import digamma, gammaln, polygamma

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.glmm.rows import Block

# At θ this large the model is Poisson to six digits of the log-likelihood of any count of persons
POISSON_LIMIT = float(np.log(1e7))
# From this θ the gamma functions are taken by Stirling's series, good to 1e-15 there: their own
# difference keeps 16 digits of θ log θ, which at θ = 10⁹ leaves four digits of the log-likelihood
STIRLING = 1e4


def _theta(log_theta: Array) -> Array:
    return np.exp(log_theta)[:, None, None]


def _rise(order: int, y: Array, theta: Array) -> Array:
    """Return the rise from θ to y + θ of log Γ (order −1), of its slope (0) or of its curvature (1).

    Source: Abramowitz and Stegun (1964), 6.1.41, 6.3.18 and 6.4.12, term by term as differences.
    """
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
    block: Block, log_theta: Array, value: Array, moments: Array
) -> tuple[Array, Array, Array]:
    """Return the part of E[−f_ψψ] that involves θ outside the linear predictor.

    Parameters
    ----------
    value
        Posterior mean of A per row (R, G, rows).
    moments
        Posterior means of A' and u A' per row (R, G, rows, 2).

    Returns
    -------
    tuple
        With each row's predictor (R, G, rows), with σ (R, G), and with itself (R, G).
    """
    scaled = _theta(log_theta) * block.m
    with_rows = scaled * moments[..., 0]
    with_sigma = (block.z * scaled * moments[..., 1]).sum(axis=-1)
    theta = _theta(log_theta)
    bend = theta * _rise(1, block.y, theta)
    slope = _gamma_slope(block.y, log_theta) - value
    return with_rows, with_sigma, -(scaled * (slope + bend)).sum(axis=-1)


def start_log_theta(y: Array, mean: Array) -> float:
    """Return a moment start for log θ from counts and their means without random effects."""
    excess = float(np.sum((y - mean) ** 2 - mean))
    squares = float(np.sum(mean**2))
    return float(np.log(np.clip(squares / excess, 0.2, 50.0))) if excess > 0 else float(np.log(50.0))
