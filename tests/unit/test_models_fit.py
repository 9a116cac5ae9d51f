import json
from dataclasses import replace

import analysis_study as study
import numpy as np
import pytest
from pydantic import ValidationError

from netwerkkracht.analysis.models.fit import fit_model
from netwerkkracht.analysis.models.frame import analysis_frame
from netwerkkracht.analysis.models.result import INFERENCE, ModelResult
from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.study.facts import VariableFacts

LABEL = {"nl": "x", "en": "x"}


def spec(**more):
    return study.model(**{"formula": "mood ~ arm * visit + (1 | pid)", **more})


@pytest.fixture(scope="module")
def panel():
    return study.panel()


@pytest.fixture(scope="module")
def result(panel):
    return fit_model(spec(), panel, study.facts())


def test_rows_in_are_rows_used_and_rows_dropped_by_reason(panel, result):
    assert result.n_rows + sum(row["rows"] for row in result.dropped) == len(panel)
    assert {row["reason"] for row in result.dropped} == {"m", "w"}
    assert sum(result.persons_by_group.values()) == result.n_persons


def test_change_contrast_is_the_interaction_with_its_sign(result):
    terms = {row["term"]: row for row in result.coefficients}
    change = result.contrast("change", "c")
    assert change["minuend"] == "new"
    assert change["estimate"] == pytest.approx(-terms["armold:visitc"]["estimate"])
    assert change["se"] == pytest.approx(terms["armold:visitc"]["se"])
    assert change["df"] == pytest.approx(terms["armold:visitc"]["df"])
    first = result.contrast("difference", "a")
    assert first["estimate"] == pytest.approx(-terms["armold"]["estimate"])


def test_contrasts_equal_differences_of_means(result):
    means = {(row["group"], row["wave"]): row["estimate"] for row in result.means if row["scale"] == "link"}
    for wave in "abc":
        gap = means[("new", wave)] - means[("old", wave)]
        assert result.contrast("difference", wave)["estimate"] == pytest.approx(gap)
    within = [row for row in result.contrasts if row["kind"] == "within" and row["wave"] == "b"]
    assert {row["minuend"] for row in within} == {"new", "old"}
    for row in within:
        assert row["estimate"] == pytest.approx(means[(row["minuend"], "b")] - means[(row["minuend"], "a")])


@pytest.mark.parametrize("family", ["binomial", "poisson", "ordinal"])
def test_a_change_in_units_is_that_of_the_marginal_means(panel, family):
    outcome = {"binomial": "aided"}.get(family, "load")
    made = fit_model(
        spec(family=family, formula=f"{outcome} ~ arm * visit + (1 | pid)"), panel, study.facts()
    )
    assert made.status == "ok"
    means = {}
    for row in made.means:
        if row["scale"] == "response":
            weight = float(row["category"]) if family == "ordinal" else 1.0
            key = (row["group"], row["wave"])
            means[key] = means.get(key, 0.0) + weight * row["estimate"]
    for wave in "bc":
        units = made.contrast("change", wave, "response")
        gap = {group: means[(group, wave)] - means[(group, "a")] for group in ("new", "old")}
        assert units["estimate"] == pytest.approx(gap["new"] - gap["old"], rel=1e-8)
        assert units["lower"] < units["estimate"] < units["upper"]
    # and the one on the link scale stays the one that is asked for without a scale
    assert made.contrast("change", "b")["scale"] == "link"


def test_closed_form_of_two_complete_waves():
    """With two complete waves the change contrast is the pooled t test of the change scores."""
    full = study.panel(seed=4, visits=("a", "b"), lost=0.0)
    two = study.facts(("a", "b"))
    made = fit_model(spec(sample="complete"), full, two)
    wide = full.pivot(index=["pid", "arm"], columns="visit", values="mood").dropna().reset_index()
    change = wide["b"] - wide["a"]
    new, old = (change[wide["arm"] == arm] for arm in ("new", "old"))
    n, m = len(new), len(old)
    pooled = ((n - 1) * new.var() + (m - 1) * old.var()) / (n + m - 2)
    row = made.contrast("change", "b")
    assert row["estimate"] == pytest.approx(new.mean() - old.mean(), rel=1e-6)
    assert row["se"] == pytest.approx(np.sqrt(pooled * (1 / n + 1 / m)), rel=1e-5)
    assert row["df"] == pytest.approx(n + m - 2, rel=1e-4)
    assert made.n_rows == 2 * (n + m)


def test_second_engine_agrees(result):
    assert result.second.engine == "statsmodels"
    assert result.second.agreed
    assert result.second.estimate_gap < 1e-3


def test_result_survives_json(result):
    text = io.json_text(result.to_dict())
    back = ModelResult.from_dict(json.loads(text))
    assert io.json_text(back.to_dict()) == text
    assert np.isnan(back.variances[0]["correlation"])


