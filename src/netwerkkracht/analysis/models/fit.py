"""Fit one model of the configuration: frame, guard, engine, marginal means, contrasts, second opinion."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.models.frame import Analysis, analysis_frame
from netwerkkracht.analysis.models.outcome_scale import change_in_units
from netwerkkracht.analysis.models.result import (
    COEFFICIENTS,
    CONTRASTS,
    MEANS,
    VARIANCES,
    ModelResult,
    Row,
    Second,
    tidy,
)
from netwerkkracht.mixed.families import family
from netwerkkracht.study.facts import Facts
from netwerkkracht.study.model import Model

# an interval or a p value is printed for these statuses only; a variance at its boundary is not among them
PRINTED = ("ok",)
SAME = (
    "id", "label", "role", "order", "family", "formula", "sample", "decimals", "unit", "alternative_to",
    "choices", "version_confounded",
)  # fmt: skip  # what a result repeats of its specification


def fit_model(
    spec: Model, panel: Any, facts: Facts, *, second: bool = True, alpha: float = 0.05
) -> ModelResult:
    """Fit a model of the configuration to the panel.

    Parameters
    ----------
    spec
        The model.
    panel
        Person by wave, values with their reason columns.
    facts
        Names, orders and labels of the study.
    second
        Also ask the second engine and record the agreement.
    alpha
        Level of the intervals: they cover 1 - alpha.

    Returns
    -------
    ModelResult
        With a status other than ok the estimates stand without any inference. An outcome that the design
        fixes in a group is refused with the status ``structural``.

    Raises
    ------
    StudyError
        ``M02`` for a column that is not in the panel; the formula's own errors.
    """
    analysis = analysis_frame(spec, panel, facts)
    empty = _empty(spec, analysis, facts)
    fixed = facts.variable(spec.source).structural
    if fixed and facts.group in spec.formula:
        reason = (
            f"'{spec.source}' is fixed by design in group {', '.join(fixed)}: no model of groups can use it"
        )
        return replace(empty, status="structural", messages=(reason,))
    from netwerkkracht.mixed import fit

    made = fit(
        spec.formula,
        analysis.frame,
        family=spec.family,
        reml=spec.reml,
        df=spec.df,  # type: ignore[arg-type]
        trials=spec.trials,
        nodes=spec.nodes,
    )
    result = _filled(empty, analysis, made, facts, 1 - alpha)
    return replace(result, second=_second(spec, made)) if second else result


def _empty(spec: Model, analysis: Analysis, facts: Facts) -> ModelResult:
    frame = analysis.frame
    told = spec.model_dump()
    people = frame.drop_duplicates(facts.person)[facts.group].astype("str").value_counts()
    return ModelResult(
        **{name: told[name] for name in SAME},
        outcome=spec.outcome,
        source=spec.source,
        status="no_data",
        engine="netwerkkracht.mixed",
        method=_method(spec),
        df_method=spec.df if family(spec.family).linear else "asymptotic",
        n_rows=len(frame),
        n_persons=int(frame[facts.person].nunique()),
        persons_by_group={group: int(people.get(group, 0)) for group in facts.groups},
        dropped=analysis.dropped,
        sd_first=outcome_spread(spec, frame, facts),
    )


def _method(spec: Model) -> str:
    if family(spec.family).linear:
        return "REML" if spec.reml else "ML"
    return f"ML, {spec.nodes} nodes" if spec.nodes > 1 else "ML, Laplace"


def outcome_spread(spec: Model, frame: Any, facts: Facts) -> float:
    """Return the SD of the outcome within groups at the first wave, by which effects are standardised."""
    first = frame[frame[facts.wave] == facts.waves[0]]
    if spec.outcome not in frame.columns:
        return math.nan
    by = first.groupby(facts.group, observed=True)[spec.outcome].agg(["var", "count"])
    weights = by["count"] - 1
    if weights.sum() <= 0:
        return math.nan
    return float(np.sqrt((by["var"].fillna(0.0) * weights).sum() / weights.sum()))


def _second(spec: Model, made: Any) -> Second | None:
    if family(spec.family).linear:
        from netwerkkracht.analysis.models.second_opinion import second_opinion

        return second_opinion(made, reml=spec.reml)
    from netwerkkracht.analysis.models.brute_force import brute_force

    return brute_force(made)


def _filled(empty: ModelResult, analysis: Analysis, made: Any, facts: Facts, level: float) -> ModelResult:
    result = replace(
        empty,
        status=made.status,
        n_rows=made.n_rows,
        loglik=float(made.loglik),
        messages=tuple(made.messages),
    )
    if not (len(made.coefficients) and np.isfinite(made.coefficients["estimate"]).any()):
        return result
    printed = made.status in PRINTED
    table = made.interval_table(
        made.engine.tests(np.eye(len(made.engine.names)), made.engine.default_method), level
    )
    table.insert(0, "term", list(made.engine.names))
    icc, marginal, conditional = _explained(made)
    result = replace(
        result,
        aic=float(made.aic),
        icc=icc,
        r2_marginal=marginal,
        r2_conditional=conditional,
        coefficients=tidy(table, COEFFICIENTS, inference=printed),
        variances=tidy(made.variances, VARIANCES, inference=True),
    )
    if not {facts.group, facts.wave} <= set(made.engine.design.factors):
        return result
    return replace(
        result,
        means=_means(made, facts, level, printed=printed),
        contrasts=(
            *_contrasts(made, analysis, facts, level, printed=printed),
            *_changes_in_units(made, analysis, facts, level, printed=printed),
        ),
    )


def _means(made: Any, facts: Facts, level: float, *, printed: bool) -> tuple[Row, ...]:
    table = made.means(facts.group, by=facts.wave, level=level)
    table = table.rename(columns={facts.group: "group", facts.wave: "wave"})
    if "category" not in table.columns:
        table["category"] = ""
    first = table["category"].iloc[0]
    link = table[table["category"] == first].assign(scale="link", category="")
    names = {name: f"response_{name}" for name in ("se", "lower", "upper")}
    response = table.drop(columns=["estimate", *names]).assign(scale="response")
    response = response.rename(columns={"response": "estimate", **{old: new for new, old in names.items()}})
    both = pd.concat([link, response], ignore_index=True)
    both["group"], both["wave"] = both["group"].astype("str"), both["wave"].astype("str")
    return tidy(both, MEANS, inference=printed)


def _contrasts(
    made: Any, analysis: Analysis, facts: Facts, level: float, *, printed: bool
) -> tuple[Row, ...]:
    """Contrast groups in each wave, and changes since the first wave within and between groups.

    Covariates cancel in these contrasts, so one row of them serves for all.
    """
    design = made.engine.design
    groups = [group for group in facts.groups if group in design.factors[facts.group]]
    waves = [wave for wave in facts.waves if wave in design.factors[facts.wave]]
    cells = [(group, wave) for group in groups for wave in waves]
    grid = pd.concat([analysis.frame.iloc[[0]]] * len(cells), ignore_index=True)
    for place, name in enumerate((facts.group, facts.wave)):
        kind = analysis.frame[name].dtype
        grid[name] = pd.Series([cell[place] for cell in cells], dtype=kind)
    X = dict(zip(cells, design.matrix(grid), strict=True))
    labels: list[tuple[str, str, str, str]] = []
    rows: list[Any] = []
    for a, b in combinations(groups, 2):
        for wave in waves:
            labels.append(("difference", wave, a, b))
            rows.append(X[(a, wave)] - X[(b, wave)])
        for wave in waves[1:]:
            labels.append(("change", wave, a, b))
            rows.append(X[(a, wave)] - X[(a, waves[0])] - X[(b, wave)] + X[(b, waves[0])])
    for group in groups:
        for wave in waves[1:]:
            labels.append(("within", wave, group, ""))
            rows.append(X[(group, wave)] - X[(group, waves[0])])
    tests = made.engine.tests(made.engine.lift(np.array(rows)), made.engine.default_method)
    table = made.interval_table(tests, level)
    names = pd.DataFrame(labels, columns=["kind", "wave", "minuend", "subtrahend"]).assign(scale="link")
    return tidy(pd.concat([names, table], axis=1), CONTRASTS, inference=printed)


def _changes_in_units(
    made: Any, analysis: Analysis, facts: Facts, level: float, *, printed: bool
) -> tuple[Row, ...]:
    """Give the changes between groups of a model that is not linear in units of its outcome as well.

    A unit is one success of one trial for yes or no, one category for ordered answers.
    """
    if made.engine.family.linear:
        return ()
    factors = made.engine.design.factors
    groups = [group for group in facts.groups if group in factors[facts.group]]
    waves = [wave for wave in facts.waves if wave in factors[facts.wave]]
    rows = [
        {"kind": "change", "wave": wave, "minuend": a, "subtrahend": b, "scale": "response"}
        | change_in_units(made, analysis.frame, facts, (a, b), wave, level=level)
        for a, b in combinations(groups, 2)
        for wave in waves[1:]
        if waves[0] == facts.waves[0]
    ]
    return tidy(pd.DataFrame(rows, columns=list(CONTRASTS)), CONTRASTS, inference=printed)


def _explained(made: Any) -> tuple[float, float, float]:
    """Return ICC, marginal and conditional R2; NaN where the random part is more than intercepts.

    Source: Nakagawa, Johnson & Schielzeth (2017), J R Soc Interface 14: 20170213; the distribution variance
    of counts by their log-normal approximation at the mean count.
    """
    design = made.engine.design
    if any(term.names != ("(Intercept)",) for term in design.random):
        return (math.nan,) * 3
    table = made.variances.set_index("group")["variance"]
    random = float(sum(table[term.group] for term in design.random))
    rest = float(made.engine.distribution_variance)
    # an ordinal model has thresholds in place of an intercept
    own = [place for place, name in enumerate(design.names) if name in made.engine.names]
    beta = np.asarray(made.engine.beta)[len(made.engine.names) - len(own) :]
    fixed = float(np.var(design.X[:, own] @ beta, ddof=1))
    total = fixed + random + rest
    within = random + rest
    return (
        random / within if within > 0 else math.nan,
        fixed / total if total > 0 else math.nan,
        (fixed + random) / total if total > 0 else math.nan,
    )
