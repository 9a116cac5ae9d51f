"""Tests put in a frame with their limits; without inference only the estimates remain."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine, Tests, has_inference
from netwerkkracht.mixed.tails import quantile

INTERVAL = ("estimate", "se", "df", "statistic", "p", "lower", "upper")


def interval_table(engine: Engine, tests: Tests, level: float) -> pd.DataFrame:
    """Put tests in a frame with t or z limits; see `Fit.interval_table`."""
    return pd.DataFrame(_columns(engine, tests, level))


def coefficients(engine: Engine) -> pd.DataFrame:
    """Frame of the coefficients with 95 % limits; see `Fit.coefficients`."""
    tests = engine.tests(np.eye(len(engine.names)), engine.default_method)
    dropped = engine.design.dropped_columns
    none = np.full(len(dropped), np.nan)
    columns = {name: np.append(column, none) for name, column in _columns(engine, tests, 0.95).items()}
    return pd.DataFrame({"term": [*engine.names, *dropped]} | columns)


def _columns(engine: Engine, tests: Tests, level: float) -> dict[str, Array]:
    half = quantile(level, tests.df) * tests.se
    values = (tests.estimate, tests.se, tests.df, tests.statistic, tests.p)
    columns: tuple[Array, ...] = (*values, tests.estimate - half, tests.estimate + half)
    if not has_inference(engine):
        columns = (tests.estimate, *(np.full(len(tests.estimate), np.nan) for _ in columns[1:]))
    return dict(zip(INTERVAL, columns, strict=True))
