"""The Gaussian engine: linear mixed models, exact, by (restricted) maximum likelihood.

Source: Bates, Maechler, Bolker & Walker (2015); equals lme4::lmer, with lmerTest's and pbkrtest's tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine, Replicates, ResponseMeans, Variance
from netwerkkracht.mixed.families import Family, family
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.gaussian.fitted import Fitted, find_optimum
from netwerkkracht.mixed.gaussian.modes import conditional_modes
from netwerkkracht.mixed.gaussian.workspace import make_workspace
from netwerkkracht.mixed.guards import Verdict, check
from netwerkkracht.mixed.random_parts import variance_table
from netwerkkracht.mixed.status import Method
from netwerkkracht.mixed.stopped import StoppedEngine

GAUSSIAN = family("gaussian")


def fit_gaussian(design: Design, verdict: Verdict, *, reml: bool, method: Method) -> Engine:
    """Fit a linear mixed model to a design that the guards have seen."""
    if verdict.stops:
        return StoppedEngine(design, GAUSSIAN, verdict.status, verdict.messages)
    if design.response_levels is not None and set(design.response_levels) != {"FALSE", "TRUE"}:
        text = f"the outcome '{design.formula.response}' is text: the Gaussian family needs numbers"
        return StoppedEngine(design, GAUSSIAN, "not_identified", (text, *verdict.messages))
    space = make_workspace(design)
    if space.perfect:
        text = "the fixed part fits the outcome exactly: nothing is left for a variance"
        return StoppedEngine(design, GAUSSIAN, "not_identified", (text, *verdict.messages))
    return GaussianEngine.of(find_optimum(space, verdict, reml=reml, method=method))


@dataclass(frozen=True)
class GaussianEngine(Fitted):
    """A fitted linear mixed model as a `Fit` asks it."""

    family: Family = GAUSSIAN
    size: float = float("nan")

    @property
    def distribution_variance(self) -> float:
        """Residual variance."""
        return self.sigma**2

    @classmethod
    def of(cls, fitted: Fitted) -> GaussianEngine:
        """Take over what was fitted."""
        return cls(
            fitted.space,
            fitted.minimum,
            fitted.reml,
            fitted.default_method,
            fitted.status,
            fitted.messages,
        )

    @property
    def methods(self) -> tuple[Method, ...]:
        """Degrees of freedom that a table of F tests shows; Kenward-Roger's need REML."""
        return tuple(method for method in self.family.methods if self.reml or method != "kenward-roger")

    def lift(self, L: Array) -> Array:
        """Keep the combinations: the coefficients are the fixed columns."""
        return L

    def variances(self) -> tuple[Variance, ...]:
        """Variance parts of each random term, then the residual."""
        residual = Variance("residual", "", self.sigma**2, self.sigma)
        return (*variance_table(self.design.random, self.covariances()), residual)

    def conditional_modes(self) -> pd.DataFrame:
        """Modes of the random effects and their conditional standard deviations."""
        return conditional_modes(self.space, self.minimum.point)

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
        smaller = self.design.without(columns)
        return fit_gaussian(smaller, check(smaller, self.family), reml=self.reml, method=self.default_method)

    def by_maximum_likelihood(self) -> GaussianEngine:
        """Return this model fitted by ML, for likelihood ratios."""
        if not self.reml:
            return self
        verdict = Verdict("rank_deficient" if self.design.dropped_columns else "ok", stops=False, messages=())
        theta = self.minimum.point.theta
        return GaussianEngine.of(
            find_optimum(
                self.space, verdict, reml=False, method="satterthwaite", start=theta + (theta == 0) * 0.1
            )
        )

    def profile(self, level: float) -> pd.DataFrame:
        """Profile likelihood intervals of all parameters."""
        from netwerkkracht.mixed.gaussian.profile import profile

        return profile(self, self.by_maximum_likelihood(), level)
