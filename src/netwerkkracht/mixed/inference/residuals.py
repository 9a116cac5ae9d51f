"""Simulated quantile residuals: where each observation falls among its own simulated values.

If the model is right they are uniform, whatever the family. Ties (counts, categories) are broken at random.

Source: Dunn & Smyth (1996); Hartig, DHARMa (method "PIT"); tests as DHARMa's testUniformity, testDispersion,
testOutliers and testZeroInflation. Differences: a residual outside all simulations is drawn within the last
step instead of 0 or 1, and the test of uniformity is exact for every n.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine


@dataclass(frozen=True)
class SimulationTest:
    """A statistic and its two-sided p value."""

    statistic: float
    p: float


@dataclass(frozen=True)
class QuantileResiduals:
    """Residuals in [0, 1], one for each row used, and tests of the model.

    ``uniformity`` is Kolmogorov's distance; ``dispersion`` the variance around the simulated means over its
    simulated average; ``zeros`` the number of zeros over its simulated average (NaN where neither data nor
    simulations have any); ``outliers`` the share of rows outside all simulations.
    """

    values: Array
    uniformity: SimulationTest
    dispersion: SimulationTest
    zeros: SimulationTest
    outliers: SimulationTest
    n_sim: int
    conditional: bool


NOTHING = SimulationTest(float("nan"), float("nan"))


def quantile_residuals(
    engine: Engine, n_sim: int, seed: int, *, conditional: bool = False
) -> QuantileResiduals:
    """Simulate and compare; see `Fit.residuals`.

    Unconditional simulations redraw the random effects, so that the test is of the whole model; conditional
    ones keep the conditional modes.
    """
    rng = np.random.default_rng(seed)
    y = engine.design.y
    drawn = engine.simulate(n_sim, rng, conditional=conditional)
    if not np.isfinite(drawn).all() or not len(y):
        return QuantileResiduals(
            np.full(len(y), np.nan), NOTHING, NOTHING, NOTHING, NOTHING, n_sim, conditional
        )
    below, equal = ranks(y, drawn)
    values = below + rng.uniform(size=len(y)) * equal
    # an observation outside all simulations stays within the last step, not at 0 or 1
    step = 1 / (n_sim + 1)
    values = np.clip(values, step * rng.uniform(size=len(y)), 1 - step * rng.uniform(size=len(y)))
    return QuantileResiduals(
        values,
        uniformity(values),
        dispersion(y, drawn),
        zeros(y, drawn),
        outliers(y, drawn),
        n_sim,
        conditional,
    )


def ranks(y: Array, drawn: Array) -> tuple[Array, Array]:
    """Return for each row the share of its simulations (columns of ``drawn``) below y, and equal to y."""
    return (drawn < y[:, None]).mean(axis=1), (drawn == y[:, None]).mean(axis=1)


def uniformity(values: Array) -> SimulationTest:
    """Kolmogorov-Smirnov test of the uniform distribution, exact. Source: R's ks.test(exact = TRUE)."""
    from scipy import stats

    n = len(values)
    ordered = np.sort(values)
    steps = np.arange(1, n + 1) / n
    distance = float(max((steps - ordered).max(), (ordered - steps + 1 / n).max()))
    return SimulationTest(distance, float(stats.kstwo.sf(distance, n)))


def dispersion(y: Array, drawn: Array) -> SimulationTest:
    """Compare the variance around the simulated means with its average in the simulations."""
    centre = drawn.mean(axis=1)
    observed = float(np.var(y - centre))
    simulated = np.var(drawn - centre[:, None], axis=0)
    return _against(observed, simulated)


def zeros(y: Array, drawn: Array) -> SimulationTest:
    """Compare the number of zeros with its average in the simulations."""
    observed = float((y == 0).sum())
    simulated = (drawn == 0).sum(axis=0).astype(np.float64)
    return NOTHING if not observed and not simulated.any() else _against(observed, simulated)


def _against(observed: float, simulated: Array) -> SimulationTest:
    """Ratio to the simulated mean, and the two-sided share of simulations as far out."""
    above = float((simulated >= observed).mean())
    below = float((simulated <= observed).mean())
    mean = float(simulated.mean())
    return SimulationTest(observed / mean if mean else float("nan"), min(1.0, 2 * min(above, below)))


def outliers(y: Array, drawn: Array) -> SimulationTest:
    """Exact binomial test of the number of rows outside all simulations, expected 2 / (n_sim + 1) of them."""
    from scipy.stats import binomtest

    outside = int(((y < drawn.min(axis=1)) | (y > drawn.max(axis=1))).sum())
    found = binomtest(outside, len(y), 2 / (drawn.shape[1] + 1))
    return SimulationTest(outside / len(y), float(found.pvalue))
