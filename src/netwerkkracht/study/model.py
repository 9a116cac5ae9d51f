"""A model of the study: the one type of it, from the configuration to the fit."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from itertools import pairwise
from typing import Annotated, Any, Literal, Protocol, Self

from pydantic import Field, field_validator, model_validator

from netwerkkracht.core.errors import nearest
from netwerkkracht.study.closed import Closed, Column, Name, Text

Role = Literal["primary", "secondary", "exploratory", "sensitivity"]
Family = Literal["gaussian", "binomial", "poisson", "negative-binomial", "ordinal"]
Sample = Literal["all", "complete"]
# a name of a formula that is no function: no bracket follows it
_COLUMN = re.compile(r"[A-Za-z_][A-Za-z0-9_.]*(?![A-Za-z0-9_.]|\s*\()")


def columns_of(terms: str) -> tuple[str, ...]:
    """Return the names of the columns in a formula or in some of its terms, in order, each once."""
    return tuple(dict.fromkeys(_COLUMN.findall(terms)))


class AtWave(Closed):
    """A person-level covariate: the value of one wave, carried to all rows of the person."""

    variable: Column = Field(description="variable of the panel")
    wave: str = Field(description="wave whose value all rows of the person get, as text")
    cut: tuple[float, ...] = Field(
        default=(),
        strict=False,
        description="limits that make ordered classes 1, 2, ... of a number; a value equal to a limit falls "
        "below it",
    )

    @field_validator("cut")
    @classmethod
    def _limits_rise(cls, limits: tuple[float, ...]) -> tuple[float, ...]:
        if not all(low < high for low, high in pairwise(limits)):
            raise ValueError("the limits of 'cut' do not rise; write them from low to high, each once")
        return limits


class Indicator(Closed):
    """A 0/1 column made from codes: 1 where a coded variable has one of them, missing where it is missing."""

    variable: Column = Field(description="coded variable of the panel")
    codes: tuple[str, ...] = Field(min_length=1, strict=False, description="codes that count as 1, as text")


AtWaves = Annotated[
    dict[Column, AtWave],
    Field(description="covariates taken from one wave, by the name the formula uses"),
]
Indicators = Annotated[
    dict[Column, Indicator],
    Field(description="0/1 columns made from codes, by the name the formula uses"),
]


class Columns(Closed):
    """Columns made for formulas, by the name the formula uses."""

    at_wave: AtWaves = Field(default_factory=dict)
    indicators: Indicators = Field(default_factory=dict)


class Makes(Protocol):
    """Whatever makes columns for formulas: a set of them, a model, an alternative."""

    @property
    def at_wave(self) -> Mapping[str, AtWave]:
        """Covariates taken from one wave."""

    @property
    def indicators(self) -> Mapping[str, Indicator]:
        """0/1 columns made from codes."""


def unused(maker: Makes, used: Collection[str]) -> Iterator[str]:
    """Yield a text for each column made that is not among the names used: it would say nothing."""
    for section, made in (("at_wave", maker.at_wave), ("indicators", maker.indicators)):
        for name in made:
            if name not in used:
                hint = nearest(name, used)
                what = f"'{section}.{name}' makes a column that no formula here uses"
                yield what + (f"; {hint}" if hint else "")


class Model(Closed):
    """One model; each has its own chain of results.

    ``sample``: ``all`` uses every row with valid values (likelihood under missing at random), ``complete``
    only persons with the outcome in every wave. ``version_confounded`` marks an outcome whose question
    changed between waves, so that the overall change cannot be read.
    """

    id: Name = Field(description="name in file names and exhibits")
    order: int = Field(description="place in tables and figures")
    role: Role = Field(description="what the model was declared as before the data were seen")
    label: Text = Field(description="name of the outcome in exhibits")
    family: Family = Field(description="distribution of the outcome")
    formula: str = Field(
        pattern=r"^[^~]+~[^~]+$",
        description="lme4's formula language; parsed by netwerkkracht, never evaluated",
    )
    trials: Column | None = Field(default=None, description="column with the number of trials (binomial)")
    sample: Sample = Field(
        default="all",
        description="all: every row with valid values; complete: persons with the outcome in every wave",
    )
    reml: bool = Field(default=True, description="restricted likelihood (gaussian)")
    df: Literal["kenward-roger", "satterthwaite"] = Field(
        default="kenward-roger", description="denominator degrees of freedom (gaussian)"
    )
    nodes: int = Field(default=15, ge=1, le=101, description="quadrature nodes (not gaussian); 1 is Laplace")
    decimals: int = Field(default=2, ge=0, le=6, description="decimals in exhibits")
    unit: Text | None = Field(default=None, description="unit of the outcome in exhibits")
    covariates: tuple[Name, ...] = Field(
        default=(), strict=False, description="sets of the section `covariates` whose columns the model uses"
    )
    at_wave: AtWaves = Field(default_factory=dict)
    indicators: Indicators = Field(default_factory=dict)
    alternative_to: Name | None = Field(
        default=None, description="the model that this one is a sensitivity analysis of"
    )
    choices: dict[str, str] = Field(
        default_factory=dict, description="in which respects the alternative differs"
    )
    version_confounded: bool = Field(
        default=False, description="the question changed between waves: the overall change cannot be read"
    )

    @model_validator(mode="after")
    def _trials_are_read(self) -> Self:
        if self.trials is not None and self.family != "binomial":
            raise ValueError(f"'trials' of model '{self.id}' is read by the family binomial only; remove it")
        return self

    @property
    def outcome(self) -> str:
        """Name of the outcome column: the left side of the formula."""
        return self.formula.split("~", 1)[0].strip()

    @property
    def source(self) -> str:
        """Name of the codebook variable behind the outcome (an indicator has another name)."""
        made = self.indicators.get(self.outcome)
        return made.variable if made else self.outcome

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns of the formula, in its order, each once."""
        return columns_of(self.formula)

    def changed(self, **values: Any) -> Model:
        """Return the model with other values, held to the same rules.

        Raises
        ------
        pydantic.ValidationError
            When a value does not fit its key, as in the configuration.
        """
        return Model.model_validate({**self.model_dump(), **values})
