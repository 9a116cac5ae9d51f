"""Differences in change on the scale of the outcome against R, by hand there (make_values.R)."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.inference.standardise import standardised

HERE = Path(__file__).parent
PANEL = pd.read_csv(HERE / "panel.csv", dtype={"wave": str})
VALUES = pd.read_csv(HERE / "values.csv", index_col="name")
TRIALS = 12
CASES = {
    "poisson, 15 nodes": ("count", "poisson", 15, 1),
    "poisson, Laplace": ("count", "poisson", 1, 1),
    "binomial, 15 nodes": ("hits", "binomial", 15, TRIALS),
    "binomial, Laplace": ("hits", "binomial", 1, TRIALS),
    "gaussian": ("score", "gaussian", 15, 1),
    "ordinal, 15 nodes": ("grade", "ordinal", 15, 1),
}


def in_every_cell(frame):
    """Return everyone in each of four cells, and the weights of A's change minus B's."""
    people = frame.drop_duplicates("id")
    cells = [(group, wave) for group in "AB" for wave in "12"]
    everyone = pd.concat([people.assign(group=group, wave=wave) for group, wave in cells], ignore_index=True)
    return everyone, np.repeat([-1.0, 1.0, 1.0, -1.0], len(people)) / len(people)


@pytest.mark.parametrize("name", CASES)
def test_the_difference_in_change_equals_r(name):
    outcome, family, nodes, times = CASES[name]
    frame = PANEL.assign(trials=float(TRIALS))
    trials = "trials" if family == "binomial" else None
    made = fit(f"{outcome} ~ group * wave + x + (1 | id)", frame, family, nodes=nodes, trials=trials)
    tests = standardised(made, *in_every_cell(frame))
    se = VALUES.loc[name, "se"]
    assert times * tests.estimate[0] == pytest.approx(VALUES.loc[name, "estimate"], abs=1e-4 * se)
    assert times * tests.se[0] == pytest.approx(se, rel=1e-5)


def test_every_case_of_r_is_compared():
    assert set(CASES) == set(VALUES.index)
