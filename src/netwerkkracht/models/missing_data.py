"""The difference in change under five ways to treat persons who were not interviewed again.

Panel only (as published), all persons by likelihood, weights for the chance of staying, multiple imputation,
and multiple imputation shifted by a constant (delta) for those who left.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from netwerkkracht.describe.counts import keyed
from netwerkkracht.models.facts import Facts
from netwerkkracht.models.fit import fit_model
from netwerkkracht.models.logistic import covariates, logistic
from netwerkkracht.models.spec import ModelSpec

COLUMNS = ["route", "delta", "shifted", "estimate", "se", "df", "lower", "upper", "p", "persons", "status"]


@dataclass(frozen=True)
class Wide:
    """First and last value of the outcome per person, group as 1 (first group) or 0, covariate columns."""

    first: Any
    last: Any
    group: Any
    X: Any


def wide(panel: Any, facts: Facts, outcome: str, names: Sequence[str], wave: str) -> Wide:
    """Put first and last values beside each other, for persons of the first two groups with a first value."""
    data = keyed(panel, facts, [outcome, *names])
    start = data[data[facts.wave] == facts.waves[0]].drop_duplicates(facts.person).set_index(facts.person)
    start = start[start[outcome].notna() & start[facts.group].isin(facts.groups[:2])]
    end = data[data[facts.wave] == wave].drop_duplicates(facts.person).set_index(facts.person)[outcome]
    X, _, _ = covariates(start.reset_index(), names, facts)
    return Wide(
        start[outcome].to_numpy(dtype=float),
        end.reindex(start.index).to_numpy(dtype=float),
        (start[facts.group] == facts.groups[0]).to_numpy(dtype=float),
        X,
    )


def rubin(estimates: Any, variances: Any, df_complete: float) -> tuple[float, float, float]:
    """Pool estimates over imputations: estimate, standard error, Barnard and Rubin's degrees of freedom.

    Source: Rubin (1987); Barnard & Rubin (1999), Biometrika 86: 948-955; R's ``mice::pool.scalar``.
    """
    q, u = np.asarray(estimates, dtype=float), np.asarray(variances, dtype=float)
    m = len(q)
    within, between = float(u.mean()), float(q.var(ddof=1))
    total = within + (1 + 1 / m) * between
    share = (1 + 1 / m) * between / total
    observed = (df_complete + 1) / (df_complete + 3) * df_complete * (1 - share)
    if share < 1e-12:
        return float(q.mean()), math.sqrt(total), observed
    old = (m - 1) / share**2
    return float(q.mean()), math.sqrt(total), old * observed / (old + observed)


def _line(route: str, estimate: float, se: float, df: float, persons: int, alpha: float, **more: Any) -> Any:
    half = stats.t.ppf(1 - alpha / 2, df) * se
    return {
        "route": route, "delta": more.get("delta", math.nan), "shifted": more.get("shifted", ""),
        "estimate": estimate, "se": se, "df": df, "lower": estimate - half, "upper": estimate + half,
        "p": float(2 * stats.t.sf(abs(estimate / se), df)), "persons": persons, "status": "ok",
    }  # fmt: skip


def _difference(change: Any, group: Any, weights: Any = None) -> tuple[float, float]:
    """Return the (weighted) difference of mean changes and its variance.

    Without weights the pooled variance of two samples, with weights the sandwich variance (HC1).
    """
    if weights is None:
        a, b = change[group == 1], change[group == 0]
        n, m = len(a), len(b)
        pooled = ((n - 1) * a.var(ddof=1) + (m - 1) * b.var(ddof=1)) / (n + m - 2)
        return float(a.mean() - b.mean()), float(pooled * (1 / n + 1 / m))
    X = np.column_stack([np.ones(len(change)), group])
    bread = np.linalg.inv(X.T @ (X * weights[:, None]))
    beta = bread @ (X.T @ (weights * change))
    score = X * (weights * (change - X @ beta))[:, None]
    n = len(change)
    covariance = bread @ (score.T @ score) @ bread * n / (n - 2)
    return float(beta[1]), float(covariance[1, 1])


def staying_weights(data: Wide) -> tuple[Any, str]:
    """Return stabilised weights 1 / P(stayed | first value, group, covariates) of those who stayed."""
    stayed = ~np.isnan(data.last)
    X = np.column_stack([data.X, data.first, data.group])
    made = logistic(X, stayed, [str(place) for place in range(X.shape[1])])
    chance = np.clip(made.probabilities[stayed], 0.02, 1.0)
    overall = np.where(
        data.group[stayed] == 1, stayed[data.group == 1].mean(), stayed[data.group == 0].mean()
    )
    return overall / chance, made.status


def impute(data: Wide, n: int, rng: np.random.Generator) -> Any:
    """Draw the missing last values n times, by Bayesian linear regression on first value, group, covariates.

    Returns
    -------
    array
        n by persons: observed values stay. Draws of the residual variance and the coefficients come from
        their posterior under the usual flat prior.

    Source: Rubin (1987, pp. 166-167); R's ``mice.impute.norm``.
    """
    X = np.column_stack([data.X, data.first, data.group, data.first * data.group])
    seen = ~np.isnan(data.last)
    A, y = X[seen], data.last[seen]
    inverse = np.linalg.pinv(A.T @ A)
    beta = inverse @ A.T @ y
    rest = len(y) - np.linalg.matrix_rank(A)
    squares = float(((y - A @ beta) ** 2).sum())
    root = np.linalg.cholesky(inverse + 1e-12 * np.eye(len(inverse)))
    filled = np.tile(data.last, (n, 1))
    for draw in filled:
        sigma = math.sqrt(squares / rng.chisquare(rest))
        shifted = beta + sigma * (root @ rng.standard_normal(len(beta)))
        draw[~seen] = X[~seen] @ shifted + sigma * rng.standard_normal(int((~seen).sum()))
    return filled


def _pooled(data: Wide, drawn: Any, shift: float, who: Any, names: tuple[str, str], alpha: float) -> Any:
    route, shifted = names
    missing = np.isnan(data.last) & who
    found = [_difference(last + np.where(missing, shift, 0.0) - data.first, data.group) for last in drawn]
    estimate, se, df = rubin([f[0] for f in found], [f[1] for f in found], len(data.first) - 2)
    return _line(route, estimate, se, df, len(data.first), alpha, shifted=shifted)


def five_ways(
    spec: ModelSpec,
    panel: Any,
    facts: Facts,
    names: Sequence[str],
    rng: np.random.Generator,
    **options: Any,
) -> Any:
    """Estimate the difference in change of the first two groups in five ways.

    Parameters
    ----------
    spec
        The primary Gaussian model.
    names
        Person-level covariates of the first wave for weights and imputation.
    rng
        Source of the imputations.
    options
        ``wave`` (default the last), ``imputations`` (100), ``deltas`` (in SDs of the first wave), ``alpha``.

    Returns
    -------
    DataFrame
        Columns of ``COLUMNS``. Routes: ``panel``, ``likelihood``, ``weights``, ``imputation`` and ``delta``
        (``shifted``: both groups, or the code of the group whose leavers are shifted by ``delta`` SDs; delta
        0 is the imputation itself).
    """
    wave = str(options.get("wave", facts.waves[-1]))
    alpha = float(options.get("alpha", 0.05))
    rows = []
    for route, sample in (("panel", "complete"), ("likelihood", "all")):
        result = fit_model(replace(spec, sample=sample), panel, facts, second=False, alpha=alpha)
        row = result.contrast("change", wave) or {}
        cells = {name: row.get(name, math.nan) for name in ("estimate", "se", "df", "lower", "upper", "p")}
        rows.append({"route": route, "delta": math.nan, "shifted": "", **cells, "persons": result.n_persons,
                     "status": result.status})  # fmt: skip
    data = wide(panel, facts, spec.outcome, names, wave)
    stayed = ~np.isnan(data.last)
    weights, status = staying_weights(data)
    estimate, variance = _difference((data.last - data.first)[stayed], data.group[stayed], weights)
    line = _line("weights", estimate, math.sqrt(variance), float(stayed.sum() - 2), int(stayed.sum()), alpha)
    rows.append({**line, "status": status})
    drawn = impute(data, int(options.get("imputations", 100)), rng)
    everyone = np.ones(len(data.first), dtype=bool)
    rows.append(_pooled(data, drawn, 0.0, everyone, ("imputation", ""), alpha))
    sd = math.sqrt(np.mean([data.first[data.group == code].var(ddof=1) for code in (0, 1)]))
    whose = {"both": everyone, facts.groups[0]: data.group == 1, facts.groups[1]: data.group == 0}
    for delta in options.get("deltas", (-1.0, -0.75, -0.5, -0.25, 0.0, 0.25, 0.5, 0.75, 1.0)):
        for shifted, who in whose.items():
            row = _pooled(data, drawn, float(delta) * sd, who, ("delta", shifted), alpha)
            rows.append({**row, "delta": float(delta)})
    return pd.DataFrame(rows)[COLUMNS]
