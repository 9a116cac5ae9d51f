import analysis_study as study
import numpy as np
import pytest
from pydantic import ValidationError

from netwerkkracht.analysis.missing.curve import specification_curve
from netwerkkracht.analysis.missing.routes import Plan, missing_routes
from netwerkkracht.analysis.models.alternatives import influence
from netwerkkracht.analysis.models.diagnostics import diagnostics
from netwerkkracht.analysis.models.fit import fit_model
from netwerkkracht.analysis.models.frame import analysis_frame
from netwerkkracht.analysis.models.variants import vary
from netwerkkracht.core.errors import StudyError
from netwerkkracht.mixed import fit
from netwerkkracht.study.curve import Curve

SPEC = study.model("load ~ arm * visit + (1 | pid)")
YEARS = {"add": "years1", "at_wave": {"years1": {"variable": "years", "wave": "a"}}}
CLASSES = {"add": "years1", "at_wave": {"years1": {"variable": "years", "wave": "a", "cut": [40, 60]}}}
CHOICES = {
    "outcome": {"load": None, "mood": {"outcome": "mood"}},
    "age": {"none": None, "years": YEARS, "classes": CLASSES},
    "family": {"linear": None, "binomial": {"family": "binomial"}},
    "dropout": {
        "all": None,
        "complete": {"sample": "complete"},
        "weights": {"route": "weights"},
        "imputation": {"route": "imputation"},
    },
}
IMPOSSIBLE = [
    {"when": {"outcome": ["mood"], "family": ["binomial"]}},
    {"when": {"dropout": ["weights", "imputation"], "family": ["binomial"]}},
]
CURVE = Curve(choices=CHOICES, impossible=IMPOSSIBLE)
PLAN = Plan((), (), times=10)


def draws():
    return np.random.default_rng(3)


@pytest.fixture(scope="module")
def panel():
    return study.panel(n=40, visits=("a", "b"))


@pytest.fixture(scope="module")
def facts():
    return study.facts(("a", "b"))


@pytest.fixture(scope="module")
def curve(panel, facts):
    return specification_curve(vary(SPEC, CURVE), panel, facts, PLAN, draws)


def test_a_curve_has_one_divisor_per_outcome(curve, panel, facts):
    # found by an audit: people without a covariate moved an estimate by what it was divided by
    holes = panel.assign(years=panel["years"].where(panel["pid"] != panel["pid"].iloc[0]))
    spec = study.model("load ~ arm * visit + years1 + (1 | pid)", at_wave=YEARS["at_wave"])
    made = fit(spec.formula, analysis_frame(spec, holes, facts).frame, df="asymptotic")
    change = -made.engine.beta[list(made.engine.names).index(f"arm{facts.groups[1]}:visitb")]
    few = specification_curve(vary(SPEC, Curve(choices={"age": CHOICES["age"]})), holes, facts, PLAN, draws)
    everyone = _row(curve, "load", "none", "linear", "all")
    assert few["estimate"].iloc[0] == pytest.approx(everyone["estimate"])
    assert few["n_persons"].iloc[1] == few["n_persons"].iloc[0] - 1
    assert few["estimate"].iloc[1] == pytest.approx(change / fit_model(SPEC, panel, facts).sd_first, abs=1e-6)


def test_the_number_of_specifications_is_the_product_less_the_impossible_and_the_first_is_primary(curve):
    made = vary(SPEC, CURVE)
    # 2 x 3 x 2 x 4, less mood and binomial (12), less binomial by weights or imputation (6 more)
    assert len(made) == len(curve) == 48 - 12 - 6
    assert made[0].spec.formula == SPEC.formula
    assert curve["primary"].tolist() == [1] + [0] * 29
    added = next(item for item in made if dict(item.names) == _names("load", "years", "linear", "all"))
    assert added.spec.formula == "load ~ arm * visit + years1 + (1 | pid)"
    # with weights the same terms stand in the model of drop-out
    weighted = next(item for item in made if dict(item.names) == _names("load", "years", "linear", "weights"))
    assert (weighted.spec.formula, weighted.route, weighted.dropout) == (SPEC.formula, "weights", ("years1",))


def _names(*taken):
    return dict(zip(CHOICES, taken, strict=True))


def _row(curve, *taken):
    for choice, name in _names(*taken).items():
        curve = curve[curve[choice] == name]
    (row,) = curve.to_dict("records")
    return row


@pytest.mark.parametrize(
    ("choices", "impossible", "word"),
    [
        ({"family": {"a": None, "b": {"famly": "poisson"}}}, [], "famly"),
        ({"route": {"a": None, "b": {"route": "weight"}}}, [], "weight"),
        ({"family": {"a": None}}, [{"when": {"famly": ["a"]}}], "famly"),
        ({"family": {"a": None}}, [{"when": {"family": ["b"]}}], "'b'"),
        ({"family": {"a": None}}, [{"when": {"family": ["a"]}}], "primary"),
        ({"age": {"unused": None, "same": {"at_wave": YEARS["at_wave"]}}}, [], "no formula here uses"),
        ({"age": {"unused": None, "same": {"sample": "all"}}}, [], "same analysis"),
        ({"age": {"unused": None, "same": {"nodes": 7}}}, [], "same analysis"),
        ({"sample": {"all": None, "both": {"sample": "complet"}}}, [], "'all' or 'complete'"),
        ({"fit": {"one": None, "two": {"reml": "perhaps"}}}, [], "valid boolean"),
        ({"fit": {"one": None, "two": {"nodes": "many"}}}, [], "valid integer"),
        ({"fit": {"one": None, "two": {"family": "cauchy"}}}, [], "'negative-binomial'"),
        ({"status": {"one": None, "two": {"outcome": "mood"}}}, [], "name of a column"),
        ({"family": {"a": None, "b": {"family": "poisson", "route": "weights"}}}, [], "poisson of all rows"),
        ({"who": {"a": None, "b": {"sample": "complete", "route": "imputation"}}}, [], "of complete rows"),
        ({"years": {"a": None, "b": {**YEARS, "add": "years"}}}, [], "years1"),
        ({"age": {"a": None, "b": YEARS}}, [{"when": {}}], "at least 1"),
    ],
)
def test_a_slip_in_the_choices_is_refused(choices, impossible, word):
    # a value of another type by the type itself, a combination that cannot be by what makes them
    with pytest.raises((StudyError, ValidationError), match=word):
        vary(SPEC, Curve(choices=choices, impossible=impossible))


