"""A fitted model of a family other than Gaussian: all that follows from its maximum."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import FTest, Tests
from netwerkkracht.mixed.families import CanonicalFamily
from netwerkkracht.mixed.families.canonical import Outcome, ShapeParameters
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.glmm.likelihood import covariances
from netwerkkracht.mixed.glmm.maximum import Maximum
from netwerkkracht.mixed.random_parts import parameter_names, parameter_values
from netwerkkracht.mixed.status import Method, Status
from netwerkkracht.mixed.tails import chi_square_or_f


@dataclass(frozen=True)
class Fitted:
    """A fitted binomial, Poisson, negative binomial or ordinal model.

    Attributes
    ----------
    loglik
        Maximised log-likelihood with all constants. ``loglik_saturated`` is that of the saturated model:
        glmer with nAGQ > 1 prints ``loglik - loglik_saturated`` for counts and proportions.
    maximum
        Internal parameters with their joint covariance, and the likelihood itself.
    """

    design: Design
    family: CanonicalFamily
    status: Status
    messages: tuple[str, ...]
    outcome: Outcome
    maximum: Maximum
    nodes: int
    default_method: Method = "asymptotic"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the coefficients; ordinal: thresholds (``1|2``) first."""
        return self.outcome.names

    @cached_property
    def beta(self) -> Array:
        """Coefficients on the link scale."""
        return self.maximum.linear[: len(self.names)]

    @cached_property
    def vcov(self) -> Array:
        """Their covariance: the inverse of the observed information over all parameters."""
        return self.maximum.linear_covariance[: len(self.names), : len(self.names)]

    @property
    def loglik(self) -> float:
        """Maximised log-likelihood with all constants."""
        return self.maximum.loglik + self.outcome.rows.constant

    @property
    def n_parameters(self) -> int:
        """Coefficients, variance parameters and, for NB2, theta."""
        return len(self.maximum.psi)

    @property
    def size(self) -> float:
        """Size parameter of NB2: variance μ + μ²/theta. NaN for the other families."""
        return float(np.exp(self.maximum.linear[-1])) if self.maximum.model.rows.size else float("nan")

    @property
    def distribution_variance(self) -> float:
        """Variance of an observation on the scale of the link, at the mean of the outcome."""
        return self.family.distribution_variance(float(np.mean(self.design.y)), self.size)

    def shape_parameters(self, psi: Array | None = None) -> ShapeParameters:
        """Return thresholds and θ, at the estimates or at other internal parameters."""
        rows, n = self.maximum.model.rows, self.maximum.n_linear
        linear = self.maximum.linear if psi is None else rows.transform @ psi[:n]
        return ShapeParameters(
            linear[: rows.n_thresholds], float(np.exp(linear[-1])) if rows.size else float("nan")
        )

    @property
    def approximation(self) -> str:
        """How the random effects were integrated out, in words."""
        return self.maximum.model.method

    def tests(self, L: Array, method: Method) -> Tests:  # noqa: ARG002 - there is one method
        """Test each row of ``L @ beta`` by z."""
        se = np.sqrt(np.maximum(np.einsum("ij,jk,ik->i", L, self.vcov, L), 0.0))
        return Tests(L @ self.beta, se, np.full(len(L), np.inf))

    def f_test(self, L: Array, method: Method) -> FTest:  # noqa: ARG002 - there is one method
        """Test all rows of ``L @ beta`` together by Wald's chi-square, given as F with den_df infinite."""
        value, covariance = L @ self.beta, L @ self.vcov @ L.T
        if not np.isfinite(covariance).all():
            return FTest(len(L), float("inf"), float("nan"), float("nan"))
        rank = int(np.linalg.matrix_rank(covariance))
        statistic = float(value @ np.linalg.pinv(covariance) @ value) / max(rank, 1)
        return FTest(rank, float("inf"), statistic, chi_square_or_f(statistic, rank, float("inf")))

    def lift(self, L: Array) -> Array:
        """Turn combinations of design columns into combinations of the coefficients.

        An ordinal model has thresholds in place of the intercept: a mean is then that of the latent variable
        measured from the average threshold, as in emmeans (mode = "latent"); differences do not involve them.
        """
        found = np.zeros((len(L), len(self.names)))
        start = self.outcome.rows.n_thresholds
        if start and "(Intercept)" in self.design.names:
            found[:, :start] = -L[:, [self.design.names.index("(Intercept)")]] / start
        found[:, start : start + len(self.outcome.columns)] = L[:, list(self.outcome.columns)]
        return found

    @cached_property
    def covariances(self) -> list[Array]:
        """Covariance matrix of each random term."""
        return covariances(self.maximum.model, self.maximum.psi)

    def parameters(self, psi: Array) -> list[float]:
        """Return standard deviations, correlations and, for NB2, theta at internal parameters."""
        found = parameter_values(covariances(self.maximum.model, psi))
        if self.maximum.model.rows.size:
            found.append(float(np.exp(psi[self.maximum.n_linear - 1])))
        return found

    def parameter_names(self) -> tuple[str, ...]:
        """Return the names of `parameters`."""
        size = ("theta",) if self.maximum.model.rows.size else ()
        return (*parameter_names(self.maximum.model.terms), *size)
