"""The options of exhibits: types that say what an option names, held against the study before anything runs.

A kind declares its options as a class of fields of these types. An option that nobody reads would change
nothing and say nothing: it is refused like an unknown key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import ErrorDetails, PydanticCustomError

from netwerkkracht.core.errors import Finding, nearest
from netwerkkracht.study.config.reading import findings
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.study.model import Model as Spec

# types of variables that cannot be counted, averaged or compared
NAMES_ONLY: Final = frozenset({"id", "text", "date"})


@dataclass(frozen=True)
class Known:
    """What options may name; None where it is not known, and names are then taken as they are.

    ``specs`` are the models themselves, by name.
    """

    models: tuple[str, ...] | None = None
    simulated: tuple[str, ...] | None = None
    facts: Facts | None = None
    specs: Mapping[str, Spec] = field(default_factory=dict)


NOTHING: Final = Known()
# what is wrong, and what was expected instead
Fault = tuple[str, str]
Check = Callable[[Any, Known], Iterator[Fault]]


def one_of(value: Any, names: Sequence[str], kind: str) -> Iterator[Fault]:
    """Find a value that is none of the names, with the nearest of them."""
    if value not in names:
        hint = nearest(value, names) if isinstance(value, str) else ""
        shown = f"'{value}'" if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
        yield f"{shown} is no {kind}" + (f"; {hint}" if hint else ""), ", ".join(names) or f"a {kind}"


def _many(value: Any, check: Check, known: Known) -> Iterator[Fault]:
    if not isinstance(value, list) or not value:
        yield "a list with one or more names is needed", "a list such as [first, second]"
        return
    for item in value:
        yield from check(item, known)
    for item in dict.fromkeys(item for item in value if isinstance(item, str)):
        if value.count(item) > 1:
            yield f"'{item}' stands twice", "each name once"


def _model(value: Any, known: Known) -> Iterator[Fault]:
    return one_of(
        value, (value,) if known.models is None and isinstance(value, str) else known.models or (), "model"
    )


def _simulated(value: Any, known: Known) -> Iterator[Fault]:
    found = list(_model(value, known))
    if not found and known.simulated is not None:
        found = list(one_of(value, known.simulated, "model that 'operating' simulates"))
    yield from found


def _variable(value: Any, known: Known) -> Iterator[Fault]:
    if known.facts is not None:
        keys = {known.facts.person, known.facts.group, known.facts.wave}
        names = [name for name in known.facts.variables if name not in keys]
        for what, expected in one_of(value, names, "variable of the codebook"):
            yield what, expected if len(names) <= 20 else "a variable of variables.csv or derived.csv"


def _measure(value: Any, known: Known) -> Iterator[Fault]:
    found = list(_variable(value, known))
    yield from found
    if not found and known.facts is not None:
        kind = known.facts.variable(value).type
        if kind in NAMES_ONLY:
            yield f"'{value}' is of the type {kind}", "a number, a code or yes/no"


def _made_of_items(value: Any, known: Known) -> Iterator[Fault]:
    found = list(_variable(value, known))
    yield from found
    if not found and known.facts is not None and not known.facts.variable(value).parts:
        yield f"'{value}' is not made of items", "an index of derived.csv, such as a count or a sum"


def _wave(value: Any, known: Known) -> Iterator[Fault]:
    if known.facts is not None:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        yield from one_of(text, known.facts.waves, "wave")


def _whole(value: Any, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield "a whole number of at least 1 is needed", "a number such as 50"


def _several(value: Any, known: Known) -> Iterator[Fault]:
    found = list(_whole(value, known))
    yield from found or (
        () if value > 1 else [("one says nothing of how they differ", "a number such as 50")]
    )


def _numbers(value: Any, _known: Known) -> Iterator[Fault]:
    if not isinstance(value, list) or not value or not all(_is_number(item) for item in value):
        yield "a list of numbers is needed", "a list such as [-1, 0, 1]"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _models(value: Any, known: Known) -> Iterator[Fault]:
    return iter(()) if value == "all" and known.models is not None else _many(value, _model, known)


def _notes(value: Any, known: Known) -> Iterator[Fault]:
    languages = known.facts.languages if known.facts is not None else ()
    right = isinstance(value, list) and all(
        isinstance(item, Mapping)
        and set(languages) <= set(item)
        and all(isinstance(text, str) for text in item.values())
        for item in value
    )
    if not right:
        yield "a list of texts in every language is needed", f"a list of {_each(languages)}"


def _each(languages: Sequence[str]) -> str:
    return f"{{{', '.join(f'{lang}: ...' for lang in languages)}}}"


def checked(check: Check) -> BeforeValidator:
    """Return a validator that refuses a value with all that a check finds; the context is :class:`Known`."""

    def validate(value: Any, info: ValidationInfo) -> Any:
        found = list(check(value, info.context or NOTHING))
        if found:
            raise PydanticCustomError("option", "{said}", {"said": found[0][0], "faults": found})
        return value

    return BeforeValidator(validate)


def _many_of(check: Check) -> BeforeValidator:
    return checked(lambda value, known: _many(value, check, known))


def _each_model(value: Any, info: ValidationInfo) -> Any:
    known = info.context or NOTHING
    return known.models if value == "all" else value


Model = Annotated[str, checked(_model)]
# in the configuration 'all' stands for every model, in order
Models = Annotated[tuple[str, ...], BeforeValidator(_each_model), checked(_models)]
SimulatedModels = Annotated[tuple[str, ...], _many_of(_simulated)]
Variable = Annotated[str, checked(_variable)]
Variables = Annotated[tuple[str, ...], _many_of(_variable)]
# a variable that can be counted, averaged or compared
Measure = Annotated[str, checked(_measure)]
Measures = Annotated[tuple[str, ...], _many_of(_measure)]
MadeOfItems = Annotated[str, checked(_made_of_items)]
Scales = Annotated[tuple[str, ...], _many_of(_made_of_items)]
Wave = Annotated[str, BeforeValidator(str), checked(_wave)]
Whole = Annotated[int, checked(_whole)]
Several = Annotated[int, checked(_several)]
Numbers = Annotated[tuple[float, ...], checked(_numbers)]
Contrast = Annotated[
    Literal["change", "difference"],
    checked(lambda value, _: one_of(value, ("change", "difference"), "contrast")),
]
Notes = Annotated[tuple[dict[str, str], ...], checked(_notes)]


class KindOptions(BaseModel):
    """The options that every kind of exhibit takes; those of a kind add its own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    notes: Notes = ()

    @classmethod
    def faults(cls, exhibit: str, given: Mapping[str, Any], known: Known) -> Iterator[Finding]:  # noqa: ARG003
        """Find what is wrong beside the types of the options; a kind that has such rules tells them here."""
        return iter(())


