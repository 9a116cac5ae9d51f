"""Reliability of sum scores per wave and group: Cronbach's alpha and McDonald's omega of one factor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.describe.counts import keyed
from netwerkkracht.harmonise.scales import alpha, omega
from netwerkkracht.models.facts import Facts

COLUMNS = ["scale", "wave", "group", "items", "turned", "n", "alpha", "omega"]
FEWEST = 10  # rows below which a coefficient says nothing


def reliability(panel: Any, facts: Facts, scales: dict[str, tuple[str, ...]]) -> Any:
    """Compute reliability of each scale per wave and group over rows with all items valid.

    Parameters
    ----------
    scales
        Name of the scale -> its items. An item that correlates negatively with the rest is turned round (its
        direction is a matter of wording), and counted in ``turned``.

    Returns
    -------
    DataFrame
        Columns of ``COLUMNS``; NaN for fewer than ten rows or more items than rows, for an item that does
        not vary, and for omega where a unique variance runs to zero or there are fewer than three items.
    """
    data = keyed(panel, facts, [item for items in scales.values() for item in items])
    rows = []
    for name, items in scales.items():
        for wave in facts.waves:
            for group in facts.groups:
                own = data.loc[(data[facts.wave] == wave) & (data[facts.group] == group), list(items)]
                values = own.apply(pd.to_numeric).dropna().to_numpy(dtype=float)
                rows.append((name, wave, group, len(items), *_coefficients(values)))
    return pd.DataFrame(rows, columns=COLUMNS)


def _coefficients(values: Any) -> tuple[int, int, float, float]:
    n, k = values.shape
    if n < max(FEWEST, k + 1) or k < 2 or np.any(values.std(axis=0) == 0):
        return 0, n, math.nan, math.nan
    values, turned = _aligned(values)
    share, improper = omega(values) if k > 2 else (math.nan, False)
    return turned, n, alpha(values), math.nan if improper else share


def _aligned(values: Any) -> tuple[Any, int]:
    _, axes = np.linalg.eigh(np.corrcoef(values, rowvar=False))
    signs = np.sign(axes[:, -1])
    signs = np.where(signs == 0, 1, signs)
    if (signs < 0).sum() > len(signs) / 2:
        signs = -signs
    return values * signs, int((signs < 0).sum())
