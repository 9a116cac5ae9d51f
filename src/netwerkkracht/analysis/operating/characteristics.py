"""Bias, coverage, type I error and power, each with its Monte Carlo error.

Source: Morris, White & Crowther (2019), Statistics in Medicine 38, 2074-2102, table 6.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.analysis.operating.replicates import Drawn, Estimates, Names, Vector, replicate
from netwerkkracht.mixed.families import family as lookup

COLUMNS = (
    "n_studies", "n_ok", "n_boundary", "n_failed", "target", "mean", "bias", "bias_mcse", "sd", "sd_mcse",
    "mean_se", "coverage", "coverage_mcse", "type_one", "type_one_mcse", "power", "power_mcse",
)  # fmt: skip
USABLE = ("ok", "boundary")


@dataclass(frozen=True)
class Rejections:
    """What one sweep over studies tells: usable replicates, and shares with Monte Carlo error."""

    share: float
    error: float


def target(drawn: Drawn, names: Names, family: str) -> float:
    """Return what the model estimates with very many people, all of them interviewed in every wave.

    For the Gaussian family the difference in mean change over all persons of all studies; for the others the
    coefficient of one fit to all of them together.
    """
    if lookup(family).linear:
        change = drawn.values[:, :, -1] - drawn.values[:, :, 0]
        means = [np.nanmean(change[:, drawn.group == g]) for g in (0, 1)]
        return float(means[0] - means[1])
    everyone = np.ones_like(drawn.interviewed[:1], dtype=bool)
    studies, persons, waves = drawn.values.shape
    one = Drawn(
        drawn.values.reshape(1, studies * persons, waves),
        np.broadcast_to(everyone[:, :1], (1, studies * persons, waves)),
        np.tile(drawn.group, studies),
    )
    return float(replicate(one, names, family).estimate[0])


def summarise(actual: Estimates, null: Estimates, aim: float, alpha: float) -> dict[str, Any]:
    """Return one row of characteristics.

    Parameters
    ----------
    actual
        Replicates of studies as they are.
    null
        Replicates of studies without any difference between the groups.
    aim
        The value the intervals should cover.

    Returns
    -------
    dict
        The columns of ``COLUMNS``. Replicates at the boundary of a variance are used and counted; failed ones
        are counted, and left out of every share.
    """
    usable = np.isin(actual.status, USABLE) & np.isfinite(actual.se)
    estimate, se = actual.estimate[usable], actual.se[usable]
    n = len(estimate)
    reach = _quantile(alpha, actual.df[usable]) * se
    coverage = _share(np.abs(estimate - aim) <= reach)
    power = _share(np.abs(estimate) > reach)
    held = np.isin(null.status, USABLE) & np.isfinite(null.se)
    type_one = _share(np.abs(null.estimate[held]) > _quantile(alpha, null.df[held]) * null.se[held])
    sd = float(estimate.std(ddof=1)) if n > 1 else math.nan
    return {
        "n_studies": len(actual.status),
        "n_ok": int((actual.status[usable] == "ok").sum()),
        "n_boundary": int((actual.status[usable] == "boundary").sum()),
        "n_failed": int((~usable).sum()),
        "target": aim,
        "mean": float(estimate.mean()) if n else math.nan,
        "bias": float(estimate.mean() - aim) if n else math.nan,
        "bias_mcse": sd / math.sqrt(n) if n else math.nan,
        "sd": sd,
        "sd_mcse": sd / math.sqrt(2 * (n - 1)) if n > 1 else math.nan,
        "mean_se": float(np.sqrt(np.mean(se**2))) if n else math.nan,
        "coverage": coverage.share,
        "coverage_mcse": coverage.error,
        "type_one": type_one.share,
        "type_one_mcse": type_one.error,
        "power": power.share,
        "power_mcse": power.error,
    }


def _share(hits: Any) -> Rejections:
    n = len(hits)
    if not n:
        return Rejections(math.nan, math.nan)
    share = float(np.mean(hits))
    return Rejections(share, math.sqrt(share * (1 - share) / n))


def _quantile(alpha: float, df: Vector) -> Vector:
    from netwerkkracht.mixed.tails import quantile

    return quantile(1 - alpha, df)
