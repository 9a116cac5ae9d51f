"""Weights that make people comparable: those who stayed to all who began, one group to the other.

Sources: Robins, Rotnitzky & Zhao (1995), JASA 90, 106-121, for inverse probability of attrition; Li, Morgan &
Zaslavsky (2018), JASA 113, 390-400, for overlap weights; Austin (2011) for standardised differences.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwerkkracht.analysis.describe.summaries import in_spreads
from netwerkkracht.analysis.missing.persons import Persons, Vector

ITERATIONS = 50
TOLERANCE = 1e-16  # of twice the gain that a step still promises
RANK = 1e-12  # of the largest eigenvalue: smaller ones come from columns that repeat each other
CERTAIN = 1e-8  # a fitted probability this near 0 or 1 only comes from separation


@dataclass(frozen=True)
class Logistic:
    """A logistic regression: probabilities of 1 for all rows, coefficients, and whether it can be trusted.

    ``status`` is ok, separated, not_converged or too_small (fewer than five events or non-events a column).
    """

    probability: Vector
    beta: Vector
    se: Vector
    status: str


def logistic(y: Vector, X: Vector, *, per_column: float = 2.0) -> Logistic:
    """Fit a logistic regression with an intercept by Newton's method, with a status.

    Equals R's ``glm(family = binomial)``, standard errors included.

    Parameters
    ----------
    y
        0/1, n values without missing ones.
    X
        n by p, without the intercept.
    per_column
        The least number of events, and of non-events, a column needs.
    """
    nan = np.full(X.shape[1] + 1, np.nan)
    events = min(y.sum(), len(y) - y.sum())
    if events < per_column * X.shape[1] or events < 1:
        return Logistic(np.full(len(y), y.mean()), nan, nan, "too_small")
    centre, spread = X.mean(axis=0), X.std(axis=0)
    spread = np.where(spread > 0, spread, 1.0)
    # in standard units, so that neither units nor columns that repeat each other disturb the steps
    design = np.column_stack([np.ones(len(y)), (X - centre) / spread])
    beta, done = np.zeros(len(nan)), False
    for _ in range(ITERATIONS):
        probability = 1 / (1 + np.exp(-np.clip(design @ beta, -700, 700)))
        weighted = design.T * (probability * (1 - probability))
        inverse = np.linalg.pinv(weighted @ design, rcond=RANK, hermitian=True)
        if done:
            break
        score = design.T @ (y - probability)
        beta, done = beta + inverse @ score, bool(score @ inverse @ score < TOLERANCE)
    back = np.diag(np.r_[1.0, 1 / spread])
    back[0, 1:] = -centre / spread
    status = "ok" if done else "not_converged"
    if np.any(np.minimum(probability, 1 - probability) < CERTAIN):
        status = "separated"
    se = np.sqrt(np.diag(back @ inverse @ back.T)) if status == "ok" else nan
    return Logistic(probability, back @ beta, se, status)


def attrition_weights(persons: Persons) -> tuple[Vector, str]:
    """Return stabilised inverse-probability-of-staying weights and the status of the model behind them.

    The weight of someone who stayed is the share that stayed in their group over their own probability of
    staying given group, outcome and covariates at the first wave; NaN for who left, and for who misses a
    covariate or the outcome at the first wave. With a status other than ok all weights are NaN.
    """
    usable = persons.known & ~np.isnan(persons.outcome[:, 0])
    X = np.column_stack([group_columns(persons), persons.outcome[:, 0], persons.X])[usable]
    stayed = persons.stayed[usable].astype(float)
    model = logistic(stayed, X)
    weights = np.full(len(persons.ids), np.nan)
    if model.status != "ok":
        return weights, model.status
    group = persons.group[usable]
    share = np.zeros(len(group))
    for g in np.unique(group):
        share[group == g] = stayed[group == g].mean()
    own = np.where(stayed == 1, share / model.probability, np.nan)
    weights[usable] = own
    return weights, "ok"


def overlap_weights(persons: Persons, *, rows: NDArray[np.bool_]) -> tuple[Vector, str]:
    """Return overlap weights of the second group against the first, and the status of the propensity model.

    Members of the second group get one minus their propensity, members of the first their propensity: people
    of whom either group could have been theirs count most. NaN outside ``rows`` or with a missing covariate.
    For a study with more than two groups the status is ``two_groups_only``.
    """
    weights = np.full(len(persons.ids), np.nan)
    usable = rows & persons.known
    member = persons.group[usable].astype(float)
    if persons.group.max() != 1:
        return weights, "two_groups_only"
    model = logistic(member, persons.X[usable])
    if model.status != "ok":
        return weights, model.status
    weights[usable] = np.where(member == 1, 1 - model.probability, model.probability)
    return weights, "ok"


def group_columns(persons: Persons) -> Vector:
    """Return 0/1 columns of the groups after the first."""
    return np.column_stack([persons.group == g for g in range(1, persons.group.max() + 1)]).astype(float)


def standardised_differences(persons: Persons, weights: Vector) -> Vector:
    """Return per covariate the weighted difference of means, second minus first group, over the spread.

    The spread is the root of the mean of the two unweighted variances, the same before and after weighting,
    so that a change can only come from the means. Rows with a NaN weight or covariate are left out.
    """
    usable = ~np.isnan(weights) & persons.known
    X, w, group = persons.X[usable], weights[usable], persons.group[usable]
    means = [np.average(X[group == g], axis=0, weights=w[group == g]) for g in (0, 1)]
    variances = [X[group == g].var(axis=0, ddof=1) for g in (0, 1)]
    return np.asarray(in_spreads(means[1] - means[0], *variances))


def effective_size(weights: Vector) -> float:
    """Return Kish's effective number of persons behind weights."""
    w = weights[~np.isnan(weights)]
    return float(w.sum() ** 2 / (w**2).sum()) if len(w) else 0.0
