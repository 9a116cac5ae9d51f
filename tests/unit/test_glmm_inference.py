"""Means on the response scale, profile limits, simulation and batched refits."""

import numpy as np
import pandas as pd
import pytest
from scipy import integrate, stats
from test_glmm_kernels import FAMILIES, panel

from netwerkkracht.mixed import fit

FIXED = "group * wave + age"


def fitted(family, *, random="(1 | id)", fixed=FIXED, **options):
    return fit(f"{FAMILIES[family]} ~ {fixed} + {random}", panel(), family=family, **options)


# -- means ---------------------------------------------------------------------------------------------


def one_row(result):
    X = result.engine.design.X[:1]
    means = result.engine.response_means(X, np.zeros(1))
    start = result.engine.outcome.rows.n_thresholds
    return means, float(X[0, list(result.engine.outcome.columns)] @ result.engine.beta[start:])


def integrated(function, sd):
    return integrate.quad(lambda u: function(sd * u) * stats.norm.pdf(u), -12, 12, epsabs=1e-12)[0]


@pytest.mark.parametrize("family", ["binomial", "poisson", "negative-binomial"])
def test_response_means_integrate_the_random_effects_out(family):
    result = fitted(family)
    means, eta = one_row(result)
    sd = result.variances["sd"].iloc[0]
    inverse = stats.logistic.cdf if family == "binomial" else np.exp
    assert means.estimate[0] == pytest.approx(integrated(lambda b: inverse(eta + b), sd), rel=1e-8)
    assert abs(means.estimate[0] - inverse(eta)) > 1e-3


def test_category_probabilities_integrate_and_sum_to_one():
    result = fitted("ordinal")
    means, eta = one_row(result)
    sd, thresholds = result.variances["sd"].iloc[0], result.engine.beta[:3]
    assert means.category == ("1", "2", "3", "4")
    assert means.estimate.sum() == pytest.approx(1)
    low = integrated(lambda b: stats.logistic.cdf(thresholds[0] - eta - b), sd)
    assert means.estimate[0] == pytest.approx(low, rel=1e-8)
    # probabilities that sum to one have a covariance whose rows sum to zero
    assert np.abs(means.cov.sum(axis=1)).max() < 1e-6


def test_response_standard_errors_equal_the_spread_of_drawn_parameters():
    result = fitted("binomial")
    maximum, engine = result.engine.maximum, result.engine
    means, _ = one_row(result)
    rng = np.random.default_rng(4)
    from netwerkkracht.mixed.glmm.response import _means

    # parameters drawn close to the estimate: the delta method is exact there
    draws = rng.multivariate_normal(np.zeros(len(maximum.psi)), maximum.covariance * 1e-4, 4000)
    X = engine.design.X[:1]
    spread = np.std([_means(engine, X, np.zeros(1), maximum.psi + d)[0, 0] for d in draws]) * 100
    assert np.sqrt(means.cov[0, 0]) == pytest.approx(spread, rel=0.05)


def test_means_of_a_random_slope_average_over_the_rows():
    result = fit(
        "count ~ group + age + (0 + age | id)", panel().assign(age=lambda d: d.age / 50), family="poisson"
    )
    means, eta = one_row(result)
    variance = result.variances["variance"].iloc[0]
    Z = result.engine.design.random[0].Z[:, 0]
    assert means.estimate[0] == pytest.approx(np.exp(eta) * np.mean(np.exp(Z**2 * variance / 2)), rel=1e-3)


# -- profile -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("family", "random"),
    [
        ("binomial", "(1 | id)"),
        ("ordinal", "(1 | id)"),
        ("negative-binomial", "(1 | id)"),
        ("poisson", "(1 | id) + (1 | team)"),
    ],
)
def test_at_a_profile_limit_the_likelihood_is_the_quantile_lower(family, random):
    result = fitted(family, random=random, fixed="group + age")
    table = result.profile().set_index("parameter")
    assert (table["lower"] <= table["estimate"]).all()
    assert (table["upper"] >= table["estimate"]).all()
    # hold the group effect at its limit by an offset, refit the rest
    limit, d = table.loc["groupWT", "upper"], panel()
    d["held"] = limit * (d["group"] == "WT")
    formula = f"{FAMILIES[family]} ~ age + offset(held) + {random}"
    rest = fit(formula, d, family=family)
    assert 2 * (result.loglik - rest.loglik) == pytest.approx(stats.chi2.ppf(0.95, 1), abs=1e-3)


def test_the_profile_of_a_small_variance_ends_at_zero():
    d = panel(waves=2, sd=0.3)
    result = fit("yes ~ wave + (1 | id)", d, family="binomial")
    row = result.profile().iloc[0]
    assert row["parameter"] == "sd((Intercept)|id)"
    assert row["lower"] == 0.0
    assert row["upper"] > row["estimate"]


