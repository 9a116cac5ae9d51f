"""Faults that fresh data sets brought out: searches that stop short, tables that crash, offsets in means."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.mixed import fit

GROUPS = 30
DATA = Path(__file__).parents[1] / "reference" / "referee" / "data"


@pytest.fixture
def frame():
    rng = np.random.default_rng(11)
    person = np.repeat(np.arange(GROUPS), 3)
    d = pd.DataFrame({"person": person, "group": np.where(person % 2, "B", "A")})
    d["x"] = rng.normal(size=len(d))
    d["u"] = rng.uniform(1, 9, len(d))
    d["y"] = rng.normal(size=GROUPS)[person] + rng.normal(size=len(d))
    d["n"] = rng.negative_binomial(1.5, 0.3, len(d))
    return d


@pytest.mark.parametrize("family", ["gaussian", "poisson"])
def test_a_fit_stopped_by_an_infinite_covariate_still_gives_every_table(frame, family, capfd, recwarn):
    frame.loc[3, "x"] = np.inf
    r = fit(f"{'y' if family == 'gaussian' else 'n'} ~ group + x + (1 | person)", frame, family)
    assert r.status == "not_identified"
    assert r.anova()["p"].isna().all()
    assert set(r.anova()["term"]) == {"group", "x"}
    assert r.means("group")["estimate"].isna().all()
    assert r.contrasts("group")["p"].isna().all()
    assert not capfd.readouterr().out + capfd.readouterr().err
    assert not recwarn.list


def test_means_stand_at_the_mean_of_the_offset_as_in_emmeans(frame):
    logged = frame.assign(log_u=np.log(frame["u"]))
    inside = fit("n ~ group + x + offset(log(u)) + (1 | person)", frame, "poisson").means("group")
    column = fit("n ~ group + x + offset(log_u) + (1 | person)", logged, "poisson").means("group")
    np.testing.assert_allclose(inside["estimate"], column["estimate"], atol=1e-9)
    np.testing.assert_allclose(inside["response"], column["response"], atol=1e-9)


def test_an_offset_that_is_also_a_covariate_or_takes_two_values_keeps_its_mean(frame):
    frame["two"] = 1.0 + (frame["u"] > 4)
    r = fit("y ~ group * two + offset(log(two)) + (1 | person)", frame)
    plain = frame.assign(y=frame["y"] - np.log(frame["two"]))
    base = fit("y ~ group * two + (1 | person)", plain)
    shift = r.means("group", by="two")["estimate"] - base.means("group", by="two")["estimate"]
    np.testing.assert_allclose(shift, np.log(frame["two"]).mean(), atol=1e-9)


@pytest.mark.parametrize("nodes", [7, 15, 21])
def test_quadrature_reaches_its_maximum_where_the_variance_is_very_large(nodes):
    rng = np.random.default_rng(4)
    person = np.repeat(np.arange(40), 2)
    group = np.where(person % 2, "B", "A")
    eta = 0.4 + 0.6 * (group == "B") + rng.normal(0, 4, 40)[person]
    frame = pd.DataFrame({"person": person, "group": group, "yes": rng.random(80) < 1 / (1 + np.exp(-eta))})
    r = fit("yes ~ group + (1 | person)", frame, "binomial", nodes=nodes)
    assert r.status == "ok"
    assert r.variances["sd"][0] > 3


def test_the_size_of_a_negative_binomial_is_in_the_result(frame):
    r = fit("n ~ group + (1 | person)", frame, "negative-binomial")
    assert r.theta > 0
    assert np.isnan(fit("y ~ group + (1 | person)", frame).theta)


def test_an_outcome_without_residual_says_so(frame):
    frame["y"] = frame["person"] + 2.0 * (frame["group"] == "B") + frame["x"]
    r = fit("y ~ x + (1 | person)", frame)
    assert not r.has_inference
    assert any("no residual" in message for message in r.messages)


def test_the_search_does_not_take_theta_and_minus_theta_for_progress():
    # from theta = 1 the full step lands near -3 and the quarter step exactly on -1
    frame = pd.read_csv(DATA / "edge.csv", sep=";")
    for reml, loglik in ((True, -153.626427811583), (False, -150.281525045971)):
        r = fit("y0 ~ c + t + (1 | g) + (1 | h)", frame, reml=reml)
        assert r.status == "boundary"
        assert r.loglik == pytest.approx(loglik, abs=1e-7)


def test_the_search_finds_the_higher_of_two_summits():
    # lmer's REML fit is the higher one; its ML fit ends at the lower (-294.766)
    frame = pd.read_csv(DATA / "slopes.csv", sep=";")
    formula = "y ~ f * w + x + (w || g) + (0 + x | g)"
    assert fit(formula, frame).loglik == pytest.approx(-286.179018955194, abs=1e-7)
    assert fit(formula, frame, reml=False).loglik == pytest.approx(-282.838440379, abs=1e-6)


@pytest.mark.parametrize("family", ["binomial", "ordinal", "negative-binomial"])
def test_a_slope_with_two_rows_per_level_is_refused_beyond_the_gaussian_family(frame, family):
    rng = np.random.default_rng(2)
    frame["wave"] = np.tile([0, 1, 2], GROUPS)
    frame["b"] = rng.integers(0, 2, len(frame))
    frame["o"] = rng.integers(1, 4, len(frame))
    two = frame[frame["wave"] < 2]
    outcome = {"binomial": "b", "ordinal": "o", "negative-binomial": "n"}[family]
    r = fit(f"{outcome} ~ group + wave + (wave | person)", two, family)
    assert r.status == "not_identified"
    assert any("slope of 'wave'" in message for message in r.messages)


def test_an_empty_cell_takes_only_its_own_contrasts(frame):
    frame["wave"] = np.tile(["1", "2", "3"], GROUPS)
    whole = frame[~((frame["group"] == "A") & (frame["wave"] == "3"))]
    r = fit("y ~ group * wave + (1 | person)", whole)
    assert r.status == "rank_deficient"
    for adjust in ("none", "tukey", "holm", "fdr", "sidak"):
        table = r.contrasts("wave", by="group", adjust=adjust).set_index(["group", "contrast"])
        lost = table["estimate"].isna()
        assert list(table.index[lost]) == [("A", "1 - 3"), ("A", "2 - 3")]
        assert table["p"].notna().equals(~lost)
        assert table["upper"].notna().equals(~lost)
    change = r.contrasts("wave", by="group", interaction=True, adjust="none")
    assert change["estimate"].notna().tolist() == [True, False, False]
    # a difference between two means that are lost can itself be determined: here that of the groups' slopes
    frame["arm"] = frame["group"] + "x"
    both = fit("y ~ group + arm + wave + (1 | person)", frame)
    assert both.contrasts("wave", by="group")["p"].notna().all()
