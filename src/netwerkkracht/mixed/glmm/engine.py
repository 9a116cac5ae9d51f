"""The engine of the families other than Gaussian: what `Fit` asks, answered from one maximum.

``fit_glmm`` checks the outcome, looks for separation before anything is fitted, chooses quadrature (one
random coefficient) or Laplace, and returns a `GlmmEngine`. Tests are z and chi-square (df infinite).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import (
    FTest,
    Method,
    Replicates,
    ResponseMeans,
    Status,
    Tests,
    Variance,
    chi_square_or_f,
)
from netwerkkracht.mixed.families.cumulants import LINKS
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.glmm.guards import endless_variance, read_outcome
from netwerkkracht.mixed.glmm.likelihood import covariances
from netwerkkracht.mixed.glmm.maximum import Maximum, find_maximum, make_likelihood
from netwerkkracht.mixed.glmm.plain import Outcome, canonical, plain_fit
from netwerkkracht.mixed.glmm.separation import separation
from netwerkkracht.mixed.glmm.terms import make_terms
from netwerkkracht.mixed.guards import Verdict
from netwerkkracht.mixed.stopped import StoppedEngine


@dataclass(frozen=True)
class GlmmEngine:
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
    family: str
    status: Status
    messages: tuple[str, ...]
    outcome: Outcome
    maximum: Maximum
    nodes: int
    default_method: Method = "asymptotic"

    @property
    def link(self) -> str:
        """Link of the family."""
        return LINKS[self.family]

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
    def loglik_saturated(self) -> float:
        """Log-likelihood of the saturated model (binomial and Poisson; zero for single trials)."""
        return self.outcome.rows.saturated

    @property
    def n_parameters(self) -> int:
        """Coefficients, variance parameters and, for NB2, theta."""
        return len(self.maximum.psi)

    @property
    def theta(self) -> float:
        """Size parameter of NB2: variance μ + μ²/theta. NaN for the other families."""
        return float(np.exp(self.maximum.linear[-1])) if self.maximum.model.rows.size else float("nan")

    @property
    def approximation(self) -> str:
        """How the random effects were integrated out, in words."""
        return self.maximum.model.method

    # -- tests ----------------------------------------------------------------------------------------

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

    # -- random parts ---------------------------------------------------------------------------------

    @cached_property
    def covariances(self) -> list[Array]:
        """Covariance matrix of each random term."""
        return covariances(self.maximum.model, self.maximum.psi)

    def variances(self) -> tuple[Variance, ...]:
        """Return the variance parts in the order of the random terms."""
        found = []
        for term, covariance in zip(self.maximum.model.terms, self.covariances, strict=True):
            sd = np.sqrt(np.diag(covariance))
            for k, name in enumerate(term.names):
                with np.errstate(invalid="ignore", divide="ignore"):
                    r = covariance[k, 0] / (sd[k] * sd[0]) if k else float("nan")
                found.append(Variance(term.group, name, float(covariance[k, k]), float(sd[k]), float(r)))
        return tuple(found)

    def conditional_modes(self) -> pd.DataFrame:
        """Return group, level, term, mode, sd as lme4::ranef with condVar (ordinal: sign as clmm)."""
        parts = []
        modes = self.maximum.model.modes(self.maximum.psi)
        for term, (mode, covariance) in zip(self.maximum.model.terms, modes, strict=True):
            for k, name in enumerate(term.names):
                columns = {"group": term.group, "level": term.levels, "term": name, "mode": mode[:, k]}
                parts.append(pd.DataFrame(columns | {"sd": np.sqrt(covariance[:, k, k])}))
        empty = pd.DataFrame(columns=["group", "level", "term", "mode", "sd"])
        return pd.concat(parts, ignore_index=True) if parts else empty

    # -- response scale -------------------------------------------------------------------------------

    def response_means(self, X: Array, offset: Array) -> ResponseMeans:
        """Means (ordinal: category probabilities) with the random effects integrated out."""
        from netwerkkracht.mixed.glmm.response import response_means

        return response_means(self, X, offset)

    def response(self, eta: Array) -> Array:
        """Return the mean given the predictor; ordinal: the mean category number, the first being 1."""
        from netwerkkracht.mixed.glmm.response import conditional_mean

        return conditional_mean(self, eta)

    def probabilities(self, eta: Array) -> Array:
        """Return the probability of each category (last axis) given the predictor; ordinal only."""
        from netwerkkracht.mixed.families.ordinal import category_probabilities

        return category_probabilities(self.beta[: self.outcome.rows.n_thresholds], eta)

    # -- simulation -----------------------------------------------------------------------------------

    def simulate(self, n: int, rng: np.random.Generator, *, conditional: bool = False) -> Array:
        """Draw n responses (rows by n), coded as the response of the design."""
        from netwerkkracht.mixed.glmm.response import simulate

        return simulate(self, n, rng, conditional=conditional)

    def refit_many(self, Y: Array) -> Replicates:
        """Refit to each column of Y (rows by m): one batch where there is one random coefficient."""
        from netwerkkracht.mixed.glmm.refits import refit_many

        return refit_many(self, Y)

    def without(self, columns: Sequence[int]) -> GlmmEngine | StoppedEngine:
        """Fit the model without these columns of the design."""
        from dataclasses import replace

        drop = set(columns)
        left = [i for i in range(self.design.X.shape[1]) if i not in drop]
        smaller = replace(
            self.design, X=self.design.X[:, left], kept=tuple(self.design.kept[i] for i in left)
        )
        return fit_glmm(smaller, self.family, self.nodes, Verdict("ok", stops=False, messages=()))

    def profile(self, level: float) -> pd.DataFrame:
        """Return profile likelihood limits of variance parts and coefficients."""
        from netwerkkracht.mixed.glmm.profile import profile

        return profile(self, level)


def fit_glmm(
    design: Design, family: str, nodes: int = 15, verdict: Verdict | None = None
) -> GlmmEngine | StoppedEngine:
    """Fit a binomial, Poisson, negative binomial (NB2) or ordinal mixed model by maximum likelihood.

    Parameters
    ----------
    design
        Response, fixed and random columns, offset, trials.
    family
        ``binomial``, ``poisson``, ``negative-binomial`` or ``ordinal``.
    nodes
        Adaptive Gauss-Hermite nodes where the random part is one coefficient; 1 is Laplace. Other random
        parts are fitted by Laplace whatever is asked, and the messages say so.
    verdict
        What the guards found; a verdict that stops is passed on.

    Returns
    -------
    GlmmEngine or StoppedEngine
        Status ``ok``, ``boundary`` (a variance of exactly zero, a correlation of one, or no overdispersion),
        ``not_converged`` or ``rank_deficient``; stopped with ``separated`` and the cell, or what the guards
        say.

    Raises
    ------
    StudyError
        OUTCOME: values that this family cannot have. OPTION: a number of nodes below one.

    Source
    ------
    lme4::glmer(nAGQ = nodes), glmmTMB(family = nbinom2) and ordinal::clmm(nAGQ = nodes).
    """
    verdict = verdict or Verdict("ok", stops=False, messages=())
    if verdict.stops:
        return StoppedEngine(design, family, verdict.status, verdict.messages)
    read_outcome(design, family, nodes)
    outcome = canonical(design, family)
    plain = plain_fit(outcome)
    if separated := separation(outcome, plain, design):
        return StoppedEngine(design, family, "separated", (*separated, *verdict.messages))
    if endless := endless_variance(design, family):
        return StoppedEngine(design, family, "not_identified", (endless, *verdict.messages))
    model = make_likelihood(plain, make_terms(design.random), nodes)
    maximum = find_maximum(model, plain)
    status, messages = _status(maximum, verdict)
    if nodes > 1 and model.method == "Laplace":
        messages = (*messages, "more than one random coefficient: fitted by the Laplace approximation")
    return GlmmEngine(design, family, status, messages, outcome, maximum, nodes)


def _status(maximum: Maximum, verdict: Verdict) -> tuple[Status, tuple[str, ...]]:
    """Choose the status that limits the reader most, with all messages."""
    messages = (*maximum.boundary, *verdict.messages)
    if not maximum.converged:
        return "not_converged", ("the maximum of the likelihood was not reached", *messages)
    if maximum.boundary:
        return "boundary", messages
    return verdict.status, messages
