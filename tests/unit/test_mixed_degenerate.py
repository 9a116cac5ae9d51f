"""Data that do not carry the model: each is named by a status and a message, and prints no inference."""

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.core.errors import StudyError
from netwerkkracht.mixed import fit


def panel(n=30, waves=2, seed=1, sd=1.0):
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "id": np.repeat([f"p{i:03d}" for i in range(n)], waves),
            "group": np.repeat(np.where(np.arange(n) < n // 2, "A", "B"), waves),
            "wave": np.tile([str(w + 1) for w in range(waves)], n),
            "t": np.tile(np.arange(waves, dtype=float), n),
            "x": np.repeat(rng.normal(size=n), waves).round(3),
        }
    )
    frame["y"] = 2 + np.repeat(rng.normal(scale=sd, size=n), waves) + rng.normal(size=n * waves)
    return frame


def one_row_per_person():
    return panel(40, 1), "y ~ group + (1 | id)"


def slope_with_two_waves():
    return panel(), "y ~ group * t + (t | id)"


def empty_cell():
    frame = panel(30, 3)
    return frame[~((frame["group"] == "B") & (frame["wave"] == "3"))], "y ~ group * wave + (1 | id)"


def same_column_twice():
    frame = panel()
    frame["x2"] = 3 * frame["x"]
    return frame, "y ~ x + x2 + (1 | id)"


def constant_outcome():
    return panel().assign(y=4.0), "y ~ group + (1 | id)"


def one_level():
    return panel().assign(group="A"), "y ~ group + x + (1 | id)"


def infinite_value():
    frame = panel()
    frame.loc[3, "y"] = np.inf
    return frame, "y ~ group + (1 | id)"


def group_of_one():
    frame = panel()
    frame["edu"] = "low"
    frame.loc[5, "edu"] = "high"
    return frame, "y ~ edu + (1 | id)"


def huge_offset():
    frame = panel()
    frame["year"] = 1e6 + frame["x"]
    return frame, "y ~ year + (1 | id)"


def nothing_left():
    frame = panel()
    frame["y"] = np.nan
    return frame, "y ~ group + (1 | id)"


def no_rows():
    return panel().iloc[:0], "y ~ group + (1 | id)"


def too_few_rows():
    return panel(2, 3), "y ~ group * wave + x + (1 | id)"


def one_person():
    return panel(1, 12), "y ~ wave + (1 | id)"


def no_variance_between_persons():
    frame = panel(30, 3)
    rng = np.random.default_rng(3)
    frame["y"] = rng.normal(size=len(frame))
    frame["y"] -= 0.9 * frame.groupby("id")["y"].transform("mean")
    return frame, "y ~ group * wave + (1 | id)"


def exact_fit():
    frame = panel()
    frame["y"] = 1 + 2 * frame["x"]
    return frame, "y ~ x + (1 | id)"


def team_is_group():
    frame = panel(30, 3)
    frame["team"] = "t" + frame["group"]
    return frame, "y ~ group * wave + (1 | id) + (1 | team)"


def same_factor_twice():
    frame = panel(30, 3)
    frame["client"] = "c" + frame["id"]
    return frame, "y ~ group * wave + (1 | id) + (1 | client)"


def text_outcome():
    frame = panel()
    frame["y"] = np.where(frame["x"] > 0, "high", "low")
    return frame, "y ~ group + (1 | id)"


CASES = [
    (one_row_per_person, "not_identified", "one row only"),
    (slope_with_two_waves, "not_identified", "slope of 't'"),
    (empty_cell, "rank_deficient", "group = B, wave = 3"),
    (same_column_twice, "rank_deficient", "'x2'"),
    (constant_outcome, "constant", "one value only"),
    (one_level, "not_identified", "'group' has one level"),
    (infinite_value, "not_identified", "not finite"),
    (group_of_one, "ok", "'edu' = 'high' has one row only"),
    (huge_offset, "ok", "'year' lies far from zero"),
    (nothing_left, "no_data", "60 rows"),
    (no_rows, "no_data", "no rows"),
    (too_few_rows, "too_small", "6 rows"),
    (one_person, "not_identified", "'id' has one level only"),
    (no_variance_between_persons, "boundary", "exactly zero"),
    (exact_fit, "not_identified", "exactly"),
    (team_is_group, "not_identified", "'team'"),
    (same_factor_twice, "not_identified", "'id' and 'client'"),
    (text_outcome, "not_identified", "text"),
]


@pytest.mark.parametrize(("make", "status", "words"), CASES, ids=[case[0].__name__ for case in CASES])
def test_status_and_message(make, status, words):
    frame, formula = make()
    r = fit(formula, frame)
    assert r.status == status, r.messages
    assert any(words in message for message in r.messages), r.messages


