"""The likelihood kernels: gradients, information and integrals against slower, plainer arithmetic."""

import numpy as np
import pandas as pd
import pytest
from glmm_brute import second_opinion
from scipy import integrate, stats

from netwerkkracht.mixed import fit
from netwerkkracht.mixed.families import family as lookup
from netwerkkracht.mixed.formula.design import make_design
from netwerkkracht.mixed.glmm.arrow import Layout, arrow
from netwerkkracht.mixed.glmm.likelihood import Laplace, Quadrature
from netwerkkracht.mixed.glmm.newton import objective
from netwerkkracht.mixed.glmm.plain import plain_fit
from netwerkkracht.mixed.glmm.terms import make_terms

FAMILIES = {"binomial": "yes", "poisson": "count", "negative-binomial": "over", "ordinal": "lonely"}


def panel(n=40, seed=3, *, waves=3, sd=1.0):
    rng = np.random.default_rng(seed)
    person = np.repeat(np.arange(n), waves)
    d = pd.DataFrame(
        {
            "id": [f"p{i:03}" for i in person],
            "wave": np.tile([str(w + 1) for w in range(waves)], n),
            "group": np.where(person % 2, "WT", "EKC"),
            "age": rng.normal(50, 10, n)[person],
            "team": rng.integers(0, 4, n).astype(str)[person],
        }
    )
    eta = 0.3 * (d.group == "WT") + 0.02 * (d.age - 50) + rng.normal(0, sd, n)[person]
    d["yes"] = (rng.random(len(d)) < stats.logistic.cdf(eta)).astype(float)
    d["count"] = rng.poisson(np.exp(0.7 * eta)).astype(float)
    d["over"] = rng.poisson(np.exp(0.7 * eta) * rng.gamma(2, 0.5, len(d))).astype(float)
    d["lonely"] = np.digitize(eta + rng.logistic(size=len(d)), [-1, 0, 1]) + 1.0
    d["trials"], d["hits"] = 5.0, rng.binomial(5, stats.logistic.cdf(eta)).astype(float)
    return d.drop(index=rng.choice(len(d), 7, replace=False))


def model(family, random, nodes):
    design = make_design(f"{FAMILIES[family]} ~ group * wave + age + {random}", panel())
    kind = lookup(family)
    plain = plain_fit(kind, kind.outcome(kind.numbers(design.y, design), design))
    terms = make_terms(design.random)
    made = Quadrature(plain.rows, terms, nodes) if nodes else Laplace(plain.rows, terms)
    size = made.template.r
    rng = np.random.default_rng(1)
    start = np.concatenate((plain.linear, np.linspace(0.9, 0.4, size)))
    return made, start + 0.1 * rng.normal(size=len(start))


def differences(value, psi, h=1e-5):
    unit = np.eye(len(psi)) * h
    return np.array([(value(psi + u) - value(psi - u)) / (2 * h) for u in unit])


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("nodes", [1, 5, 15])
def test_quadrature_gradient_is_that_of_the_approximation(family, nodes):
    made, psi = model(family, "(1 | id)", nodes)
    gradient = objective(made.problem, psi[None], made.rule).gradient[0]
    numeric = differences(made.value, psi)
    assert np.max(np.abs(gradient - numeric)) < 1e-7 * max(1.0, np.abs(numeric).max()) * 10


@pytest.mark.parametrize("family", FAMILIES)
def test_louis_information_equals_the_hessian_with_many_nodes(family):
    made, psi = model(family, "(1 | id)", 25)
    louis = objective(made.problem, psi[None], made.rule, information=True).information[0]
    hessian = made.information(psi, np.ones(len(psi), bool))
    assert np.max(np.abs(louis - hessian)) < 1e-5 * np.abs(hessian).max()


@pytest.mark.parametrize("family", FAMILIES)
@pytest.mark.parametrize("random", ["(1 | id)", "(wave | id)", "(1 | id) + (age | team)", "(1 | team / id)"])
def test_laplace_gradient_is_exact(family, random):
    made, psi = model(family, random, 0)
    gradient = made._function(psi)[1]
    numeric = differences(made.value, psi)
    assert np.max(np.abs(gradient - numeric)) < 1e-6 * max(1.0, np.abs(numeric).max())


@pytest.mark.parametrize("family", FAMILIES)
def test_laplace_and_one_node_are_two_routes_to_one_number(family):
    one, psi = model(family, "(1 | id)", 1)
    other, _ = model(family, "(1 | id)", 0)
    assert one.value(psi) == pytest.approx(other.value(psi), abs=1e-9)