def test_our_own_curve_declares_all_choices_and_counts_what_cannot_be():
    import re
    from math import prod
    from pathlib import Path

    from netwerkkracht.exhibits.registry import exhibit_from, kind_of
    from netwerkkracht.study.config import read_config

    config = read_config(Path(__file__).parents[2] / "config.yaml")
    given = next(item for item in config.exhibits if item.kind == "specification")
    model = next(item for item in config.models if item.id == given.options["model"])
    assert model.role == "primary"
    assert set(given.options["choices"]) == {"outcome", "severity", "covariates", "family", "dropout"}
    made = vary(model, Curve.of(given.options))
    assert made[0].spec.formula == model.formula
    whole = prod(len(options) for options in given.options["choices"].values())
    for lang in ("nl", "en"):
        line = kind_of(given.kind).notes(made, exhibit_from(given.model_dump()), None, lang)[-1]
        everything, impossible, *parts = [int(number) for number in re.findall(r"\d+", line)]
        assert everything == whole == len(made) + impossible
        assert sum(parts) == impossible
        assert len(parts) == len(given.options["impossible"])


def test_the_primary_specification_equals_the_model(panel, facts, curve):
    result = fit_model(SPEC, panel, facts)
    row = result.contrast("change", "b")
    first = curve[curve["primary"] == 1].iloc[0]
    assert first["estimate"] == pytest.approx(row["estimate"] / result.sd_first)
    assert first["lower"] == pytest.approx(row["lower"] / result.sd_first)
    assert first["p"] == pytest.approx(row["p"])


def test_other_families_stand_on_the_scale_of_the_outcome(panel, facts, curve):
    frame = analysis_frame(SPEC, panel, facts).frame
    made = fit(SPEC.formula, frame.assign(five=5.0), "binomial", trials="five")
    # without covariates everyone in a cell is alike: the marginal means, times the top of the scale
    means = made.means("arm", by="visit").set_index(["arm", "visit"])["response"]
    change = 5 * (means["new", "b"] - means["new", "a"] - means["old", "b"] + means["old", "a"])
    row = _row(curve, "load", "none", "binomial", "all")
    spread = fit_model(SPEC, panel, facts).sd_first
    assert row["estimate"] == pytest.approx(change / spread, rel=1e-9)
    assert row["status"] == "ok"
    # logit and linear models of the same counts must tell the same story in units of the outcome
    linear = _row(curve, "load", "none", "linear", "all")
    assert row["estimate"] == pytest.approx(linear["estimate"], abs=0.15)
    assert row["upper"] - row["lower"] == pytest.approx(linear["upper"] - linear["lower"], rel=0.25)


def test_weights_and_imputation_are_those_of_the_missing_data_exhibit(panel, facts, curve):
    spread = fit_model(SPEC, panel, facts).sd_first
    plan = Plan(("years",), (), times=10)
    routes = missing_routes(SPEC, panel, facts, plan, draws()).set_index("route")
    for name, route in (("complete", "panel"), ("weights", "ipaw"), ("imputation", "imputation")):
        row = _row(curve, "load", "years" if name != "complete" else "none", "linear", name)
        for column in ("estimate", "lower", "upper"):
            assert row[column] == pytest.approx(routes.loc[route, column] / spread, rel=1e-9)
        assert row["p"] == pytest.approx(routes.loc[route, "p"], rel=1e-9)
    # the classes of age are another model of drop-out than its years
    years, classes = (_row(curve, "load", name, "linear", "weights") for name in ("years", "classes"))
    assert years["estimate"] != classes["estimate"]


def test_a_number_is_cut_into_classes(panel, facts):
    spec = study.model("load ~ years1 + (1 | pid)", at_wave=CLASSES["at_wave"])
    frame = analysis_frame(spec, panel, facts).frame
    years = panel[panel["visit"] == "a"].set_index("pid")["years"]
    expected = np.searchsorted([40, 60], frame["pid"].map(years), side="left") + 1
    assert frame["years1"].astype(int).tolist() == expected.tolist()


def test_influence_is_the_refit_without_one_person(panel, facts):
    moves = influence(SPEC, panel, facts, "b")
    assert len(moves) == 80
    assert "pid" not in moves.columns
    someone = panel["pid"].iloc[0]
    rest = fit_model(SPEC, panel[panel["pid"] != someone], facts).contrast("change", "b")
    assert np.isclose(moves["estimate"], rest["estimate"], rtol=1e-6).any()


def test_residuals_of_the_right_model_are_uniform_and_of_a_wrong_one_are_not(facts):
    draw = np.random.default_rng(5)
    good = study.panel(seed=9, n=60, lost=0.0, visits=("a", "b"))
    person = good["pid"].map(dict(zip(good["pid"].unique(), draw.normal(size=120), strict=True)))
    good["mood"] = 5 + person + draw.normal(size=len(good))
    good["mood__reason"] = ""
    spec = study.model("mood ~ arm * visit + (1 | pid)")

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
