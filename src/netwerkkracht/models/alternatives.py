"""A model under other choices: all combinations of declared alternatives, each person left out in turn."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.models.facts import Facts
from netwerkkracht.models.fit import PRINTED, outcome_spread
from netwerkkracht.models.frame import analysis_frame
from netwerkkracht.models.spec import AtWave, ModelSpec

Choices = Mapping[str, Mapping[str, Mapping[str, Any]]]


def vary(spec: ModelSpec, choices: Choices) -> list[tuple[dict[str, str], ModelSpec]]:
    """Return the product of the declared choices as specifications, the base specification's own first.

    Parameters
    ----------
    spec
        The primary model.
    choices
        choice -> alternative -> changes. Changes are ``outcome`` (another left side), ``add`` (terms added to
        the fixed part), ``sample``, ``family``, ``reml`` and ``at_wave`` (columns the terms need). The first
        alternative of every choice is the primary one.

    Returns
    -------
    list
        Pairs of the alternatives taken and the specification; their number is the product of the numbers of
        alternatives.
    """
    made = []
    for taken in product(*(options.items() for options in choices.values())):
        names = {choice: name for choice, (name, _) in zip(choices, taken, strict=True)}
        varied = spec
        for _, changes in taken:
            varied = _changed(varied, changes or {})
        made.append((names, replace(varied, id="+".join(names.values()), choices=names)))
    return made


def _changed(spec: ModelSpec, changes: Mapping[str, Any]) -> ModelSpec:
    left, _, right = spec.formula.partition("~")
    if changes.get("outcome"):
        left = str(changes["outcome"])
    if changes.get("add"):
        fixed, bar, random = right.partition("(")
        right = f"{fixed.strip().removesuffix('+').strip()} + {changes['add']} + {bar}{random}"
    waves = {
        name: AtWave(str(item["variable"]), str(item["wave"]))
        for name, item in (changes.get("at_wave") or {}).items()
    }
    plain = {name: changes[name] for name in ("sample", "family", "reml") if name in changes}
    return replace(
        spec, formula=f"{left.strip()} ~ {right.strip()}", at_wave={**spec.at_wave, **waves}, **plain
    )


def specification_curve(
    spec: ModelSpec, choices: Choices, panel: Any, facts: Facts, wave: str, *, alpha: float = 0.05
) -> Any:
    """Fit every combination of choices and collect the difference in change, in SDs of the first wave.

    Returns
    -------
    DataFrame
        One row per specification: the alternative of each choice, status, estimate, lower, upper, p
        (standardised; missing inference where the status is not ok), n_persons, primary (1 for the first).
    """
    rows = []
    for place, (names, varied) in enumerate(vary(spec, choices)):
        analysis = analysis_frame(varied, panel, facts)
        spread = outcome_spread(varied, analysis.frame, facts)
        row = _change(varied, analysis.frame, facts, wave, 1 - alpha)
        cells = {name: row[name] / spread for name in ("estimate", "lower", "upper")}
        people = int(analysis.frame[facts.person].nunique())
        rows.append({**names, "status": row["status"], **cells, "p": row["p"], "n_persons": people,
                     "primary": int(place == 0)})  # fmt: skip
    return pd.DataFrame(rows)


def _change(spec: ModelSpec, frame: Any, facts: Facts, wave: str, level: float) -> dict[str, Any]:
    """Fit and return the difference in change of the first two groups: their interaction, sign turned.

    A whole result costs ten times this line, and these models are fitted by the dozen.
    """
    from netwerkkracht.mixed import fit

    made = fit(spec.formula, frame, family=spec.family, reml=spec.reml, df=spec.df, nodes=spec.nodes)  # type: ignore[arg-type]
    names = list(made.engine.names)
    term = f"{facts.group}{facts.groups[1]}:{facts.wave}{wave}"
    if term not in names:
        return {"status": made.status, **dict.fromkeys(("estimate", "se", "lower", "upper", "p"), math.nan)}
    row = np.zeros((1, len(names)))
    row[0, names.index(term)] = -1.0
    table = made.interval_table(made.engine.tests(row, made.engine.default_method), level).iloc[0]
    values = {name: float(table[name]) for name in ("estimate", "se", "lower", "upper", "p")}
    if made.status not in PRINTED:
        values |= dict.fromkeys(("se", "lower", "upper", "p"), math.nan)
    return {"status": made.status, **values}


def influence(spec: ModelSpec, panel: Any, facts: Facts, wave: str) -> Any:
    """Refit the model without each person in turn and collect the difference in change.

    Returns
    -------
    DataFrame
        Columns group, estimate, se, status: one row per person left out, **without** the person's key and in
        an order that does not follow the panel's. Only aggregates of it may leave the machine.
    """
    analysis = analysis_frame(spec, panel, facts)
    people = analysis.frame[[facts.person, facts.group]].drop_duplicates()
    plain = replace(spec, df="asymptotic")
    rows = []
    for person, group in people.itertuples(index=False):
        rest = analysis.frame[analysis.frame[facts.person] != person].reset_index(drop=True)
        made = _change(plain, rest, facts, wave, 0.95)
        rows.append((str(group), made["estimate"], made["se"], made["status"]))
    frame = pd.DataFrame(rows, columns=["group", "estimate", "se", "status"])
    return frame.sort_values(["estimate", "group"], kind="stable").reset_index(drop=True)
