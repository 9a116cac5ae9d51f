"""A family is one object: a sixth one is made here, and one that leaves a piece out is refused."""

# ruff: noqa: ARG002 - what a family is asked with

from typing import get_args

import numpy as np
import pytest
from scipy import stats
from test_glmm_kernels import panel

from netwerkkracht.core.errors import StudyError
from netwerkkracht.mixed import fit
from netwerkkracht.mixed.families import FAMILIES, CanonicalFamily, Family, family, register
from netwerkkracht.mixed.families.canonical import Canonical, Outcome, Shared
from netwerkkracht.mixed.families.cumulants import LOGIT
from netwerkkracht.mixed.families.links import LOG_LINK
from netwerkkracht.mixed.families.poisson import refuse_no_count, scoring_start


class Geometric(CanonicalFamily):
    """Counts with variance μ + μ²: y successes of y + 1 trials of a logit."""

    name, link, effect = "geometric", LOG_LINK, "rate"
    bounded, counts, ordered, takes_trials = False, True, False, False

    def own_variance(self, design):
        return True

    def refuse(self, design):
        refuse_no_count(self, design)

    def outcome(self, y, design):
        rows = Canonical.plain(LOGIT, design.X, y, y + 1.0, design.offset)
        return Outcome(rows, design.names, tuple(range(design.X.shape[1])))

    def shared(self, y, design, outcome, rows):
        return Shared(rows, y, y + 1.0)

    def constant(self, y, design):
        return 0.0

    def start(self, outcome, rows):
        return scoring_start(rows.X, rows.y, rows.offset)

    def distribution_variance(self, mean, size):
        return float(np.log1p(1 / mean + 1))

    def draw(self, eta, rng, design, shape):
        return rng.geometric(1 / (1 + self.link.inverse(eta))).astype(float) - 1


@pytest.fixture
def sixth():
    register(Geometric)
    yield family("geometric")
    del FAMILIES["geometric"]


@pytest.mark.usefixtures("sixth")
def test_a_sixth_family_is_fitted_by_the_same_engine():
    d = panel()
    made = fit("over ~ group + (1 | id)", d, family="geometric", nodes=25)
    assert (made.status, made.family) == ("ok", "geometric")
    eta = made.engine.design.X @ made.engine.beta
    grid = np.linspace(-9, 9, 801)
    mean = np.exp(eta[:, None] + made.variances["sd"].iloc[0] * grid)
    density = stats.geom.logpmf(made.engine.design.y[:, None] + 1, 1 / (1 + mean))
    groups = np.zeros((made.n_groups["id"], len(grid)))
    np.add.at(groups, made.engine.design.random[0].codes, density)
    total = np.log((np.exp(groups) * stats.norm.pdf(grid)).sum(axis=1) * (grid[1] - grid[0])).sum()
    assert made.loglik == pytest.approx(total, abs=1e-6)
    # a negative binomial with theta free cannot fit worse than with theta at one
    assert fit("over ~ group + (1 | id)", d, family="negative-binomial", nodes=25).loglik >= made.loglik


@pytest.mark.usefixtures("sixth")
def test_a_sixth_family_has_the_whole_inference():
    made = fit("over ~ group + (1 | id)", panel(), family="geometric")
    means = made.means("group")
    grown = np.exp(means["estimate"] + made.variances["variance"].iloc[0] / 2)
    assert np.allclose(means["response"], grown)
    assert (made.anova()["method"] == "asymptotic").all()
    limits = made.profile().set_index("parameter").loc["groupWT"]
    assert limits["lower"] < limits["estimate"] < limits["upper"]
    drawn = made.bootstrap(40, seed=1)
    assert sum(drawn.counts.get(word, 0) for word in ("ok", "boundary")) == 40
    assert drawn.intervals.set_index("parameter").loc["groupWT", "se"] == pytest.approx(
        made.coefficients["se"].iloc[1], rel=0.5
    )
    again = made.engine.refit_many(made.engine.design.y[:, None])
    assert np.allclose(again.estimates[0], made.engine.beta, atol=1e-6)
    assert again.loglik[0] == pytest.approx(made.loglik, abs=1e-6)
    assert 0 <= made.residuals(100, 1).uniformity.p <= 1
    assert np.isnan(made.theta)


@pytest.mark.usefixtures("sixth")
def test_a_sixth_family_refuses_and_names_separation_as_the_others_do():
    d = panel()
    with pytest.raises(StudyError) as caught:
        fit("age ~ group + (1 | id)", d, family="geometric")
    assert caught.value.findings[0].code == "OUTCOME"
    empty = d.assign(over=d["over"].where(d["group"] == "EKC", 0.0))
    found = fit("over ~ group + (1 | id)", empty, family="geometric")
    assert found.status == "separated"
    assert "group = WT" in found.messages[0]


@pytest.mark.parametrize("piece", ["draw", "start", "refuse", "own_variance", "bounded", "link", "effect"])
def test_a_family_without_a_piece_is_refused(piece):
    left = {name: own for name, own in vars(Geometric).items() if not name.startswith("_") and name != piece}
    with pytest.raises(StudyError) as caught:
        register(type("Partial", (CanonicalFamily,), left | {"name": "partial"}))
    assert caught.value.findings[0].code == "FAMILY"
    assert piece in str(caught.value)
    assert "partial" not in FAMILIES


def test_a_name_is_taken_once():
    with pytest.raises(StudyError, match="poisson"):
        register(type("Second", (Geometric,), {"name": "poisson"}))


def test_an_unknown_family_is_refused_with_the_nearest_name():
    with pytest.raises(StudyError) as caught:
        fit("yes ~ group + (1 | id)", panel(), family="binomal")
    assert "did you mean 'binomial'?" in str(caught.value)


def test_trials_are_refused_where_no_family_reads_them():
    with pytest.raises(StudyError, match="takes no number of trials"):
        fit("count ~ group + (1 | id)", panel(), family="poisson", trials="trials")


def test_every_table_by_family_knows_every_family():
    """What stands outside the engine by name: a new family is missed here first."""
    from netwerkkracht.analysis.models.brute_force import DENSITIES
    from netwerkkracht.analysis.models.result import EFFECTS
    from netwerkkracht.exhibits.words import FAMILY, RATIO
    from netwerkkracht.study.config.schema import Model

    names = set(FAMILIES)
    assert set(get_args(Model.model_fields["family"].annotation)) == names
    for lang in FAMILY.languages:
        assert set(FAMILY[lang].held) == names
    assert {name: one.effect for name, one in FAMILIES.items()} == EFFECTS
    for lang in RATIO.languages:
        assert set(RATIO[lang].held) == {name for name, effect in EFFECTS.items() if effect != "difference"}
    assert set(DENSITIES) == {name for name, one in FAMILIES.items() if not one.linear}
    assert all(isinstance(one, Family) for one in FAMILIES.values())
