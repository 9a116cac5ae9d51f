"""What `check` finds in a configuration beyond its keys and types, and that it says so with the rest."""

import json
from pathlib import Path

import pytest

from netwerkkracht.run import cli
from netwerkkracht.run.faults import LATER, config_faults, generator_faults, path_faults
from netwerkkracht.study.config import read_config
from netwerkkracht.study.config.reading import make_config

ROOT = Path(__file__).resolve().parents[2]
GIVEN = json.loads(read_config(ROOT / "config.yaml").model_dump_json())


@pytest.fixture(autouse=True)
def at_home(monkeypatch):
    monkeypatch.chdir(ROOT)


def with_value(section, key, value):
    return make_config({**GIVEN, section: {**GIVEN[section], key: value}})


def test_our_own_configuration_has_no_fault():
    assert config_faults(make_config(GIVEN)) == []


@pytest.mark.parametrize(
    ("section", "key", "value", "said"),
    [
        ("study", "codebook", "data/codebok", "no 'codebok'; did you mean 'codebook'?"),
        ("study", "data", "daat/synthetic", "no 'daat'; did you mean 'data'?"),
        (
            "study",
            "truth",
            "elsewhere/far",
            "'study.truth' is 'elsewhere/far', which is not there: no 'elsewhere'",
        ),
        ("study", "received", "data/registr.csv", "did you mean 'register.csv'?"),
        ("study", "reference", "reports/referense", "did you mean 'reference'?"),
        ("operating", "generator", "data/codebook/syntetic", "did you mean 'synthetic'?"),
        ("report", "source", "reports/sorce", "did you mean 'source'?"),
    ],
)
def test_a_path_that_is_not_there_is_told_with_the_nearest(section, key, value, said):
    (found,) = path_faults(with_value(section, key, value))
    assert said in found.what
    assert f"'{section}.{key}'" in found.what


def test_a_reference_may_still_be_to_come():
    assert LATER == "study.reference"
    assert path_faults(with_value("study", "reference", "expected-numbers")) == []


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("assumptions", {"nonrespons": "0"}, "is called 'nonrespons'; did you mean 'nonresponse'?"),
        ("assumptions", {"nonresponse": "none"}, "'operating.assumptions.nonresponse': the value is 'none'"),
        ("generator", "data/none", ""),
    ],
)
def test_the_simulation_is_held_against_its_generator(key, value, said):
    found = generator_faults(with_value("operating", key, value))
    assert [said in one.what for one in found] == ([True] if said else [])


def test_an_outcome_that_the_generator_does_not_make_is_told():
    models = [
        {**model, "formula": "group ~ wave + (1 | person_id)"} if model["id"] == "zrm_change" else model
        for model in GIVEN["models"]
    ]
    (found,) = generator_faults(make_config({**GIVEN, "models": models}))
    assert "'operating.studies.zrm_change': the generator makes no 'group'" in found.what


SLIPS = [
    ("sample: complete, label", "sample: complet, label", "did you mean 'complete'?"),
    ("poisson: {family: poisson,", "poisson: {family: poisson, reml: perhaps,", "reml' is 'perhaps'"),
    ("poisson: {family: poisson,", "poisson: {family: poisson, sample: nobody,", "sample' is 'nobody'"),
    ("poisson: {family: poisson,", "poisson: {famly: poisson,", "did you mean 'family'?"),
    ("poisson: {family: poisson,", "poisson: {family: cauchy,", "family' is 'cauchy'"),
    ("common: {nodes: 7", "common: {nodes: many", "nodes' is 'many'"),
    ("outcome: n_prob_native", "outcome: n_prbo", "did you mean 'n_prob'?"),
    ("        severity: {nl:", "        sverity: {nl:", "did you mean 'severity'?"),
    ("when: {dropout:", "when: {dropuot:", "did you mean 'dropout'?"),
    (
        '"n_prob ~ group * wave + (1 | person_id)"',
        '"n_prob ~ group * wave + (1 | person_id"',
        "')' was expected",
    ),
    ('"n_prob ~ group', '"n_prbo ~ group', "did you mean 'n_prob'?"),
]


@pytest.mark.parametrize(("before", "after", "said"), SLIPS)
def test_check_refuses_a_slip_in_choices_and_formulas(before, after, said, tmp_path, capsys):
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    assert before in text
    path = tmp_path / "config.yaml"
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    # without files: what is wrong with them is told beside it
    assert cli.run(["check", "--config", str(path), "--data", str(tmp_path / "none")]) == 1
    told = capsys.readouterr()
    assert said in told.out
    assert "Z99" not in told.out + told.err
    assert " 0 errors" not in told.out
