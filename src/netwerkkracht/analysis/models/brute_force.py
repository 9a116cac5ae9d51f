"""A second opinion for models that are not Gaussian: the same likelihood by brute force.

The random intercept is integrated over a fixed fine grid instead of adaptive quadrature, and the score is
taken by differences. At a maximum the log-likelihoods agree and a Newton step from the reported estimates is
far below one standard error. Nothing is shared with the engine but the data and the estimates.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.special import expit, gammaln, logsumexp

from netwerkkracht.analysis.models.result import Second
from netwerkkracht.core.precision import bound

ENGINE = "brute force"
# agreement asked for: a Newton step in standard errors, log-likelihood absolute
STEP_LIMIT, LOGLIK_LIMIT = 1e-2, 1e-2
GRID = np.linspace(-8.0, 8.0, 401)  # standard normal deviates; trapezoid weights, exact to rounding here


def brute_force(fit: Any) -> Second | None:
    """Evaluate the likelihood of a fit on a grid and measure how far the maximum lies from its estimates.

    Returns
    -------
    Second or None
        None unless the model has one random intercept, inference and a density here. ``estimate_gap`` bounds
        the largest Newton step of a coefficient in units of its standard error, ``loglik_gap`` the difference
        of the maximised log-likelihoods; ``se_gap`` is missing, since the engine's own covariance scales it.
    """
    design = fit.engine.design
    simple = len(design.random) == 1 and design.random[0].names == ("(Intercept)",)
    if fit.status not in {"ok", "boundary"} or not simple or fit.family not in DENSITIES:
        return None
    beta = np.asarray(fit.engine.beta, dtype=float)
    sd = float(fit.variances["sd"].iloc[0])

    def loglik(parameters: Any) -> float:
        return _loglik(fit, parameters, sd)

    errors = np.sqrt(np.diag(fit.engine.vcov))
    width = 1e-4 * errors
    score = np.array([
        (loglik(beta + width * unit) - loglik(beta - width * unit)) / (2 * step)
        for unit, step in zip(np.eye(len(beta)), width, strict=True)
    ])  # fmt: skip
    step = float(np.max(np.abs(fit.engine.vcov @ score) / errors))
    like = abs(loglik(beta) - fit.loglik)
    agreed = bool(step <= STEP_LIMIT and like <= LOGLIK_LIMIT)
    return Second(ENGINE, "ok", bound(step), math.nan, bound(like), agreed=agreed)


def _loglik(fit: Any, beta: Any, sd: float) -> float:
    design, term = fit.engine.design, fit.engine.design.random[0]
    # an ordinal model has thresholds in place of an intercept
    own = [place for place, name in enumerate(design.names) if name in fit.engine.names]
    thresholds = len(beta) - len(own)
    eta = design.X[:, own] @ beta[thresholds:] + design.offset
    rows = DENSITIES[fit.family](fit, eta[:, None] + sd * GRID[None, :], beta[:thresholds])
    sums = np.zeros((term.n_levels, len(GRID)))
    np.add.at(sums, term.codes, rows)
    log_weight = -0.5 * GRID**2 - 0.5 * math.log(2 * math.pi) + math.log(GRID[1] - GRID[0])
    return float(logsumexp(sums + log_weight, axis=1).sum())


def _binomial(fit: Any, eta: Any, thresholds: Any) -> Any:  # noqa: ARG001 - as the others
    design, y = fit.engine.design, fit.engine.design.y[:, None]
    trials = np.ones_like(y) if design.trials is None else design.trials[:, None]
    constant = gammaln(trials + 1) - gammaln(y + 1) - gammaln(trials - y + 1)
    return constant - y * np.logaddexp(0, -eta) - (trials - y) * np.logaddexp(0, eta)


def _poisson(fit: Any, eta: Any, thresholds: Any) -> Any:  # noqa: ARG001 - as the others
    y = fit.engine.design.y[:, None]
    return y * eta - np.exp(eta) - gammaln(y + 1)


def _negative_binomial(fit: Any, eta: Any, thresholds: Any) -> Any:  # noqa: ARG001 - as the others
    y, size = fit.engine.design.y[:, None], float(fit.theta)
    # log Γ(y + θ) − log Γ(θ) as a sum over 0, ..., y − 1: the difference of two loses digits at a large θ
    rises = np.append(0.0, np.cumsum(np.log(size + np.arange(y.max()))))
    constant = rises[y.astype(int)] - gammaln(y + 1)
    share = eta - math.log(size)
    return constant - y * np.logaddexp(0, -share) - size * np.logaddexp(0, share)


def _ordinal(fit: Any, eta: Any, thresholds: Any) -> Any:
    y = np.unique(fit.engine.design.y, return_inverse=True)[1]
    limits = np.concatenate([[-np.inf], thresholds, [np.inf]])
    upper, lower = limits[y + 1][:, None] - eta, limits[y][:, None] - eta
    return np.log(np.maximum(expit(upper) - expit(lower), 1e-300))


# written apart from the families of the engine: a family without a density here has no second opinion
DENSITIES = {
    "binomial": _binomial,
    "poisson": _poisson,
    "negative-binomial": _negative_binomial,
    "ordinal": _ordinal,
}
