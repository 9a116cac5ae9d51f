"""The parametric bootstrap: intervals and tests from refits to simulated responses.

Every replicate is in the result; those that failed are NaN there and counted by status, so that nobody can
overlook them. Intervals and p values say on how many replicates they rest.

Source: Davison & Hinkley (1997); Halekoh & Hojsgaard (2014), PBmodcomp, for the test; lme4::bootMer.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine, Replicates

# responses simulated and refitted at a time
ROUND = 4096


@dataclass(frozen=True)
class Bootstrap:
    """Replicates and what follows from them.

    Attributes
    ----------
    replicates
        Frame with a row for each replicate: status, each coefficient, ``se: `` and the coefficient, each
        standard deviation and correlation, loglik.
    intervals
        Frame of parameter, estimate, se (standard deviation over replicates), bias, lower, upper, n_used.
    counts
        Number of replicates by status.
    null, statistic, p
        The terms left out, the likelihood ratio statistic of the data and its bootstrap p value
        ``(1 + exceedances) / (1 + n_used)``; None, NaN, NaN without a null.
    null_statistics
        The statistic of each replicate drawn from the null model (NaN where a refit failed).
    p_asymptotic
        The p value by the chi-square distribution, for comparison.
    null_counts
        Number of null replicates by status; both models must have been refitted for ``ok``.
    """

    n: int
    seed: int
    replicates: pd.DataFrame
    intervals: pd.DataFrame
    counts: dict[str, int]
    null: tuple[str, ...] | None
    statistic: float
    p: float
    p_asymptotic: float
    null_statistics: Array
    null_counts: dict[str, int]


def bootstrap(engine: Engine, n: int, seed: int, null: str | list[str] | None, level: float) -> Bootstrap:
    """Draw n responses from a fit and refit them; see `Fit.bootstrap`."""
    if n < 1:
        raise fail(
            "OPTION",
            "a bootstrap needs replicates",
            expected="n of 1 or more",
            action="ask for more replicates",
        )
    draw, test = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2))
    found = _refits(engine, engine, n, draw)
    frame = _frame(found)
    counts = dict(Counter(found.status.tolist()))
    names = (null,) if isinstance(null, str) else tuple(null) if null is not None else None
    if names is None:
        empty = np.empty(0)
        nan = float("nan")
        return Bootstrap(
            n, seed, frame, _intervals(engine, found, level), counts, None, nan, nan, nan, empty, {}
        )
    statistic, simulated, null_counts, rows = _null_test(engine, names, n, test)
    usable = simulated[np.isfinite(simulated)]
    p = (
        float((1 + np.sum(usable >= statistic)) / (1 + len(usable)))
        if np.isfinite(statistic)
        else float("nan")
    )
    from scipy import special

    asymptotic = float(special.chdtrc(rows, max(statistic, 0.0)))
    intervals = _intervals(engine, found, level)
    return Bootstrap(
        n, seed, frame, intervals, counts, names, statistic, p, asymptotic, simulated, null_counts
    )


def _refits(source: Engine, target: Engine, n: int, rng: np.random.Generator) -> Replicates:
    """Simulate from one model and refit another, in rounds that bound the memory."""
    sizes = (min(ROUND, n - start) for start in range(0, n, ROUND))
    return _joined([target.refit_many(source.simulate(size, rng)) for size in sizes])


def _joined(parts: list[Replicates]) -> Replicates:
    arrays = ("estimates", "se", "parameters", "loglik", "status")
    one = parts[0]
    estimates, se, parameters, loglik, status = (
        np.concatenate([getattr(part, name) for part in parts]) for name in arrays
    )
    return Replicates(one.names, estimates, se, one.parameter_names, parameters, loglik, status)


def _frame(found: Replicates) -> pd.DataFrame:
    columns = {"status": found.status}
    columns |= dict(zip(found.names, found.estimates.T, strict=True))
    columns |= {f"se: {name}": values for name, values in zip(found.names, found.se.T, strict=True)}
    columns |= dict(zip(found.parameter_names, found.parameters.T, strict=True))
    return pd.DataFrame(columns | {"loglik": found.loglik})


def _intervals(engine: Engine, found: Replicates, level: float) -> pd.DataFrame:
    """Percentile limits of every parameter over the replicates that were fitted."""
    rows = []
    values = np.hstack([found.estimates, found.parameters])
    shown = {f"sd({v.term}|{v.group})": v.sd for v in engine.variances()}
    first = {v.group: v.term for v in reversed(engine.variances())}
    shown |= {f"cor({v.term},{first[v.group]}|{v.group})": v.correlation for v in engine.variances()}
    shown["sigma"] = shown.get("sd(|residual)", float("nan"))
    estimates = [*engine.beta.tolist(), *(shown.get(name, float("nan")) for name in found.parameter_names)]
    for name, estimate, column in zip(
        (*found.names, *found.parameter_names), estimates, values.T, strict=True
    ):
        used = column[np.isfinite(column)]
        if len(used) < 2:
            rows.append((name, estimate, *[float("nan")] * 4, len(used)))
            continue
        lower, upper = np.quantile(used, [0.5 - level / 2, 0.5 + level / 2])
        rows.append((name, estimate, used.std(ddof=1), used.mean() - estimate, lower, upper, len(used)))
    return pd.DataFrame(rows, columns=["parameter", "estimate", "se", "bias", "lower", "upper", "n_used"])


def null_columns(engine: Engine, names: tuple[str, ...]) -> list[int]:
    """Columns of X of the terms or coefficients named."""
    design = engine.design
    known = {name: [i] for i, name in enumerate(design.names)}
    known |= {term: list(design.columns_of(term)) for term in design.terms}
    for name in names:
        if name not in known:
            raise fail(
                "TERM",
                f"'{name}' is neither a term nor a coefficient of the model",
                expected=f"one of {', '.join(known)}. {nearest(name, known)}",
                action="name terms or coefficients of the model",
            )
    return sorted({column for name in names for column in known[name]})


def _null_test(
    engine: Engine, names: tuple[str, ...], n: int, rng: np.random.Generator
) -> tuple[float, Array, dict[str, int], int]:
    """Likelihood ratio of the data and of responses drawn from the null model."""
    columns = null_columns(engine, names)
    full = engine.by_maximum_likelihood()
    small = full.without(columns)
    statistic = 2 * (full.loglik - small.loglik)
    parts, counts = [], Counter[str]()
    for start in range(0, n, ROUND):
        Y = small.simulate(min(ROUND, n - start), rng)
        above, below = full.refit_many(Y), small.refit_many(Y)
        ratio = 2 * (above.loglik - below.loglik)
        fine = np.isin(above.status, ["ok", "boundary"]) & np.isin(below.status, ["ok", "boundary"])
        parts.append(np.where(fine, ratio, np.nan))
        worst = np.where(np.isin(above.status, ["ok", "boundary"]), below.status, above.status)
        counts.update(np.where((worst == "ok") & (above.status == "boundary"), "boundary", worst).tolist())
    return float(statistic), np.concatenate(parts), dict(counts), len(columns)
