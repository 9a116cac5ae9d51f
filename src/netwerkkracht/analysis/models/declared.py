"""What models of a configuration declare, held against the codebook before anything is fitted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from netwerkkracht.core.errors import Finding, nearest

if TYPE_CHECKING:
    from netwerkkracht.study.config.schema import Config, Model
    from netwerkkracht.study.facts import Facts


def model_faults(config: Config, facts: Facts) -> list[Finding]:
    """Return ``M02`` for names, waves and codes that are not there, and means that are not reported.

    Columns of formulas are looked up by the step that fits: a formula is parsed there.
    """
    return [fault for model in config.models for fault in _faults(model, facts)]


def _faults(model: Model, facts: Facts) -> Iterator[Finding]:
    for name, taken in model.at_wave.items():
        yield from _unknown(model, f"at_wave.{name}", "variable", taken.variable, facts.variables)
        yield from _unknown(model, f"at_wave.{name}", "wave", taken.wave, facts.waves)
    for name, made in model.indicators.items():
        yield from _unknown(model, f"indicators.{name}", "variable", made.variable, facts.variables)
        codes = [code for code, _ in facts.variable(made.variable).codes]
        for code in made.codes if codes else ():
            yield from _unknown(model, f"indicators.{name}", "code", code, codes)
    if model.trials is not None and model.trials not in model.at_wave:
        yield from _unknown(model, "trials", "variable", model.trials, facts.variables)
    if model.means is not None and (model.means.term, model.means.by) != (facts.group, facts.wave):
        given = f"{model.means.term} by {model.means.by}"
        expected = f"means: {{term: {facts.group}, by: {facts.wave}}}"
        yield _finding(f"model '{model.id}' asks for means of {given}, which are not reported", expected)


def _unknown(model: Model, place: str, kind: str, given: str, known: Iterable[str]) -> Iterator[Finding]:
    names = list(known)
    if given not in names:
        hint = nearest(given, names)
        what = f"'{place}' of model '{model.id}' names the {kind} '{given}', which is not there"
        listed = ", ".join(names) if len(names) <= 20 else f"a {kind} of the codebook"
        yield _finding(what + (f"; {hint}" if hint else ""), listed)


def _finding(what: str, expected: str) -> Finding:
    action = "correct the model in the section 'models'"
    return Finding("M02", "error", what, file="config.yaml", expected=expected, action=action)
