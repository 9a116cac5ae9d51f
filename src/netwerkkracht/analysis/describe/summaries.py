"""Means, spreads and standardised differences by group and wave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.describe.counts import keyed
from netwerkkracht.study.facts import Facts, code_text


def in_spreads(gap: Any, first: Any, second: Any) -> Any:
    """Return a difference over the root of the mean of two variances; NaN where nothing varies.

    Works on numbers and on arrays. Source: Austin (2009), Statistics in Medicine 28: 3083-3107, section 2.
    """
    spread = np.sqrt((np.asarray(first) + np.asarray(second)) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(spread > 0, gap / spread, np.nan)


def smd_numbers(first: Any, second: Any) -> float:
    """Return the standardised mean difference of two samples: first minus second over the pooled SD.

    Missing values are left out; NaN where a sample has fewer than two values or nothing varies.
    """
    a, b = (np.asarray(values, dtype=float) for values in (first, second))
    a, b = a[~np.isnan(a)], b[~np.isnan(b)]
    if len(a) < 2 or len(b) < 2:
        return float("nan")
    return float(in_spreads(a.mean() - b.mean(), a.var(ddof=1), b.var(ddof=1)))


def smd_share(first: float, second: float) -> float:
    """Return the standardised difference of two shares; NaN where neither varies. Source: Austin (2009)."""
    return float(in_spreads(first - second, first * (1 - first), second * (1 - second)))


def smd_codes(first: Sequence[float], second: Sequence[float]) -> float:
    """Return the standardised difference of two distributions over the same categories.

    The Mahalanobis distance of the shares (all but the first category), without sign.
    Source: Yang & Dalton (2012), SAS Global Forum 335.
    """
    a, b = np.asarray(first, dtype=float)[1:], np.asarray(second, dtype=float)[1:]
    covariance = (np.diag(a) - np.outer(a, a) + np.diag(b) - np.outer(b, b)) / 2
    gap = a - b
    return float(np.sqrt(max(gap @ np.linalg.pinv(covariance) @ gap, 0.0)))


def describe(panel: Any, facts: Facts, variable: str) -> Any:
    """Summarise a number by group and wave.

    Returns
    -------
    DataFrame
        Columns group, wave, n, missing, mean, sd, median, p25, p75, floor, ceiling (shares at the scale's
        limits; NaN where the codebook gives none).
    """
    data = keyed(panel, facts, [variable])
    known = facts.variable(variable)
    rows = []
    for group in facts.groups:
        for wave in facts.waves:
            here = data[(data[facts.group] == group) & (data[facts.wave] == wave)]
            values = pd.to_numeric(here[variable]).dropna().to_numpy(dtype=float)
            rows.append(
                (group, wave, len(values), len(here) - len(values), *_summary(values, known.low, known.high))
            )
    names = ["group", "wave", "n", "missing", "mean", "sd", "median", "p25", "p75", "floor", "ceiling"]
    return pd.DataFrame(rows, columns=names)


def _summary(values: Any, low: float | None, high: float | None) -> tuple[float, ...]:
    if not len(values):
        return (np.nan,) * 7
    quartiles = [float(q) for q in np.quantile(values, [0.5, 0.25, 0.75])]
    spread = float(values.std(ddof=1)) if len(values) > 1 else np.nan
    at = [float(np.mean(values == limit)) if limit is not None else np.nan for limit in (low, high)]
    return (float(values.mean()), spread, *quartiles, *at)


def balance(panel: Any, facts: Facts, variables: Sequence[str], wave: str) -> Any:
    """Describe the participants of one wave by group, with standardised differences and no p values.

    Returns
    -------
    DataFrame
        Columns variable, code (empty for numbers), statistic (``mean``, ``share``), group, value, spread
        (SD), n (valid), count (of the code), missing, smd (of the first two groups, the same in all rows of
        a variable).
    """
    data = keyed(panel, facts, variables)
    here = data[data[facts.wave] == wave]
    by = {group: here[here[facts.group] == group] for group in facts.groups}
    rows: list[tuple[Any, ...]] = []
    for name in variables:
        known = facts.variable(name)
        if known.type in {"code", "yesno"} or (known.codes and known.type != "number"):
            rows += _coded(name, by, known.codes or (("1", {}),))
        else:
            rows += _numbers(name, by)
    names = ["variable", "code", "statistic", "group", "value", "spread", "n", "count", "missing", "smd"]
    return pd.DataFrame(rows, columns=names)


def _numbers(name: str, by: dict[str, Any]) -> list[tuple[Any, ...]]:
    values = {group: pd.to_numeric(rows[name]) for group, rows in by.items()}
    pair = list(values.values())[:2]
    smd = smd_numbers(*pair) if len(pair) == 2 else np.nan
    return [
        (name, "", "mean", group, float(v.mean()), float(v.std(ddof=1)), int(v.notna().sum()), np.nan,
         int(v.isna().sum()), smd)
        for group, v in values.items()
    ]  # fmt: skip


def _coded(name: str, by: dict[str, Any], codes: Any) -> list[tuple[Any, ...]]:
    texts = {group: rows[name].map(code_text, na_action="ignore") for group, rows in by.items()}
    shares = {
        group: [float((t.dropna() == code).mean()) if t.notna().any() else np.nan for code, _ in codes]
        for group, t in texts.items()
    }
    pair = list(shares.values())[:2]
    if len(pair) < 2:
        smd = np.nan
    elif len(codes) == 1:
        smd = smd_share(pair[0][0], pair[1][0])
    else:
        smd = smd_codes(*pair)
    return [
        (name, code, "share", group, shares[group][place], np.nan, int(t.notna().sum()),
         int((t == code).sum()), int(t.isna().sum()), smd)
        for place, (code, _) in enumerate(codes)
        for group, t in texts.items()
    ]  # fmt: skip
