"""Plain logistic regression by Newton's method: drop-out, propensity, and the weights made from them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.models.facts import Facts, code_text

# a coefficient this large means that a combination of covariates has only one answer
RUNAWAY = 15.0


@dataclass(frozen=True)
class Logistic:
    """A fitted logistic regression: status (ok, separated, too_small, constant), estimates, covariance."""

    status: str
    names: tuple[str, ...]
    estimates: Any
    covariance: Any
    probabilities: Any

    @property
    def errors(self) -> Any:
        """Standard errors; missing where the status is not ok."""
        if self.status != "ok":
            return np.full(len(self.names), math.nan)
        return np.sqrt(np.diag(self.covariance))


def logistic(X: Any, y: Any, names: Sequence[str], rounds: int = 50) -> Logistic:
    """Fit a logistic regression by maximum likelihood.

    Parameters
    ----------
    X
        n by p, the intercept included; no missing values.
    y
        n zeros and ones.

    Returns
    -------
    Logistic
        Status ``too_small`` with fewer than two rows of either kind per column, ``separated`` where estimates
        run away; the estimates then stand without standard errors.

    Source
    ------
    R's ``glm(family = binomial)``.
    """
    X, y = np.asarray(X, dtype=float), np.asarray(y, dtype=float)
    beta = np.zeros(X.shape[1])
    if len(np.unique(y)) < 2:
        share = float(y.mean()) if len(y) else math.nan
        return Logistic("constant", tuple(names), beta * math.nan, None, np.full(len(y), share))
    status = "not_converged"
    information = np.eye(X.shape[1])
    for _ in range(rounds):
        probability = 1 / (1 + np.exp(-np.clip(X @ beta, -30, 30)))
        information = X.T @ (X * (probability * (1 - probability))[:, None])
        step = np.linalg.pinv(information) @ (X.T @ (y - probability))
        beta = beta + step
        if np.max(np.abs(beta * X.std(axis=0))) > RUNAWAY:
            status = "separated"
            break
        if np.max(np.abs(step)) < 1e-10:
            status = "ok"
            break
    if status == "ok" and np.linalg.matrix_rank(X) < X.shape[1]:
        status = "rank_deficient"
    probability = 1 / (1 + np.exp(-np.clip(X @ beta, -30, 30)))
    return Logistic(status, tuple(names), beta, np.linalg.pinv(information), probability)


def covariates(people: Any, names: Sequence[str], facts: Facts) -> tuple[Any, tuple[str, ...], int]:
    """Return the design columns of person-level covariates, their names, and how many cells were filled in.

    Categories become 0/1 columns without the first code; a missing number becomes the mean and a missing
    category the commonest one, so that nobody drops out of a weight; the count says how often.
    """
    columns, labels, filled = [np.ones(len(people))], ["(Intercept)"], 0
    for name in names:
        known = facts.variable(name)
        if known.codes or name == facts.group:
            codes = list(facts.groups) if name == facts.group else [code for code, _ in known.codes]
            texts = people[name].map(code_text, na_action="ignore")
            filled += int(texts.isna().sum())
            texts = texts.fillna(texts.mode().iloc[0]) if texts.notna().any() else texts
            for code in codes[1:]:
                if (texts == code).any():
                    columns.append((texts == code).to_numpy(dtype=float))
                    labels.append(f"{name}{code}")
            continue
        values = pd.to_numeric(people[name]).astype(float)
        filled += int(values.isna().sum())
        columns.append(values.fillna(values.mean()).to_numpy())
        labels.append(name)
    return np.column_stack(columns), tuple(labels), filled
