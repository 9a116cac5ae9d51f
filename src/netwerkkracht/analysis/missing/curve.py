"""Specification curve: one contrast under every combination of declared choices, on one scale.

Sources: Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, 1208-1214; Steegen, Tuerlinckx,
Gelman & Vanpaemel (2016), Perspectives on Psychological Science 11, 702-712.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.missing.imputation import impute
from netwerkkracht.analysis.missing.persons import gather
from netwerkkracht.analysis.missing.routes import Plan, imputed_rows, weighted_rows
from netwerkkracht.analysis.models.alternatives import change_on_outcome_scale
from netwerkkracht.analysis.models.fit import outcome_spread
from netwerkkracht.analysis.models.frame import analysis_frame, column
from netwerkkracht.analysis.models.variants import LIKELIHOOD, Variant
from netwerkkracht.study.facts import Facts, code_text
from netwerkkracht.study.model import Model

CELLS = ("estimate", "lower", "upper")


def specification_curve(
    variants: Sequence[Variant],
    panel: Any,
    facts: Facts,
    plan: Plan,
    draws: Callable[[], np.random.Generator],
    *,
    wave: str = "",
) -> Any:
    """Return the difference in change to ``wave`` (the last one without it) under each variant.

    Parameters
    ----------
    variants
        The combinations, the primary one first (`models.variants.vary`).
    panel
        Person by wave.
    plan
        Number of imputations and level of the intervals; its covariates and shifts are not used.
    draws
        Gives the same generator each time, so that imputations differ by choices and not by chance.

    Returns
    -------
    DataFrame
        One row per variant: the alternative of each choice, status, estimate, lower, upper (first minus
        second group, in SDs of the outcome within groups at the first wave, of all who answered), p,
        n_persons, primary (1 for the first). Missing inference where the status is not ok. Every family is
        brought to the scale of the outcome before it is divided (`mixed.standardise`), so that the rows
        compare.
    """
    rows, frames = [], _Frames(panel, facts)
    for place, variant in enumerate(variants):
        made = _by_route(variant, frames, plan, draws, wave or facts.waves[-1])
        spread = made.pop("spread")
        scaled = {name: made[name] / spread for name in CELLS}
        found = {"status": made["status"], **scaled, "p": made["p"], "n_persons": made["n_persons"]}
        rows.append({**variant.names, **found, "primary": int(place == 0)})
    return pd.DataFrame(rows)


class _Frames:
    """Analysis frames of the variants, shared by those that differ by family or route alone.

    The spread of an outcome is that of everyone with an answer, whoever a variant analyses: else a smaller
    sample would move the estimate by its divisor.
    """

    def __init__(self, panel: Any, facts: Facts) -> None:
        self.panel, self.facts = panel, facts
        self.made: dict[Any, Any] = {}
        self.spreads: dict[str, float] = {}

    def of(self, spec: Model) -> Any:
        key = (spec.formula, spec.sample, frozenset(spec.at_wave.items()), frozenset(spec.indicators.items()))
        if key not in self.made:
            self.made[key] = analysis_frame(spec, self.panel, self.facts).frame
        return self.made[key], self.spread(spec)

    def spread(self, spec: Model) -> float:
        if spec.outcome not in self.spreads:
            keys = {key: self.panel[key].map(code_text) for key in (self.facts.group, self.facts.wave)}
            outcome = column(spec.outcome, spec, self.panel, self.facts)
            known = pd.DataFrame({**keys, spec.outcome: outcome})
            self.spreads[spec.outcome] = outcome_spread(spec, known, self.facts)
        return self.spreads[spec.outcome]


def _by_route(
    variant: Variant,
    frames: _Frames,
    plan: Plan,
    draws: Callable[[], np.random.Generator],
    wave: str,
) -> dict[str, Any]:
    spec, facts = variant.spec, frames.facts
    frame, spread = frames.of(spec)
    if variant.route == LIKELIHOOD:
        made = change_on_outcome_scale(spec, frame, facts, wave, 1 - plan.alpha)
        return {**made, "spread": spread, "n_persons": int(frame[facts.person].nunique())}
    until = replace(facts, waves=facts.waves[: facts.waves.index(wave) + 1])
    columns = (facts.person, facts.group, facts.wave, spec.outcome)
    known = {name: column(name, spec, frames.panel, facts) for name in variant.dropout}
    persons = gather(frames.panel[list(columns)].assign(**known), until, spec.outcome, variant.dropout)
    if variant.route == "weights":
        rows = weighted_rows(persons, until, plan)
    else:
        rows = imputed_rows(spec, persons, impute(persons, draws(), plan.times), until, plan, 0.0)
    # the contrast of the first two groups stands first
    made = {name: rows[0].get(name, math.nan) for name in ("status", *CELLS, "p", "n_persons")}
    return {**made, "spread": spread}
