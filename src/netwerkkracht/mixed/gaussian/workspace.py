"""A Gaussian design brought to well-scaled columns, and the profiled deviance on it.

The fixed columns are made orthonormal (X = Q R), the response is replaced by its least-squares residual at
unit spread, and random columns are scaled to unit mean square. Estimates do not change by this, but a year
number as covariate or an outcome in thousands costs no digits. `Point` is the deviance at one theta with its
exact first and second derivatives.

Source: Bates et al. (2015), eqs. 34 and 41 (deviance); Lindstrom & Bates (1988) for the derivatives.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.covariance import Template
from netwerkkracht.mixed.formula.design import Design, RandomTerm
from netwerkkracht.mixed.gaussian.crossed import Crossed, other_columns
from netwerkkracht.mixed.gaussian.moments import Moments, NoFactor, OneFactor, Source, symmetric_basis

LOG_2PI = float(np.log(2 * np.pi))
# values in the columns of the smaller factors, about 1.5 GB
LARGEST = 200_000_000


@dataclass(frozen=True)
class Workspace:
    """Scaled data of a design.

    ``R`` is the triangle with X = Q R; ``ols`` the least-squares estimate; ``scale`` the unit of the
    residuals; ``z_scales`` the unit of the random columns of each term; ``perfect`` says that nothing is left
    to model.
    """

    design: Design
    source: Source
    template: Template
    Q: Array
    R: Array
    ols: Array
    scale: float
    z_scales: tuple[Array, ...]
    perfect: bool

    @property
    def n(self) -> int:
        """Rows."""
        return len(self.Q)

    @property
    def p(self) -> int:
        """Fixed columns."""
        return len(self.R)

    def at(self, theta: Array, *, reml: bool) -> Point:
        """Evaluate at one theta of the scaled problem."""
        moments = self.source.moments(self.template.gamma(theta), self.template.covariances(theta))
        return Point(self, theta, moments, reml)

    def start(self) -> Array:
        """Theta to start from: the moment estimate for one random column, else identity matrices.

        For one column, sums of residuals by level have the expectation sigma^2 A + tau A^2.
        """
        source = self.source
        if not isinstance(source, OneFactor) or self.template.r != 1:
            return self.template.identity()
        A = source.A[source.classes, 0, 0]
        squares, sizes, both = float(source.B[:, 0, -1] @ source.B[:, 0, -1]), float(A.sum()), float(A @ A)
        # total: n = sigma^2 n + tau sum A; by level: squares = sigma^2 sum A + tau sum A^2
        tau = (squares - sizes) / max(both - sizes**2 / self.n, 1e-300)
        ratio = tau / max(1 - tau * sizes / self.n, 1e-2)
        return np.array([np.sqrt(min(max(ratio, 1e-2), 1e4))])

    def outside(self, theta: Array) -> Array:
        """Theta in the units of the data."""
        return self.template.rescale(theta, [1 / s for s in self.z_scales])

    def inside(self, theta: Array) -> Array:
        """Theta in scaled units."""
        return self.template.rescale(theta, self.z_scales)


def make_workspace(design: Design) -> Workspace:
    """Scale the data of a design and summarise them."""
    y = design.y - design.offset
    n, p = design.X.shape
    Q, R = np.linalg.qr(design.X) if p else (np.empty((n, 0)), np.empty((0, 0)))
    along = Q.T @ y
    rest = y - Q @ along
    # once more, so that nothing of X is left in the residual
    more = Q.T @ rest
    rest = rest - Q @ more
    along = along + more
    spread = float(np.sqrt(rest @ rest / n))
    size = float(np.sqrt(y @ y / n))
    perfect = spread <= 1e-12 * size or spread == 0
    scale = 1.0 if perfect else spread
    z_scales = tuple(np.sqrt(np.maximum((term.Z**2).mean(0), 1e-300)) for term in design.random)
    D = np.column_stack([Q, rest / scale])
    template = Template(tuple(len(term.names) for term in design.random))
    source = _source(design, D, template, z_scales)
    return Workspace(design, source, template, Q, R, np.linalg.solve(R, along), scale, z_scales, perfect)


def _source(design: Design, D: Array, template: Template, z_scales: tuple[Array, ...]) -> Source:
    """Choose between one grouping factor and several."""
    factors: dict[str, list[int]] = {}
    for number, term in enumerate(design.random):
        factors.setdefault(term.group, []).append(number)
    names = list(factors)
    if not names:
        return NoFactor(design.n_rows, D.T @ D)
    entries = [[i for i, (t, _, _) in enumerate(template.entries) if t in factors[name]] for name in names]
    scaled = [term.Z / scale for term, scale in zip(design.random, z_scales, strict=True)]

    def one(name: str, columns: Array) -> OneFactor:
        own = factors[name]
        term: RandomTerm = design.random[own[0]]
        E = symmetric_basis([template.sizes[t] for t in own])
        Z = np.hstack([scaled[t] for t in own])
        return OneFactor.of(Z, columns, term.codes, term.n_levels, E)

    if len(names) == 1:
        return one(names[0], D)
    others = [
        (
            design.random[factors[name][0]].codes,
            design.random[factors[name][0]].n_levels,
            [scaled[t] for t in factors[name]],
        )
        for name in names[1:]
    ]
    width = sum(levels * sum(Z.shape[1] for Z in terms) for _, levels, terms in others)
    if width * design.n_rows > LARGEST:
        raise fail(
            "SIZE",
            f"{width} random effects beside '{names[0]}' are more than this engine holds",
            expected="further grouping factors with few levels, such as teams",
            action="leave out a random part with many levels",
            count=width,
        )
    Z2, places = other_columns(design.n_rows, others)
    return Crossed(
        inner=one(names[0], np.hstack([Z2, D])),
        q2=Z2.shape[1],
        first=np.array(entries[0], np.intp),
        rest=np.array([i for own in entries[1:] for i in own], np.intp),
        first_terms=tuple(factors[names[0]]),
        places=tuple(place for own in places for place in own),
    )


@dataclass(frozen=True)
class Point:
    """The model at one theta: everything follows from the moments. Quantities are in scaled units."""

    space: Workspace
    theta: Array
    moments: Moments
    reml: bool

    @cached_property
    def C(self) -> Array:  # noqa: N802 - the letter of the papers
        """Inverse of X'V0^-1 X: the covariance of the fixed effects is sigma^2 C."""
        p = self.space.p
        return np.asarray(np.linalg.inv(self.moments.S[:p, :p]), np.float64)

    @cached_property
    def b(self) -> Array:
        """Generalised least-squares estimate."""
        return self.C @ self.moments.S[: self.space.p, -1]

    @cached_property
    def a(self) -> Array:
        """The combination of [X y] that is the residual: (-b, 1)."""
        return np.append(-self.b, 1.0)

    @property
    def nu(self) -> int:
        """Divisor of the residual sum of squares."""
        return self.space.n - self.space.p if self.reml else self.space.n

    @cached_property
    def rss(self) -> float:
        """Penalised residual sum of squares, y'P0 y."""
        S, p = self.moments.S, self.space.p
        return float(S[-1, -1] - S[:p, -1] @ self.b)

    @property
    def sigma2(self) -> float:
        """Residual variance given theta."""
        return self.rss / self.nu

    @cached_property
    def deviance(self) -> float:
        """Profiled deviance (-2 log-likelihood; restricted where REML), in the units of the data."""
        p = self.space.p
        if not self.rss > 0:
            return float("inf")
        value = self.moments.logdet + self.nu * (
            1 + LOG_2PI + np.log(self.sigma2) + 2 * np.log(self.space.scale)
        )
        if self.reml:
            value += np.linalg.slogdet(self.moments.S[:p, :p])[1]
            value += 2 * np.log(np.abs(np.diag(self.space.R))).sum()
        return float(value)

    @cached_property
    def forms(self) -> tuple[Array, Array, Array, Array]:
        """Quadratic forms and traces for the derivatives.

        Returns ``y'P V_i P y`` (r), ``y'P V_i P V_j P y`` (r, r), and, with P the projection for REML and
        V0^-1 for ML, ``tr(P V_i)`` (r) and ``tr(P V_i P V_j)`` (r, r).
        """
        return forms(self.moments, self.C, self.a, reml=self.reml)

    @cached_property
    def by_gamma(self) -> tuple[Array, Array]:
        """Gradient and Hessian of the profiled deviance by gamma."""
        y1, y2, t1, t2 = self.forms
        nu, s = self.nu, self.rss
        return t1 - nu * y1 / s, -t2 + nu * (2 * y2 / s - np.outer(y1, y1) / s**2)

    @cached_property
    def by_theta(self) -> tuple[Array, Array]:
        """Gradient and Hessian of the profiled deviance by theta."""
        gradient, hessian = self.by_gamma
        J = self.space.template.jacobian(self.theta)
        return J.T @ gradient, J.T @ hessian @ J + self.space.template.curvature(gradient)


def forms(moments: Moments, C: Array, a: Array, *, reml: bool) -> tuple[Array, Array, Array, Array]:
    """Compute the forms of `Point.forms` from moments, C and the residual combination a."""
    p = len(C)
    Pa = moments.P @ a
    y1 = Pa @ a
    y2 = (moments.Q @ a) @ a
    y2 = y2 - Pa[:, :p] @ C @ Pa[:, :p].T
    if not reml:
        return y1, y2, moments.t, moments.tt
    CP = C @ moments.P[:, :p, :p]
    t1 = moments.t - np.trace(CP, axis1=1, axis2=2)
    flat = CP.reshape(len(CP), p * p) @ np.swapaxes(CP, 1, 2).reshape(len(CP), p * p).T
    t2 = moments.tt - 2 * (moments.Q[..., :p, :p] * C).sum(axis=(-2, -1)) + flat
    return y1, y2, t1, t2
