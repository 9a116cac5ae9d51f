"""Profile likelihood intervals of a linear mixed model: standard deviations, correlations, fixed effects.

A parameter is held at a value, all others maximise the likelihood (ML, as in lme4 also for a REML fit), and
the limits are the values at which twice the log-likelihood has fallen by the chi-square quantile. A standard
deviation whose limit would be negative has the limit 0, a correlation that never falls so far the limit -1 or
1.

Source: Bates et al. (2015), section 5.1; Venzon & Moolgavkar (1988); equals lme4::confint(method =
"profile").
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.gaussian.refits import parameter_names, parameter_values
from netwerkkracht.mixed.gaussian.restricted import Held, Restricted
from netwerkkracht.mixed.gaussian.search import minimise_function
from netwerkkracht.mixed.gaussian.workspace import LOG_2PI, Workspace, forms

if TYPE_CHECKING:
    from netwerkkracht.mixed.gaussian.engine import GaussianEngine


def profile(engine: GaussianEngine, level: float) -> pd.DataFrame:
    """Limits of every parameter; see `Fit.profile`."""
    from scipy import special

    best = engine.by_maximum_likelihood()
    drop = float(special.ndtri(0.5 + level / 2)) ** 2
    rows = [
        *((name, *limits) for name, limits in _variance_limits(best, drop)),
        *((name, *limits) for name, limits in _fixed_limits(best, drop)),
    ]
    shown = dict(zip(parameter_names(engine), parameter_values(engine), strict=True))
    shown |= dict(zip(engine.names, engine.beta, strict=True))
    table = pd.DataFrame(rows, columns=["parameter", "lower", "upper"])
    table.insert(1, "estimate", [shown[name] for name in table["parameter"]])
    return table


# -- fixed effects ------------------------------------------------------------------------------------


def _fixed_limits(best: GaussianEngine, drop: float) -> list[tuple[str, tuple[float, float]]]:
    """Profile each coefficient: its column moves to the response with the value held."""
    found = []
    se = best.tests(np.eye(len(best.names)), "asymptotic").se
    for k, name in enumerate(best.names):
        curve = _FixedCurve(best, k)
        limits = [
            _crossing(curve, float(best.beta[k]), sign * float(se[k]), drop, np.inf) for sign in (-1, 1)
        ]
        found.append((name, (limits[0], limits[1])))
    return found


class _FixedCurve:
    """Deviance with one coefficient held, above the optimum; the last theta is the next start."""

    def __init__(self, best: GaussianEngine, k: int) -> None:
        self.best, self.k = best, k
        self.theta = best.minimum.point.theta
        self.space = best.space
        # the direction of coefficient k in the orthonormal columns, and the space beside it
        column = np.linalg.inv(self.space.R)[k]
        self.size = float(np.linalg.norm(column))
        whole = np.linalg.qr(np.column_stack([column, np.eye(self.space.p)]))[0]
        self.along, self.beside = column / self.size, whole[:, 1 : self.space.p]
        self.free = np.ones(len(self.theta), bool)

    def __call__(self, value: float) -> float:
        """Rise of the deviance at a value of the coefficient."""
        p, k = self.space.p, self.k
        held = (value - self.space.ols[k]) / self.space.scale / self.size
        # columns: X beside the direction, and y minus the held part
        A = np.zeros((p + 1, p))
        A[:p, : p - 1] = self.beside
        A[:p, p - 1] = -held * self.along
        A[p, p - 1] = 1.0
        start = np.where((self.theta == 0) & self.space.template.diagonal, 0.05, self.theta)
        self.theta, value = minimise_function(lambda theta: _reduced(self.space, theta, A), start)
        return value - self.best.minimum.point.deviance


def _reduced(space: Workspace, theta: Array, A: Array) -> tuple[float, Array, Array]:
    """ML deviance, gradient and Hessian by theta, for the columns [X y] A."""
    moments = space.source.moments(space.template.gamma(theta), space.template.covariances(theta)).columns(A)
    p, n = A.shape[1] - 1, space.n
    C: Array = np.asarray(np.linalg.inv(moments.S[:p, :p]), np.float64)
    b = C @ moments.S[:p, -1]
    a = np.append(-b, 1.0)
    s = float(moments.S[-1, -1] - moments.S[:p, -1] @ b)
    y1, y2, t1, t2 = forms(moments, C, a, reml=False)
    deviance = moments.logdet + n * (1 + LOG_2PI + np.log(s / n) + 2 * np.log(space.scale))
    gradient, hessian = t1 - n * y1 / s, -t2 + n * (2 * y2 / s - np.outer(y1, y1) / s**2)
    J = space.template.jacobian(theta)
    return float(deviance), J.T @ gradient, J.T @ hessian @ J + space.template.curvature(gradient)


# -- variance parameters ------------------------------------------------------------------------------


def _held(best: GaussianEngine) -> list[Held]:
    kinds = []
    for t, term in enumerate(best.design.random):
        k = len(term.names)
        kinds += [("sd", t, a, a) for a in range(k)]
        kinds += [("cor", t, b, a) for a in range(k) for b in range(a + 1, k)]
    kinds.append(("sigma", -1, 0, 0))
    return [Held(name, *kind) for name, kind in zip(parameter_names(best), kinds, strict=True)]


def _variance_limits(best: GaussianEngine, drop: float) -> list[tuple[str, tuple[float, float]]]:
    estimates = parameter_values(best)
    found = []
    for held, estimate in zip(_held(best), estimates, strict=True):
        if np.isnan(estimate):
            found.append((held.name, (np.nan, np.nan)))
            continue
        if held.kind == "cor":
            lower = _crossing(_VarianceCurve(best, held), estimate, -0.1, drop, -1.0)
            upper = _crossing(_VarianceCurve(best, held), estimate, 0.1, drop, 1.0)
        else:
            step = 0.1 * (estimate or best.sigma)
            lower = (
                0.0 if estimate == 0 else _crossing(_VarianceCurve(best, held), estimate, -step, drop, 0.0)
            )
            upper = _crossing(_VarianceCurve(best, held), estimate, step, drop, np.inf)
        found.append((held.name, (lower, upper)))
    return found


class _VarianceCurve:
    """Deviance with one variance parameter held, above the optimum; the last optimum is the next start."""

    def __init__(self, best: GaussianEngine, held: Held) -> None:
        point = best.minimum.point
        self.best, self.held = best, held
        self.start: Array | None = None
        self.covariances = [point.sigma2 * G for G in best.space.template.covariances(point.theta)]
        self.sigma = float(np.sqrt(point.sigma2))

    def __call__(self, value: float) -> float:
        """Rise of the deviance at a value of the parameter."""
        restricted = Restricted(self.best.space, self.held, value, self.covariances, self.sigma)
        start = restricted.start() if self.start is None else self.start
        self.start, deviance = minimise_function(restricted, start)
        return deviance - self.best.minimum.point.deviance


# -- the search for a limit ---------------------------------------------------------------------------


def _crossing(curve: Callable[[float], float], best: float, step: float, drop: float, end: float) -> float:
    """Find where the curve has risen by `drop`, going from the best value in the direction of the step.

    Returns `end` where the curve does not rise so far before it.
    """
    from scipy.optimize import brentq

    inner, outer, rise = best, best + 1.5 * step, 0.0
    for _ in range(60):
        if np.isfinite(end) and (outer - end) * np.sign(step) >= 0:
            outer = end - 1e-9 * np.sign(step) * max(abs(end - best), 1e-300) if end else 0.0
            if curve(outer) < drop:
                return end
            break
        rise = curve(outer)
        if rise >= drop:
            break
        inner, outer = outer, outer + step * (1.0 if np.isfinite(end) else 1.5)
    else:
        return float("nan")
    # the signed root is nearly straight, so that the search needs few steps
    return float(
        brentq(
            lambda v: np.sqrt(max(curve(v), 0.0)) - np.sqrt(drop),
            inner,
            outer,
            xtol=1e-9 * abs(step) * 10,
            rtol=1e-12,
        )
    )
