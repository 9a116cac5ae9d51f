"""The Gaussian engine: linear mixed models, exact, by (restricted) maximum likelihood.

Source: Bates, Maechler, Bolker & Walker (2015); equals lme4::lmer, with lmerTest's and pbkrtest's tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import (
    Engine,
    FTest,
    Method,
    Replicates,
    ResponseMeans,
    Status,
    Tests,
    Variance,
)
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.gaussian.modes import conditional_modes, mode_arrays
from netwerkkracht.mixed.gaussian.search import Minimum, minimise
from netwerkkracht.mixed.gaussian.small_sample import SmallSample
from netwerkkracht.mixed.gaussian.workspace import Workspace, make_workspace
from netwerkkracht.mixed.guards import Verdict, check
from netwerkkracht.mixed.stopped import StoppedEngine

# a residual variance below this share of the variance around the fixed part is rounding error
PERFECT = 1e-12


def fit_gaussian(design: Design, verdict: Verdict, *, reml: bool, method: Method) -> Engine:
    """Fit a linear mixed model to a design that the guards have seen."""
    if verdict.stops:
        return StoppedEngine(design, "gaussian", verdict.status, verdict.messages)
    if design.response_levels is not None and set(design.response_levels) != {"FALSE", "TRUE"}:
        text = f"the outcome '{design.formula.response}' is text: the Gaussian family needs numbers"
        return StoppedEngine(design, "gaussian", "not_identified", (text, *verdict.messages))
    space = make_workspace(design)
    if space.perfect:
        text = "the fixed part fits the outcome exactly: nothing is left for a variance"
        return StoppedEngine(design, "gaussian", "not_identified", (text, *verdict.messages))
    return engine_from(space, verdict, reml=reml, method=method)


def engine_from(
    space: Workspace, verdict: Verdict, *, reml: bool, method: Method, start: Array | None = None
) -> GaussianEngine:
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
    return GaussianEngine(space, minimum, reml, method, status, tuple(messages))


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


@dataclass(frozen=True)
class GaussianEngine:
    """A fitted linear mixed model."""

    space: Workspace
    minimum: Minimum
    reml: bool
    default_method: Method
    status: Status
    messages: tuple[str, ...]
    family: str = "gaussian"
    link: str = "identity"

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

    def lift(self, L: Array) -> Array:
        """Keep the combinations: the coefficients are the fixed columns."""
        return L

    def variances(self) -> tuple[Variance, ...]:
        """Variance parts of each random term, then the residual."""
        found = []
        for term, G in zip(self.design.random, self.covariances(), strict=True):
            sd = np.sqrt(np.diag(G))
            for a, name in enumerate(term.names):
                with np.errstate(divide="ignore", invalid="ignore"):
                    correlation = float(G[a, 0] / (sd[a] * sd[0])) if a else float("nan")
                found.append(Variance(term.group, name, float(G[a, a]), float(sd[a]), correlation))
        return (*found, Variance("residual", "", self.sigma**2, self.sigma))

    def covariances(self) -> list[Array]:
        """Covariance matrix of the effects of each random term."""
        return [self.sigma**2 * G for G in self.space.template.covariances(self.theta)]

    def conditional_modes(self) -> pd.DataFrame:
        """Modes of the random effects and their conditional standard deviations."""
        return conditional_modes(self.space, self.minimum.point)

    def modes(self) -> list[Array]:
        """Modes of each random term, levels by columns, in the units of the data."""
        return mode_arrays(self.space, self.minimum.point)[0]

    def response_means(self, X: Array, offset: Array) -> ResponseMeans:
        """Means of the response: the linear predictor itself, since the random effects have mean zero."""
        tests = self.tests(X, self.default_method)
        return ResponseMeans(np.arange(len(X)), None, tests.estimate + offset, X @ self.vcov @ X.T)

    def response(self, eta: Array) -> Array:
        """Identity link."""
        return eta

    def simulate(self, n: int, rng: np.random.Generator, *, conditional: bool = False) -> Array:
        """Draw n responses: rows by n."""
        fixed = self.design.X @ self.beta + self.design.offset
        if conditional:
            for term, mode in zip(self.design.random, self.modes(), strict=True):
                fixed = fixed + np.sum(term.Z * mode[term.codes], axis=1)
        made = rng.standard_normal((self.design.n_rows, n))
        made *= self.sigma
        made += fixed[:, None]
        if not conditional:
            factors = self.space.template.factors(self.theta)
            for term, L in zip(self.design.random, factors, strict=True):
                draws = rng.standard_normal((len(term.names), term.n_levels, n))
                for a, column in enumerate(np.tensordot(self.sigma * L, draws, axes=1)):
                    ones = bool(np.all(term.Z[:, a] == 1))
                    made += column[term.codes] if ones else column[term.codes] * term.Z[:, a, None]
        return made

    def refit_many(self, Y: Array) -> Replicates:
        """Refit the design to each column of Y."""
        from netwerkkracht.mixed.gaussian.refits import refit_many

        return refit_many(self, Y)

    def without(self, columns: Sequence[int]) -> Engine:
        """Fit the model without these columns of X."""
        kept = [i for i in range(len(self.names)) if i not in set(columns)]
        design = self.design
        smaller = replace(design, X=design.X[:, kept], kept=tuple(design.kept[i] for i in kept))
        return fit_gaussian(smaller, check(smaller), reml=self.reml, method=self.default_method)

    def by_maximum_likelihood(self) -> GaussianEngine:
        """Return this model fitted by ML, for likelihood ratios."""
        if not self.reml:
            return self
        verdict = Verdict("rank_deficient" if self.design.dropped_columns else "ok", stops=False, messages=())
        start = self.minimum.point.theta
        return engine_from(
            self.space, verdict, reml=False, method="satterthwaite", start=start + (start == 0) * 0.1
        )

    def profile(self, level: float) -> pd.DataFrame:
        """Profile likelihood intervals of all parameters."""
        from netwerkkracht.mixed.gaussian.profile import profile

        return profile(self, level)
