"""The choices of a specification curve: what each alternative changes of the primary model."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from netwerkkracht.core.errors import nearest
from netwerkkracht.study.closed import Closed, Column, Name, Text
from netwerkkracht.study.model import AtWaves, Family, Indicators, Sample, columns_of, unused

Route = Literal["likelihood", "weights", "imputation"]
# columns that the data of a curve have beside one column per choice
TAKEN = ("status", "estimate", "lower", "upper", "p", "n_persons", "primary", "minuend", "subtrahend")


class ModelChange(Closed):
    """One alternative: what it changes of the primary model; nothing at all is an alternative too."""

    label: Text | None = Field(default=None, description="name in the figure; without it the key itself")
    outcome: Column | None = Field(default=None, description="another outcome")
    add: str | None = Field(
        default=None,
        min_length=1,
        pattern=r"^[^~|]+$",
        description="terms added to the fixed part; with weights or imputation they stand in the model of "
        "drop-out instead",
    )
    covariates: tuple[Name, ...] = Field(
        default=(), strict=False, description="sets of the section `covariates` whose columns it uses"
    )
    at_wave: AtWaves = Field(default_factory=dict)
    indicators: Indicators = Field(default_factory=dict)
    sample: Sample | None = Field(default=None, description="another sample")
    family: Family | None = Field(default=None, description="another family")
    reml: bool | None = Field(default=None, description="another likelihood (gaussian)")
    nodes: int | None = Field(default=None, ge=1, le=101, description="other quadrature nodes (not gaussian)")
    route: Route | None = Field(
        default=None,
        description="way to treat who was not interviewed again: by likelihood, weighted by the chance of "
        "staying, or by multiple imputation; the last two are linear",
    )

    @model_validator(mode="after")
    def _reads_what_it_makes(self) -> Self:
        if self.covariates:
            raise ValueError(
                "'covariates' of an alternative is written out when a whole configuration is read; "
                "name columns in 'at_wave' or 'indicators'"
            )
        if fault := next(unused(self, (*columns_of(self.add or ""), self.outcome or "")), ""):
            raise ValueError(f"{fault}; name it in 'add' or 'outcome' of this alternative")
        return self

    @property
    def plain(self) -> dict[str, str | bool | int]:
        """Keys of a model that get another value, by name."""
        given = {name: getattr(self, name) for name in ("sample", "family", "reml", "nodes")}
        return {name: value for name, value in given.items() if value is not None}


class Impossible(Closed):
    """Combinations that cannot be."""

    when: dict[Name, Annotated[tuple[Name, ...], Field(min_length=1, strict=False)]] = Field(
        min_length=1, description="alternatives by choice: a combination that takes one of each is left out"
    )
    label: Text | None = Field(default=None, description="the reason, printed under the figure")

    def holds(self, names: Mapping[str, str]) -> bool:
        """Whether a combination of alternatives is one of these."""
        return all(names[choice] in listed for choice, listed in self.when.items())


class Curve(Closed):
    """Choices, each with alternatives, of which the first is the primary one, and what cannot go together."""

    choices: dict[Name, Annotated[dict[Name, ModelChange], Field(min_length=1)]] = Field(
        min_length=1, description="choice, alternative, what it changes; the first alternative is primary"
    )
    impossible: tuple[Impossible, ...] = Field(
        default=(), strict=False, description="combinations left out, counted with their reasons"
    )
    headings: dict[Name, Text] = Field(
        default_factory=dict, description="title above the alternatives of a choice"
    )

    @field_validator("choices", mode="before")
    @classmethod
    def _nothing_changes_nothing(cls, given: object) -> object:
        """Take an alternative without any line for one that changes nothing."""
        if not isinstance(given, Mapping):
            return given
        return {
            choice: {name: {} if change is None else change for name, change in options.items()}
            if isinstance(options, Mapping)
            else options
            for choice, options in given.items()
        }

    @model_validator(mode="after")
    def _names_what_is_there(self) -> Self:
        if fault := next(self._faults(), ""):
            raise ValueError(fault)
        return self

    def _faults(self) -> Iterator[str]:
        for choice in self.choices:
            if choice in TAKEN:
                yield f"a choice is called '{choice}', which is the name of a column; call it otherwise"
        for choice in self.headings:
            yield from _absent("headings", "choice", choice, self.choices)
        for rule in self.impossible:
            for choice, listed in rule.when.items():
                yield from _absent("impossible", "choice", choice, self.choices)
                for name in listed:
                    yield from _absent("impossible", "alternative", name, self.choices.get(choice, {}))

    @classmethod
    def of(cls, options: Mapping[str, object]) -> Curve:
        """Return the curve that stands among the options of an exhibit.

        Raises
        ------
        pydantic.ValidationError
            When it does not have this form.
        """
        return cls.model_validate({name: options[name] for name in cls.model_fields if name in options})

    def combinations(self) -> list[dict[str, str]]:
        """Return every combination of alternatives, possible or not, by choice."""
        return [dict(zip(self.choices, names, strict=True)) for names in product(*self.choices.values())]

    def left_out(self, names: Mapping[str, str]) -> int | None:
        """Return the number of the first rule that makes a combination impossible, None where none does."""
        return next((place for place, rule in enumerate(self.impossible) if rule.holds(names)), None)


def _absent(place: str, kind: str, name: str, known: Mapping[str, object]) -> Iterator[str]:
    if name not in known:
        yield f"'{place}' names the {kind} '{name}', which is not there; " + (
            nearest(name, known) or f"there are: {', '.join(known)}"
        )
