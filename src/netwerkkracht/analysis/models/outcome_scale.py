"""The difference in change of two groups in units of the outcome, for models on another scale."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.study.facts import Facts

NOTHING = dict.fromkeys(("estimate", "se", "df", "statistic", "p", "lower", "upper"), math.nan)


def change_in_units(
    made: Any, frame: Any, facts: Facts, pair: tuple[str, str], wave: str, *, level: float, times: float = 1.0
) -> dict[str, float]:
    """Return the change to ``wave`` of the first group of a pair minus that of the second, in units.

    Everyone analysed is put in each group and wave in turn (`netwerkkracht.mixed.inference.standardise`).

    Parameters
    ----------
    made
        A fit with group and wave in its fixed part.
    frame
        The rows it was fitted to.
    times
        Units of one success, for counts out of a fixed number.

    Returns
    -------
    dict
        estimate, se, df, statistic, p, lower, upper; NaN where a coefficient is not determined.
    """
    from netwerkkracht.mixed.inference.standardise import standardised

    if not np.isfinite(made.engine.beta).all() or made.engine.design.dropped_columns:
        return dict(NOTHING)
    people = frame.drop_duplicates(facts.person)
    cells = [(group, at) for group in pair for at in (facts.waves[0], wave)]
    everyone = pd.concat([people] * len(cells), ignore_index=True)
    for place, name in enumerate((facts.group, facts.wave)):
        codes = np.repeat([cell[place] for cell in cells], len(people))
        everyone[name] = pd.Categorical(codes, categories=made.engine.design.factors[name])
    share = np.repeat([-1.0, 1.0, 1.0, -1.0], len(people)) / len(people)
    table = made.interval_table(standardised(made, everyone, share), level).iloc[0]
    scaled = {"estimate", "se", "lower", "upper"}
    return {name: float(table[name]) * (times if name in scaled else 1.0) for name in NOTHING}