def test_arrow_equals_the_dense_inverse():
    rng = np.random.default_rng(2)
    codes, columns = (
        rng.integers(0, 5, 30),
        np.column_stack([rng.integers(0, 3, 30), 3 + rng.integers(0, 2, 30)]),
    )
    layout = Layout.make(codes, 5, 2, columns, 5)
    loads, weight = rng.normal(size=(30, 4)), rng.random(30)
    wide = np.zeros((30, 15))
    rows = np.arange(30)
    for k in range(2):
        wide[rows, codes * 2 + k] = loads[:, k]
        wide[rows, 10 + columns[:, k]] = loads[:, 2 + k]
    H = np.eye(15) + wide.T @ (weight[:, None] * wide)
    made = arrow(layout, loads, weight)
    assert made.logdet == pytest.approx(np.linalg.slogdet(H)[1])
    right = rng.normal(size=15)
    block, border = made.solve(right[:10].reshape(5, 2), right[10:])
    assert np.allclose(np.concatenate((block.ravel(), border)), np.linalg.solve(H, right))
    inverse = np.linalg.inv(H)
    at = np.column_stack((codes * 2, codes * 2 + 1, 10 + columns))
    assert np.allclose(made.local(), inverse[at[:, :, None], at[:, None, :]])


def test_one_group_equals_adaptive_integration():
    """The likelihood of a single person, integrated by scipy.integrate.quad."""
    d = panel(12)
    result = fit("yes ~ age + (1 | id)", d, family="binomial", nodes=25)
    sd = result.variances["sd"].iloc[0]
    eta = result.coefficients["estimate"].to_numpy() @ np.vstack((np.ones(len(d)), d["age"]))
    total = 0.0
    for person in d["id"].unique():
        own = (d["id"] == person).to_numpy()
        y, e = d["yes"].to_numpy()[own], eta[own]
        value, _ = integrate.quad(
            lambda u, y=y, e=e: (
                np.prod(stats.bernoulli.pmf(y, stats.logistic.cdf(e + sd * u))) * stats.norm.pdf(u)
            ),
            -10, 10, epsabs=1e-13,
        )  # fmt: skip
        total += np.log(value)
    assert result.loglik == pytest.approx(total, abs=1e-6)


@pytest.mark.parametrize("family", FAMILIES)
def test_second_opinion_agrees_and_can_disagree(family):
    formula = f"{FAMILIES[family]} ~ group + (1 | id)"
    result = fit(formula, panel(sd=2.0), family=family, nodes=41)
    opinion = second_opinion(result.engine)
    assert opinion.agrees
    assert opinion.brute_loglik == pytest.approx(result.loglik, abs=1e-4)
    rough = fit(formula, panel(sd=2.0), family=family, nodes=1)
    assert abs(second_opinion(rough.engine).brute_loglik - rough.loglik) > 1e-3


def test_no_second_opinion_where_none_can_be_had():
    result = fit("count ~ group + (1 | id) + (1 | team)", panel(), family="poisson")
    assert second_opinion(result.engine).agrees is None


@pytest.mark.parametrize("family", ["ordinal", "binomial"])
def test_laplace_standard_errors_are_second_differences(family):
    """Where clmm's Hessian of the Laplace approximation is coarse: ours against values only."""
    result = fit(f"{FAMILIES[family]} ~ group * wave + (1 | id)", panel(), family=family, nodes=1)
    maximum = result.engine.maximum
    h, size = 0.05, len(maximum.psi)
    unit = np.eye(size) * h
    value = maximum.model.value
    H = np.array(
        [
            [
                value(maximum.psi + a - b) + value(maximum.psi - a + b)
                - value(maximum.psi + a + b) - value(maximum.psi - a - b)
                for b in unit
            ]
            for a in unit
        ]
    ) / (4 * h * h)  # fmt: skip
    ratio = np.diag(np.linalg.inv(H)) / np.diag(maximum.covariance)
    assert np.allclose(ratio, 1, atol=0.02)


@pytest.mark.parametrize("weights", ["as they are", "all alike"])
def test_like_rows_are_numbered_as_sorting_whole_rows_does(weights, monkeypatch):
    from netwerkkracht.mixed.glmm import refits as glmm_batch

    if weights == "all alike":  # different rows then have one sum, which must be seen
        monkeypatch.setattr(glmm_batch, "mixer", np.ones)
    rng = np.random.default_rng(4)
    table = rng.choice([0.0, -0.0, 0.5, 1.0, 2.0], size=(300, 3))
    _, expected = np.unique(table, axis=0, return_inverse=True)
    np.testing.assert_array_equal(glmm_batch._kinds(table), expected.reshape(-1))
