"""The main contrast under each way to treat people who were not interviewed again.

``panel`` only who answered in every wave, as published; ``all`` everyone, by likelihood under missing at
random; ``ipaw`` who stayed, weighted to all who began; ``imputation`` multiple imputation pooled with
small-sample degrees of freedom; ``delta`` the same with imputed answers shifted, missing not at random.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.missing.imputation import impute, shifted
from netwerkkracht.analysis.missing.persons import Persons, Vector, gather
from netwerkkracht.analysis.missing.weights import attrition_weights, effective_size
from netwerkkracht.analysis.models.fit import fit_model
from netwerkkracht.study.facts import Facts
from netwerkkracht.study.model import Model

COLUMNS = (
    "route", "delta", "minuend", "subtrahend", "wave", "estimate", "se", "df", "p", "lower", "upper",
    "status", "n_persons", "n_effective",
)  # fmt: skip
NOTHING = dict.fromkeys(("se", "df", "p", "lower", "upper"), math.nan)


@dataclass(frozen=True)
class Plan:
    """What to do: covariates of the missing-data models, shifts in scale points, number of imputations."""

    covariates: tuple[str, ...]
    deltas: tuple[float, ...]
    times: int = 50
    alpha: float = 0.05


def missing_routes(spec: Model, panel: Any, facts: Facts, plan: Plan, rng: np.random.Generator) -> Any:
    """Return the group difference in change to the last wave under each route, one row per route and pair.

    Parameters
    ----------
    spec
        A Gaussian model of the outcome on group and wave with a random intercept, without covariates.
    panel
        Person by wave.
    plan
        Covariates, deltas, number of imputations.
    rng
        Source of the imputations; every delta shifts the same draws.

    Returns
    -------
    DataFrame
        Columns named in ``COLUMNS``. A route whose model failed stands there with its status and no
        inference. ``n_effective`` is Kish's for the weighted route, else ``n_persons``. The row with delta 0
        is the route ``imputation``.
    """
    persons = gather(panel, facts, spec.outcome, plan.covariates)
    rows = _by_likelihood(spec.changed(sample="complete"), panel, facts, plan, "panel")
    rows += _by_likelihood(spec.changed(sample="all"), panel, facts, plan, "all")
    rows += weighted_rows(persons, facts, plan)
    completed = impute(persons, rng, plan.times)
    for delta in (0.0, *(value for value in plan.deltas if value != 0)):
        moved = shifted(persons, completed, delta)
        rows += imputed_rows(spec, persons, moved, facts, plan, delta)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(route: str, facts: Facts, pair: tuple[str, str], n: int, **cells: Any) -> dict[str, Any]:
    a, b = pair
    made = {"route": route, "delta": 0.0, "minuend": a, "subtrahend": b, "wave": facts.waves[-1]}
    return {**made, "n_persons": n, "n_effective": float(n), **cells}


def _by_likelihood(spec: Model, panel: Any, facts: Facts, plan: Plan, route: str) -> list[dict[str, Any]]:
    made = fit_model(spec, panel, facts, second=False, alpha=plan.alpha)
    return [
        _row(route, facts, (row["minuend"], row["subtrahend"]), made.n_persons, status=made.status,
             **{name: row[name] for name in ("estimate", *NOTHING)})
        for row in _changes(made, facts)
    ]  # fmt: skip


def _changes(made: Any, facts: Facts) -> list[Any]:
    return [row for row in made.contrasts if row["kind"] == "change" and row["wave"] == facts.waves[-1]]


def weighted_rows(persons: Persons, facts: Facts, plan: Plan) -> list[dict[str, Any]]:
    """Weighted least squares of the change on group, with HC3 standard errors and n - 2 df.

    The weights are taken as known, which makes the interval somewhat too wide.
    """
    weights, status = attrition_weights(persons)
    change = persons.outcome[:, -1] - persons.outcome[:, 0]
    rows = []
    for a, b in combinations(range(len(facts.groups)), 2):
        pair = (facts.groups[a], facts.groups[b])
        used = ~np.isnan(weights) & np.isin(persons.group, (a, b))
        if status != "ok" or not used.any():
            rows.append(_row("ipaw", facts, pair, 0, status=status, estimate=math.nan, **NOTHING))
            continue
        cells = weighted_difference(change[used], persons.group[used] == a, weights[used], plan.alpha)
        size = effective_size(weights[used])
        rows.append(_row("ipaw", facts, pair, int(used.sum()), status="ok", **cells, n_effective=size))
    return rows


def weighted_difference(values: Vector, member: Any, weights: Vector, alpha: float) -> dict[str, float]:
    """Return the weighted mean of members minus that of the others, HC3 standard error, t with n - 2 df.

    Source: MacKinnon & White (1985); R ``sandwich::vcovHC(lm(values ~ member, weights), type = "HC3")``.
    """
    estimate, variance = 0.0, 0.0
    for sign, side in ((1.0, member), (-1.0, ~member)):
        share = weights[side] / weights[side].sum()
        mean = float(share @ values[side])
        estimate += sign * mean
        # in a one-mean regression the leverage of a row is its share of the weight
        variance += float(np.sum((share * (values[side] - mean) / (1 - share)) ** 2))
    return _inference(estimate, math.sqrt(variance), len(values) - 2, alpha)


def _inference(estimate: float, se: float, df: float, alpha: float) -> dict[str, float]:
    """Return the cells of one test; no p value where nothing varies."""
    from netwerkkracht.mixed.tails import quantile, two_sided

    reach = float(quantile(1 - alpha, df)) * se
    p = float(two_sided(np.asarray(estimate / se), df)) if se > 0 else math.nan
    limits = {"lower": estimate - reach, "upper": estimate + reach}
    return {"estimate": estimate, "se": se, "df": df, "p": p, **limits}


def imputed_rows(
    spec: Model, persons: Persons, completed: Vector, facts: Facts, plan: Plan, delta: float
) -> list[dict[str, Any]]:
    """Fit the model to every completed panel at once; pool by Barnard and Rubin with the model's df."""
    from netwerkkracht.mixed.inference.pool import rubin

    route = "imputation" if delta == 0 else "delta"
    rows = []
    for pair in combinations(facts.groups, 2):
        estimates, errors, dfs, bad = refits(spec, persons, completed, facts, pair)
        cells: dict[str, Any] = {"estimate": float(estimates.mean()), **NOTHING}
        if not bad:
            pooled = rubin(estimates[:, None], errors[:, None] ** 2, float(dfs.mean()))
            mean, total, df = (float(part[0]) for part in (pooled.estimate, pooled.total, pooled.df))
            cells = _inference(mean, math.sqrt(total), df, plan.alpha)
        n = len(persons.ids)
        rows.append(_row(route, facts, pair, n, status=bad or "ok", delta=delta, **cells))
    return rows


