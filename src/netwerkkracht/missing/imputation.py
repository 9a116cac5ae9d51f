"""Draw what people who were not interviewed again might have answered.

Proper multiple imputation by Bayesian linear regression, wave after wave, equal to ``mice.impute.norm``: the
outcome of a wave given group, the outcome in all earlier waves and the covariates of the first wave.

Source: Rubin (1987), chapter 5; Van Buuren (2018), algorithm 3.1.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from netwerkkracht.missing.persons import Persons, Vector
from netwerkkracht.missing.weights import group_columns

RIDGE = 1e-5  # of mice: keeps the cross-product invertible when covariates nearly repeat each other


def impute(persons: Persons, rng: np.random.Generator, times: int) -> Vector:
    """Return ``times`` completed outcomes, an array (times, n, waves).

    Persons with a missing covariate are imputed without covariates; a missing answer at the first wave is
    drawn from its group's own distribution given nothing else. Observed answers are never changed.
    """
    n, waves = persons.outcome.shape
    made = np.repeat(persons.outcome[None], times, axis=0)
    groups = group_columns(persons)
    X = np.where(np.isnan(persons.X), np.nanmean(persons.X, axis=0) if n else 0.0, persons.X)
    for copy in made:
        for wave in range(waves):
            missing = np.isnan(copy[:, wave])
            if missing.any():
                design = np.column_stack([np.ones(n), groups, copy[:, :wave], X])
                copy[missing, wave] = _draw(copy[:, wave], design, missing, rng)
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