FITTED = {"ok", "boundary", "rank_deficient"}
STOPPED = [c[0] for c in CASES if c[1] not in FITTED and c[0] not in {team_is_group, same_factor_twice}]


def test_no_inference_where_variances_cannot_be_told_apart():
    frame, formula = team_is_group()
    table = fit(formula, frame).coefficients
    assert table[["se", "df", "statistic", "p", "lower", "upper"]].isna().all(axis=None)


@pytest.mark.parametrize("make", STOPPED)
def test_no_inference_without_a_fit(make):
    frame, formula = make()
    r = fit(formula, frame)
    table = r.coefficients
    assert table[["se", "df", "statistic", "p", "lower", "upper"]].isna().all(axis=None)
    assert r.anova()["p"].isna().all()
    assert np.isnan(r.loglik)
    assert (r.bootstrap(3, 1).counts) == {r.status: 3}
    assert len(r.profile()) == 0
    assert np.isnan(r.residuals(10, 1).values).all()


def test_a_dropped_column_has_a_row_without_numbers():
    frame, formula = empty_cell()
    table = fit(formula, frame).coefficients.set_index("term")
    assert table.loc["groupB:wave3"].isna().all()
    assert table.drop("groupB:wave3")["p"].notna().all()


def test_means_of_an_empty_cell_are_not_estimable():
    frame, formula = empty_cell()
    m = fit(formula, frame).means("group", by="wave").set_index(["wave", "group"])
    assert np.isnan(m.loc[("3", "B"), "estimate"])
    assert m.drop(("3", "B"))["estimate"].notna().all()
    # group A has rows in wave 3: its mean is estimated
    assert m.loc[("3", "A"), "se"] > 0


def test_a_far_covariate_costs_no_digits():
    frame, formula = huge_offset()
    far = fit(formula, frame).coefficients.set_index("term").loc["year"]
    near = fit("y ~ x + (1 | id)", frame).coefficients.set_index("term").loc["x"]
    np.testing.assert_allclose(far.astype(float), near.astype(float), rtol=1e-6)


def test_zero_variance_is_exactly_zero():
    frame, formula = no_variance_between_persons()
    r = fit(formula, frame)
    assert r.variances.loc[0, "variance"] == 0.0
    assert r.coefficients["se"].notna().all()


def test_missing_rows_are_counted():
    frame = panel()
    frame.loc[[1, 4], "y"] = np.nan
    frame.loc[7, "x"] = np.nan
    frame.loc[9, "group"] = None
    r = fit("y ~ group + x + (1 | id)", frame)
    assert (r.n_rows, r.n_dropped) == (56, 4)
    assert any("4 row(s)" in message for message in r.messages)


def test_a_huge_offset_is_named():
    frame = panel()
    frame["z"] = 1e12 + frame["x"]
    r = fit("y ~ group + offset(z) + (1 | id)", frame)
    assert any("offset is huge" in message for message in r.messages)


def test_a_search_that_does_not_end_prints_no_inference(monkeypatch):
    from netwerkkracht.mixed.gaussian import search

    monkeypatch.setattr(search, "MAX_STEPS", 1)
    r = fit("y ~ group * t + (t | id)", panel(30, 4))
    assert r.status == "not_converged"
    assert r.coefficients["estimate"].notna().all()
    assert r.coefficients[["se", "df", "p", "lower", "upper"]].isna().all(axis=None)
    assert r.contrasts("group")["p"].isna().all()


def test_without_a_random_part_it_is_least_squares():
    frame = panel(20, 1)
    r = fit("y ~ group + x", frame)
    X = np.column_stack([np.ones(20), frame["group"] == "B", frame["x"]]).astype(float)
    b, rss = np.linalg.lstsq(X, frame["y"], rcond=None)[:2]
    table = r.coefficients
    np.testing.assert_allclose(table["estimate"], b)
    np.testing.assert_allclose(table["se"], np.sqrt(rss[0] / 17 * np.diag(np.linalg.inv(X.T @ X))))
    np.testing.assert_allclose(table["df"], 17)


def test_an_unknown_option_is_named():
    from netwerkkracht.core.errors import StudyError

    with pytest.raises(StudyError, match="did you mean 'gaussian'"):
        fit("y ~ x + (1 | id)", panel(), family="gausian")
    with pytest.raises(StudyError, match="did you mean 'group'"):
        fit("y ~ grop + (1 | id)", panel())


def test_means_of_a_model_without_variables_are_refused_in_words():
    made = fit("y ~ 1 + (1 | id)", panel())
    with pytest.raises(StudyError, match="this one is an intercept"):
        made.means("group")
