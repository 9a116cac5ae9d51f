"""Several tests at once: adjusted p values over a declared family."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p values, in the order given.

    A missing p value (a model without inference) stays missing but counts as a member of the family: a test
    that was planned and failed does not make the others easier.

    Source: Holm (1979), Scand J Statistics 6: 65-70; R's ``p.adjust(p, "holm", n = length(p))``.
    """
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(p), math.nan)
    known = np.flatnonzero(~np.isnan(p))
    highest = 0.0
    for place, index in enumerate(known[np.argsort(p[known], kind="stable")]):
        highest = max(highest, min(1.0, float(p[index]) * (len(p) - place)))
        adjusted[index] = highest
    return [float(value) for value in adjusted]


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's adjusted p values (false discovery rate), in the order given.

    Missing p values stay missing but count as members. Source: Benjamini & Hochberg (1995), JRSS B 57.
    """
    p = np.asarray(p_values, dtype=float)
    adjusted = np.full(len(p), math.nan)
    known = np.flatnonzero(~np.isnan(p))
    lowest = 1.0
    order = known[np.argsort(p[known], kind="stable")]
    for place in range(len(order) - 1, -1, -1):
        lowest = min(lowest, float(p[order[place]]) * len(p) / (place + 1))
        adjusted[order[place]] = lowest
    return [float(value) for value in adjusted]
