"""Pooling over imputations against mice and mitml; make_pool_values.R made the values."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.inference.pool import d1, pool, pooled_test, rubin

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "pooled.csv", sep=";", keep_default_na=False, dtype={"value": float})
M = 7


def values(quantity):
    own = VALUES[VALUES["quantity"] == quantity]
    return dict(zip(own["name"], own["value"], strict=True))


def inputs():
    estimates = [values(f"estimate {i}") for i in range(1, M + 1)]
    names = list(estimates[0])
    covariances = [
        np.array(list(values(f"vcov {i}").values())).reshape(len(names), -1) for i in range(1, M + 1)
    ]
    return names, np.array([[e[n] for n in names] for e in estimates]), np.array(covariances)


@pytest.mark.parametrize("complete", [np.inf, 83.0, 25.5])
def test_rubin_and_barnard_rubin_equal_mice(complete):
    names, estimates, covariances = inputs()
    found = rubin(estimates, np.array([np.diag(U) for U in covariances]), complete)
    want = values(f"rubin {'Inf' if np.isinf(complete) else f'{complete:g}'}")
    for i, name in enumerate(names):
        got = [found.estimate[i], found.total[i], found.df[i], found.riv[i], found.fmi[i]]
        wanted = [want[f"{name} {q}"] for q in ("estimate", "total", "df", "riv", "fmi")]
        np.testing.assert_allclose(got, wanted, rtol=1e-8)


def test_equal_mitml_with_complete_data_df():
    names, estimates, covariances = inputs()
    found = rubin(estimates, np.array([np.diag(U) for U in covariances]), 25.5)
    want = values("mitml 25.5 df")
    np.testing.assert_allclose(found.df, [want[n] for n in names], rtol=1e-8)


@pytest.mark.parametrize(("complete", "label"), [(None, "Inf"), (83.0, "83")])
def test_d1_equals_mitml(complete, label):
    names, estimates, covariances = inputs()
    want = values(f"D1 {label}")
    for joined in {name.rsplit(" ", 1)[0] for name in want}:
        at = [names.index(name) for name in joined.split("+")]
        found = d1(estimates[:, at], covariances[:, at][:, :, at], complete)
        np.testing.assert_allclose(found.statistic, want[f"{joined} F"], rtol=1e-8)
        np.testing.assert_allclose(found.den_df, want[f"{joined} df"], rtol=1e-8)


def test_pooled_fits_use_the_small_sample_df():
    frame = pd.read_csv(HERE / "data" / "imputed.csv", sep=";", dtype={"wave": str})
    formula = "y ~ group * wave + edu + age + (1 | person)"
    fits = [fit(formula, part, df="satterthwaite") for _, part in frame.groupby(".imp")]
    _, estimates, covariances = inputs()
    found = pool(fits)
    assert found.m == M
    assert found.counts == {"ok": M}
    np.testing.assert_allclose(found.table["estimate"], estimates.mean(axis=0), rtol=1e-5, atol=1e-6)
    complete = np.mean([one.coefficients["df"] for one in fits], axis=0)
    want = rubin(estimates, np.array([np.diag(U) for U in covariances]), complete)
    np.testing.assert_allclose(found.table["df"], want.df, rtol=1e-4)
    test = pooled_test(fits, "edu", df_complete=83)
    assert test.num_df == 2
    np.testing.assert_allclose(test.statistic, values("D1 83")["edulow+edumid F"], rtol=1e-4)
