"""How well a model describes its data: simulated residuals, random effects, and data simulated from it.

Only quantiles and shares leave this module: no residual of a person.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from netwerkkracht.analysis.models.frame import analysis_frame
from netwerkkracht.core.precision import rounded
from netwerkkracht.study.facts import Facts
from netwerkkracht.study.model import Model

POINTS = np.arange(0.05, 0.96, 0.05)
BINS = 5
COLUMNS = ["part", "group", "wave", "x", "low", "middle", "high", "n", "statistic", "p"]


def diagnostics(spec: Model, panel: Any, facts: Facts, rng: np.random.Generator, n_sim: int = 500) -> Any:
    """Summarise how a fitted model describes its data.

    Parameters
    ----------
    rng
        Source of the simulations.
    n_sim
        Number of simulated data sets.

    Returns
    -------
    DataFrame
        Parts: ``uniform`` (quantiles of the residuals against those of a uniform law, with the middle 95 % of
        simulations from the model as low and high), ``fitted`` (quartiles of residuals by fifths of the
        fitted value), ``cell`` (the same by group and wave), ``random`` (quantiles of standardised
        conditional modes against the normal law), ``outcome`` (share of each value: observed as ``middle``,
        simulated 95 % band) and ``test`` (statistic and p of uniformity, dispersion, zeros and outliers).
    """
    from netwerkkracht.mixed import fit

    frame = analysis_frame(spec, panel, facts).frame
    made = fit(spec.formula, frame, family=spec.family, reml=spec.reml, trials=spec.trials, nodes=spec.nodes)
    if not made.has_inference:
        return pd.DataFrame([{"part": "status", "group": made.status}]).reindex(columns=COLUMNS)
    seed = int(rng.integers(2**31))
    found = made.residuals(n_sim, seed)
    values = np.asarray(found.values)
    rows = _uniform(values, rng) + _fitted(values, made.predict(conditional=False, scale="link"))
    rows += _cells(values, frame, facts) + _random(made) + _outcome(made, n_sim, seed)
    counted = ("zeros",) if made.engine.family.counts else ()
    for name in ("uniformity", "dispersion", *counted, "outliers"):
        test = getattr(found, name)
        rows.append(
            {"part": "test", "group": name, "statistic": test.statistic, "p": test.p, "n": len(values)}
        )
    return pd.DataFrame(rows).reindex(columns=COLUMNS)


def _uniform(values: Any, rng: np.random.Generator) -> list[dict[str, Any]]:
    drawn = np.quantile(rng.random((400, len(values))), POINTS, axis=1)
    band = np.quantile(drawn, [0.025, 0.975], axis=1)
    own = np.quantile(values, POINTS)
    return [
        {"part": "uniform", "x": x, "low": low, "middle": middle, "high": high, "n": len(values)}
        for x, low, middle, high in zip(POINTS, band[0], own, band[1], strict=True)
    ]


def _quartiles(part: str, values: Any, **where: Any) -> dict[str, Any]:
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75])
    return {"part": part, "low": low, "middle": middle, "high": high, "n": len(values), **where}


def _fitted(values: Any, fitted: Any) -> list[dict[str, Any]]:
    # people alike have one fitted value, whatever the last bits say
    fitted = np.array([rounded(value) for value in np.asarray(fitted, dtype=float).tolist()])
    edges = np.unique(np.quantile(fitted, np.linspace(0, 1, BINS + 1)))
    if len(edges) < 2:
        return [_quartiles("fitted", values, x=float(fitted.mean()))]
    place = np.clip(np.searchsorted(edges, fitted, side="right") - 1, 0, len(edges) - 2)
    return [
        _quartiles("fitted", values[place == bin_], x=float(fitted[place == bin_].mean()))
        for bin_ in range(len(edges) - 1)
        if (place == bin_).any()
    ]


def _cells(values: Any, frame: Any, facts: Facts) -> list[dict[str, Any]]:
    rows = []
    for group in facts.groups:
        for wave in facts.waves:
            here = ((frame[facts.group] == group) & (frame[facts.wave] == wave)).to_numpy()
            if here.any():
                rows.append(_quartiles("cell", values[here], group=group, wave=wave))
    return rows


def _random(made: Any) -> list[dict[str, Any]]:
    modes = made.conditional_modes()
    values = modes["mode"].to_numpy(dtype=float)
    spread = float(values.std(ddof=1)) if len(values) > 2 else 0.0
    if spread <= 0:
        return []
    own = np.quantile((values - values.mean()) / spread, POINTS)
    return [
        {"part": "random", "x": float(stats.norm.ppf(point)), "middle": float(value), "n": len(values)}
        for point, value in zip(POINTS, own, strict=True)
    ]


def _outcome(made: Any, n_sim: int, seed: int) -> list[dict[str, Any]]:
    y = np.asarray(made.engine.design.y, dtype=float)
    drawn = np.asarray(made.simulate(n_sim, seed + 1), dtype=float)
    whole = bool(np.all(y == np.round(y))) and len(np.unique(y)) <= 15
    if whole:
        centres = np.arange(y.min(), y.max() + 1)
        edges = np.append(centres - 0.5, centres[-1] + 0.5)
    else:
        edges = np.linspace(y.min(), y.max(), 9)
        centres = (edges[:-1] + edges[1:]) / 2
    limits = edges.copy()
    limits[0], limits[-1] = -np.inf, np.inf  # what the model puts beyond the data counts in the last bins
    observed = np.histogram(y, bins=limits)[0] / len(y)
    shares = np.array([np.histogram(column, bins=limits)[0] / len(y) for column in drawn.T])
    band = np.quantile(shares, [0.025, 0.975], axis=0)
    return [
        {
            "part": "outcome",
            "x": float(x),
            "low": float(low),
            "middle": float(own),
            "high": float(high),
            "n": len(y),
        }
        for x, low, own, high in zip(centres, band[0], observed, band[1], strict=True)
    ]