# -- simulation and refits -----------------------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("fixed", ["group * wave", FIXED])
def test_batched_refits_equal_single_fits(family, fixed):
    result = fitted(family, fixed=fixed)
    Y = result.simulate(12, 5)
    found = result.engine.refit_many(Y)
    for r in (0, 5, 11):
        d = panel()
        d[FAMILIES[family]] = Y[:, r]
        single = fit(f"{FAMILIES[family]} ~ {fixed} + (1 | id)", d, family=family)
        assert found.status[r] == single.status
        scale = np.sqrt(np.diag(single.engine.vcov))
        assert np.max(np.abs(found.estimates[r] - single.engine.beta) / scale) < 1e-4
        assert np.allclose(found.se[r], np.sqrt(np.diag(single.engine.vcov)), rtol=1e-3)
        assert found.parameters[r, 0] == pytest.approx(single.variances["sd"].iloc[0], abs=1e-4)
        assert found.loglik[r] == pytest.approx(single.loglik, abs=1e-6)


@pytest.mark.parametrize("family", ["poisson", "binomial"])
def test_refits_of_several_random_parts_equal_single_fits(family):
    result = fitted(family, random="(1 | id) + (1 | team)", fixed="group")
    Y = result.simulate(3, 6)
    found = result.engine.refit_many(Y)
    assert found.parameter_names == ("sd((Intercept)|id)", "sd((Intercept)|team)")
    for r in range(3):
        d = panel()
        d[FAMILIES[family]] = Y[:, r]
        single = fit(f"{FAMILIES[family]} ~ group + (1 | id) + (1 | team)", d, family=family)
        assert found.status[r] == single.status
        scale = np.sqrt(np.diag(single.engine.vcov))
        assert np.max(np.abs(found.estimates[r] - single.engine.beta) / scale) < 1e-5
        assert np.allclose(found.se[r], scale, rtol=1e-5)
        assert np.allclose(found.parameters[r], single.variances["sd"], atol=1e-5)
        assert found.loglik[r] == pytest.approx(single.loglik, abs=1e-7)


def test_failed_and_boundary_replicates_are_counted():
    result = fitted("binomial", fixed="group")
    Y = result.simulate(30, 7)
    d = panel()
    Y[:, 0] = 1.0
    Y[:, 1] = (d["group"] == "WT").to_numpy()
    person = d["id"].str[1:].astype(int).to_numpy()
    Y[:, 2] = (d["wave"].astype(int).to_numpy() + person // 2) % 2
    found = result.engine.refit_many(Y)
    assert len(found.status) == 30
    assert found.status[0] == "constant"
    assert found.status[1] in {"separated", "not_converged"}
    assert found.status[2] == "boundary"
    assert found.parameters[2, 0] == 0.0
    assert np.isnan(found.estimates[:2]).all()
    assert np.isfinite(found.estimates[2]).all()


@pytest.mark.parametrize("family", FAMILIES)
def test_simulated_responses_have_the_integrated_mean(family):
    result = fitted(family, fixed="group")
    Y = result.simulate(4000, 9)
    means = result.engine.response_means(result.engine.design.X[:1], np.zeros(1))
    expected = means.estimate @ np.arange(1, 5) if family == "ordinal" else means.estimate[0]
    draws = Y[0]
    assert draws.mean() == pytest.approx(expected, abs=4.5 * draws.std() / np.sqrt(len(draws)))


def test_simulation_is_reproducible_and_conditional_draws_keep_the_modes():
    result = fitted("poisson")
    assert np.array_equal(result.simulate(3, 1), result.simulate(3, 1))
    free, kept = result.simulate(400, 2), result.simulate(400, 2, conditional=True)
    same = result.engine.design.random[0].codes == 0
    assert np.var(kept[same].mean(axis=0)) < np.var(free[same].mean(axis=0))


def test_trials_and_offsets_enter_simulation_and_refit():
    d = panel()
    result = fit("hits ~ group + (1 | id)", d, family="binomial", trials="trials")
    Y = result.simulate(4, 3)
    assert Y.max() <= 5
    found = result.engine.refit_many(Y)
    single = fit("hits ~ group + (1 | id)", d.assign(hits=Y[:, 2]), family="binomial", trials="trials")
    assert found.loglik[2] == pytest.approx(single.loglik, abs=1e-6)
    d["log_t"] = np.log(1.0 + np.arange(len(d)) % 3)
    held = fit("count ~ group + offset(log_t) + (1 | id)", d, family="poisson")
    low, high = held.simulate(3000, 4)[np.argsort(d["log_t"].to_numpy(), kind="stable")[[0, -1]]].mean(axis=1)
    assert high > low


def test_no_convergence_no_inference():
    d = panel().assign(off=np.random.default_rng(1).normal(0, 300, len(panel())))
    result = fit("yes ~ group + offset(off) + (1 | id)", d, family="binomial")
    assert result.status == "not_converged"
    assert result.coefficients[["se", "p", "lower", "upper"]].isna().all(axis=None)
    assert isinstance(result.coefficients, pd.DataFrame)
