"""What models and alternatives declare, held against the codebook before anything is fitted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from netwerkkracht.analysis.models.variants import vary
from netwerkkracht.core.errors import Finding, StudyError, nearest
from netwerkkracht.mixed import parse
from netwerkkracht.study.curve import Curve, ModelChange
from netwerkkracht.study.model import Makes, Model

if TYPE_CHECKING:
    from netwerkkracht.study.facts import Facts

SHOWN = 20  # a longer list of names is not printed


@dataclass(frozen=True)
class _Place:
    """Whose mistake it is: ``owner`` as "model 'x'", and the section to correct."""

    owner: str
    section: str
    inside: str = ""

    def fault(self, key: str, what: str, expected: str) -> Finding:
        """Return ``M02`` about a key of the owner."""
        return Finding(
            "M02",
            "error",
            f"'{self.inside}{key}' of {self.owner} {what}",
            file="config.yaml",
            expected=expected,
            action=f"correct it in the section '{self.section}'",
        )

    def absent(self, key: str, kind: str, given: str, known: Iterable[str]) -> Iterator[Finding]:
        """Find a name that is not among the known ones."""
        names = list(known)
        if given not in names:
            hint = nearest(given, names)
            what = f"names the {kind} '{given}', which is not there" + (f"; {hint}" if hint else "")
            yield self.fault(
                key, what, ", ".join(names) if len(names) <= SHOWN else f"a {kind} of the codebook"
            )


def model_faults(models: Iterable[Model], facts: Facts) -> list[Finding]:
    """Return ``M02`` for all that models name and the codebook lacks, and formulas that cannot be read.

    Parameters
    ----------
    models
        Models, their sets of columns resolved.
    facts
        Variables, their codes and types, and waves of the study.

    Returns
    -------
    list of Finding
        Variables, waves and codes that are not there; formulas outside lme4's language, or with columns that
        are neither in the codebook nor made by the model; dates and texts where a number is needed; a
        binomial outcome that is known to be no yes or no.
    """
    return [fault for model in models for fault in _of_model(model, facts)]


def curve_faults(exhibit: str, model: Model, curve: Curve, facts: Facts | None) -> list[Finding]:
    """Return ``M01`` and ``M02`` for alternatives that cannot be analysed; without facts no name is checked.

    Parameters
    ----------
    exhibit
        Id of the exhibit that shows the curve.
    model
        The primary model.
    curve
        Its choices.
    facts
        Variables and waves of the study.
    """
    faults = [
        fault
        for choice, options in curve.choices.items()
        for name, change in options.items()
        for fault in _of_change(
            _Place(f"exhibit '{exhibit}'", "exhibits", f"choices.{choice}.{name}."), model, change, facts
        )
    ]
    if faults:
        return faults
    try:
        vary(model, curve)
    except StudyError as error:
        return list(error.findings)
    return []


def _of_model(model: Model, facts: Facts) -> Iterator[Finding]:
    place = _Place(f"model '{model.id}'", "models")
    yield from _of_columns(place, model, facts)
    yield from _of_terms(place, "formula", model.formula, facts, {*model.at_wave, *model.indicators})
    if model.trials is not None and model.trials not in {*model.at_wave, *model.indicators}:
        yield from place.absent("trials", "variable", model.trials, facts.variables)
    yield from _of_outcome(place, "formula", model.outcome, model, facts)
    high, codes = facts.variable(model.outcome).high, facts.variable(model.outcome).codes
    if model.family == "binomial" and model.trials is None and _beyond_one(high, codes):
        what = f"has the outcome '{model.outcome}', which is more than yes or no"
        yield place.fault("formula", what, "yes/no, 'indicators' with the codes of yes, or 'trials'")


def _of_change(place: _Place, model: Model, change: ModelChange, facts: Facts | None) -> Iterator[Finding]:
    """Check what an alternative itself says; what it takes over is checked where it stands."""
    terms = f"{change.outcome or model.outcome} ~ {change.add or '1'}"
    if facts is None:
        yield from _unreadable(place, "add", terms)
        return
    yield from _of_columns(place, change, facts)
    made = {*model.at_wave, *model.indicators, *change.at_wave, *change.indicators}
    if change.outcome is not None:
        yield from place.absent("outcome", "variable", change.outcome, [*facts.variables, *made])
        yield from _of_outcome(place, "outcome", change.outcome, change, facts)
    yield from _of_terms(place, "add", terms, facts, {*made, *model.columns, change.outcome or ""})


def _of_columns(place: _Place, made: Makes, facts: Facts) -> Iterator[Finding]:
    for name, taken in made.at_wave.items():
        key = f"at_wave.{name}"
        yield from place.absent(key, "variable", taken.variable, facts.variables)
        yield from place.absent(key, "wave", taken.wave, facts.waves)
        kind = facts.variable(taken.variable).type
        if kind == "date":
            yield place.fault(key, f"takes '{taken.variable}', a date", "a number, a code or yes/no")
        if taken.cut and kind not in {"number", "integer"}:
            yield place.fault(key, f"cuts '{taken.variable}', which is no number", "a number to cut")
    for name, indicator in made.indicators.items():
        key = f"indicators.{name}"
        yield from place.absent(key, "variable", indicator.variable, facts.variables)
        codes = [code for code, _ in facts.variable(indicator.variable).codes]
        for code in indicator.codes if codes else ():
            yield from place.absent(key, "code", code, codes)


def _of_terms(place: _Place, key: str, formula: str, facts: Facts, made: set[str]) -> Iterator[Finding]:
    """Find a formula that cannot be read, or names of columns that nobody makes."""
    faults = list(_unreadable(place, key, formula))
    yield from faults
    if faults:
        return
    for name in parse(formula).columns:
        known = [*facts.variables, facts.person, facts.group, facts.wave, *made]
        yield from place.absent(key, "variable", name, known)
        if name not in made and facts.variable(name).type == "date":
            what = f"uses '{name}', a date, as a number"
            yield place.fault(key, what, "an index of derived.csv with the rule months_between")


def _unreadable(place: _Place, key: str, formula: str) -> Iterator[Finding]:
    try:
        parse(formula)
    except StudyError as error:
        for found in error.findings:
            yield place.fault(key, f"cannot be read: {found.what}", found.expected or "lme4's language")


def _of_outcome(place: _Place, key: str, outcome: str, made: Makes, facts: Facts) -> Iterator[Finding]:
    """Find an outcome that is no number."""
    if outcome in {*made.at_wave, *made.indicators}:
        return
    if facts.variable(outcome).type in {"id", "text"} or outcome in {facts.person, facts.group, facts.wave}:
        yield place.fault(key, f"has the outcome '{outcome}', which is no number", "a number")


def _beyond_one(high: float | None, codes: Collection[tuple[str, object]]) -> bool:
    return (high is not None and high > 1) or bool({code for code, _ in codes} - {"0", "1"})
