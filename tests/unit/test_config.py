"""The configuration: typed, closed, and every mistake answered with the key and the cure."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.run.step import part, part_text
from netwerkkracht.study.config import Config, exhibit_models, read_config, study_files
from netwerkkracht.study.config.pages import _models, json_schema, page
from netwerkkracht.study.config.parts import released_files
from netwerkkracht.study.config.reading import parse_config

GOOD = """
study: {codebook: data/codebook, data: data/files, status: synthetic, truth: data/files}
seed: 1
models:
  - id: later
    order: 2
    role: secondary
    label: {nl: Later, en: Later}
    family: binomial
    formula: "aided ~ arm * visit + (1 | pid)"
  - id: first
    order: 1
    role: primary
    label: {nl: Eerst, en: First}
    family: gaussian
    formula: "load ~ arm * visit + (1 | pid)"
exhibits:
  - {id: figure-1, kind: forest, order: 1, title: {nl: a, en: b}, options: {models: [later, first]}}
  - {id: table-1, kind: models, order: 2, title: {nl: a, en: b}, options: {models: all}}
report: {source: source, languages: [nl, en]}
"""


def answer(text):
    with pytest.raises(StudyError) as caught:
        parse_config(text)
    return str(caught.value)


def test_the_projects_own_configuration_is_good():
    config = read_config(Path("config.yaml"))
    assert config.models
    assert config.exhibits


def test_models_stand_in_their_order_whatever_the_file_says():
    assert [model.id for model in parse_config(GOOD).models] == ["first", "later"]


# what is changed in GOOD -> what the answer must say, word for word
MISTAKES = {
    "unknown key": (
        ("seed: 1", "sead: 1"),
        "unknown key 'sead'; did you mean 'seed'?",
        "missing",
    ),
    "unknown key in a section": (
        ("status: synthetic", "stauts: synthetic"),
        "unknown key 'study.stauts'; did you mean 'status'?",
        "the key 'study.status' is missing",
    ),
    "unknown key in a list": (
        ("family: gaussian", "famliy: gaussian"),
        "unknown key 'models[2].famliy'; did you mean 'family'?",
        "the key 'models[2].family' is missing",
    ),
    "unknown choice": (
        ("family: gaussian", "family: gausian"),
        "'models[2].family' is 'gausian'; did you mean 'gaussian'?",
        "one of 'gaussian', 'binomial', 'poisson', 'negative-binomial' or 'ordinal'",
    ),
    "a number as text": (
        ("seed: 1", 'seed: "1"'),
        "'seed' is '1': input should be a valid integer",
        "root of all random numbers",
    ),
    "a fraction as whole number": (("seed: 1", "seed: 1.5"), "'seed' is '1.5'", "valid integer"),
    "a negative seed": (("seed: 1", "seed: -1"), "'seed' is '-1'", "greater than or equal to 0"),
    "alpha out of range": (("seed: 1", "seed: 1\nalpha: 5"), "'alpha' is '5'", "less than 0.5"),
    "one language only": (
        ("label: {nl: Eerst, en: First}", "label: {nl: Eerst}"),
        "'models[2].label' has no text in 'en', a language of the report",
        "a text in nl, en",
    ),
    "text where a map belongs": (
        ("label: {nl: Eerst, en: First}", "label: Eerst"),
        "'models[2].label' is 'Eerst'",
        "name of the outcome in exhibits",
    ),
    "a number where text belongs": (
        ("kind: models", "kind: 3"),
        "'exhibits[2].kind' is '3', not text",
        'put it between quotes: "3"',
    ),
    "an id that cannot be a file name": (
        ("id: first", 'id: "first model/x"'),
        "'models[2].id' is 'first model/x'",
        "small letters, digits",
    ),
    "an exhibit that is neither figure nor table": (
        ("id: figure-1", "id: plot-1"),
        "'exhibits[1].id' is 'plot-1'",
        "such as figure-1",
    ),
    "two models of one name": (
        ("id: later", "id: first"),
        "model id 'first' stands twice; each id once",
        "config.yaml",
    ),
    "a formula without an outcome": (
        ('"load ~ arm * visit + (1 | pid)"', '"arm * visit"'),
        "'models[2].formula' is 'arm * visit'",
        "text of the form",
    ),
    "real data under the open profile": (
        ("status: synthetic, truth: data/files", "status: real"),
        "real data are released under profile strict10, never open",
        "config.yaml",
    ),
    "a truth of real data": (
        ("status: synthetic", "status: real"),
        "'truth' is known of synthetic studies only",
        "status: synthetic",
    ),
    "a synthetic study without truth": (
        (", truth: data/files", ""),
        "a synthetic study names the folder of its truth",
        "truth: data/synthetic",
    ),
    "a path out of the study": (
        ("data: data/files", "data: ../elsewhere"),
        "'study.data' is '../elsewhere'",
        "a path inside the folder of the study",
    ),
    "a path that climbs out": (
        ("data: data/files", "data: data/../../elsewhere"),
        "'data' leaves the folder of the study",
        "use a path inside it",
    ),
    "an alternative to nothing": (
        ("role: secondary", "role: secondary\n    alternative_to: frist"),
        "'alternative_to' of model 'later' is 'frist', which is not a model; did you mean 'first'?",
        "config.yaml",
    ),
    "a section that is not there": (
        ("report: {source: source, languages: [nl, en]}", ""),
        "the key 'report' is missing",
        "the document",
    ),
    "a language we do not have": (
        ("languages: [nl, en]", "languages: [nl, fr]"),
        "the program has no words in 'fr', only in en, nl",
        "report.languages",
    ),
    "a key twice": (("seed: 1", "seed: 1\nseed: 2"), "the key 'seed' stands twice (line 4)", "each key once"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_answered_with_the_key_and_the_cure(name):
    (before, after), what, cure = MISTAKES[name]
    assert before in GOOD
    said = answer(GOOD.replace(before, after, 1))
    assert what in said
    assert cure in said
    assert "config.yaml" in said
    assert "to do:" in said


def test_at_least_twenty_mistakes_are_pinned():
    assert len(MISTAKES) >= 20


def test_all_mistakes_are_told_at_once():
    said = answer(GOOD.replace("seed: 1", "sead: 1").replace("family: gaussian", "family: g"))
    assert said.count("error:") == 3


HOSTILE = {
    "alias": "a: &x [1]\nb: *x\n",
    "bomb": "a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n",
    "python object": "a: !!python/object/apply:os.system ['true']\n",
    "tag": "a: !secret x\n",
    "tabs": "a:\n\t- b\n",
    "unclosed": "a: [1, 2\n",
    "two documents": "a: 1\n---\nb: 2\n",
    "merge": "a: &x {b: 1}\nc: {<<: *x}\n",
    "control characters": "a: \x00\n",
    "double key": "a: 1\na: 2\n",
    "a map as key": "{a: 1}: b\n",
    "large": "a: " + "x" * 1_000_001,
    "deep": "[" * 5000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_text_is_refused_in_words(name):
    with pytest.raises(StudyError) as caught:
        load(HOSTILE[name], file="config.yaml")
    assert caught.value.findings[0].code == "C02"


@pytest.mark.parametrize(
    "word", ["no", "yes", "on", "off", "12:30", "010", "0x1F", "1_000", "2019-10-01", ".inf", "No"]
)
def test_words_stay_words(word):
    assert load(f"a: {word}\n", file="x") == {"a": word}


@pytest.mark.parametrize(
    ("word", "value"), [("true", True), ("null", None), ("-3", -3), ("0.05", 0.05), ("1e-3", 0.001), ("0", 0)]
)
def test_plain_values_keep_their_type(word, value):
    found = load(f"a: {word}\n", file="x")["a"]
    assert found == value
    assert type(found) is type(value)


def test_a_missing_file_and_a_file_of_another_encoding_are_named(tmp_path):
    with pytest.raises(StudyError, match="C01"):
        read_config(tmp_path / "config.yaml")
    (tmp_path / "config.yaml").write_bytes("seed: 'é'".encode("latin-1"))
    with pytest.raises(StudyError, match="not UTF-8"):
        read_config(tmp_path / "config.yaml")


@pytest.mark.parametrize("text", ["", "- a\n", "just words\n"])
def test_a_file_that_is_no_map_is_answered(text):
    assert "C03" in answer(text)


def test_the_configuration_cannot_be_changed():
    with pytest.raises(Exception, match="frozen"):
        parse_config(GOOD).seed = 2


def test_a_step_sees_its_own_part_only():
    config = parse_config(GOOD)
    other = parse_config(GOOD.replace("visit + (1", "visit + x + (1", 1))
    assert part_text(config, "fit", "first") == part_text(other, "fit", "first")
    assert part_text(config, "fit", "later") != part_text(other, "fit", "later")
    assert part_text(config, "harmonise") == part_text(other, "harmonise")
    assert json.loads(part_text(config, "fit", "first")) == part(config, "fit", "first")


def test_an_exhibit_names_its_models_in_the_order_of_the_configuration():
    config = parse_config(GOOD)
    assert exhibit_models(config, "figure-1") == ("first", "later")
    assert exhibit_models(config, "table-1") == ("first", "later")
    wrong = parse_config(GOOD.replace("[later, first]", "[latr]"))
    with pytest.raises(StudyError, match="did you mean 'later'"):
        exhibit_models(wrong, "figure-1")


@pytest.mark.parametrize(
    ("step", "item", "hint"),
    [("ingets", None, "ingest"), ("fit", "frist", "first"), ("draw", "figure-2", "figure-1")],
)
def test_an_unknown_step_or_item_is_answered_with_the_nearest(step, item, hint):
    with pytest.raises(StudyError, match=f"did you mean '{hint}'"):
        part(parse_config(GOOD), step, item)


def test_real_data_leave_without_vectors():
    config = parse_config(GOOD)
    assert "reports/figures/figure-1.nl.svg" in released_files(config)
    real = (
        GOOD.replace("status: synthetic, truth: data/files", "status: real")
        + "release: {profile: strict10}\n"
    )
    assert not [name for name in released_files(parse_config(real)) if name.endswith(".svg")]


def test_the_files_of_a_study_are_found_or_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    config = parse_config(GOOD)
    with pytest.raises(StudyError, match="C06"):
        study_files(config.study)
    folder = tmp_path / "data" / "codebook"
    folder.mkdir(parents=True)
    entries = [
        {"file": name, "path": f"{name}.sav", "wave": "1", "group": name, "id": "nr"} for name in ("a", "b")
    ]
    (folder / "study.yaml").write_text(yaml.safe_dump({"files": entries}))
    with pytest.raises(StudyError) as caught:
        study_files(config.study)
    assert [finding.code for finding in caught.value.findings] == ["C07", "C07"]
    assert "a.sav" in str(caught.value)
    (tmp_path / "data" / "files").mkdir()
    for name in ("a", "b"):
        (tmp_path / "data" / "files" / f"{name}.sav").touch()
    assert study_files(config.study) == {"a": "a.sav", "b": "b.sav"}


def test_the_page_and_the_schema_are_in_step_with_the_code():
    assert Path("docs/config.md").read_text(encoding="utf-8") == page()
    assert Path("config.schema.json").read_text(encoding="utf-8") == json_schema()


def test_every_key_is_described():
    def walk(model, place=""):
        for name, field in model.model_fields.items():
            assert field.description, f"{place}.{name}"
            for inner in _models(field.annotation):
                walk(inner, f"{place}.{name}")

    walk(Config)


def test_the_configuration_of_the_project_fits_its_own_schema():
    jsonschema = pytest.importorskip("jsonschema")
    given = load(Path("config.yaml").read_text(encoding="utf-8"), file="config.yaml")
    jsonschema.validate(given, json.loads(json_schema()))


@pytest.mark.parametrize("folder", ["C:\\study\\data", "/data", "my data"])
def test_a_folder_that_cannot_be_is_told_without_a_pattern(folder):
    with pytest.raises(StudyError) as caught:
        parse_config(GOOD.replace("data: data/files", f"data: '{folder}'", 1))
    found = caught.value.findings[0]
    assert "no blank, drive or backslash" in found.expected
    assert "^" not in found.expected


@pytest.mark.parametrize("name", ["A1.SAV", "Sub\\b1.sav"])
def test_a_file_under_another_spelling_is_pointed_at(tmp_path, name):
    (tmp_path / "codebook").mkdir()
    (tmp_path / "data" / "sub").mkdir(parents=True)
    for path in ("a1.sav", "sub/b1.sav"):
        (tmp_path / "data" / path).write_bytes(b"")
    text = f"files:\n  - {{file: x, wave: '1', group: A, path: '{name}', id: n}}\n"
    (tmp_path / "codebook" / "study.yaml").write_text(text)
    study = SimpleNamespace(codebook=str(tmp_path / "codebook"), data=str(tmp_path / "data"))
    with pytest.raises(StudyError, match=rf"is not there; '{'a1' if name[0] == 'A' else 'sub/b1'}.sav' is"):
        study_files(study)


SHARED = """
covariates:
  background: {at_wave: {years_a: {variable: years, wave: a}}}
  help: {indicators: {both: {variable: mix, codes: ["1"]}}}
