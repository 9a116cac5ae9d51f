"""Profile likelihood intervals of a linear mixed model: standard deviations, correlations, fixed effects.

A parameter is held at a value, all others maximise the likelihood (ML, as in lme4 also for a REML fit), and
the limits are the values at which twice the log-likelihood has fallen by the chi-square quantile. A standard
deviation whose limit would be negative has the limit 0, a correlation that never falls so far the limit -1 or
1.

For the variance parameters each random term is written with standard deviations s_a and unit vectors u_a (by
angles): row a of its covariance factor is ``s_a u_a``, so that ``cov(a, b) = s_a s_b u_a'u_b``. A held
standard deviation is a held s_a; a held correlation is a held angle, once its two columns stand first. All
other coordinates are free, without bounds.

Source: Bates et al. (2015), section 5.1; Venzon & Moolgavkar (1988); Pinheiro & Bates (1996) for the
spherical parametrisation. Equals lme4::confint(method = "profile").
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.gaussian.fitted import Fitted
from netwerkkracht.mixed.gaussian.search import minimise_function
from netwerkkracht.mixed.gaussian.workspace import LOG_2PI, Workspace, forms
from netwerkkracht.mixed.inference.limits import Limit, search

EVERYWHERE = (-np.inf, np.inf)
# a correlation of one leaves a covariance without an inverse: the edge stands this near
EDGE = 1 - 1e-9


def profile(shown: Fitted, best: Fitted, level: float) -> pd.DataFrame:
    """Limits of every parameter around the optimum by ML, beside the estimates to show; see `Fit.profile`."""
    from scipy import special

    z = float(special.ndtri(0.5 + level / 2))
    rows = [*_variance_limits(best, z), *_fixed_limits(best, z)]
    estimates = dict(zip(shown.parameter_names(), shown.parameters(), strict=True))
    estimates |= dict(zip(shown.names, shown.beta, strict=True))
    table = pd.DataFrame(rows, columns=["parameter", "lower", "upper"])
    table.insert(1, "estimate", [estimates[name] for name in table["parameter"]])
    return table


# -- fixed effects ------------------------------------------------------------------------------------


def _fixed_limits(best: Fitted, z: float) -> list[tuple[str, float, float]]:
    """Profile each coefficient: its column moves to the response with the value held."""
    se = best.tests(np.eye(len(best.names)), "asymptotic").se
    found = []
    for k, name in enumerate(best.names):
        curve, around = _FixedCurve(best, k), (float(best.beta[k]), float(se[k]))
        lower, upper = (search(Limit.beside(*around, sign, z, EVERYWHERE), curve) for sign in (-1.0, 1.0))
        found.append((name, lower, upper))
    return found


class _FixedCurve:
    """Fall of the log-likelihood with one coefficient held; the last theta is the next start."""

    def __init__(self, best: Fitted, k: int) -> None:
        self.best, self.k = best, k
        self.theta = best.minimum.point.theta
        self.space = best.space
        # the direction of coefficient k in the orthonormal columns, and the space beside it
        column = np.linalg.inv(self.space.R)[k]
        self.size = float(np.linalg.norm(column))
        whole = np.linalg.qr(np.column_stack([column, np.eye(self.space.p)]))[0]
        self.along, self.beside = column / self.size, whole[:, 1 : self.space.p]

    def __call__(self, value: float) -> float:
        """Fall at a value of the coefficient."""
        p, k = self.space.p, self.k
        held = (value - self.space.ols[k]) / self.space.scale / self.size
        # columns: X beside the direction, and y minus the held part
        A = np.zeros((p + 1, p))
        A[:p, : p - 1] = self.beside
        A[:p, p - 1] = -held * self.along
        A[p, p - 1] = 1.0
        start = np.where((self.theta == 0) & self.space.template.diagonal, 0.05, self.theta)
        self.theta, value = minimise_function(lambda theta: _reduced(self.space, theta, A), start)
        return 0.5 * (value - self.best.minimum.point.deviance)


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


def _held(best: Fitted) -> list[Held]:
    kinds = []
    for t, term in enumerate(best.design.random):
        k = len(term.names)
        kinds += [("sd", t, a, a) for a in range(k)]
        kinds += [("cor", t, b, a) for a in range(k) for b in range(a + 1, k)]
    kinds.append(("sigma", -1, 0, 0))
    return [Held(name, *kind) for name, kind in zip(best.parameter_names(), kinds, strict=True)]


def _variance_limits(best: Fitted, z: float) -> list[tuple[str, float, float]]:
    """Profile each standard deviation and correlation, and sigma."""
    found = []
    for held, estimate in zip(_held(best), best.parameters(), strict=True):
        correlation = held.kind == "cor"
        step = 0.1 if correlation else 0.1 * (estimate or best.sigma)
        edges = (-EDGE, EDGE) if correlation else (0.0, np.inf)
        at = float(np.clip(estimate, *edges))
        lower, upper = (
            search(Limit.beside(at, step, sign, z, edges), _VarianceCurve(best, held)) for sign in (-1.0, 1.0)
        )
        found.append((held.name, lower, upper))
    return found


class _VarianceCurve:
    """Fall of the log-likelihood with one variance parameter held; the last optimum is the next start."""

    def __init__(self, best: Fitted, held: Held) -> None:
        point = best.minimum.point
        self.best, self.held = best, held
        self.start: Array | None = None
        self.covariances = [point.sigma2 * G for G in best.space.template.covariances(point.theta)]
        self.sigma = float(np.sqrt(point.sigma2))

    def __call__(self, value: float) -> float:
        """Fall at a value of the parameter."""
        restricted = Restricted(self.best.space, self.held, value, self.covariances, self.sigma)
        start = restricted.start() if self.start is None else self.start
        self.start, deviance = minimise_function(restricted, start)
        return 0.5 * (deviance - self.best.minimum.point.deviance)


# -- the likelihood with one variance parameter held ---------------------------------------------------------


@dataclass(frozen=True)
class Held:
    """A variance parameter: sd (term, row a), cor (term, rows a and b) or sigma."""

    name: str
    kind: str
    term: int
    a: int
    b: int


@dataclass(frozen=True)
class Restricted:
    """ML deviance in the free coordinates, with value, gradient and Hessian on call.

    ``covariances`` (by term) and ``sigma`` are the ML estimates in scaled units, the start of a search.
    """

    space: Workspace
    held: Held
    value: float
    covariances: list[Array]
    sigma: float

    @cached_property
    def _orders(self) -> list[list[int]]:
        """Order of the rows of each term: a held correlation's columns first."""
        orders = [list(range(k)) for k in self.space.template.sizes]
        if self.held.kind == "cor":
            own = orders[self.held.term]
            first = [self.held.b, self.held.a]
            orders[self.held.term] = first + [a for a in own if a not in first]
        return orders

    @cached_property
    def _fixed(self) -> tuple[int, float]:
        """Place of the held coordinate and its value."""
        if self.held.kind == "sigma":
            return self.count - 1, float(np.log(self.value / self.space.scale))
        at = sum(k + k * (k - 1) // 2 for k in self.space.template.sizes[: self.held.term])
        if self.held.kind == "sd":
            unit = self.space.z_scales[self.held.term][self.held.a] / self.space.scale
            return at + self.held.a, self.value * unit
        k = self.space.template.sizes[self.held.term]
        return at + k, float(np.arccos(np.clip(self.value, -1, 1)))

    @property
    def count(self) -> int:
        """Number of coordinates, the held one included; log sigma is the last."""
        return self.space.template.r + 1

    def start(self) -> Array:
        """Free coordinates of the estimates; a zero starts a little off, since zero is a ridge."""
        parts: list[float] = []
        for G, order in zip(self.covariances, self._orders, strict=True):
            ordered = G[np.ix_(order, order)]
            sd = np.sqrt(np.diag(ordered))
            sd = np.where(sd < 1e-3 * self.sigma, 0.1 * self.sigma, sd)
            correlation = np.clip(ordered / np.outer(sd, sd), -0.98, 0.98)
            np.fill_diagonal(correlation, 1.0)
            values, vectors = np.linalg.eigh(correlation)
            safe = vectors * np.maximum(values, 1e-3) @ vectors.T
            L = np.linalg.cholesky(safe / np.sqrt(np.outer(np.diag(safe), np.diag(safe))))
            parts += sd[np.argsort(order)].tolist()
            parts += [angle for a in range(1, len(L)) for angle in _angles(L[a, : a + 1])]
        whole = np.array([*parts, np.log(self.sigma)])
        return np.delete(whole, self._fixed[0])

    def __call__(self, free: Array) -> tuple[float, Array, Array]:
        """Value, gradient and Hessian of the deviance by the free coordinates."""
        place, value = self._fixed
        whole = np.insert(free, place, value)
        psi = self._psi(whole).real
        deviance, gradient, hessian = self._by_psi(psi)
        J = self._jacobian(whole)
        H = J.T @ hessian @ J + self._curvature(whole, gradient)
        kept = np.arange(self.count) != place
        return deviance, (J.T @ gradient)[kept], H[np.ix_(kept, kept)]

    def _psi(self, eta: Any) -> Any:
        """Covariance entries of all terms and sigma^2, in theta's order; works for complex numbers too."""
        found, at = [], 0
        for k, order in zip(self.space.template.sizes, self._orders, strict=True):
            sd = eta[at : at + k]
            at += k
            rows = [np.ones(1, eta.dtype)]
            for a in range(1, k):
                rows.append(_unit(eta[at : at + a]))
                at += a
            where = np.argsort(order)
            for b in range(k):
                for a in range(b, k):
                    u, v = rows[where[a]], rows[where[b]]
                    short = min(len(u), len(v))
                    found.append(sd[a] * sd[b] * (u[:short] @ v[:short]))
        return np.array([*found, np.exp(2 * eta[-1])])

    def _jacobian(self, eta: Array) -> Array:
        """Differentiate psi by the coordinates, exactly, by complex steps."""
        columns = []
        for i in range(len(eta)):
            moved = eta.astype(complex)
            moved[i] += 1e-30j
            columns.append(self._psi(moved).imag / 1e-30)
        return np.array(columns).T

    def _curvature(self, eta: Array, weights: Array) -> Array:
        """Second derivative of ``weights @ psi``: differences of exact first derivatives."""
        step = 1e-6
        made = np.empty((len(eta), len(eta)))
        for i in range(len(eta)):
            shift = np.zeros(len(eta))
            shift[i] = step
            made[i] = weights @ (self._jacobian(eta + shift) - self._jacobian(eta - shift)) / (2 * step)
        return 0.5 * (made + made.T)

    def _by_psi(self, psi: Array) -> tuple[float, Array, Array]:
        """ML deviance, gradient and Hessian by the linear covariance parameters."""
        space, s2 = self.space, float(psi[-1])
        template = space.template
        gamma = psi[:-1] / s2
        G = [np.zeros((k, k)) for k in template.sizes]
        for value, (t, a, b) in zip(gamma, template.entries, strict=True):
            G[t][a, b] = G[t][b, a] = value
        moments = space.source.moments(gamma, G).with_residual()
        p = space.p
        C = np.asarray(np.linalg.inv(moments.S[:p, :p]), np.float64)
        b_hat = C @ moments.S[:p, -1]
        rss = float(moments.S[-1, -1] - moments.S[:p, -1] @ b_hat)
        y1, y2, t1, t2 = forms(moments, C, np.append(-b_hat, 1.0), reml=False)
        deviance = moments.logdet + rss / s2 + space.n * (LOG_2PI + np.log(s2) + 2 * np.log(space.scale))
        return float(deviance), t1 / s2 - y1 / s2**2, (-t2 + 2 * y2 / s2) / s2**2


def _unit(angles: Any) -> Any:
    """Return the unit vector of the given angles."""
    sines = np.cumprod(np.sin(angles))
    before = np.concatenate([np.ones(1, sines.dtype), sines[:-1]])
    return np.append(before * np.cos(angles), sines[-1])


def _angles(u: Array) -> list[float]:
    """Angles of a unit vector."""
    found, rest = [], 1.0
    for value in u[:-1]:
        angle = float(np.arccos(np.clip(value / rest, -1, 1))) if rest > 1e-12 else 0.5 * np.pi
        found.append(angle)
        rest *= float(np.sin(angle))
    return found
