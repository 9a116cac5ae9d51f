"""The options of every kind of exhibit, held against models, waves and variables before anything is computed.

An option that nobody reads would change nothing and say nothing: it is refused like an unknown key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from pydantic import ValidationError

from netwerkkracht.analysis.models.declared import curve_faults
from netwerkkracht.core.display import LANGS
from netwerkkracht.core.errors import Finding, nearest
from netwerkkracht.exhibits.registry import MODULES
from netwerkkracht.study.config.reading import findings
from netwerkkracht.study.curve import Curve

if TYPE_CHECKING:
    from netwerkkracht.study.config.schema import Config, Exhibit
    from netwerkkracht.study.facts import Facts
    from netwerkkracht.study.model import Model

# kind -> form and options; what each option holds is checked by the function of that name in CHECKS, and a
# kind cannot do without those that end in an exclamation mark
FIGURES: Final[dict[str, dict[str, str]]] = {
    "flow": {"models": "models", "status": "variable"},
    "pattern": {"variables": "variables!"},
    "distribution": {"variable": "measure!"},
    "upset": {"variable": "made_of_items!", "wave": "wave", "items": "whole", "largest": "whole"},
    "moves": {"variable": "made_of_items!", "first": "wave", "last": "wave"},
    "trajectories": {"model": "model!"},
    "contrasts": {"models": "models!"},
    "forest": {"models": "models!", "contrast": "contrast", "wave": "wave"},
    "alluvial": {"variable": "measure!", "first": "wave", "last": "wave"},
    "specification": {
        "model": "model!",
        "choices": "choices!",
        "impossible": "part_of_choices",
        "headings": "part_of_choices",
        "imputations": "several",
        "wave": "wave",
    },
    "missing-data": {
        "model": "model!",
        "covariates": "measures",
        "deltas": "numbers",
        "imputations": "several",
    },
    "influence": {"model": "model!", "wave": "wave"},
    "diagnostics": {"model": "model!", "simulations": "whole"},
    "balance": {"covariates": "measures!"},
    "shares": {"variables": "measures!"},
    "operating": {"models": "simulated!"},
}
TABLES: Final[dict[str, dict[str, str]]] = {
    "baseline": {"wave": "wave", "variables": "measures!"},
    "outcomes": {"variables": "measures!"},
    "models": {"models": "models!"},
    "means": {"models": "models!"},
    "multiplicity": {"models": "models!", "contrast": "contrast", "wave": "wave"},
    "sensitivity": {"models": "models!", "contrast": "contrast", "wave": "wave"},
    "published": {},
    "transitions": {"variable": "measure!", "first": "wave", "last": "wave"},
    "reliability": {"scales": "scales!"},
    "missing": {"variables": "variables", "by": "by"},
    "crosswalk": {},
    "codes": {},
    "indices": {},
    "decisions": {},
    "attrition": {"covariates": "measures!"},
    "dictionary": {"variables": "variables"},
    "operating-table": {"models": "simulated!"},
}
NOTES: Final = {"notes": "notes"}
# types of variables that cannot be counted, averaged or compared
NAMES_ONLY: Final = frozenset({"id", "text", "date"})


@dataclass(frozen=True)
class _Known:
    """What options may name; ``facts`` is None where the codebook cannot be read."""

    models: Mapping[str, Model]
    simulated: tuple[str, ...]
    facts: Facts | None


# what is wrong, and what was expected instead
Fault = tuple[str, str]
Check = Callable[[Any, _Known], Iterator[Fault]]


def option_faults(config: Config, facts: Facts | None) -> list[Finding]:
    """Return all that is wrong with the exhibits of a configuration.

    Parameters
    ----------
    config
        The configuration.
    facts
        Waves and variables of the study; None leaves options that name them unchecked.

    Returns
    -------
    list of Finding
        ``E01`` a kind that does not exist, ``E02`` an option that does not exist, is missing, or names what
        is not there, ``E03`` an id that says figure of a table or the other way round.
    """
    simulated = tuple(config.operating.studies) if config.operating else ()
    known = _Known({model.id: model for model in config.models}, simulated, facts)
    return [fault for exhibit in config.exhibits for fault in _faults(exhibit, known)]


def _faults(exhibit: Exhibit, known: _Known) -> Iterator[Finding]:
    form = "figure" if exhibit.kind in FIGURES else "table"
    options = (FIGURES | TABLES).get(exhibit.kind)
    if options is None:
        expected = nearest(exhibit.kind, MODULES) or ", ".join(MODULES)
        yield _finding("E01", f"there is no kind of exhibit '{exhibit.kind}'", expected)
        return
    if not exhibit.id.startswith(f"{form}-"):
        what = f"'{exhibit.id}' is of the kind '{exhibit.kind}', which is a {form}"
        yield _finding("E03", what, f"an id such as {form}-1")
    options = options | NOTES
    for name in exhibit.options:
        if name not in options:
            hint = nearest(name, options)
            what = f"exhibit '{exhibit.id}' has an option '{name}', which its kind does not take"
            yield _finding("E02", what + (f"; {hint}" if hint else ""), ", ".join(options))
    for name, check in options.items():
        if name in exhibit.options:
            for what, expected in CHECKS[check.removesuffix("!")](exhibit.options[name], known):
                yield _finding("E02", f"option '{name}' of exhibit '{exhibit.id}': {what}", expected)
        elif check.endswith("!"):
            what = f"exhibit '{exhibit.id}' has no option '{name}'"
            yield _finding("E02", what, f"the option '{name}'")
    yield from _order(exhibit, known)
    if "choices" in options:
        yield from _curve(exhibit, known)


def _finding(code: str, what: str, expected: str) -> Finding:
    return Finding(
        code,
        "error",
        what,
        file="config.yaml",
        expected=expected,
        action="docs/exhibits.md lists the kinds and their options",
    )


def _order(exhibit: Exhibit, known: _Known) -> Iterator[Finding]:
    """Find a last wave that does not lie after the first."""
    waves = known.facts.waves if known.facts else ()
    options = (FIGURES | TABLES)[exhibit.kind]
    if len(waves) < 2 or not {"first", "last"} <= set(options):
        return
    first, last = str(exhibit.options.get("first", waves[0])), str(exhibit.options.get("last", waves[-1]))
    if {first, last} <= set(waves) and waves.index(first) >= waves.index(last):
        what = f"exhibit '{exhibit.id}' goes from wave {first} to wave {last}"
        yield _finding("E02", what, f"two waves in the order {', '.join(waves)}")


def _curve(exhibit: Exhibit, known: _Known) -> Iterator[Finding]:
    """Find choices that are not of their type, or that the primary model cannot take."""
    try:
        curve = Curve.of(exhibit.options)
    except ValidationError as cause:
        for found in findings(cause, Curve, file="config.yaml"):
            yield replace(found, code="E02", what=f"exhibit '{exhibit.id}': {found.what}")
        return
    primary = known.models.get(str(exhibit.options.get("model")))
    if primary is not None:
        yield from curve_faults(exhibit.id, primary, curve, known.facts)


def _one(value: Any, names: Sequence[str], kind: str) -> Iterator[Fault]:
    if value not in names:
        hint = nearest(value, names) if isinstance(value, str) else ""
        shown = f"'{value}'" if isinstance(value, (str, int, float)) else f"a {type(value).__name__}"
        yield f"{shown} is no {kind}" + (f"; {hint}" if hint else ""), ", ".join(names) or f"a {kind}"


def _many(value: Any, check: Check, known: _Known) -> Iterator[Fault]:
    if not isinstance(value, list) or not value:
        yield "a list with one or more names is needed", "a list such as [first, second]"
        return
    for item in value:
        yield from check(item, known)
    for item in dict.fromkeys(item for item in value if isinstance(item, str)):
        if value.count(item) > 1:
            yield f"'{item}' stands twice", "each name once"


def _model(value: Any, known: _Known) -> Iterator[Fault]:
    return _one(value, tuple(known.models), "model")


def _simulated(value: Any, known: _Known) -> Iterator[Fault]:
    found = list(_model(value, known))
    yield from found or _one(value, known.simulated, "model that 'operating' simulates")


def _variable(value: Any, known: _Known) -> Iterator[Fault]:
    if known.facts is not None:
        keys = {known.facts.person, known.facts.group, known.facts.wave}
        names = [name for name in known.facts.variables if name not in keys]
        for what, expected in _one(value, names, "variable of the codebook"):
            yield what, expected if len(names) <= 20 else "a variable of variables.csv or derived.csv"


def _measure(value: Any, known: _Known) -> Iterator[Fault]:
    found = list(_variable(value, known))
    yield from found
    if not found and known.facts is not None:
        kind = known.facts.variable(value).type
        if kind in NAMES_ONLY:
            yield f"'{value}' is of the type {kind}", "a number, a code or yes/no"


def _made_of_items(value: Any, known: _Known) -> Iterator[Fault]:
    found = list(_variable(value, known))
    yield from found
    if not found and known.facts is not None and not known.facts.variable(value).parts:
        yield f"'{value}' is not made of items", "an index of derived.csv, such as a count or a sum"


def _wave(value: Any, known: _Known) -> Iterator[Fault]:
    if known.facts is not None:
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        yield from _one(text, known.facts.waves, "wave")


def _whole(value: Any, _known: _Known) -> Iterator[Fault]:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        yield "a whole number of at least 1 is needed", "a number such as 50"


def _several(value: Any, known: _Known) -> Iterator[Fault]:
    found = list(_whole(value, known))
    yield from found or (
        () if value > 1 else [("one says nothing of how they differ", "a number such as 50")]
    )


def _numbers(value: Any, _known: _Known) -> Iterator[Fault]:
    if not isinstance(value, list) or not value or not all(_is_number(item) for item in value):
        yield "a list of numbers is needed", "a list such as [-1, 0, 1]"


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _models(value: Any, known: _Known) -> Iterator[Fault]:
    return iter(()) if value == "all" else _many(value, _model, known)


def _notes(value: Any, _known: _Known) -> Iterator[Fault]:
    right = isinstance(value, list) and all(
        isinstance(item, Mapping)
        and set(item) == set(LANGS)
        and all(isinstance(text, str) for text in item.values())
        for item in value
    )
    if not right:
        yield "a list of texts in both languages is needed", "a list such as [{nl: ..., en: ...}]"


CHECKS: Final[dict[str, Check]] = {
    "model": _model,
    "models": _models,
    "simulated": lambda value, known: _many(value, _simulated, known),
    "variable": _variable,
    "variables": lambda value, known: _many(value, _variable, known),
    "measure": _measure,
    "measures": lambda value, known: _many(value, _measure, known),
    "made_of_items": _made_of_items,
    "scales": lambda value, known: _many(value, _made_of_items, known),
    "wave": _wave,
    "whole": _whole,
    "several": _several,
    "numbers": _numbers,
    "contrast": lambda value, _: _one(value, ("change", "difference"), "contrast"),
    "by": lambda value, _: _one(value, ("cell",), "way to split"),
    # held to their type together, see _curve
    "choices": lambda _value, _known: iter(()),
    "part_of_choices": lambda _value, _known: iter(()),
    "notes": _notes,
}
