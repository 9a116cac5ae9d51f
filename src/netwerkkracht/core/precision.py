"""With how many digits a value leaves, and how far two machines may lie apart in it: one table by class.

The last bits of a sum depend on the processor: its kernels of linear algebra add in another order. They are
noise, so they do not leave. A value is rounded where the table of an exhibit and the number of a text are
made, to digits that other processors reproduce; `verify` allows the last of these digits to differ by one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True)
class Precision:
    """How a class of values leaves.

    ``digits`` are significant ones. ``decimals`` is the floor below which nothing leaves, None for none: what
    is zero in exact sums differs from zero by noise. ``columns`` belong to the class.
    """

    digits: int
    decimals: int | None
    columns: frozenset[str] = frozenset()

    @property
    def tolerance(self) -> float:
        """Return one unit of the last digit, relative: how far two machines can round apart."""
        return float(f"1e{1 - self.digits}")


# half a unit of the last of these decimals is far above noise of differences, far below anything of interest
FLOOR: Final = 10
NEAR_ZERO: Final = float(f"1e-{FLOOR}")
CLASSES: Final[dict[str, Precision]] = {
    "estimate": Precision(9, FLOOR),
    # these hang on second derivatives of a likelihood: two digits less are the same everywhere
    "inference": Precision(
        7,
        FLOOR,
        frozenset({"se", "df", "statistic", "lower", "upper", "low", "high", "shown_lower", "shown_upper"}),
    ),
    # never a difference of equals, so never noise around zero
    "p": Precision(7, None, frozenset({"p", "p_holm", "p_bh"})),
}
INFERENCE: Final = CLASSES["inference"]
# nearer than this no two optimisers can be asked to come
LEAST_BOUND: Final = 1e-5


def precision_of(column: str) -> Precision:
    """Return the precision of a column; what no class names is an estimate, a mean or a share."""
    return next((kind for kind in CLASSES.values() if column in kind.columns), CLASSES["estimate"])


def rounded(value: Any, column: str = "") -> Any:
    """Return a value with the digits that leave; whole numbers, words and missing values stay as they are."""
    if not isinstance(value, float) or not math.isfinite(value) or value.is_integer():
        return value
    kind = precision_of(column)
    places = kind.digits - 1 - math.floor(math.log10(abs(value)))
    if kind.decimals is not None:
        places = min(places, kind.decimals)
    # a negative zero is a zero
    return round(float(value), places) + 0.0


def rounded_frame(frame: Any) -> Any:
    """Return the table of an exhibit with every value as :func:`rounded` has it; counts and words stay."""
    made = {
        name: [rounded(value, str(name)) for value in frame[name].tolist()]
        for name in frame.columns
        if frame[name].dtype.kind == "f" or frame[name].dtype == object
    }
    return frame.assign(**made).astype({name: frame[name].dtype for name in made})


def bound(gap: float) -> float:
    """Return the power of ten that a gap between two engines stays within; NaN where there is none.

    How far two optimisers stop from each other is no result: its digits are those of their last steps.
    """
    if not math.isfinite(gap):
        return gap
    return float(f"1e{math.ceil(math.log10(max(gap, LEAST_BOUND)))}")