model_sets: {outcomes: [first, later]}
notes: {mind: {nl: let op, en: mind this}}
"""


def shared(**more):
    """Return GOOD with sets: what stands in ``models``, ``options`` and ``choices`` is set by the caller."""
    text = GOOD + SHARED
    if "model" in more:
        text = text.replace('"load ~ arm * visit + (1 | pid)"', more["model"])
    if "options" in more:
        text = text.replace("{models: all}", more["options"])
    return text


def test_a_set_of_columns_is_written_out_in_every_model_that_names_it():
    text = shared(model='"both ~ arm * visit + years_a + (1 | pid)"\n    covariates: [background, help]')
    made = parse_config(text).models[0]
    assert made.at_wave["years_a"].variable == "years"
    assert made.indicators["both"].codes == ("1",)
    assert made.covariates == ()
    plain = text.replace(
        "covariates: [background, help]",
        f'{TWICE}\n    indicators: {{both: {{variable: mix, codes: ["1"]}}}}',
    )
    # what a step sees says everything itself
    assert part_text(parse_config(text), "fit", "first") == part_text(parse_config(plain), "fit", "first")


def test_lists_of_models_and_notes_are_written_out_in_exhibits():
    options = "{models: outcomes, notes: [mind, {nl: a, en: b}]}"
    made = next(item for item in parse_config(shared(options=options)).exhibits if item.id == "table-1")
    assert made.options["models"] == ["first", "later"]
    assert [note["en"] for note in made.options["notes"]] == ["mind this", "b"]
    text = shared(options="{models: [outcomes, third]}")
    made = next(item for item in parse_config(text).exhibits if item.id == "table-1")
    assert made.options["models"] == ["first", "later", "third"]


def test_a_set_of_columns_is_written_out_in_the_alternatives_of_a_curve():
    options = "{choices: {age: {none: , some: {add: years_a, covariates: [background]}}}}"
    made = next(item for item in parse_config(shared(options=options)).exhibits if item.id == "table-1")
    some = made.options["choices"]["age"]["some"]
    assert some == {"add": "years_a", "at_wave": {"years_a": {"variable": "years", "wave": "a"}}}


TWICE = "at_wave: {years_a: {variable: years, wave: a}}"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"model": '"load ~ arm + years_a + (1 | pid)"\n    covariates: [backgruond]'},
            "'backgruond', which the section 'covariates' does not have; did you mean 'background'?",
        ),
        (
            {"model": '"load ~ arm + (1 | pid)"\n    covariates: [background]'},
            "'models[2]': 'at_wave.years_a' makes a column that no formula here uses",
        ),
        (
            {"model": f'"load ~ arm + years_a + (1 | pid)"\n    covariates: [background]\n    {TWICE}'},
            "'models[2]' makes the column 'years_a' twice",
        ),
        ({"options": "{models: outcoms}"}, "did you mean 'outcomes'?"),
        ({"options": "{models: [outcoms]}"}, "did you mean 'outcomes'?"),
        ({"options": "{models: al}"}, "did you mean 'all'?"),
        (
            {"options": "{notes: [mnid]}"},
            "options.notes[1]' is 'mnid', which the section 'notes' does not have; did you mean 'mind'?",
        ),
        (
            {"options": "{choices: {age: {some: {covariates: [bakground]}}}}"},
            "'exhibits[2].options.choices.age.some.covariates[1]' is 'bakground'",
        ),
    ],
)
def test_a_name_that_no_set_has_is_told_with_its_place(more, said):
    text = answer(shared(**more))
    assert said in text
    assert "C04 error" in text


@pytest.mark.parametrize(
    ("lists", "said"),
    [
        ("{outcomes: [first, latr]}", "'model_sets.outcomes' names 'latr'"),
        ("{first: [later]}", "'model_sets' calls a list 'first', which is a model or all"),
        ("{all: [later]}", "which is a model or all"),
        ("{outcomes: []}", "at least 1 item"),
    ],
)
def test_a_list_of_models_names_models_and_is_called_otherwise(lists, said):
    assert said in answer(GOOD + f"model_sets: {lists}\n")


def test_what_has_no_form_yet_is_left_to_its_kind():
    options = "{models: [[1]], notes: none, choices: {a: 1, b: {c: 2, d: {covariates: x, at_wave: 3}}}}"
    made = next(item for item in parse_config(shared(options=options)).exhibits if item.id == "table-1")
    assert made.options["choices"] == {"a": 1, "b": {"c": 2, "d": {"covariates": "x", "at_wave": 3}}}


def test_limits_of_classes_rise():
    model = '"load ~ arm + c + (1 | pid)"\n    at_wave: {c: {variable: years, wave: a, cut: [60, 40]}}'
    assert "'models[2].at_wave.c.cut': the limits of 'cut' do not rise" in answer(shared(model=model))


def test_trials_are_of_the_family_that_reads_them():
    model = '"load ~ arm + (1 | pid)"\n    trials: five'
    assert "'trials' of model 'first' is read by the family binomial only" in answer(shared(model=model))
