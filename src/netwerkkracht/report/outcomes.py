"""Words that come from numbers: each rule maps numbers to one of a few outcomes, each outcome has its text.

The texts stand in the report's source folder, in every language; a rule says only which of them is true.
No rule knows a cause: they compare, they give a direction, and they say whether an interval holds zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from netwerkkracht.core.errors import fail

Raw = Any


@dataclass(frozen=True)
class Rule:
    """A named rule: the outcomes it can have, the number of numbers it takes, and its function."""

    outcomes: tuple[str, ...]
    takes: int | None
    choose: Callable[..., str]


def _given(value: Raw) -> bool:
    return isinstance(value, (int, float)) and math.isfinite(value)


def direction(value: Raw, *, flat: float = 0.0) -> str:
    """Return up, down, flat (at most ``flat`` from zero) or unknown (no number)."""
    if not _given(value):
        return "unknown"
    return "flat" if abs(value) <= flat else "up" if value > 0 else "down"


def compare(first: Raw, second: Raw, *, same: float = 0.0) -> str:
    """Return more, less or equal (at most ``same`` apart) for the first against the second."""
    if not (_given(first) and _given(second)):
        return "unknown"
    return "equal" if abs(first - second) <= same else "more" if first > second else "less"


def certainty(limits: Raw, *, null: float = 0.0) -> str:
    """Return apart when the interval leaves out ``null``, unclear when it holds it, none without interval."""
    if not isinstance(limits, Sequence) or len(limits) != 2 or not all(_given(limit) for limit in limits):
        return "none"
    return "unclear" if limits[0] <= null <= limits[1] else "apart"


def size(value: Raw, *, bounds: Sequence[float] = (0.2, 0.5, 0.8)) -> str:
    """Return the band of a standardised difference: tiny, small, medium or large (Cohen's bounds)."""
    if not _given(value):
        return "unknown"
    bands = ("tiny", "small", "medium", "large")
    return bands[sum(abs(value) >= bound for bound in bounds)]


def signs(*values: Raw) -> str:
    """Return same when all numbers have one sign, mixed when they have not, unknown when one is missing."""
    if not values or not all(_given(value) for value in values):
        return "unknown"
    return "same" if len({value > 0 for value in values if value != 0}) <= 1 else "mixed"


def at_least(value: Raw, *, bound: float) -> str:
    """Return reached or below for a number against a bound."""
    if not _given(value):
        return "unknown"
    return "reached" if value >= bound else "below"


def status(value: Raw, *, good: str = "ok") -> str:
    """Return good or other for a status word."""
    return "good" if value == good else "other"


RULES: Final[Mapping[str, Rule]] = {
    "direction": Rule(("up", "down", "flat", "unknown"), 1, direction),
    "compare": Rule(("more", "less", "equal", "unknown"), 2, compare),
    "certainty": Rule(("apart", "unclear", "none"), 1, certainty),
    "size": Rule(("tiny", "small", "medium", "large", "unknown"), 1, size),
    "signs": Rule(("same", "mixed", "unknown"), None, signs),
    "at_least": Rule(("reached", "below", "unknown"), 1, at_least),
    "status": Rule(("good", "other"), 1, status),
}


def choose(rule: str, values: Sequence[Raw], arguments: Mapping[str, Any]) -> str:
    """Return the outcome of a rule for raw numbers.

    Raises
    ------
    StudyError
        ``R06`` when the rule takes another number of numbers or has no such argument.
    """
    known = RULES[rule]
    if known.takes is not None and len(values) != known.takes:
        raise fail(
            "R06",
            f"the rule '{rule}' was given {len(values)} numbers",
            expected=f"{known.takes}",
            action="correct 'of' in the list of words",
        )
    try:
        return known.choose(*values, **arguments)
    except TypeError as cause:
        raise fail(
            "R06",
            f"the rule '{rule}' does not take the arguments {', '.join(sorted(arguments))}",
            expected="the arguments named in docs/report.md",
            action="correct 'with' in the list of words",
        ) from cause
