import analysis_study as study
import numpy as np
import pytest

from netwerkkracht.models.alternatives import influence, specification_curve, vary
from netwerkkracht.models.diagnostics import diagnostics
from netwerkkracht.models.fit import fit_model
from netwerkkracht.models.spec import ModelSpec

SPEC = ModelSpec.from_mapping(
    {
        "id": "m",
        "label": {"nl": "x", "en": "x"},
        "family": "gaussian",
        "formula": "load ~ arm * visit + (1 | pid)",
        "role": "primary",
    }
)
SCHOOL = {"add": "school1", "at_wave": {"school1": {"variable": "school", "wave": "a"}}}
CHOICES = {
    "outcome": {"load": None, "mood": {"outcome": "mood"}},
    "covariates": {"none": None, "school": SCHOOL},
    "sample": {"all": None, "complete": {"sample": "complete"}},
}


@pytest.fixture(scope="module")
def panel():
    return study.panel(n=25)


@pytest.fixture(scope="module")
def facts():
    return study.facts()


def test_the_number_of_specifications_is_the_product_and_the_first_is_primary():
    made = vary(SPEC, CHOICES)
    assert len(made) == 8
    assert made[0][1].formula == SPEC.formula
    assert len({(spec.formula, spec.sample) for _, spec in made}) == 8
    assert made[2][1].formula == "load ~ arm * visit + school1 + (1 | pid)"


def test_the_primary_specification_equals_the_model(panel, facts):
    curve = specification_curve(SPEC, CHOICES, panel, facts, "c")
    assert len(curve) == 8
    result = fit_model(SPEC, panel, facts)
    row = result.contrast("change", "c")
    first = curve[curve["primary"] == 1].iloc[0]
    assert first["estimate"] == pytest.approx(row["estimate"] / result.sd_first)
    assert first["lower"] == pytest.approx(row["lower"] / result.sd_first)
    assert first["p"] == pytest.approx(row["p"])


def test_influence_is_the_refit_without_one_person(panel, facts):
    moves = influence(SPEC, panel, facts, "c")
    assert len(moves) == 50
    assert "pid" not in moves.columns
    someone = panel["pid"].iloc[0]
    rest = fit_model(SPEC, panel[panel["pid"] != someone], facts).contrast("change", "c")
    assert np.isclose(moves["estimate"], rest["estimate"], rtol=1e-6).any()


def test_residuals_of_the_right_model_are_uniform_and_of_a_wrong_one_are_not(facts):
    draw = np.random.default_rng(5)
    good = study.panel(seed=9, n=60, lost=0.0)
    person = good["pid"].map(dict(zip(good["pid"].unique(), draw.normal(size=120), strict=True)))
    good["mood"] = 5 + person + draw.normal(size=len(good))
    good["mood__reason"] = ""
    spec = ModelSpec.from_mapping(
        {"id": "m", "label": {}, "family": "gaussian", "formula": "mood ~ arm * visit + (1 | pid)"}
    )

    def uniformity(panel):
        made = diagnostics(spec, panel, facts, np.random.default_rng(1), 200)
        return float(made[(made["part"] == "test") & (made["group"] == "uniformity")]["p"].iloc[0])

    assert uniformity(good) > 0.05
    assert uniformity(good.assign(mood=np.exp(1.2 * good["mood"]))) < 1e-4


def test_diagnostics_hold_no_row_per_person(panel, facts):
    made = diagnostics(SPEC, panel, facts, np.random.default_rng(1), 100)
    assert len(made) < 80
    outcome = made[made["part"] == "outcome"]
    assert outcome["middle"].sum() == pytest.approx(1)
    cells = made[made["part"] == "cell"]
    assert cells["n"].sum() == panel["load"].notna().sum()
