"""The specification of one model, as it stands in the configuration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from netwerkkracht.core.errors import fail, nearest

FAMILIES = ("gaussian", "binomial", "poisson", "negative-binomial", "ordinal")
ROLES = ("primary", "secondary", "exploratory", "sensitivity")
SAMPLES = ("all", "complete")


@dataclass(frozen=True)
class AtWave:
    """A person-level covariate: the value a variable had in one wave, carried to all rows of the person.

    With ``cut`` a number becomes ordered classes 1, 2, ...; a value equal to a limit falls below it.
    """

    variable: str
    wave: str
    cut: tuple[float, ...] = ()

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> AtWave:
        """Make a covariate from its entry in the configuration."""
        cut = tuple(float(limit) for limit in given.get("cut") or ())
        return cls(str(given["variable"]), str(given["wave"]), cut)


@dataclass(frozen=True)
class Indicator:
    """A 0/1 column: 1 where a coded variable has one of the codes, missing where it is missing."""

    variable: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ModelSpec:
    """One model of the configuration.

    ``sample``: ``all`` uses every row with valid values (likelihood under missing at random), ``complete``
    only persons with the outcome in every wave. ``alternative_to`` names the model this one is a sensitivity
    analysis of, and ``choices`` says in which respects it differs. ``version_confounded`` marks an outcome
    whose question changed between waves, so that the overall change cannot be read.
    """

    id: str
    label: Mapping[str, str]
    family: str
    formula: str
    order: int = 0
    role: str = "exploratory"
    trials: str | None = None
    sample: str = "all"
    reml: bool = True
    df: str = "kenward-roger"
    nodes: int = 15
    decimals: int = 2
    unit: Mapping[str, str] | None = None
    means: Mapping[str, str] | None = None
    at_wave: Mapping[str, AtWave] = field(default_factory=dict)
    indicators: Mapping[str, Indicator] = field(default_factory=dict)
    alternative_to: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    version_confounded: bool = False

    @property
    def outcome(self) -> str:
        """Name of the outcome column: the left side of the formula."""
        return self.formula.split("~", 1)[0].strip()

    @property
    def source(self) -> str:
        """Name of the codebook variable behind the outcome (an indicator has another name)."""
        made = self.indicators.get(self.outcome)
        return made.variable if made else self.outcome

    @classmethod
    def from_mapping(cls, given: Mapping[str, Any]) -> ModelSpec:
        """Make a specification from one entry of the configuration.

        Raises
        ------
        StudyError
            ``M01`` for an unknown key, family, role or sample, or a formula without an outcome.
        """
        known = [item.name for item in fields(cls)]
        values = dict(given)
        where = str(values.get("id", "?"))
        for key in values:
            if key not in known:
                raise _wrong(where, f"unknown key '{key}'", nearest(key, known) or ", ".join(known))
        for key, allowed in (("family", FAMILIES), ("role", ROLES), ("sample", SAMPLES)):
            word = values.get(key, allowed[0])
            if word not in allowed:
                raise _wrong(where, f"unknown {key} '{word}'", ", ".join(allowed))
        if str(values.get("formula", "")).count("~") != 1:
            raise _wrong(where, "the formula has no outcome", "outcome ~ terms + (1 | person)")
        values["at_wave"] = {
            name: AtWave.from_mapping(item) for name, item in (values.get("at_wave") or {}).items()
        }
        values["indicators"] = {
            name: Indicator(str(item["variable"]), tuple(str(code) for code in item["codes"]))
            for name, item in (values.get("indicators") or {}).items()
        }
        values["choices"] = dict(values.get("choices") or {})
        return cls(**values)


def _wrong(model: str, what: str, expected: str) -> Exception:
    return fail(
        "M01",
        f"model '{model}': {what}",
        file="config.yaml",
        expected=expected,
        action="correct the model in the section 'models'",
    )
