"""The few computations a report may make itself: sums, shares, and what a sample of this size can show.

Everything else is computed by the analysis and read from its files.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist
from typing import Final

Result = float | tuple[float, float]


def total(*parts: float) -> float:
    """Return the sum of the parts."""
    return math.fsum(parts)


def difference(first: float, second: float) -> float:
    """Return the first minus the second."""
    return first - second


def ratio(part: float, whole: float) -> float:
    """Return the share of the part in the whole (0 to 1); NaN where the whole is 0."""
    return part / whole if whole else math.nan


def wilson(part: float, whole: float, level: float = 0.95) -> tuple[float, float]:
    """Return Wilson's score interval for a share.

    Parameters
    ----------
    part, whole
        Counts; 0 <= part <= whole.
    level
        Confidence level.

    Source
    ------
    Wilson (1927), J Am Stat Assoc 22, 209-212; equals R's ``prop.test(part, whole, correct = FALSE)``.
    """
    if not whole:
        return (math.nan, math.nan)
    z = NormalDist().inv_cdf((1 + level) / 2)
    share = part / whole
    scale = 1 + z**2 / whole
    centre = (share + z**2 / (2 * whole)) / scale
    half = z * math.sqrt(share * (1 - share) / whole + z**2 / (4 * whole**2)) / scale
    return (max(0.0, centre - half), min(1.0, centre + half))


def detectable_d(n_first: float, n_second: float, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the smallest standardised difference of two means that a two-sided t test detects.

    Parameters
    ----------
    n_first, n_second
        Persons per group (at least two each).
    alpha, power
        Two-sided level of the test; chance of detecting the difference when it is there.

    Returns
    -------
    float
        Cohen's d, in standard deviations of the outcome (of the change score, when that is compared).

    Source
    ------
    Noncentral t distribution; equals R's ``power.t.test(n, power = , sig.level = )``.
    """
    # the special functions import in a tenth of the time of scipy.stats
    from scipy import special

    df = n_first + n_second - 2
    critical = float(special.stdtrit(df, 1 - alpha / 2))
    root = math.sqrt(n_first * n_second / (n_first + n_second))

    def reached(d: float) -> float:
        shift = d * root
        return float(1 - special.nctdtr(df, shift, critical) + special.nctdtr(df, shift, -critical))

    low, high = 0.0, 20.0
    while high - low > 1e-10:
        middle = (low + high) / 2
        low, high = (middle, high) if reached(middle) < power else (low, middle)
    return high


def _effect(n_first: float, n_second: float, alpha: float, power: float) -> float:
    z = NormalDist().inv_cdf
    return (z(1 - alpha / 2) + z(power)) * math.sqrt(1 / n_first + 1 / n_second)


def _shifted(share: float, effect: float) -> float:
    angle = 2 * math.asin(math.sqrt(share)) + effect
    return math.sin(min(max(angle, 0.0), math.pi) / 2) ** 2


def detectable_share_below(
    share: float, n_first: float, n_second: float, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the highest share below ``share`` that the other group must have to be told apart.

    Source
    ------
    Cohen's arcsine effect size h (Cohen 1988, chapter 6); equals R's ``pwr::pwr.2p.test``.
    """
    return _shifted(share, -_effect(n_first, n_second, alpha, power))


def detectable_share_above(
    share: float, n_first: float, n_second: float, alpha: float = 0.05, power: float = 0.8
) -> float:
    """Return the lowest share above ``share`` that the other group must have to be told apart."""
    return _shifted(share, _effect(n_first, n_second, alpha, power))


COMPUTATIONS: Final[dict[str, Callable[..., Result]]] = {
    "total": total,
    "difference": difference,
    "ratio": ratio,
    "wilson": wilson,
    "detectable_d": detectable_d,
    "detectable_share_below": detectable_share_below,
    "detectable_share_above": detectable_share_above,
}
