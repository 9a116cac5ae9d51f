"""What a family of models does for a `Fit`: the protocol between the results and the engines.

The Gaussian engine is `netwerkkracht.mixed.gaussian.engine.GaussianEngine`; the other families make theirs in
`netwerkkracht.mixed.glmm.engine.fit_glmm`. A `Fit` prints tables from these functions; what a
family is, it asks the family.

Conventions: ``p`` fixed columns of the design (``design.names``), ``k`` reported coefficients (``names``; an
ordinal model has its thresholds first, then the p columns), ``n`` rows used. Arrays are float64.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netwerkkracht.mixed.arrays import Array, Codes
from netwerkkracht.mixed.families.family import Family
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.status import INFERENCE, Method, Status
from netwerkkracht.mixed.tails import two_sided


@dataclass(frozen=True)
class Tests:
    """Tests of m single hypotheses ``L @ beta = 0``: arrays of length m; ``df`` is inf for z tests."""

    estimate: Array
    se: Array
    df: Array

    @property
    def statistic(self) -> Array:
        """The estimate in standard errors."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return self.estimate / self.se

    @property
    def p(self) -> Array:
        """Two-sided p value."""
        return two_sided(self.statistic, self.df)


@dataclass(frozen=True)
class FTest:
    """Test of a hypothesis of several rows; ``den_df`` is inf where the statistic is chi-square / num_df."""

    num_df: int
    den_df: float
    statistic: float
    p: float


@dataclass(frozen=True)
class Variance:
    """One row of the variance table.

    ``correlation`` is with the first column of the same random term (NaN for the first itself). The row of a
    residual variance has group ``residual`` and term ``""``.
    """

    group: str
    term: str
    variance: float
    sd: float
    correlation: float = float("nan")


@dataclass(frozen=True)
class Replicates:
    """Refits of one design to m responses.

    ``estimates`` and ``se`` are m by k; ``parameters`` m by r holds standard deviations, correlations and,
    where a family has one, the dispersion, named by ``parameter_names`` as `Engine.profile` names them.
    ``loglik`` is the maximised log-likelihood (ML, also where the fit is REML). ``status`` has a word for
    each replicate; a replicate that failed keeps NaN: it is counted, never dropped.
    """

    names: tuple[str, ...]
    estimates: Array
    se: Array
    parameter_names: tuple[str, ...]
    parameters: Array
    loglik: Array
    status: NDArray[np.str_]


@dataclass(frozen=True)
class ResponseMeans:
    """Means on the response scale with the random effects integrated out.

    ``category`` names the response category of each row (ordinal), else None; ``row`` is the row of X it
    belongs to. ``cov`` is the covariance of the estimates by the delta method over fixed and variance
    parameters.
    """

    row: Codes
    category: tuple[str, ...] | None
    estimate: Array
    cov: Array


class Engine(Protocol):
    """A fitted model of one family."""

    @property
    def design(self) -> Design:
        """Design of the fit."""
        ...

    @property
    def family(self) -> Family:
        """Family of the model."""
        ...

    @property
    def status(self) -> Status:
        """One word on how the fit ended."""
        ...

    @property
    def messages(self) -> tuple[str, ...]:
        """What the reader has to know."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the k coefficients."""
        ...

    @property
    def beta(self) -> Array:
        """Estimates of the k coefficients."""
        ...

    @property
    def vcov(self) -> Array:
        """Covariance of the estimates, k by k."""
        ...

    @property
    def loglik(self) -> float:
        """Maximised log-likelihood."""
        ...

    @property
    def size(self) -> float:
        """Size parameter of NB2; NaN for the other families."""
        ...

    @property
    def distribution_variance(self) -> float:
        """Variance of an observation around its predictor, on the scale of the link."""
        ...

    @property
    def n_parameters(self) -> int:
        """Number of parameters estimated."""
        ...

    @property
    def default_method(self) -> Method:
        """Degrees of freedom used where none are asked for."""
        ...

    @property
    def methods(self) -> tuple[Method, ...]:
        """Degrees of freedom that a table of F tests shows where none are asked for."""
        ...

    def tests(self, L: Array, method: Method) -> Tests:
        """Test each row of ``L @ beta``, L m by k."""
        ...

    def f_test(self, L: Array, method: Method) -> FTest:
        """Test all rows of ``L @ beta`` together."""
        ...

    def lift(self, L: Array) -> Array:
        """Turn combinations of the p fixed columns into combinations of the k coefficients."""
        ...

    def variances(self) -> tuple[Variance, ...]:
        """Return the variance parts, in the order of the random terms, the residual last."""
        ...

    def conditional_modes(self) -> pd.DataFrame:
        """Return group, level, term, mode, sd: the modes of the random effects given the data."""
        ...

    def response_means(self, X: Array, offset: Array) -> ResponseMeans:
        """Means of the response for rows of the fixed matrix, random effects integrated out."""
        ...

    def response(self, eta: Array) -> Array:
        """Return the mean of the response given the linear predictor, random effects included in it."""
        ...

    def simulate(self, n: int, rng: np.random.Generator, *, conditional: bool = False) -> Array:
        """Draw n responses, rows by n; ``conditional`` keeps the conditional modes, else they are redrawn."""
        ...

    def refit_many(self, Y: Array) -> Replicates:
        """Refit the same design to each column of Y, rows by m, by the same method as this fit."""
        ...

    def without(self, columns: Sequence[int]) -> Engine:
        """Fit the model without these columns of X (the null model of a test)."""
        ...

    def by_maximum_likelihood(self) -> Engine:
        """Return the model fitted by ML: restricted likelihoods of different fixed parts do not compare."""
        ...

    def profile(self, level: float) -> pd.DataFrame:
        """Return parameter, estimate, lower, upper by the profile likelihood; variance parts included.

        Parameters are named ``sd(term|group)``, ``cor(term,term|group)``, ``sigma``, then coefficients.
        """
        ...


def has_inference(engine: Engine) -> bool:
    """Whether standard errors and tests of this fit mean anything."""
    return engine.status in INFERENCE
