"""What a student gave as an answer, and what to say about it; the right answer is known as a fingerprint only."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass
from numbers import Real
from typing import Any, Final

# what is said of an answer, by its key in the words
OPEN: Final = "open"
RIGHT: Final = "right"
NOT_YET: Final = "not_yet"
SHARE: Final = "share"
PERCENTAGE: Final = "percentage"
SIGN: Final = "sign"
TOO_HIGH: Final = "too_high"
TOO_LOW: Final = "too_low"
FAR: Final = "far"
NOTHING: Final = "nothing"
NO_NUMBER: Final = "no_number"
MANY: Final = "many"
# how far from an answer the right one is looked for, in steps of its last decimal
REACH = 20_000


@dataclass(frozen=True)
class Question:
    """A question with one number as its answer: the fingerprint of it, rounded to ``decimals``."""

    name: str
    decimals: int
    digest: str

    def is_right(self, value: float) -> bool:
        """Say whether a number is the answer, once rounded."""
        return digest(self.name, value, self.decimals) == self.digest

    def verdict(self, value: float, wrong_before: int) -> tuple[bool, str]:
        """Return whether a number is right and the key of what to say; from the second wrong try on with a direction.

        The direction is found by trying numbers around the answer given: the right one is written nowhere.
        """
        if self.is_right(value):
            return True, RIGHT
        for other, words in ((100 * value, SHARE), (value / 100, PERCENTAGE), (-value, SIGN)):
            if value and self.is_right(other):
                return False, words
        return False, self._direction(value) if wrong_before else NOT_YET

    def _direction(self, value: float) -> str:
        step = 10.0**-self.decimals
        for number in range(1, REACH):
            if self.is_right(value + number * step):
                return TOO_LOW
            if self.is_right(value - number * step):
                return TOO_HIGH
        return FAR


def digest(question: str, answer: float, decimals: int) -> str:
    """Return the fingerprint of an answer, rounded; the question is the salt."""
    return hashlib.sha256(f"{question}|{answer:.{decimals}f}".encode()).hexdigest()[:16]


def number_of(given: Any) -> float | str:
    """Return the number that was meant, or the key of what to say when none was.

    Understood are numbers, one value in a list or table, and texts with a decimal comma or a percent sign; a
    decimal comma typed without quotes reaches Python as two whole numbers, (81, 8).
    """
    if given is None:
        return NOTHING
    if isinstance(given, str):
        return _from_text(given)
    if hasattr(given, "to_numpy"):  # pandas
        given = given.to_numpy()
    if hasattr(given, "tolist"):  # numpy
        given = given.tolist()
    if isinstance(given, (list, tuple)):
        if len(given) == 1:
            return number_of(given[0])
        whole = len(given) == 2 and all(type(part) is int for part in given)
        return float(f"{given[0]}.{given[1]}") if whole and given[1] >= 0 else MANY
    if isinstance(given, (dict, set)):
        return MANY
    if isinstance(given, Real) and not isinstance(given, bool) and math.isfinite(given):
        return float(given)
    return NO_NUMBER


def _from_text(text: str) -> float | str:
    plain = re.sub(r"[\s%]", "", text).replace("\N{MINUS SIGN}", "-")
    if "," in plain:
        # the last sign is the decimal one: 1.234,5 and 1,234.5
        thousands = "," if plain.rfind(".") > plain.rfind(",") else "."
        plain = plain.replace(thousands, "").replace(",", ".")
    return float(plain) if re.fullmatch(r"[+-]?\d+(\.\d+)?", plain, re.ASCII) else NO_NUMBER