def refits(
    spec: Model, persons: Persons, completed: Vector, facts: Facts, pair: tuple[str, str]
) -> tuple[Vector, Vector, Vector, str]:
    """Return per completed panel the difference in change, first minus second group: estimate, se and df.

    The last value is the status of a refit that failed, empty when all are ok. Completed panels share one
    design, so that all are fitted in one sweep.
    """
    from netwerkkracht.mixed.formula.design import make_design
    from netwerkkracht.mixed.gaussian.batch import fit_many

    waves, a, b = len(facts.waves), *pair
    order = [a, *(group for group in facts.groups if group != a)]
    groups = np.array(facts.groups)[persons.group]
    frame = pd.DataFrame(
        {
            facts.person: np.repeat(persons.ids, waves),
            facts.group: pd.Categorical(np.repeat(groups, waves), categories=order),
            facts.wave: pd.Categorical(np.tile(facts.waves, len(groups)), categories=facts.waves),
            spec.outcome: completed[0].reshape(-1),
        }
    )
    formula = f"{spec.outcome} ~ {facts.group} * {facts.wave} + (1 | {facts.person})"
    made = fit_many(make_design(formula, frame), completed.reshape(len(completed), -1).T, df="kenward-roger")
    place = made.names.index(f"{facts.group}{b}:{facts.wave}{facts.waves[-1]}")
    bad = [str(status) for status in np.unique(made.status) if status != "ok"]
    return -made.estimates[:, place], made.se[:, place], made.df[:, place], (bad or [""])[0]
