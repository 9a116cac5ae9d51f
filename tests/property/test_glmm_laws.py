"""Laws of a mixed model that hold whatever the data."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

sys.path.insert(0, str(Path(__file__).parent.parent / "unit"))
from test_glmm_kernels import FAMILIES, panel

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.families.negative_binomial import size_constant, size_score
from netwerkkracht.mixed.families.ordinal import category_probabilities, ordinal_rows, spacing

families = st.sampled_from(sorted(FAMILIES))
few = settings(max_examples=12, deadline=None, derandomize=True)


def engine(d, family, fixed="group * wave + age"):
    return fit(f"{FAMILIES[family]} ~ {fixed} + (1 | id)", d, family=family).engine


@few
@given(family=families, seed=st.integers(0, 2**32 - 1))
def test_order_of_rows_and_names_of_persons_change_nothing(family, seed):
    d = panel()
    rng = np.random.default_rng(seed)
    other = d.sample(frac=1, random_state=seed % 2**31)
    other = other.assign(
        id=other["id"].map(dict(zip(d["id"].unique(), rng.permutation(d["id"].unique()), strict=True)))
    )
    a, b = engine(d, family), engine(other, family)
    assert np.allclose(a.beta, b.beta, atol=1e-6)
    assert np.allclose(a.vcov, b.vcov, rtol=1e-5, atol=1e-9)
    assert abs(a.loglik - b.loglik) < 1e-8 * abs(a.loglik)


@few
@given(family=families, scale=st.floats(1e-4, 1e4), shift=st.floats(-1e3, 1e3))
def test_a_linear_change_of_a_covariate_changes_only_its_units(family, scale, shift):
    d = panel()
    a, b = engine(d, family), engine(d.assign(age=scale * d["age"] + shift), family)
    j = a.names.index("age")
    assert np.isclose(a.beta[j], scale * b.beta[j], rtol=1e-5, atol=1e-6)
    assert np.isclose(a.loglik, b.loglik, atol=1e-7)


@few
@given(family=families)
def test_every_person_twice_doubles_the_likelihood(family):
    d = panel()
    twice = pd.concat([d, d.assign(id="again " + d["id"])])
    a, b = engine(d, family), engine(twice, family)
    assert np.isclose(2 * a.loglik, b.loglik, rtol=1e-9)
    assert np.allclose(a.beta, b.beta, atol=1e-5)
    assert np.allclose(a.vcov, 2 * b.vcov, rtol=1e-4, atol=1e-8)


@few
@given(seed=st.integers(0, 2**32 - 1))
def test_a_logit_of_failures_is_the_negative_of_a_logit_of_successes(seed):
    d = panel(seed=seed)
    a, b = engine(d, "binomial", "group"), engine(d.assign(yes=1 - d["yes"]), "binomial", "group")
    assert np.allclose(a.beta, -b.beta, atol=1e-5)


@given(
    cuts=st.lists(st.floats(-5, 5), min_size=1, max_size=6, unique=True),
    eta=st.floats(-8, 8),
)
def test_two_logit_rows_are_one_ordinal_row(cuts, eta):
    cuts = np.sort(np.array(cuts))
    if len(cuts) > 1 and np.diff(cuts).min() < 1e-3:
        return
    n_categories = len(cuts) + 1
    category = np.arange(n_categories)
    rows = ordinal_rows(category, n_categories, np.ones((n_categories, 1)), np.zeros(n_categories))
    predictor = rows.X @ np.append(cuts, eta)
    pieces = rows.y * predictor - np.logaddexp(0, predictor)
    total = np.bincount(rows.origin, pieces, n_categories)
    gap = spacing(cuts[None], np.ones(n_categories - 2))[0][0] if n_categories > 2 else 0.0
    direct = np.diff(np.concatenate(([0.0], special.expit(cuts - eta), [1.0])))
    assert np.isclose(total.sum() + gap, np.log(direct).sum(), atol=1e-6)
    assert np.allclose(category_probabilities(cuts, np.array(eta)), direct)


@settings(max_examples=60, deadline=None)
@given(y=st.integers(0, 300), log_theta=st.floats(-2.0, 34.0))
def test_the_gamma_functions_of_theta_keep_their_digits(y, log_theta):
    """Against the sums over 0, 1, ..., y - 1: how large theta grows must not cost digits."""
    theta = float(np.exp(log_theta))
    at, one = np.array([log_theta]), np.ones((1, 1, 1))
    counts = float(y) * one
    rise = float(size_constant(counts, one, at)[0, 0, 0])
    assert np.isclose(rise, sum(np.log(theta + j) for j in range(y)), rtol=1e-9, atol=1e-9)
    slope = float(size_score(counts, one, at, 0 * one)[0, 0])
    assert np.isclose(slope, sum(theta / (theta + j) for j in range(y)), rtol=1e-9, atol=1e-9)


@few
@given(seed=st.integers(0, 2**32 - 1), share=st.floats(0.2, 0.8))
def test_counts_less_spread_than_poisson_end_at_the_poisson_limit(seed, share):
    """Theta has no finite estimate: the search must say so wherever rounding led it."""
    d = panel()
    high = np.random.default_rng(seed).random(len(d)) < share
    found = fit("count ~ group + (1 | id)", d.assign(count=2.0 + high), family="negative-binomial")
    assert found.status == "boundary"
    assert any("theta runs to infinity" in message for message in found.messages)
