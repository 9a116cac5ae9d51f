"""A model under every combination of declared choices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from netwerkkracht.core.errors import fail
from netwerkkracht.study.curve import Curve, ModelChange, Route
from netwerkkracht.study.model import Model, columns_of

LIKELIHOOD: Route = "likelihood"


@dataclass(frozen=True)
class Variant:
    """One combination of choices: the alternatives taken, the model, and the route for drop-out.

    ``dropout`` names what the model of drop-out, or of the missing answers, knows of a person beside group
    and outcome; the route ``likelihood`` has none.
    """

    names: Mapping[str, str]
    spec: Model
    route: Route = LIKELIHOOD
    dropout: tuple[str, ...] = ()


def vary(spec: Model, curve: Curve) -> list[Variant]:
    """Return the product of the declared choices less the impossible combinations, the primary one first.

    Parameters
    ----------
    spec
        The primary model.
    curve
        The choices; the first alternative of every choice is the primary one. With weights or imputation
        the terms that alternatives add stand in the model of drop-out instead.

    Raises
    ------
    StudyError
        ``M01`` when the primary combination is declared impossible, for a combination whose values cannot
        be those of a model, for weights or imputation of a model that is not linear or not of everyone
        (these routes would not do what the label says), and for two combinations that are the same
        analysis: it would count twice.
    """
    made = [
        _variant(spec, names, [curve.choices[choice][name] for choice, name in names.items()])
        for names in curve.combinations()
        if curve.left_out(names) is None
    ]
    first = {choice: next(iter(options)) for choice, options in curve.choices.items()}
    if not made or made[0].names != first:
        raise _wrong(
            "the primary combination is declared impossible", "first alternatives that can go together"
        )
    seen: dict[Any, Variant] = {}
    for variant in made:
        _require_route(variant)
        key = _identity(variant)
        if key in seen:
            both = " and ".join(_name(item.names) for item in (seen[key], variant))
            raise _wrong(f"{both} are the same analysis", "one of them declared under 'impossible'")
        seen[key] = variant
    return made


def _name(names: Mapping[str, str]) -> str:
    return "+".join(names.values())


def _wrong(what: str, expected: str) -> Exception:
    return fail(
        "M01",
        f"specification curve: {what}",
        file="config.yaml",
        expected=expected,
        action="correct the choices of the exhibit",
    )


def _variant(spec: Model, names: dict[str, str], taken: Sequence[ModelChange]) -> Variant:
    route = next((change.route for change in taken if change.route is not None), LIKELIHOOD)
    right = spec.formula.partition("~")[2].strip()
    outcome = next((change.outcome for change in reversed(taken) if change.outcome), spec.outcome)
    added = [change.add for change in taken if change.add]
    values: dict[str, Any] = {
        "choices": names,
        "formula": f"{outcome} ~ {_with(right, added if route == LIKELIHOOD else [])}",
        "at_wave": dict(spec.at_wave),
        "indicators": dict(spec.indicators),
    }
    for change in taken:
        values["at_wave"] |= change.at_wave
        values["indicators"] |= change.indicators
        values |= change.plain
    try:
        made = spec.changed(**values)
    except ValidationError as cause:
        first = cause.errors()[0]
        raise _wrong(
            f"{_name(names)} cannot be fitted: {first['msg']}", "choices that go together"
        ) from cause
    dropout = () if route == LIKELIHOOD else columns_of(" + ".join(added))
    return Variant(names, made, route, dropout)


def _with(right: str, added: Sequence[str]) -> str:
    """Return the right side of a formula with terms added before its random parts, where they are last."""
    if not added:
        return right
    fixed, bar, random = right.partition(" + (1 |")
    return " + ".join([fixed, *added]) + bar + random


def _require_route(variant: Variant) -> None:
    spec = variant.spec
    if variant.route != LIKELIHOOD and (spec.family, spec.sample) != ("gaussian", "all"):
        raise _wrong(
            f"{_name(variant.names)} is {spec.family} of {spec.sample} rows, and its route "
            f"'{variant.route}' is linear and of everyone",
            "this combination declared under 'impossible'",
        )


def _identity(variant: Variant) -> Any:
    """Return what makes an analysis: two variants with the same are one."""
    spec = variant.spec
    used = {*spec.columns, *variant.dropout}
    made = (*spec.at_wave.items(), *spec.indicators.items())
    columns = frozenset((name, item) for name, item in made if name in used)
    read = (spec.reml,) if spec.family == "gaussian" else (spec.nodes,)
    key = (spec.formula, spec.sample, spec.family, *(read if variant.route == LIKELIHOOD else ()))
    return (key, columns, variant.route, variant.dropout)
