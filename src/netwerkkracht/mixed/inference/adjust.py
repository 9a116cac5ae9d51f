"""Adjustment of p values and limits for several comparisons.

Source: Holm (1979); Benjamini & Hochberg (1995); Tukey's studentised range for all pairs of k means. Limits
follow emmeans: the step-wise methods have Bonferroni's limits.
"""

from __future__ import annotations

import numpy as np

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.inference.studentized_range import quantile as range_quantile
from netwerkkracht.mixed.inference.studentized_range import tail
from netwerkkracht.mixed.tails import quantile

METHODS = ("none", "bonferroni", "sidak", "holm", "fdr", "tukey")


def check_adjustment(name: str) -> None:
    """Refuse an unknown adjustment."""
    if name not in METHODS:
        raise fail(
            "OPTION",
            f"the adjustment '{name}' is not known",
            expected=f"one of {', '.join(METHODS)}. {nearest(name, METHODS)}",
            action="correct the option adjust",
        )


def adjusted_p(p: Array, statistic: Array, df: Array, method: str, n_means: int) -> Array:
    """Adjust the p values of one family of m contrasts (of `n_means` means, for Tukey)."""
    m = len(p)
    if m < 2 or method == "none":
        return p
    if method == "bonferroni":
        return np.minimum(1.0, m * p)
    if method == "sidak":
        return np.asarray(-np.expm1(m * np.log1p(-np.minimum(p, 1 - 1e-16))))
    if method == "tukey":
        ranges = np.sqrt(2) * np.abs(statistic)
        return np.array([tail(q, n_means, v) for q, v in zip(ranges, df, strict=True)])
    order = np.argsort(p)
    ranked = p[order]
    if method == "holm":
        stepped = np.maximum.accumulate(ranked * (m - np.arange(m)))
    else:
        stepped = np.fmin.accumulate((ranked * m / np.arange(1, m + 1))[::-1])[::-1]
    made = np.empty(m)
    made[order] = np.minimum(1.0, stepped)
    return made


def critical(df: Array, level: float, method: str, n_means: int, m: int) -> Array:
    """Half-width of the limits in standard errors, for one family of m contrasts."""
    if m < 2 or method in {"none", "fdr"}:
        return quantile(level, df)
    if method == "tukey":
        # not by dict: a df that is NaN equals no key
        values, place = np.unique(df, return_inverse=True)
        return np.array([range_quantile(level, n_means, v) / np.sqrt(2) for v in values])[place]
    if method == "sidak":
        return quantile(level ** (1 / m), df)
    return quantile(1 - (1 - level) / m, df)
