"""The likelihood of a linear mixed model with one standard deviation, correlation or sigma held at a value.

Each random term is written with standard deviations s_a and unit vectors u_a (by angles): row a of its
covariance factor is ``s_a u_a``, so that ``cov(a, b) = s_a s_b u_a'u_b``. A held standard deviation is a held
s_a; a held correlation is a held angle, once its two columns stand first. All other coordinates are free,
without bounds.

Source: Pinheiro & Bates (1996), the spherical parametrisation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.gaussian.workspace import LOG_2PI, Workspace, forms


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
