"""Draw what people who were not interviewed again might have answered.

Proper multiple imputation by Bayesian linear regression, wave after wave, equal to ``mice.impute.norm``: the
outcome of a wave given group, the outcome in all earlier waves and the covariates of the first wave. Where an
answer is missing before one that was given, the waves are drawn in rounds, each given all others.

Source: Rubin (1987), chapter 5; Van Buuren (2018), algorithms 3.1 and 4.3 (chained equations).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netwerkkracht.analysis.missing.persons import Persons, Vector
from netwerkkracht.analysis.missing.weights import group_columns

RIDGE = 1e-5  # of mice: keeps the cross-product invertible when covariates nearly repeat each other
ROUNDS = 10  # of chained equations; the draws settle within five (Van Buuren 2018, section 4.5)


def impute(persons: Persons, rng: np.random.Generator, times: int) -> Vector:
    """Return ``times`` completed outcomes, an array (times, n, waves).

    A missing covariate takes the mean. Observed answers are never changed. When nobody answered after a wave
    without an answer (drop-out alone), one pass over the waves is exact; else it is where the rounds start:
    an answer missing at the first wave must go with what the person said at the second.
    """
    n = len(persons.outcome)
    made = np.repeat(persons.outcome[None], times, axis=0)
    groups = group_columns(persons)
    X = np.where(np.isnan(persons.X), np.nanmean(persons.X, axis=0) if n else 0.0, persons.X)
    gaps = np.isnan(persons.outcome)
    dropped_out = np.array_equal(gaps, np.logical_or.accumulate(gaps, axis=1))
    for copy in made:
        for turn in range(1 if dropped_out else 1 + ROUNDS):
            for wave in np.flatnonzero(gaps.any(axis=0)):
                others = np.delete(copy, wave, axis=1) if turn else copy[:, :wave]
                design = np.column_stack([np.ones(n), groups, others, X])
                copy[gaps[:, wave], wave] = _draw(copy[:, wave], design, gaps[:, wave], rng)
    return made


def _draw(y: Vector, X: Vector, missing: NDArray[np.bool_], rng: np.random.Generator) -> Vector:
    """Draw the missing values of y from the posterior predictive of y on X with a flat prior."""
    seen_X, seen_y = X[~missing], y[~missing]
    cross = seen_X.T @ seen_X
    inverse = np.linalg.inv(cross + RIDGE * np.diag(np.diag(cross)))
    beta = inverse @ (seen_X.T @ seen_y)
    residual = seen_y - seen_X @ beta
    df = max(len(seen_y) - X.shape[1], 1)
    sigma = np.sqrt(residual @ residual / rng.chisquare(df))
    drawn = beta + sigma * np.linalg.cholesky((inverse + inverse.T) / 2) @ rng.standard_normal(len(beta))
    return np.asarray(X[missing] @ drawn + sigma * rng.standard_normal(int(missing.sum())))


def shifted(persons: Persons, completed: Vector, delta: float, *, group: int | None = None) -> Vector:
    """Return the completed outcomes with ``delta`` added to every imputed value after the first wave.

    ``group`` shifts one group only. A delta of 0 gives the imputations back.
    """
    missing = np.isnan(persons.outcome)
    missing[:, 0] = False
    if group is not None:
        missing &= (persons.group == group)[:, None]
    return np.asarray(completed + delta * missing)
