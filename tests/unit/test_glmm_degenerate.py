"""Data that carry no model of this kind are named, never passed over."""

import numpy as np
import pandas as pd
import pytest
from test_glmm_kernels import panel

from netwerkkracht.core.errors import StudyError
from netwerkkracht.mixed import fit


def cell(d):
    return (d["group"] == "WT") & (d["wave"] == "2")


def with_column(d, **columns):
    return d.assign(**columns)


def separated_cell():
    d = panel()
    return with_column(d, yes=d["yes"].where(~cell(d), 1.0)), "yes ~ group * wave + (1 | id)", "binomial"


def empty_count_cell(family):
    d = panel()
    return with_column(d, count=d["count"].where(~cell(d), 0.0)), "count ~ group * wave + (1 | id)", family


def covariate_predicts():
    d = panel()
    return with_column(d, yes=(d["age"] > 50) * 1.0), "yes ~ age + (1 | id)", "binomial"


def ordinal_end():
    d = panel()
    return (
        with_column(d, lonely=d["lonely"].where(~cell(d), 4.0)),
        "lonely ~ group * wave + (1 | id)",
        "ordinal",
    )


def no_change():
    d = panel()
    first = d.groupby("id")["yes"].transform("first")
    return with_column(d, yes=first), "yes ~ group + (1 | id)", "binomial"


def no_variance():
    # who says yes once says no the other time: less alike than chance
    d = panel(waves=2)
    person = d["id"].str[1:].astype(int)
    d["yes"] = ((person // 2 + d["wave"].astype(int)) % 2).astype(float)
    return d, "yes ~ wave + (1 | id)", "binomial"


def underdispersed():
    d = panel()
    return (
        with_column(d, count=2.0 + (np.arange(len(d)) % 2)),
        "count ~ group + (1 | id)",
        "negative-binomial",
    )


CASES = {
    "separated cell": (separated_cell, "separated", "group = WT, wave = 2"),
    "counts all zero in a cell": (lambda: empty_count_cell("poisson"), "separated", "group = WT, wave = 2"),
    "idem, NB2": (lambda: empty_count_cell("negative-binomial"), "separated", "group = WT, wave = 2"),
    "perfect covariate": (covariate_predicts, "separated", "age"),
    "ordinal cell at the end": (ordinal_end, "separated", "group = WT, wave = 2"),
    "never changes": (no_change, "not_identified", "never changes"),
    "variance zero": (no_variance, "boundary", "estimated as zero"),
    "no overdispersion": (underdispersed, "boundary", "theta runs to infinity"),
    "constant": (
        lambda: (with_column(panel(), yes=1.0), "yes ~ group + (1 | id)", "binomial"), "constant", "one value"
    ),
    "no data": (
        lambda: (with_column(panel(), yes=np.nan), "yes ~ group + (1 | id)", "binomial"), "no_data", "missing"
    ),
    "one row each": (
        lambda: (panel().drop_duplicates("id"), "yes ~ group + (1 | id)", "binomial"),
        "not_identified",
        "one row",
    ),
    "empty cell": (
        lambda: (panel()[~cell(panel())], "count ~ group * wave + (1 | id)", "poisson"),
        "rank_deficient",
        "WT",
    ),
    "infinite": (
        lambda: (with_column(panel(), age=np.inf), "yes ~ age + (1 | id)", "binomial"),
        "not_identified",
        "finite",
    ),
    "wild offset": (
        lambda: (
            with_column(panel(), off=np.random.default_rng(1).normal(0, 300, len(panel()))),
            "yes ~ group + offset(off) + (1 | id)",
            "binomial",
        ),
        "not_converged",
        "not reached",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_status_and_words(name):
    make, status, words = CASES[name]
    frame, formula, family = make()
    result = fit(formula, frame, family=family)
    assert result.status == status
    assert any(words in message for message in result.messages)
    table = result.coefficients
    if status not in {"boundary", "rank_deficient"}:
        assert table[["se", "p", "lower", "upper"]].isna().all(axis=None)


def test_zero_variance_is_exactly_zero_and_equals_the_plain_model():
    frame, formula, family = no_variance()
    result = fit(formula, frame, family=family)
    plain = fit("yes ~ wave", frame, family=family)
    assert result.variances["sd"].iloc[0] == 0.0
    assert result.loglik == pytest.approx(plain.loglik, abs=1e-9)
    assert np.allclose(result.coefficients["se"], plain.coefficients["se"], rtol=1e-6)


def test_a_middle_category_everywhere_is_no_separation():
    d = panel()
    d = with_column(d, lonely=d["lonely"].where(d["group"] != "WT", 2.0))
    result = fit("lonely ~ group + (1 | id)", d, family="ordinal")
    assert result.status in {"ok", "boundary"}
    assert np.isfinite(result.coefficients["se"]).all()


@pytest.mark.parametrize(
    ("formula", "family", "column"),
    [
        ("double ~ group + (1 | id)", "binomial", "double"),
        ("age ~ group + (1 | id)", "poisson", "age"),
        ("age ~ group + (1 | id)", "ordinal", "age"),
        ("group ~ wave + (1 | id)", "poisson", "group"),
    ],
)
def test_impossible_outcomes_are_refused_without_values(formula, family, column):
    d = panel()
    d["double"] = 2 * d["yes"]
    with pytest.raises(StudyError) as caught:
        fit(formula, d, family=family)
    assert caught.value.findings[0].code == "OUTCOME"
    assert caught.value.findings[0].variable == column


def test_units_and_origins_of_covariates_do_not_matter():
    d = panel()
    d["far"], d["small"] = d["age"] + 1e6, d["age"] * 1e-6
    near, far, small = (
        fit(f"yes ~ group + {x} + (1 | id)", d, family="binomial").coefficients
        for x in ("age", "far", "small")
    )
    assert np.allclose(near["se"].iloc[1:], far["se"].iloc[1:], rtol=1e-5)
    assert np.allclose(near["estimate"].iloc[1:], far["estimate"].iloc[1:], rtol=1e-4)
    assert near["estimate"].iloc[2] * 1e6 == pytest.approx(small["estimate"].iloc[2], rel=1e-6)


def test_text_and_ordered_outcomes():
    d = panel()
    d["word"] = np.where(d["yes"] > 0, "yes", "no")
    names = {1.0: "never", 2.0: "sometimes", 3.0: "often", 4.0: "always"}
    d["often"] = pd.Categorical(d["lonely"].map(names), categories=list(names.values()))
    text = fit("word ~ group + (1 | id)", d, family="binomial")
    assert np.allclose(text.engine.beta, fit("yes ~ group + (1 | id)", d, family="binomial").engine.beta)
    ordered = fit("often ~ group + (1 | id)", d, family="ordinal")
    assert ordered.engine.names == ("never|sometimes", "sometimes|often", "often|always", "groupWT")
    assert ordered.loglik == pytest.approx(fit("lonely ~ group + (1 | id)", d, family="ordinal").loglik)