class NoOptions(KindOptions):
    """The options of a kind that takes none of its own."""


class BetweenWaves(KindOptions):
    """The options of a kind that goes from one wave to another: from the first to the last without them."""

    first: Wave = ""
    last: Wave = ""

    def ends(self, facts: Facts) -> tuple[str, str]:
        """Return the wave it begins with and the one it ends with."""
        return self.first or facts.waves[0], self.last or facts.waves[-1]

    @model_validator(mode="after")
    def _in_order(self, info: ValidationInfo) -> BetweenWaves:
        known = info.context or NOTHING
        if known.facts is not None and len(known.facts.waves) > 1:
            waves, (first, last) = known.facts.waves, self.ends(known.facts)
            if waves.index(first) >= waves.index(last):
                raise PydanticCustomError(
                    "exhibit",
                    "goes from wave {first} to wave {last}",
                    {"first": first, "last": last, "expected": f"two waves in the order {', '.join(waves)}"},
                )
        return self


def option_findings(
    options: type[KindOptions], exhibit: str, given: Mapping[str, Any], known: Known = NOTHING
) -> list[Finding]:
    """Return all that is wrong with the options of one exhibit: ``E02`` each.

    Parameters
    ----------
    options
        The options of its kind.
    exhibit
        Its id.
    given
        The options as the configuration has them.
    known
        What they may name.
    """
    found: list[Finding] = []
    try:
        options.model_validate(dict(given), context=known)
    except ValidationError as cause:
        told = list(zip(cause.errors(), findings(cause, options, file="config.yaml"), strict=True))
        for error, inside in sorted(told, key=lambda pair: pair[0]["type"] != "extra_forbidden"):
            if _is_of_a_part(error):
                found.append(replace(inside, code="E02", what=f"exhibit '{exhibit}': {inside.what}"))
            else:
                found += _told(error, exhibit, options)
    return [*found, *options.faults(exhibit, given, known)]


def _is_of_a_part(error: ErrorDetails) -> bool:
    """Whether a mistake lies inside an option, and is told with its place as in the configuration."""
    own = {"option", "exhibit", "extra_forbidden", "missing"}
    return len(error["loc"]) > 1 or error["type"] not in own


def _told(error: ErrorDetails, exhibit: str, options: type[KindOptions]) -> Iterator[Finding]:
    """Say what pydantic found in our words."""
    for what, expected in _faults(error, exhibit, options):
        yield Finding(
            "E02",
            "error",
            what,
            file="config.yaml",
            expected=expected,
            action="docs/exhibits.md lists the kinds and their options",
        )


def _faults(error: ErrorDetails, exhibit: str, options: type[KindOptions]) -> Iterator[Fault]:
    name = str(error["loc"][0]) if error["loc"] else ""
    told = error.get("ctx", {})
    if error["type"] == "extra_forbidden":
        taken = [*(known for known in options.model_fields if known != "notes"), "notes"]
        hint = nearest(name, taken)
        what = f"exhibit '{exhibit}' has an option '{name}', which its kind does not take"
        yield what + (f"; {hint}" if hint else ""), ", ".join(taken)
    elif error["type"] == "missing":
        yield f"exhibit '{exhibit}' has no option '{name}'", f"the option '{name}'"
    elif not name:
        yield f"exhibit '{exhibit}' {error['msg']}", str(told["expected"])
    else:
        for what, expected in told["faults"]:
            yield f"option '{name}' of exhibit '{exhibit}': {what}", expected
