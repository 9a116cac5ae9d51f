"""One contrast of a model: on the scale of its outcome, and without each person in turn."""

from __future__ import annotations

import math
from typing import Any, Literal

import numpy as np
import pandas as pd

from netwerkkracht.analysis.models.fit import PRINTED
from netwerkkracht.analysis.models.frame import analysis_frame
from netwerkkracht.analysis.models.outcome_scale import change_in_units
from netwerkkracht.mixed.families import family
from netwerkkracht.study.facts import Facts
from netwerkkracht.study.model import Model

Method = Literal["kenward-roger", "satterthwaite", "asymptotic"]
TRIALS = "(trials)"  # no column of a panel can have this name


def change_on_outcome_scale(spec: Model, frame: Any, facts: Facts, wave: str, level: float) -> dict[str, Any]:
    """Fit and return the difference in change of the first two groups in units of the outcome.

    For linear models the interaction with its sign turned; for other families standardised over the people
    analysed (`models.outcome_scale`). A binomial model of a count takes the top of its scale
    in the codebook as the number of trials.
    """
    if family(spec.family).linear:
        return _change(spec, frame, facts, wave, level, spec.df)
    from netwerkkracht.mixed import fit

    high = facts.variable(spec.outcome).high if family(spec.family).takes_trials else None
    trials = float(high) if high is not None and high > 1 else 1.0
    counted = spec.trials or (TRIALS if trials > 1 else None)
    made = fit(
        spec.formula, frame.assign(**{TRIALS: trials}), family=spec.family, trials=counted, nodes=spec.nodes
    )
    pair = (facts.groups[0], facts.groups[1])
    found = change_in_units(made, frame, facts, pair, wave, level=level, times=trials)
    if made.status not in PRINTED:
        found |= dict.fromkeys(("se", "lower", "upper", "p"), math.nan)
    return {"status": made.status, **found}


def _change(spec: Model, frame: Any, facts: Facts, wave: str, level: float, df: Method) -> dict[str, Any]:
    """Fit a linear model and return the difference in change: the interaction, sign turned.

    A whole result costs ten times this line, and these models are fitted by the dozen.
    """
    from netwerkkracht.mixed import fit

    made = fit(spec.formula, frame, family=spec.family, reml=spec.reml, df=df, nodes=spec.nodes)
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


def influence(spec: Model, panel: Any, facts: Facts, wave: str) -> Any:
    """Refit the model without each person in turn and collect the difference in change.

    Returns
    -------
    DataFrame
        Columns group, estimate, se, status: one row per person left out, **without** the person's key and in
        an order that does not follow the panel's. Only aggregates of it may leave the machine.
    """
    frame = analysis_frame(spec, panel, facts).frame
    people = frame[[facts.person, facts.group]].drop_duplicates()
    known = _left_out_at_once(spec, frame, facts, wave)
    rows = []
    for person, group in people.itertuples(index=False):
        made = known.get(str(person))
        if made is None or made["status"] == "rank_deficient":
            rest = frame[frame[facts.person] != person].reset_index(drop=True)
            made = _change(spec, rest, facts, wave, 0.95, "asymptotic")
        rows.append((str(group), made["estimate"], made["se"], made["status"]))
    moves = pd.DataFrame(rows, columns=["group", "estimate", "se", "status"])
    return moves.sort_values(["estimate", "group"], kind="stable").reset_index(drop=True)


def _left_out_at_once(spec: Model, frame: Any, facts: Facts, wave: str) -> dict[str, dict[str, Any]]:
    """Return the contrast without each person where one fit gives them all, else nothing."""
    from netwerkkracht.mixed import fit
    from netwerkkracht.mixed.inference.leave_out import leave_out

    made = fit(spec.formula, frame, family=spec.family, reml=spec.reml, df="asymptotic", nodes=spec.nodes)
    term = f"{facts.group}{facts.groups[1]}:{facts.wave}{wave}"
    random = made.engine.design.random
    if term not in made.engine.names or [item.group for item in random] != [facts.person]:
        return {}
    row = np.where(np.array(made.engine.names) == term, -1.0, 0.0)
    found = leave_out(made, row) or []
    nothing = {"se": math.nan}
    return {
        item.level: {"status": item.status, "estimate": item.estimate, "se": item.se}
        | ({} if item.status in PRINTED else nothing)
        for item in found
    }