def test_structural_outcome_is_refused_with_its_reason(panel):
    made = fit_model(spec(family="binomial", formula="fixed ~ arm * visit + (1 | pid)"), panel, study.facts())
    assert made.status == "structural"
    assert "fixed by design" in made.messages[0]
    assert not made.coefficients


def test_without_status_ok_nothing_but_estimates_is_kept(panel):
    flat = panel.copy()
    # the person's level is removed, so that no variance between persons is left to estimate
    flat["mood"] = flat["mood"] - flat.groupby("pid")["mood"].transform("mean")
    made = fit_model(spec(), flat, study.facts())
    assert made.status == "boundary"
    for row in (*made.coefficients, *made.means, *made.contrasts):
        assert np.isfinite(row["estimate"])
        assert all(np.isnan(row[name]) for name in INFERENCE if name in row)


def test_unknown_column_is_named(panel):
    with pytest.raises(StudyError, match=r"M02[\s\S]*moood"):
        fit_model(spec(formula="moood ~ arm + (1 | pid)"), panel, study.facts())


@pytest.mark.parametrize(
    "wrong", [{"famly": "x"}, {"family": "gausian"}, {"sample": "some"}, {"formula": "no outcome"}]
)
def test_wrong_specification_is_refused(wrong):
    with pytest.raises(ValidationError):
        spec(**wrong)


def test_covariates_of_one_wave_reach_all_rows(panel):
    wanted = spec(
        formula="mood ~ arm * visit + school1 + (1 | pid)",
        at_wave={"school1": {"variable": "school", "wave": "a"}},
    )
    made = analysis_frame(wanted, panel, study.facts())
    assert set(made.frame["visit"]) == {"a", "b", "c"}
    assert made.frame.groupby("pid")["school1"].nunique().max() == 1
    assert list(made.frame["school1"].cat.categories) == ["1", "2"]


def test_indicator_of_codes(panel):
    wanted = spec(
        family="binomial",
        formula="twice ~ arm + (1 | pid)",
        indicators={"twice": {"variable": "mix", "codes": ["1", "2"]}},
    )
    made = analysis_frame(wanted, panel, study.facts()).frame
    known = panel[panel["mix"].notna()]
    assert made["twice"].sum() == known["mix"].isin([1.0, 2.0]).sum()
    assert len(made) == len(known)


def test_complete_sample_counts_those_left_out(panel):
    made = analysis_frame(spec(sample="complete"), panel, study.facts())
    assert (made.frame.groupby("pid").size() == 3).all()
    assert made.rows_in == len(made.frame) + sum(row["rows"] for row in made.dropped)
    assert any(row["reason"] == "incomplete" for row in made.dropped)


@pytest.mark.parametrize("family", ["binomial", "poisson", "negative-binomial", "ordinal"])
def test_brute_force_agrees_with_quadrature(panel, family):
    outcome = "aided" if family == "binomial" else "load"
    made = fit_model(
        spec(family=family, formula=f"{outcome} ~ arm * visit + (1 | pid)"),
        panel,
        study.facts(("a", "b", "c")),
    )
    assert made.second.engine == "brute force"
    assert made.second.agreed
    assert made.second.loglik_gap < 1e-4


def test_brute_force_notices_other_estimates(panel):
    from types import SimpleNamespace

    from netwerkkracht.analysis.models.brute_force import brute_force
    from netwerkkracht.mixed import fit

    right = fit("aided ~ arm * visit + (1 | pid)", panel, family="binomial")
    engine = SimpleNamespace(
        design=right.engine.design,
        beta=right.engine.beta + 0.3 * np.sqrt(np.diag(right.engine.vcov)),
        vcov=right.engine.vcov,
        names=right.engine.names,
    )
    wrong = SimpleNamespace(
        engine=engine, status="ok", family="binomial", loglik=right.loglik, variances=right.variances
    )
    assert not brute_force(wrong).agreed


@pytest.mark.parametrize("family", ["ordinal", "gaussian"])
def test_answers_with_labels_can_be_an_outcome(panel, family):
    """A coded variable was a factor on the left side too, which no family takes."""
    made = fit_model(spec(family=family, formula="mix ~ arm * visit + (1 | pid)"), panel, study.facts())
    plain = panel.assign(rank=panel["mix"], rank__reason=panel["mix__reason"])
    same = fit_model(spec(family=family, formula="rank ~ arm * visit + (1 | pid)"), plain, study.facts())
    assert made.n_rows > 0
    assert made.coefficients == same.coefficients
    assert made.sd_first == same.sd_first


def test_a_date_is_refused_as_a_number(panel):
    facts = study.facts()
    dated = replace(facts, variables={**facts.variables, "day": VariableFacts("day", LABEL, "date")})
    given = panel.assign(day="2020-01-01", day__reason="")
    for formula in ("day ~ arm + (1 | pid)", "mood ~ day + (1 | pid)"):
        with pytest.raises(StudyError, match=r"M02[\s\S]*date as a number[\s\S]*months_between"):
            fit_model(spec(formula=formula), given, dated)
