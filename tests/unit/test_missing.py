import analysis_study as study
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwerkkracht.analysis.missing.imputation import impute, shifted
from netwerkkracht.analysis.missing.persons import Persons, gather
from netwerkkracht.analysis.missing.routes import Plan, missing_routes, weighted_difference
from netwerkkracht.analysis.missing.weights import (
    attrition_weights,
    effective_size,
    logistic,
    overlap_weights,
    standardised_differences,
)
from netwerkkracht.core.errors import StudyError
from netwerkkracht.study.facts import Facts, VariableFacts

LEVELS = tuple((code, {"nl": code, "en": code}) for code in "123")
FACTS = Facts(
    person="pid", group="arm", wave="visit", groups=("A", "B"), waves=("1", "2"),
    variables={"edu": VariableFacts("edu", {"nl": "e", "en": "e"}, "code", codes=LEVELS)},
)  # fmt: skip


def invented(seed: int, n: int = 60) -> Persons:
    rng = np.random.default_rng(seed)
    group = np.repeat([0, 1], n // 2)
    X = rng.standard_normal((n, 2)) + 0.3 * group[:, None]
    first = 5 + X[:, 0] + rng.standard_normal(n)
    second = first - 1 + rng.standard_normal(n)
    second[rng.random(n) < 1 / (1 + np.exp(1.5 + 0.5 * X[:, 0]))] = np.nan
    ids = np.array([f"p{i}" for i in range(n)])
    return Persons(ids, group, np.column_stack([first, second]), X, ("x", "z"))


def test_gather_takes_covariates_of_the_first_wave_and_codes_them():
    panel = pd.DataFrame(
        {
            "pid": ["a", "a", "b", "c", "d"],
            "arm": ["A", "A", "B", "B", "B"],
            "visit": ["1", "2", "1", "1", "2"],
            "edu": [1.0, 3.0, 2.0, np.nan, 1.0],
            "y": [4.0, 3.0, 5.0, 6.0, 1.0],
        }
    )
    made = gather(panel, FACTS, "y", ["edu"])
    assert made.ids.tolist() == ["a", "b", "c"]  # d was never seen at the first wave
    assert made.names == ("edu:2",)
    np.testing.assert_array_equal(made.X[:, 0], [0, 1, np.nan])
    np.testing.assert_array_equal(made.outcome, [[4, 3], [5, np.nan], [6, np.nan]])
    assert made.stayed.tolist() == [True, False, False]
    with pytest.raises(StudyError, match="M02"):
        gather(panel, FACTS, "y", ["education"])


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_overlap_weights_balance_every_covariate_exactly(seed):
    # Li, Morgan & Zaslavsky (2018), theorem 3: with a logistic propensity the weighted means are equal
    persons = invented(seed)
    weights, status = overlap_weights(persons, rows=np.ones(60, dtype=bool))
    assert status == "ok"
    np.testing.assert_allclose(standardised_differences(persons, weights), 0, atol=1e-6)
    assert 1 < effective_size(weights) <= 60


def test_an_answer_missing_before_a_given_one_goes_with_it():
    # found by an audit: drawn from its group alone, a first answer had nothing to do with the second
    rng = np.random.default_rng(8)
    n = 3000
    first = rng.standard_normal(n)
    second = 0.9 * first + np.sqrt(1 - 0.81) * rng.standard_normal(n)
    gone = rng.random(n) < 0.4
    outcome = np.column_stack([np.where(gone, np.nan, first), second])
    outcome[rng.random(n) < 0.3, 1] = np.nan
    group = np.repeat([0, 1], n // 2)
    persons = Persons(np.arange(n).astype(str), group, outcome, np.empty((n, 0)), ())
    made = impute(persons, rng, 2)
    asked = gone & ~np.isnan(outcome[:, 1])
    for copy in made:
        assert np.corrcoef(copy[asked].T)[0, 1] == pytest.approx(0.9, abs=0.02)
        assert np.corrcoef(copy.T)[0, 1] == pytest.approx(0.9, abs=0.02)
        assert copy[:, 0].std() == pytest.approx(1, abs=0.05)
    given = ~np.isnan(outcome)
    np.testing.assert_array_equal(made[:, given], np.tile(outcome[given], (2, 1)))


def test_attrition_weights_bring_back_those_who_left():
    persons = invented(3, 4000)
    weights, status = attrition_weights(persons)
    assert status == "ok"
    stayed = persons.stayed
    assert np.isnan(weights[~stayed]).all()
    assert weights[stayed].mean() == pytest.approx(1, abs=0.02)
    everyone, stayers = persons.X[:, 0].mean(), persons.X[stayed, 0].mean()
    weighted = np.average(persons.X[stayed, 0], weights=weights[stayed])
    assert abs(weighted - everyone) < 0.3 * abs(stayers - everyone)


def test_logistic_names_what_it_cannot_carry():
    rng = np.random.default_rng(1)
    x = rng.standard_normal((50, 1))
    assert logistic((x[:, 0] > 0).astype(float), x).status == "separated"
    assert logistic(np.r_[1.0, np.zeros(49)], rng.standard_normal((50, 4))).status == "too_small"
    weights, status = overlap_weights(
        Persons(np.array(["a"] * 3), np.array([0, 1, 2]), np.zeros((3, 2)), np.zeros((3, 1)), ("x",)),
        rows=np.ones(3, dtype=bool),
    )
    assert status == "two_groups_only"
    assert np.isnan(weights).all()


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_imputation_never_changes_an_answer_and_leaves_no_hole(seed):
    persons = invented(seed)
    made = impute(persons, np.random.default_rng(seed), 3)
    seen = ~np.isnan(persons.outcome)
    assert np.isfinite(made).all()
    for copy in made:
        np.testing.assert_array_equal(copy[seen], persons.outcome[seen])
    np.testing.assert_array_equal(shifted(persons, made, 0.0), made)
    moved = shifted(persons, made, 2.0, group=1) - made
    expected = np.where(np.isnan(persons.outcome[:, 1]) & (persons.group == 1), 2.0, 0.0)
    np.testing.assert_allclose(moved[:, :, 1], np.tile(expected, (3, 1)), atol=1e-12)


def test_imputations_are_proper():
    # the completed means must differ by parameter uncertainty too: about twice the residual noise alone
    rng = np.random.default_rng(5)
    n = 40
    outcome = np.column_stack([rng.standard_normal(n), rng.standard_normal(n)])
    outcome[: n // 2, 1] = np.nan
    persons = Persons(
        np.arange(n).astype(str), np.zeros(n, dtype=int) + np.arange(n) % 2, outcome, np.empty((n, 0)), ()
    )
    made = impute(persons, np.random.default_rng(6), 4000)
    between = made[:, :, 1].mean(axis=1).var(ddof=1)
    seen = outcome[n // 2 :, 1]
    noise_only = seen.var(ddof=1) * (n // 2) / n**2
    assert between > 1.5 * noise_only


def test_weighted_difference_equals_weighted_least_squares_with_hc3():
    from statsmodels.regression.linear_model import WLS

    rng = np.random.default_rng(8)
    member, weights, y = rng.random(40) < 0.4, rng.uniform(0.5, 2, 40), rng.standard_normal(40)
    made = WLS(y, np.column_stack([np.ones(40), member]), weights=weights).fit(cov_type="HC3", use_t=True)
    mine = weighted_difference(y, member, weights, 0.05)
    assert mine["estimate"] == pytest.approx(made.params[1], rel=1e-10)
    assert mine["se"] == pytest.approx(made.bse[1], rel=1e-10)
    assert mine["p"] == pytest.approx(made.pvalues[1], rel=1e-8)


def two_visits(seed: int):
    persons = invented(seed)
    rows = [
        {"pid": who, "arm": "AB"[arm], "visit": str(visit + 1), "y": y[visit], "x": x[0]}
        for who, arm, y, x in zip(persons.ids, persons.group, persons.outcome, persons.X, strict=True)
        for visit in (0, 1)
        if not np.isnan(y[visit])
    ]
    return pd.DataFrame(rows)


def test_routes_agree_where_they_must():
    spec = study.model("y ~ arm * visit + (1 | pid)")
    panel = two_visits(4)
    plan = Plan(("x",), (-2.0, 1.0), times=20)
    made = missing_routes(spec, panel, FACTS, plan, np.random.default_rng(9)).set_index(["route", "delta"])
    assert set(made["status"]) == {"ok"}
    assert made.index.tolist() == [
        ("panel", 0), ("all", 0), ("ipaw", 0), ("imputation", 0), ("delta", -2), ("delta", 1)
    ]  # fmt: skip
    # complete pairs: the pooled two-sample t test of the change scores
    wide = panel.pivot(index="pid", columns="visit", values="y").dropna()
    arm = panel.drop_duplicates("pid").set_index("pid")["arm"].reindex(wide.index)
    change = wide["2"] - wide["1"]
    expected = change[arm == "A"].mean() - change[arm == "B"].mean()
    assert made.loc[("panel", 0), "estimate"] == pytest.approx(expected, abs=1e-8)
    assert made.loc[("panel", 0), "df"] == pytest.approx(len(wide) - 2, rel=1e-6)
    # a shift moves the estimate by the difference in the shares that were imputed, exactly
    first = panel[panel["visit"] == "1"].set_index("pid")["arm"]
    gone = ~first.index.isin(wide.index)
    shares = pd.Series(gone, index=first.index).groupby(first).mean()
    for delta in (-2.0, 1.0):
        moved = made.loc[("delta", delta), "estimate"] - made.loc[("imputation", 0), "estimate"]
        assert moved == pytest.approx(delta * (shares["A"] - shares["B"]), abs=1e-9)
    again = missing_routes(spec, panel.sample(frac=1, random_state=1), FACTS, Plan(("x",), (), times=20),
                           np.random.default_rng(9))  # fmt: skip
    assert again["estimate"].iloc[0] == pytest.approx(expected, abs=1e-8)
