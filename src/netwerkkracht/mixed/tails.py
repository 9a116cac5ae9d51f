"""Tail probabilities and quantiles of t, F, normal and chi-square, infinite degrees of freedom included."""

from __future__ import annotations

import numpy as np

from netwerkkracht.mixed.arrays import Array


def two_sided(statistic: Array, df: Array | float) -> Array:
    """Two-sided p value of a t statistic; df inf is the normal distribution."""
    from scipy import special

    df = np.broadcast_to(np.asarray(df, np.float64), np.shape(statistic))
    size = np.abs(statistic)
    finite = np.isfinite(df)
    t = special.stdtr(np.where(finite, df, 1.0), -size)
    return np.asarray(2 * np.where(finite, t, np.where(np.isnan(df), np.nan, special.ndtr(-size))))


def quantile(level: float, df: Array | float) -> Array:
    """Two-sided quantile of t at a confidence level; df inf is the normal distribution."""
    from scipy import special

    df = np.asarray(df, np.float64)
    t = special.stdtrit(np.where(np.isfinite(df), df, 1.0), 0.5 + level / 2)
    z = special.ndtri(0.5 + level / 2)
    return np.asarray(np.where(np.isfinite(df), t, np.where(np.isnan(df), np.nan, z)))


def chi_square_or_f(statistic: float, num_df: int, den_df: float) -> float:
    """Upper tail of F; den_df inf is chi-square / num_df."""
    from scipy import special

    if np.isnan(statistic) or np.isnan(den_df):
        return float("nan")
    if np.isinf(den_df):
        return float(special.chdtrc(num_df, num_df * statistic))
    return float(special.fdtrc(num_df, den_df, statistic))
