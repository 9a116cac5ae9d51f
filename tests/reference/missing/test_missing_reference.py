"""Attrition, weights, multiple imputation and influence against R; make_values.R made the values."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.analysis.missing.imputation import impute
from netwerkkracht.analysis.missing.persons import gather
from netwerkkracht.analysis.missing.routes import Plan, imputed_rows, weighted_rows
from netwerkkracht.analysis.missing.weights import (
    attrition_weights,
    group_columns,
    logistic,
    overlap_weights,
    standardised_differences,
)
from netwerkkracht.analysis.models.alternatives import influence
from netwerkkracht.mixed.inference.pool import rubin
from netwerkkracht.study.facts import Facts, VariableFacts
from netwerkkracht.study.model import Model

HERE = Path(__file__).parent
VALUES = pd.read_csv(HERE / "values.csv", dtype={"name": str})
LEVELS = tuple((code, {"nl": code, "en": code}) for code in "123")
FACTS = Facts(
    person="pid", group="arm", wave="visit", groups=("A", "B"), waves=("1", "2"),
    variables={"edu": VariableFacts("edu", {"nl": "e", "en": "e"}, "code", codes=LEVELS)},
)  # fmt: skip
SPEC = Model(
    id="m", order=1, role="primary", label={"nl": "m", "en": "m"}, family="gaussian",
    formula="y ~ arm * visit + (1 | pid)",
)  # fmt: skip
PLAN = Plan((), ())


def values(what):
    return VALUES[VALUES["what"] == what].set_index("name")["value"]


@pytest.fixture(scope="module")
def panel():
    wide = pd.read_csv(HERE / "panel.csv")
    keys = wide[["pid", "arm", "age", "edu"]]
    first = keys.assign(visit="1", y=wide["y1"])
    second = keys.assign(visit="2", y=wide["y2"], age=np.nan, edu=np.nan)
    return pd.concat([first, second[second["y"].notna()]], ignore_index=True)


@pytest.fixture(scope="module")
def persons(panel):
    return gather(panel, FACTS, "y", ["age", "edu"])


def test_the_model_of_attrition_is_glm(persons):
    gone = (~persons.stayed).astype(float)
    made = logistic(gone, np.column_stack([group_columns(persons), persons.X]))
    assert made.status == "ok"
    se = values("attrition se").to_numpy()
    np.testing.assert_allclose(made.beta / se, values("attrition").to_numpy() / se, atol=1e-8)
    np.testing.assert_allclose(made.se, se, rtol=1e-8)


def test_attrition_weights_and_their_difference_in_change(persons):
    weights, status = attrition_weights(persons)
    want = values("ipaw")
    assert status == "ok"
    np.testing.assert_allclose(weights[persons.stayed], want.loc[persons.ids[persons.stayed]], rtol=1e-8)
    row, test = weighted_rows(persons, FACTS, PLAN)[0], values("weighted")
    for name in ("estimate", "se", "df"):
        assert row[name] == pytest.approx(test[name], rel=1e-8)


def test_overlap_weights_and_standardised_differences(persons):
    weights, status = overlap_weights(persons, rows=np.ones(len(persons.ids), dtype=bool))
    assert status == "ok"
    np.testing.assert_allclose(weights, values("overlap").loc[persons.ids], rtol=1e-8)
    plain = standardised_differences(persons, np.ones(len(persons.ids)))
    np.testing.assert_allclose(plain, values("plain difference"), rtol=1e-10)
    after = standardised_differences(persons, weights)
    np.testing.assert_allclose(after, values("overlap difference"), atol=1e-8)


def test_pooling_ten_fits_is_that_of_mice(persons):
    estimates, errors = (values(f"ten {name}").to_numpy() for name in ("estimates", "errors"))
    # mice takes n - k as complete-data df: here that of the t test of change scores
    made = rubin(estimates[:, None], errors[:, None] ** 2, float(len(persons.ids) - 2))
    want = values("ten pooled")
    assert made.estimate[0] == pytest.approx(want["estimate"], rel=1e-12)
    assert np.sqrt(made.total[0]) == pytest.approx(want["se"], rel=1e-12)
    assert made.df[0] == pytest.approx(want["df"], rel=1e-8)


def holds_within_chance(persons, seed, name):
    """Hold our imputations against those of mice: of two sets the mean has an error of sqrt(between / m)."""
    times = 600
    completed = impute(persons, np.random.default_rng(seed), times)
    row, want = imputed_rows(SPEC, persons, completed, FACTS, PLAN, 0.0)[0], values(name)
    error = np.sqrt(2 * want["between"] / times)
    assert row["estimate"] == pytest.approx(want["estimate"], abs=4 * error)
    assert row["se"] == pytest.approx(want["se"], rel=0.03)
    assert row["df"] == pytest.approx(want["df"], rel=0.06)


def test_imputations_are_those_of_mice_within_chance(persons):
    holds_within_chance(persons, 4, "mice")


def test_chained_imputations_are_those_of_mice_within_chance(persons):
    gone = np.isin(persons.ids, values("holes").index)
    holed = np.column_stack([np.where(gone, np.nan, persons.outcome[:, 0]), persons.outcome[:, 1:]])
    holds_within_chance(replace(persons, outcome=holed), 5, "chained")


def test_leaving_each_person_out_is_lmer_without_that_person(panel):
    made = influence(SPEC, panel, FACTS, "2")
    np.testing.assert_allclose(made["estimate"], np.sort(values("influence")), atol=1e-6)
