"""A model under other choices: all combinations of declared alternatives, each person left out in turn."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.models.fit import PRINTED
from netwerkkracht.analysis.models.frame import NAME, analysis_frame
from netwerkkracht.analysis.models.outcome_scale import change_in_units
from netwerkkracht.analysis.models.spec import AtWave, ModelSpec
from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.families import family
from netwerkkracht.study.facts import Facts

Choices = Mapping[str, Mapping[str, Mapping[str, Any] | None]]
Rule = Mapping[str, Any]
PLAIN = ("sample", "family", "reml", "nodes")
KEYS = ("label", "outcome", "add", "at_wave", "route", *PLAIN)
ROUTES = ("likelihood", "weights", "imputation")
TRIALS = "(trials)"  # no column of a panel can have this name


@dataclass(frozen=True)
class Variant:
    """One combination of choices: the alternatives taken, the model, and the route for drop-out.

    ``dropout`` names what the model of drop-out, or of the missing answers, knows of a person beside group
    and outcome; the route ``likelihood`` has none.
    """

    names: Mapping[str, str]
    spec: ModelSpec
    route: str = "likelihood"
    dropout: tuple[str, ...] = ()


def vary(spec: ModelSpec, choices: Choices, impossible: Sequence[Rule] = ()) -> list[Variant]:
    """Return the product of the declared choices less the impossible combinations, the primary one first.

    Parameters
    ----------
    spec
        The primary model.
    choices
        choice -> alternative -> changes. Changes are ``outcome`` (another left side), ``add`` (terms added to
        the fixed part), ``at_wave`` (columns the terms need), ``sample``, ``family``, ``reml``, ``nodes`` and
        ``route`` (``likelihood``, ``weights``, ``imputation``). With weights or imputation the terms added
        stand in the model of drop-out instead. The first alternative of every choice is the primary one.
    impossible
        Rules ``{when: {choice: [alternatives], ...}}``: a combination that takes one of the alternatives
        listed for every choice of a rule is left out.

    Raises
    ------
    StudyError
        ``M01`` for a change, route, choice or alternative that is not known, when the primary combination
        is declared impossible, and for two combinations that are the same analysis: it would count twice.
    """
    _known(choices, impossible)
    made = [
        _variant(spec, names, [choices[choice][name] or {} for choice, name in names.items()])
        for names in combinations(choices)
        if left_out(names, impossible) is None
    ]
    first = {choice: next(iter(options)) for choice, options in choices.items()}
    if not made or made[0].names != first:
        raise _wrong(
            "the primary combination is declared impossible", "first alternatives that can go together"
        )
    seen: dict[Any, Variant] = {}
    for variant in made:
        key = _identity(variant)
        if key in seen:
            both = " and ".join("+".join(item.names.values()) for item in (seen[key], variant))
            raise _wrong(f"{both} are the same analysis", "one of them declared under 'impossible'")
        seen[key] = variant
    return made


def combinations(choices: Choices) -> list[dict[str, str]]:
    """Return every combination of alternatives, possible or not, by choice."""
    return [dict(zip(choices, names, strict=True)) for names in product(*choices.values())]


def left_out(names: Mapping[str, str], impossible: Sequence[Rule]) -> int | None:
    """Return the number of the first rule that makes a combination impossible, None where none does."""
    for place, rule in enumerate(impossible):
        if all(names[choice] in listed for choice, listed in rule["when"].items()):
            return place
    return None


def _known(choices: Choices, impossible: Sequence[Rule]) -> None:
    for options in choices.values():
        for name, changes in options.items():
            for key in changes or {}:
                if key not in KEYS:
                    raise _wrong(
                        f"alternative '{name}' changes '{key}'", nearest(key, KEYS) or ", ".join(KEYS)
                    )
            route = str((changes or {}).get("route", ROUTES[0]))
            if route not in ROUTES:
                raise _wrong(f"alternative '{name}' has route '{route}'", ", ".join(ROUTES))
    for rule in impossible:
        for choice, listed in rule["when"].items():
            if choice not in choices:
                raise _wrong(
                    f"'impossible' names the choice '{choice}'",
                    nearest(choice, choices) or ", ".join(choices),
                )
            for name in listed:
                if name not in choices[choice]:
                    raise _wrong(f"'impossible' names the alternative '{name}'", ", ".join(choices[choice]))


def _wrong(what: str, expected: str) -> Exception:
    return fail(
        "M01",
        f"specification curve: {what}",
        file="config.yaml",
        expected=expected,
        action="correct the choices of the exhibit",
    )


def _variant(spec: ModelSpec, names: dict[str, str], taken: Sequence[Mapping[str, Any]]) -> Variant:
    route = next((str(changes["route"]) for changes in taken if "route" in changes), ROUTES[0])
    for changes in taken:
        kept = {key: value for key, value in changes.items() if key != "add" or route == ROUTES[0]}
        spec = _changed(spec, kept)
    added = [] if route == ROUTES[0] else [str(changes.get("add", "")) for changes in taken]
    dropout = dict.fromkeys(name for terms in added for name in NAME.findall(terms))
    return Variant(names, replace(spec, id="+".join(names.values()), choices=names), route, tuple(dropout))


def _identity(variant: Variant) -> Any:
    """Return what makes an analysis: two variants with the same are one."""
    spec = variant.spec
    used = {*NAME.findall(spec.formula), *variant.dropout}
    columns = tuple(sorted((name, item) for name, item in spec.at_wave.items() if name in used))
    return (spec.formula, columns, variant.route, variant.dropout, *(getattr(spec, name) for name in PLAIN))


def _changed(spec: ModelSpec, changes: Mapping[str, Any]) -> ModelSpec:
    left, _, right = spec.formula.partition("~")
    if changes.get("outcome"):
        left = str(changes["outcome"])
    if changes.get("add"):
        fixed, bar, random = right.partition("(")
        right = f"{fixed.strip().removesuffix('+').strip()} + {changes['add']} + {bar}{random}"
    waves = {name: AtWave.from_mapping(item) for name, item in (changes.get("at_wave") or {}).items()}
    plain = {name: changes[name] for name in PLAIN if name in changes}
    return replace(
        spec, formula=f"{left.strip()} ~ {right.strip()}", at_wave={**spec.at_wave, **waves}, **plain
    )


def change_on_outcome_scale(
    spec: ModelSpec, frame: Any, facts: Facts, wave: str, level: float
) -> dict[str, Any]:
    """Fit and return the difference in change of the first two groups in units of the outcome.

    For linear models the interaction with its sign turned; for other families standardised over the people
    analysed (`models.outcome_scale`). A binomial model of a count takes the top of its scale
    in the codebook as the number of trials.
    """
    if family(spec.family).linear:
        return _change(spec, frame, facts, wave, level)
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


def _change(spec: ModelSpec, frame: Any, facts: Facts, wave: str, level: float) -> dict[str, Any]:
    """Fit a linear model and return the difference in change: the interaction, sign turned.

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
    frame = analysis_frame(spec, panel, facts).frame
    people = frame[[facts.person, facts.group]].drop_duplicates()
    known = _left_out_at_once(spec, frame, facts, wave)
    plain = replace(spec, df="asymptotic")
    rows = []
    for person, group in people.itertuples(index=False):
        made = known.get(str(person))
        if made is None or made["status"] == "rank_deficient":
            rest = frame[frame[facts.person] != person].reset_index(drop=True)
            made = _change(plain, rest, facts, wave, 0.95)
        rows.append((str(group), made["estimate"], made["se"], made["status"]))
    moves = pd.DataFrame(rows, columns=["group", "estimate", "se", "status"])
    return moves.sort_values(["estimate", "group"], kind="stable").reset_index(drop=True)


def _left_out_at_once(spec: ModelSpec, frame: Any, facts: Facts, wave: str) -> dict[str, dict[str, Any]]:
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
