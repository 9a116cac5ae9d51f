"""Reliability of sum scores per wave and group: Cronbach's alpha and McDonald's omega of one factor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.describe.counts import keyed
from netwerkkracht.harmonise.scales import alpha, omega
from netwerkkracht.study.facts import Facts

COLUMNS = ["scale", "wave", "group", "items", "turned", "n", "alpha", "omega"]
FEWEST = 10  # rows below which a coefficient says nothing


def reliability(panel: Any, facts: Facts, scales: dict[str, tuple[str, ...]]) -> Any:
    """Compute reliability of each scale per wave and group over rows with all items valid.

    Parameters
    ----------
    scales
        Name of the scale -> its items. Items that ask the other way round by the codebook (``against`` of the
        scale's facts) are turned and counted in ``turned``; an item that runs against the others in these
        data is not, for that is what a coefficient must show.

    Returns
    -------
    DataFrame
        Columns of ``COLUMNS``; NaN for fewer than ten rows or more items than rows, for an item that does
        not vary, and for omega where a unique variance runs to zero or there are fewer than three items.
    """
    data = keyed(panel, facts, [item for items in scales.values() for item in items])
    rows = []
    for name, items in scales.items():
        known = facts.variables.get(name)
        signs = np.array([-1.0 if known is not None and item in known.against else 1.0 for item in items])
        for wave in facts.waves:
            for group in facts.groups:
                own = data.loc[(data[facts.wave] == wave) & (data[facts.group] == group), list(items)]
                values = own.apply(pd.to_numeric).dropna().to_numpy(dtype=float)
                rows.append((name, wave, group, len(items), *_coefficients(values * signs, signs)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _coefficients(values: Any, signs: Any) -> tuple[int, int, float, float]:
    n, k = values.shape
    turned = int((signs < 0).sum())
    if n < max(FEWEST, k + 1) or k < 2 or np.any(values.std(axis=0) == 0):
        return turned, n, math.nan, math.nan
    share, improper = omega(values) if k > 2 else (math.nan, False)
    return turned, n, alpha(values), math.nan if improper else share
