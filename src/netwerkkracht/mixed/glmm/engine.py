"""The engine of the families other than Gaussian: what `Fit` asks, answered from one maximum.

``fit_glmm`` checks the outcome, looks for separation before anything is fitted, chooses quadrature (one
random coefficient) or Laplace, and returns a `GlmmEngine`. Tests are z and chi-square (df infinite).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Replicates, ResponseMeans, Variance
from netwerkkracht.mixed.families import CanonicalFamily
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.glmm.fitted import Fitted
from netwerkkracht.mixed.glmm.maximum import Maximum, find_maximum, make_likelihood
from netwerkkracht.mixed.glmm.plain import plain_fit
from netwerkkracht.mixed.glmm.profile import profile
from netwerkkracht.mixed.glmm.refits import refit_many
from netwerkkracht.mixed.glmm.response import response_means, simulate
from netwerkkracht.mixed.glmm.separation import separation
from netwerkkracht.mixed.glmm.terms import make_terms
from netwerkkracht.mixed.guards import Verdict, endless_variance
from netwerkkracht.mixed.random_parts import modes_table, variance_table
from netwerkkracht.mixed.status import Method, Status
from netwerkkracht.mixed.stopped import StoppedEngine


@dataclass(frozen=True)
class GlmmEngine(Fitted):
    """A fitted binomial, Poisson, negative binomial or ordinal model as a `Fit` asks it."""

    @property
    def methods(self) -> tuple[Method, ...]:
        """There is one method: z and chi-square."""
        return (self.default_method,)

    def variances(self) -> tuple[Variance, ...]:
        """Return the variance parts in the order of the random terms."""
        return variance_table(self.maximum.model.terms, self.covariances)

    def conditional_modes(self) -> pd.DataFrame:
        """Return group, level, term, mode, sd as lme4::ranef with condVar (ordinal: sign as clmm)."""
        modes = self.maximum.model.modes(self.maximum.psi)
        sds = [np.sqrt(np.diagonal(covariance, axis1=1, axis2=2)) for _, covariance in modes]
        return modes_table(self.maximum.model.terms, [mode for mode, _ in modes], sds)

    def response_means(self, X: Array, offset: Array) -> ResponseMeans:
        """Means (ordinal: category probabilities) with the random effects integrated out."""
        return response_means(self, X, offset)

    def response(self, eta: Array) -> Array:
        """Return the mean given the predictor; ordinal: the mean category number, the first being 1."""
        return self.family.mean(eta, self.shape_parameters())

    def simulate(self, n: int, rng: np.random.Generator, *, conditional: bool = False) -> Array:
        """Draw n responses (rows by n), coded as the response of the design."""
        return simulate(self, n, rng, conditional=conditional)

    def refit_many(self, Y: Array) -> Replicates:
        """Refit to each column of Y (rows by m): one batch where there is one random coefficient."""
        return refit_many(self, Y)

    def without(self, columns: Sequence[int]) -> GlmmEngine | StoppedEngine:
        """Fit the model without these columns of the design."""
        return fit_glmm(self.design.without(columns), self.family, self.nodes)

    def by_maximum_likelihood(self) -> GlmmEngine:
        """Return this model: it is fitted by ML."""
        return self

    def profile(self, level: float) -> pd.DataFrame:
        """Return profile likelihood limits of variance parts and coefficients."""
        return profile(self, level)


def fit_glmm(
    design: Design, family: CanonicalFamily, nodes: int = 15, verdict: Verdict | None = None
) -> GlmmEngine | StoppedEngine:
    """Fit a binomial, Poisson, negative binomial (NB2) or ordinal mixed model by maximum likelihood.

    Parameters
    ----------
    design
        Response, fixed and random columns, offset, trials.
    family
        A family with canonical rows.
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
    _check_nodes(nodes)
    family.refuse(design)
    outcome = family.outcome(family.numbers(design.y, design), design)
    plain = plain_fit(family, outcome)
    if separated := separation(family, plain, design):
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


def _check_nodes(nodes: int) -> None:
    """Refuse a number of nodes that no rule has."""
    if nodes < 1 or int(nodes) != nodes:
        raise fail(
            "OPTION",
            "the number of quadrature nodes is not a whole number above zero",
            expected="nodes of 1 (Laplace) or more; 15 serves nearly all models",
            action="correct the option nodes",
        )
