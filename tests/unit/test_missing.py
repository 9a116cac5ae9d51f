import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netwerkkracht.errors import StudyError
from netwerkkracht.missing.imputation import impute, shifted
from netwerkkracht.missing.persons import Persons, gather
from netwerkkracht.missing.weights import (
    attrition_weights,
    effective_size,
    logistic,
    overlap_weights,
    standardised_differences,
)
from netwerkkracht.models.facts import Facts, VariableFacts

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
