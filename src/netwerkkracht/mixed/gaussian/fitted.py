"""A linear mixed model at its optimum: the search, how it ended, estimates and their tests.

Source: Bates, Maechler, Bolker & Walker (2015); equals lme4::lmer, with lmerTest's and pbkrtest's tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import FTest, Tests
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.gaussian.modes import mode_arrays
from netwerkkracht.mixed.gaussian.search import Minimum, minimise
from netwerkkracht.mixed.gaussian.small_sample import SmallSample
from netwerkkracht.mixed.gaussian.workspace import Workspace
from netwerkkracht.mixed.guards import Verdict
from netwerkkracht.mixed.random_parts import parameter_names, parameter_values
from netwerkkracht.mixed.status import Method, Status

# a residual variance below this share of the variance around the fixed part is rounding error
PERFECT = 1e-12
# a parameter on its boundary starts a search from here: at zero the slope vanishes
OFF_ZERO = 0.1
FINE = Verdict("ok", stops=False, messages=())


@dataclass(frozen=True)
class Fitted:
    """A fitted linear mixed model: all that follows from its data and its optimum."""

    space: Workspace
    minimum: Minimum
    reml: bool
    default_method: Method
    status: Status
    messages: tuple[str, ...]

    @property
    def design(self) -> Design:
        """Design of the fit."""
        return self.space.design

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed effects."""
        return self.design.names

    @property
    def sigma(self) -> float:
        """Residual standard deviation."""
        return float(np.sqrt(self.minimum.point.sigma2) * self.space.scale)

    @cached_property
    def theta(self) -> Array:
        """Relative covariance factors in lme4's order, in the units of the data."""
        return self.space.outside(self.minimum.point.theta)

    @cached_property
    def beta(self) -> Array:
        """Fixed effects."""
        return np.asarray(
            self.space.ols + self.space.scale * np.linalg.solve(self.space.R, self.minimum.point.b)
        )

    @property
    def vcov(self) -> Array:
        """Covariance of the fixed effects, Kenward-Roger's where that is the method."""
        inner = np.linalg.inv(self.space.R) * self.space.scale
        return np.asarray(inner @ self.small.covariance(self.default_method) @ inner.T)

    @property
    def loglik(self) -> float:
        """Log-likelihood, restricted for REML."""
        return -0.5 * self.minimum.point.deviance

    @property
    def n_parameters(self) -> int:
        """Fixed effects, covariance parameters and the residual variance."""
        return len(self.names) + self.space.template.r + 1

    @cached_property
    def small(self) -> SmallSample:
        """Small-sample corrections."""
        return SmallSample(self.minimum.point)

    def _inside(self, L: Array) -> Array:
        return np.asarray(np.linalg.solve(self.space.R.T, np.atleast_2d(L).T).T * self.space.scale)

    def tests(self, L: Array, method: Method) -> Tests:
        """Test each row of ``L @ beta``."""
        return self.small.tests(self._inside(L), L @ self.beta, self._method(method))

    def f_test(self, L: Array, method: Method) -> FTest:
        """Test all rows of ``L @ beta`` together."""
        whole = self.space.R @ self.beta / self.space.scale
        return self.small.f_test(self._inside(L), whole, self._method(method))

    def _method(self, method: Method) -> Method:
        return "satterthwaite" if method == "kenward-roger" and not self.reml else method

    def covariances(self) -> list[Array]:
        """Covariance matrix of the effects of each random term."""
        return [self.sigma**2 * G for G in self.space.template.covariances(self.theta)]

    def modes(self) -> list[Array]:
        """Modes of each random term, levels by columns, in the units of the data."""
        return mode_arrays(self.space, self.minimum.point)[0]

    def parameters(self) -> list[float]:
        """Return standard deviations and correlations, named by `parameter_names`, then sigma."""
        return [*parameter_values(self.covariances()), self.sigma]

    def parameter_names(self) -> tuple[str, ...]:
        """Return the names of `parameters`."""
        return (*parameter_names(self.design.random), "sigma")

    def start(self) -> Array:
        """Theta for a search that begins here, off zero."""
        theta = self.minimum.point.theta
        return np.where((theta == 0) & self.space.template.diagonal, OFF_ZERO, theta)


def find_optimum(
    space: Workspace, verdict: Verdict, *, reml: bool, method: Method, start: Array | None = None
) -> Fitted:
    """Find the optimum and say how it ended."""
    minimum = minimise(space, space.start() if start is None else start, reml=reml)
    messages = list(verdict.messages)
    status: Status = verdict.status
    if minimum.boundary:
        status = "boundary" if status == "ok" else status
        messages.append(_boundary_text(space, minimum))
    flat = [] if minimum.boundary else _flat(space, minimum)
    perfect = minimum.point.sigma2 < PERFECT
    if perfect:
        status = "not_identified"
        messages.append("the model reproduces every outcome: there is no residual variance to estimate")
    elif flat:
        status = "not_identified"
        names = " and ".join(f"'{name}'" for name in flat)
        messages.append(
            f"the likelihood does not depend on the variance of {names} apart from the other terms"
        )
    if not (minimum.converged or perfect):
        status = "not_converged"
        messages.append("the search did not find a maximum of the likelihood")
    if not reml and method == "kenward-roger":
        method = "satterthwaite"
        messages.append("Kenward-Roger needs REML: this ML fit has Satterthwaite's degrees of freedom")
    return Fitted(space, minimum, reml, method, status, tuple(messages))


def _flat(space: Workspace, minimum: Minimum) -> list[str]:
    """Name the grouping factors along whose variances the deviance is flat."""
    theta = minimum.point.theta
    if not len(theta):
        return []
    # in units of theta itself, so that the size of a variance does not matter
    unit = np.where(theta == 0, 1.0, theta)
    values, vectors = np.linalg.eigh(minimum.point.by_theta[1] * np.outer(unit, unit))
    weights = np.abs(vectors[:, values < 1e-7]).max(axis=1, initial=0.0)
    terms = (space.design.random[t].group for t, _, _ in space.template.entries)
    return list(dict.fromkeys(name for name, weight in zip(terms, weights, strict=True) if weight > 0.1))


def _boundary_text(space: Workspace, minimum: Minimum) -> str:
    found = []
    covariances = space.template.covariances(minimum.point.theta)
    for term, G in zip(space.design.random, covariances, strict=True):
        zero = [name for name, value in zip(term.names, np.diag(G), strict=True) if value == 0]
        if zero:
            found.append(
                f"the variance of {' and '.join(zero)} for '{term.group}' is estimated at exactly zero"
            )
        elif np.linalg.matrix_rank(G, tol=1e-10 * np.trace(G)) < len(G):
            found.append(f"the random effects of '{term.group}' are estimated as perfectly correlated")
    return "; ".join(found) or "the covariance of the random effects is singular"
