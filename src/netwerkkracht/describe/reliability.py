"""Reliability of sum scores per wave: Cronbach's alpha and McDonald's omega of one factor."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.describe.counts import keyed
from netwerkkracht.models.facts import Facts


def alpha(items: Any) -> float:
    """Return Cronbach's alpha of complete rows (n by k); NaN below two items or three rows.

    Source: Cronbach (1951), Psychometrika 16: 297-334.
    """
    values = np.asarray(items, dtype=float)
    n, k = values.shape
    total = values.sum(axis=1).var(ddof=1) if n > 2 and k > 1 else 0.0
    if total <= 0:
        return math.nan
    return float(k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total))


def omega(items: Any, rounds: int = 2000) -> float:
    """Return McDonald's omega of a one-factor model, fitted by least squares to the covariances.

    Principal axis iterations to 1e-10; NaN where the solution is improper (a negative unique variance), or
    below three items.
    Source: McDonald (1999), Test theory, chapter 6.
    """
    values = np.asarray(items, dtype=float)
    n, k = values.shape
    if n <= k or k < 3:
        return math.nan
    covariance = np.cov(values, rowvar=False)
    if np.any(np.diag(covariance) <= 0):
        return math.nan
    common = np.diag(covariance) - 1 / np.diag(np.linalg.pinv(covariance))
    loadings = np.zeros(k)
    for _ in range(rounds):
        reduced = covariance - np.diag(np.diag(covariance)) + np.diag(common)
        size, axes = np.linalg.eigh(reduced)
        loadings = axes[:, -1] * math.sqrt(max(size[-1], 0.0))
        if np.max(np.abs(loadings**2 - common)) < 1e-10:
            break
        common = loadings**2
    unique = np.diag(covariance) - loadings**2
    if np.any(unique < 0):
        return math.nan
    shared = float(loadings.sum() ** 2)
    return shared / (shared + float(unique.sum()))


def reliability(panel: Any, facts: Facts, scales: dict[str, tuple[str, ...]]) -> Any:
    """Compute reliability of each scale per wave over rows with all items valid.

    Parameters
    ----------
    scales
        Name of the scale -> its items. An item that correlates negatively with the rest is turned round (its
        direction is a matter of wording), and counted in ``turned``.

    Returns
    -------
    DataFrame
        Columns scale, wave, items, turned, n, alpha, omega.
    """
    data = keyed(panel, facts, [item for items in scales.values() for item in items])
    rows = []
    for name, items in scales.items():
        for wave in facts.waves:
            here = data.loc[data[facts.wave] == wave, list(items)].apply(pd.to_numeric).dropna()
            values, turned = _aligned(here.to_numpy(dtype=float))
            rows.append((name, wave, len(items), turned, len(values), alpha(values), omega(values)))
    return pd.DataFrame(rows, columns=["scale", "wave", "items", "turned", "n", "alpha", "omega"])


def _aligned(values: Any) -> tuple[Any, int]:
    if len(values) < 3 or np.any(values.std(axis=0) == 0):
        return values, 0
    _, axes = np.linalg.eigh(np.corrcoef(values, rowvar=False))
    signs = np.sign(axes[:, -1])
    signs = np.where(signs == 0, 1, signs)
    if (signs < 0).sum() > len(signs) / 2:
        signs = -signs
    return values * signs, int((signs < 0).sum())
