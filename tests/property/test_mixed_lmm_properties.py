"""Laws of the Gaussian engine: the closed form, invariances, and its two independent routes agreeing."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.formula.design import make_design
from netwerkkracht.mixed.gaussian.batch import fit_many, spectrum
from netwerkkracht.mixed.gaussian.workspace import make_workspace

SLOW = settings(max_examples=15, deadline=None)
FORMULA = "y ~ group * wave + (1 | id)"


def panel(seed, n=(45, 45), waves=2, sd=1.0, gaps=0.0):
    rng = np.random.default_rng(seed)
    total = sum(n)
    frame = pd.DataFrame(
        {
            "id": np.repeat(np.arange(total), waves),
            "group": np.repeat(np.repeat(["EKC", "WT"], n), waves),
            "wave": np.tile([str(w + 1) for w in range(waves)], total),
            "months": np.tile(np.arange(waves) * 3.0, total) + rng.uniform(0, 1, total * waves),
        }
    )
    frame["y"] = 5 + np.repeat(rng.normal(scale=sd, size=total), waves) + rng.normal(size=len(frame))
    return frame[rng.uniform(size=len(frame)) >= gaps].reset_index(drop=True)


@SLOW
@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(5, 60))
def test_two_waves_are_the_two_sample_t_test_of_change(seed, first, second):
    """The oracle: complete waves, full group * wave, variance not at zero."""
    frame = panel(seed, (first, second), sd=2.0)
    wide = frame.pivot_table(index=["group", "id"], columns="wave", values="y")
    change = (wide["2"] - wide["1"]).reset_index(name="d")
    a, b = (change.loc[change["group"] == g, "d"].to_numpy() for g in ("EKC", "WT"))
    df = len(a) + len(b) - 2
    pooled = ((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / df
    t = (b.mean() - a.mean()) / np.sqrt(pooled * (1 / len(a) + 1 / len(b)))
    for method in ("kenward-roger", "satterthwaite"):
        r = fit(FORMULA, frame, df=method)
        if r.status != "ok":
            return
        row = r.coefficients.set_index("term").loc["groupWT:wave2"]
        assert row["statistic"] == pytest.approx(t, rel=1e-9)
        assert row["df"] == pytest.approx(df, rel=1e-9)


@SLOW
@given(st.integers(0, 10_000), st.floats(-1e4, 1e4), st.floats(1e-3, 1e3))
def test_moving_and_scaling_the_outcome(seed, shift, scale):
    frame = panel(seed, (15, 12), 3, gaps=0.1)
    one = fit(FORMULA, frame).coefficients
    two = fit(FORMULA, frame.assign(y=shift + scale * frame["y"])).coefficients
    np.testing.assert_allclose(two["se"], scale * one["se"], rtol=1e-6)
    np.testing.assert_allclose(two["df"], one["df"], rtol=1e-6)
    np.testing.assert_allclose(two["estimate"][1:], scale * one["estimate"][1:], rtol=1e-5, atol=1e-6 * scale)


@SLOW
@given(st.integers(0, 10_000))
def test_the_order_of_rows_does_not_matter(seed):
    frame = panel(seed, (15, 12), 3, gaps=0.2)
    mixed = frame.sample(frac=1, random_state=seed)
    one, two = (fit("y ~ group * months + (months | id)", data) for data in (frame, mixed))
    assert one.loglik == pytest.approx(two.loglik, abs=1e-8)
    assert one.status == two.status
    np.testing.assert_allclose(one.coefficients["se"], two.coefficients["se"], rtol=1e-5)


@SLOW
@given(st.integers(0, 10_000), st.floats(0, 2), st.booleans())
def test_the_batch_equals_the_single_fit(seed, sd, reml):
    """Eigenvectors of the batch against Newton on theta: two routes to one answer."""
    frame = panel(seed, (12, 10), 3, sd, gaps=0.15)
    r = fit(FORMULA, frame, reml=reml, df="satterthwaite")
    method = "kenward-roger" if reml else "satterthwaite"
    many = fit_many(r.engine.design, np.column_stack([frame["y"]] * 2), reml=reml, df=method)
    tests = r.engine.tests(np.eye(6), method)
    assert many.status[0] == r.status
    np.testing.assert_allclose(many.estimates[0], r.engine.beta, rtol=1e-6, atol=1e-7)
    np.testing.assert_allclose(many.se[0], tests.se, rtol=1e-6)
    np.testing.assert_allclose(many.df[0], tests.df, rtol=1e-4)
    assert many.loglik[1] == pytest.approx(r.loglik, abs=1e-8)


@SLOW
@given(st.floats(-1e3, 1e3), st.floats(1e-2, 1e3), st.permutations(range(3)))
def test_a_tie_between_and_within_is_a_variance_of_zero(shift, scale, order):
    """Equal mean squares between and within: the variance is zero, whatever the last digits say."""
    pairs = np.array([[0.0, -2.0], [1.0, -1.0], [2.0, 0.0]])[list(order)]
    frame = pd.DataFrame({"id": np.repeat(["a", "b", "c"], 2), "y": shift + scale * pairs.ravel()})
    assert fit("y ~ 1 + (1 | id)", frame).status == "boundary"
    many = fit_many(make_design("y ~ 1 + (1 | id)", frame), frame[["y"]].to_numpy())
    assert many.status[0] == "boundary"
    assert many.ratio[0] == 0


@SLOW
@given(st.integers(0, 10_000), st.booleans())
def test_derivatives_of_the_deviance(seed, reml):
    frame = panel(seed, (8, 9), 4, gaps=0.1)
    frame["team"] = (frame["id"] % 4).astype(str)
    design = make_design("y ~ group * months + (months | id) + (1 | team)", frame)
    space = make_workspace(design)
    theta = np.random.default_rng(seed).uniform(0.2, 1.5, space.template.r)
    gradient, hessian = space.at(theta, reml=reml).by_theta
    step = 1e-5
    for i in range(len(theta)):
        shift = np.eye(len(theta))[i] * step
        up, down = (space.at(theta + s, reml=reml) for s in (shift, -shift))
        assert gradient[i] == pytest.approx((up.deviance - down.deviance) / (2 * step), abs=1e-4)
        np.testing.assert_allclose(hessian[i], (up.by_theta[0] - down.by_theta[0]) / (2 * step), atol=1e-3)


@SLOW
@given(st.integers(0, 10_000))
def test_moments_equal_the_dense_algebra(seed):
    """The blocked sums against matrices of n by n, crossed factors included."""
    rng = np.random.default_rng(seed)
    frame = panel(seed, (6, 5), 3, gaps=0.1)
    frame["team"] = rng.integers(0, 3, len(frame)).astype(str)
    design = make_design("y ~ group + (months | id) + (1 | team)", frame)
    space = make_workspace(design)
    template = space.template
    theta = rng.uniform(0.2, 1.0, template.r)
    found = space.source.moments(template.gamma(theta), template.covariances(theta))
    n = design.n_rows
    V = []
    for t, a, b in template.entries:
        term, scale = design.random[t], space.z_scales[t]
        Z = np.zeros((2, n, term.n_levels))
        for k, column in enumerate((a, b)):
            Z[k, np.arange(n), term.codes] = term.Z[:, column] / scale[column]
        V.append(Z[0] @ Z[1].T + (Z[1] @ Z[0].T if a != b else 0))
    V0 = np.eye(n) + sum(g * v for g, v in zip(template.gamma(theta), V, strict=True))
    residual = design.y - design.X @ np.linalg.lstsq(design.X, design.y, rcond=None)[0]
    D = np.column_stack([space.Q, residual / space.scale])
    inverse = np.linalg.inv(V0)
    assert found.logdet == pytest.approx(np.linalg.slogdet(V0)[1], rel=1e-9)
    np.testing.assert_allclose(found.S, D.T @ inverse @ D, atol=1e-8)
    for i, v in enumerate(V):
        np.testing.assert_allclose(found.P[i], D.T @ inverse @ v @ inverse @ D, atol=1e-8)
        assert found.t[i] == pytest.approx(np.trace(inverse @ v), rel=1e-8)
        for j, w in enumerate(V):
            np.testing.assert_allclose(
                found.Q[i, j], D.T @ inverse @ v @ inverse @ w @ inverse @ D, atol=1e-7
            )
            assert found.tt[i, j] == pytest.approx(np.trace(inverse @ v @ inverse @ w), rel=1e-7)


def test_the_bootstrap_counts_every_replicate_and_repeats():
    frame = panel(3, (10, 10), sd=0.2)
    one, two = (fit(FORMULA, frame).bootstrap(200, seed=5, null="group:wave") for _ in range(2))
    assert sum(one.counts.values()) == len(one.replicates) == 200
    assert one.counts["boundary"] > 0
    pd.testing.assert_frame_equal(one.replicates, two.replicates)
    assert one.p == two.p
    assert 0 < one.p <= 1
    assert sum(one.null_counts.values()) == 200


def test_bootstrap_se_is_near_the_model_se():
    r = fit(FORMULA, panel(4, sd=1.5))
    table = r.bootstrap(2000, seed=1).intervals.set_index("parameter")
    np.testing.assert_allclose(table.loc[list(r.engine.names), "se"], r.coefficients["se"], rtol=0.08)


def test_failed_responses_are_named_in_the_batch():
    frame = panel(5, (10, 10))
    design = make_design(FORMULA, frame)
    Y = np.column_stack(
        [frame["y"], np.full(len(frame), 3.0), np.where(frame.index == 2, np.nan, frame["y"])]
    )
    many = fit_many(spectrum(design), Y)
    assert many.status.tolist()[1:] == ["not_identified", "not_identified"]
    assert np.isnan(many.estimates[1:]).all()
    assert np.isfinite(many.estimates[0]).all()


def test_quantile_residuals_are_uniform_under_the_model():
    r = fit(FORMULA, panel(6, (100, 100), 3))
    residuals = r.residuals(500, seed=1)
    assert residuals.uniformity.p > 0.001
    assert residuals.dispersion.p > 0.001
    assert 0 < residuals.values.min() < residuals.values.max() < 1
    # the modes were fitted to these very data, so that they lie closer than new data would
    assert r.residuals(500, seed=1, conditional=True).dispersion.statistic < 1


def test_prediction_of_the_data_is_prediction_of_the_same_rows():
    frame = panel(7, (10, 10), 3, gaps=0.2)
    r = fit("y ~ group * months + (months | id)", frame)
    np.testing.assert_allclose(r.predict(), r.predict(frame), rtol=1e-10)
    stranger = frame.head(2).assign(id=9999)
    np.testing.assert_allclose(r.predict(stranger), r.predict(stranger, conditional=False), rtol=1e-12)
