"""Pool fits of one model over multiply imputed data sets.

Source: Rubin (1987) for estimates and variances; Barnard & Rubin (1999) for the degrees of freedom, with the
small-sample df of the mixed model as complete-data df; Li, Raghunathan & Rubin (1991) and Reiter (2007) for
D1. Equals mice::pool and mitml::testEstimates (given the same complete-data df), and mitml's D1.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import FTest
from netwerkkracht.mixed.inference.bootstrap import null_columns
from netwerkkracht.mixed.result import Fit
from netwerkkracht.mixed.tails import chi_square_or_f, quantile, two_sided


@dataclass(frozen=True)
class Rubin:
    """Rubin's rules for k quantities over m imputations: arrays of length k.

    ``within`` and ``between`` are the two parts of ``total = within + (1 + 1/m) between``; ``riv`` is the
    relative increase in variance, ``lambda_`` the share of variance due to missing data, ``fmi`` the fraction
    of missing information.
    """

    m: int
    estimate: Array
    within: Array
    between: Array
    total: Array
    df: Array

    @property
    def riv(self) -> Array:
        """Relative increase in variance."""
        return (1 + 1 / self.m) * self.between / self.within

    @property
    def lambda_(self) -> Array:
        """Share of the variance due to missing data."""
        return (1 + 1 / self.m) * self.between / self.total

    @property
    def fmi(self) -> Array:
        """Fraction of missing information."""
        return (self.riv + 2 / (self.df + 3)) / (self.riv + 1)


def rubin(estimates: Array, variances: Array, df_complete: Array | float) -> Rubin:
    """Pool estimates and variances, m by k; ``df_complete`` is inf where the sample is large.

    Raises
    ------
    StudyError
        POOL for fewer than two imputations.
    """
    m = len(estimates)
    if m < 2:
        raise fail(
            "POOL",
            "pooling needs at least two fits",
            expected="m >= 2",
            action="impute more data sets",
            count=m,
        )
    within, between = variances.mean(axis=0), estimates.var(axis=0, ddof=1)
    total = within + (1 + 1 / m) * between
    return Rubin(
        m, estimates.mean(axis=0), within, between, total, barnard_rubin(m, between, total, df_complete)
    )


def barnard_rubin(m: int, between: Array, total: Array, df_complete: Array | float) -> Array:
    """Degrees of freedom of Barnard & Rubin (1999, eq. 3)."""
    df_complete = np.broadcast_to(np.asarray(df_complete, np.float64), np.shape(total))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (1 + 1 / m) * between / total
        old = (m - 1) / share**2
        finite = np.where(np.isfinite(df_complete), df_complete, 1.0)
        observed = (finite + 1) / (finite + 3) * finite * (1 - share)
        both = 1 / (1 / old + 1 / observed)
    return np.where(np.isfinite(df_complete), both, old)


@dataclass(frozen=True)
class Pooled:
    """Pooled coefficients.

    ``table`` has term, estimate, se, df, statistic, p, lower, upper, riv, lambda, fmi. ``counts`` are the
    statuses of all fits; only fits with inference are pooled, ``m`` of them.
    """

    table: pd.DataFrame
    m: int
    counts: dict[str, int]
    messages: tuple[str, ...]


def pool(fits: Sequence[Fit], *, df_complete: float | None = None, level: float = 0.95) -> Pooled:
    """Pool the coefficients of one model fitted to m imputed data sets.

    Parameters
    ----------
    df_complete
        Complete-data degrees of freedom for all coefficients; by default each coefficient's own
        (Kenward-Roger or Satterthwaite), averaged over the imputations.
    """
    used, counts, messages = _usable(fits)
    names = used[0].engine.names
    tables = [one.coefficients.iloc[: len(names)] for one in used]
    estimates = np.array([table["estimate"].to_numpy() for table in tables])
    se = np.array([table["se"].to_numpy() for table in tables])
    df = (
        np.array([table["df"].to_numpy() for table in tables]).mean(axis=0)
        if df_complete is None
        else df_complete
    )
    found = rubin(estimates, se**2, df)
    total_se = np.sqrt(found.total)
    statistic, half = found.estimate / total_se, quantile(level, found.df) * total_se
    table = pd.DataFrame(
        {
            "term": list(names),
            "estimate": found.estimate,
            "se": total_se,
            "df": found.df,
            "statistic": statistic,
            "p": two_sided(statistic, found.df),
            "lower": found.estimate - half,
            "upper": found.estimate + half,
            "riv": found.riv,
            "lambda": found.lambda_,
            "fmi": found.fmi,
        }
    )
    return Pooled(table, found.m, counts, messages)


def pooled_test(
    fits: Sequence[Fit], names: Sequence[str] | str, *, df_complete: float | None = None
) -> FTest:
    """Test terms or coefficients together over imputations: Li, Raghunathan & Rubin's D1.

    Parameters
    ----------
    names
        Terms (``group:wave``) or coefficients (``groupWT:wave2``) that are zero under the hypothesis.
    df_complete
        Complete-data df for Reiter's (2007) small-sample denominator; None for the large-sample one.
    """
    used, _, _ = _usable(fits)
    columns = null_columns(used[0].engine, (names,) if isinstance(names, str) else tuple(names))
    shift = len(used[0].engine.names) - len(used[0].engine.design.names)
    places = [column + shift for column in columns]
    estimates = np.array([one.engine.beta[places] for one in used])
    covariances = np.array([one.engine.vcov[np.ix_(places, places)] for one in used])
    return d1(estimates, covariances, df_complete)


def d1(estimates: Array, covariances: Array, df_complete: float | None = None) -> FTest:
    """Compute D1 from estimates (m, k) and their covariances (m, k, k)."""
    m, k = estimates.shape
    within = covariances.mean(axis=0)
    between = np.atleast_2d(np.cov(estimates.T))
    increase = (1 + 1 / m) * float(np.trace(between @ np.linalg.inv(within))) / k
    centre = estimates.mean(axis=0)
    statistic = float(centre @ np.linalg.solve((1 + increase) * within, centre)) / k
    t = k * (m - 1)
    if df_complete is not None:
        df = _reiter(increase, t, df_complete)
    elif t > 4:
        df = 4 + (t - 4) * (1 + (1 - 2 / t) / increase) ** 2 if increase else float("inf")
    else:
        df = t * (1 + 1 / k) * (1 + 1 / increase) ** 2 / 2 if increase else float("inf")
    return FTest(k, float(df), statistic, chi_square_or_f(statistic, k, float(df)))


def _reiter(increase: float, t: int, df_complete: float) -> float:
    """Denominator df of Reiter (2007, eqs. 1-2)."""
    a = increase * t / (t - 2)
    v = (df_complete + 1) / (df_complete + 3) * df_complete
    c0, c1, c2 = 1 / (t - 4), v - 2 * (1 + a), v - 4 * (1 + a)
    z = (
        1 / c2
        + c0 * a**2 * c1 / ((1 + a) ** 2 * c2)
        + c0 * (8 * a**2 * c1 / ((1 + a) * c2**2) + 4 * a**2 / ((1 + a) * c2))
        + c0 * (4 * a**2 / (c2 * c1) + 16 * a**2 * c1 / c2**3)
        + c0 * 8 * a**2 / c2**2
    )
    return 4 + 1 / z


def _usable(fits: Sequence[Fit]) -> tuple[list[Fit], dict[str, int], tuple[str, ...]]:
    """Fits with inference, the counts by status, and what to say about the others."""
    counts = dict(Counter(one.status for one in fits))
    used = [one for one in fits if one.has_inference]
    if len({one.engine.names for one in used}) > 1:
        raise fail(
            "POOL",
            "the fits do not have the same coefficients",
            expected="one model, fitted to imputed versions of one data set",
            action="give factors the same levels in all imputations",
        )
    if len(used) < 2:
        raise fail(
            "POOL",
            "fewer than two fits have standard errors",
            expected="at least two fits with status ok or boundary",
            action="look at the status of each fit",
            count=len(used),
        )
    left = len(fits) - len(used)
    return (
        used,
        counts,
        (f"{left} of {len(fits)} fits have no standard errors and were not pooled",) if left else (),
    )
