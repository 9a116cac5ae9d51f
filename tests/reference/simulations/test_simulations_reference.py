"""Simulated residuals by DHARMa's published algorithm, and bootMer's replicates: values by make_values.R."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.inference import residuals as own

HERE = Path(__file__).parent
ROWS = pd.read_csv(HERE / "residuals.csv")
TESTS = pd.read_csv(HERE / "tests.csv", index_col="case")
PANEL = pd.read_csv(HERE / "panel.csv")
RESPONSES = pd.read_csv(HERE / "responses.csv")
REPLICATES = pd.read_csv(HERE / "replicates.csv")
MODELS = {
    "intercept": ("y ~ group * time + (1 | id)", "gaussian"),
    "slope": ("y ~ group * time + (time | id)", "gaussian"),
    "teams": ("y ~ group * time + (1 | id) + (1 | team)", "gaussian"),
    "counts": ("count ~ group + time + (1 | id) + (1 | team)", "poisson"),
    "logit": ("yes ~ time + (1 | id)", "binomial"),
}


@pytest.mark.parametrize("case", TESTS.index)
def test_residuals_and_their_tests_equal_the_published_algorithm(case):
    rows, want = ROWS[ROWS["case"] == case], TESTS.loc[case]
    y, drawn = rows["y"].to_numpy(float), rows.filter(like="X").to_numpy(float)
    below, equal = own.ranks(y, drawn)
    np.testing.assert_allclose(below, rows["low"], atol=1e-12)
    np.testing.assert_allclose(below + equal, rows["high"], atol=1e-12)
    uniform = own.uniformity(rows["residual"].to_numpy())
    assert uniform.statistic == pytest.approx(want["distance"], abs=1e-9)
    assert uniform.p == pytest.approx(want["uniformity_p"], rel=1e-6, abs=1e-9)
    spread = own.dispersion(y, drawn)
    assert spread.statistic == pytest.approx(want["dispersion"], rel=1e-9)
    assert spread.p == pytest.approx(want["dispersion_p"], abs=1e-12)
    zeros = own.zeros(y, drawn)
    if np.isnan(want["zeros"]):
        assert np.isnan(zeros.statistic)
    else:
        assert zeros.statistic == pytest.approx(want["zeros"], rel=1e-12)
        assert zeros.p == pytest.approx(want["zeros_p"], abs=1e-12)
    outliers = own.outliers(y, drawn)
    assert outliers.statistic * len(y) == pytest.approx(want["outside"])
    assert outliers.p == pytest.approx(want["outliers_p"], rel=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_refits_equal_the_replicates_of_boot_mer(name):
    formula, family = MODELS[name]
    # glmer's default is Laplace; bootMer of a REML fit takes a wrong criterion (docs/mixed-models.md)
    made = fit(formula, PANEL, family, reml=False, df="satterthwaite", nodes=1)
    drawn = RESPONSES[RESPONSES["model"] == name].pivot(index="row", columns="replicate", values="value")
    found = made.engine.refit_many(drawn.to_numpy(float))
    want = REPLICATES[REPLICATES["model"] == name]
    scale = np.sqrt(np.diag(made.engine.vcov))
    for replicate, rows in want.groupby("replicate"):
        values = rows["value"].to_numpy()
        k = len(found.names)
        np.testing.assert_allclose(found.estimates[replicate - 1] / scale, values[:k] / scale, atol=2e-4)
        sd = found.parameters[replicate - 1]
        if name == "slope":  # R lists the correlation between the two standard deviations
            sd = sd[[0, 2, 1, 3]]
        np.testing.assert_allclose(sd, values[k:], atol=5e-4)
        at_limit = (np.abs(values[k:]) < 1e-4).any() or (name == "slope" and abs(values[k + 1]) > 1 - 1e-4)
        assert (found.status[replicate - 1] == "boundary") == at_limit


def test_the_spread_of_our_own_replicates_is_that_of_boot_mer():
    formula, family = MODELS["intercept"]
    want = pd.read_csv(HERE / "spreads.csv", index_col="term")["se"].to_numpy()
    table = fit(formula, PANEL, family, reml=False, df="satterthwaite").bootstrap(4000, seed=3).intervals
    # two bootstraps of 2,000 and 4,000: each se has an error of 1 / sqrt(2 n)
    error = np.sqrt(1 / 4000 + 1 / 8000)
    np.testing.assert_allclose(table["se"].to_numpy() / want, 1.0, atol=4 * error)
