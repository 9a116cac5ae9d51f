"""What is wrong with the exhibits of a configuration is told at once, before anything is computed."""

import json
from pathlib import Path

import pytest
from exhibit_cases import MAIN, OPTIONS, material

from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.registry import option_faults
from netwerkkracht.run.faults import exhibit_faults, number_faults, require_sound, source_faults
from netwerkkracht.run.step import part
from netwerkkracht.study.config.reading import parse_config, read_config

ROOT = Path(__file__).parents[2]
TITLE = {"nl": "titel", "en": "title"}
LABEL = {"nl": "uitkomst", "en": "outcome"}


def configuration(*exhibits):
    """Return a configuration with the models of the invented study and these (id, kind, options)."""
    models = [
        {"id": name, "order": 1, "role": "primary", "label": LABEL, "family": "gaussian",
         "formula": f"{name} ~ arm * visit + (1 | pid)"}
        for name in (*MAIN, "load_poisson", "load_complete")
    ]  # fmt: skip
    given = {
        "study": {"codebook": "c", "data": "d", "status": "synthetic", "truth": "t"},
        "seed": 1,
        "models": models,
        "operating": {"generator": "g", "studies": {"load_main": 100, "mood_main": 100}},
        "exhibits": [
            {"id": name, "kind": kind, "order": place, "title": TITLE, "options": options}
            for place, (name, kind, options) in enumerate(exhibits)
        ],
        "report": {"source": "r", "languages": ["nl", "en"]},
    }
    return parse_config(json.dumps(given))


def told(kind, options, name=None):
    form = registry.kind_of(kind).form
    config = configuration((name or f"{form}-1", kind, options))
    return [
        f"{found.code} {found.what} | {found.expected}" for found in option_faults(config, material().facts)
    ]


@pytest.mark.parametrize("kind", OPTIONS)
def test_the_options_of_a_sound_exhibit_pass(kind):
    note = {"notes": [{"nl": "ja", "en": "yes"}]}
    assert told(kind, {**OPTIONS[kind], **note}) == []


@pytest.mark.parametrize("folder", [ROOT, ROOT / "tests" / "second_study"])
def test_both_studies_pass(folder, monkeypatch):
    monkeypatch.chdir(folder)
    config = read_config(Path("config.yaml"))
    assert exhibit_faults(config) == []
    assert number_faults(config) + source_faults(config) == []
    require_sound(config)


@pytest.mark.parametrize(
    ("kind", "options", "said"),
    [
        ("flow", {"staus": "mix"}, "option 'staus', which its kind does not take; did you mean 'status'"),
        ("decisions", {"variables": ["load"]}, "option 'variables', which its kind does not take"),
        ("distribution", {}, "no option 'variable'"),
        ("distribution", {"variable": "laod"}, "'laod' is no variable of the codebook; did you mean 'load'"),
        ("distribution", {"variable": "pid"}, "'pid' is no variable"),
        ("distribution", {"variable": ["load"]}, "a list is no variable"),
        ("forest", {"models": "load_main"}, "a list with one or more names is needed"),
        ("forest", {"models": []}, "a list with one or more names is needed"),
        ("forest", {"models": None}, "a list with one or more names is needed"),
        ("forest", {"models": [1]}, "'1' is no model"),
        ("forest", {"models": ["load_main", "load_main"]}, "'load_main' stands twice"),
        ("forest", {"models": ["mood"]}, "'mood' is no model; did you mean 'mood_main'"),
        ("forest", {"models": MAIN, "contrast": "chance"}, "'chance' is no contrast; did you mean 'change'"),
        ("forest", {"models": MAIN, "wave": "z"}, "'z' is no wave"),
        ("trajectories", {"model": ["load_main"]}, "a list is no model"),
        ("upset", {"variable": "mood"}, "'mood' is not made of items"),
        ("upset", {"variable": "load", "items": 0}, "a whole number of at least 1 is needed"),
        ("upset", {"variable": "load", "largest": True}, "a whole number of at least 1 is needed"),
        ("moves", {"variable": "load", "first": "b", "last": "a"}, "goes from wave b to wave a"),
        ("transitions", {"variable": "mix", "last": "a"}, "goes from wave a to wave a"),
        ("reliability", {"scales": ["mood"]}, "'mood' is not made of items"),
        ("missing", {"by": "cells"}, "'cells' is no way to split; did you mean 'cell'"),
        ("missing-data", {"model": "load_main", "deltas": 1}, "a list of numbers is needed"),
        ("missing-data", {"model": "load_main", "imputations": 1}, "one says nothing of how they differ"),
        ("operating", {"models": ["aided_main"]}, "'aided_main' is no model that 'operating' simulates"),
        (
            "specification",
            {"model": "load_main", "choices": {}},
            "'choices' is a dict: dictionary should have at least 1 item",
        ),
        (
            "specification",
            {**OPTIONS["specification"], "impossible": [{"wen": {}}]},
            "unknown key 'impossible[1].wen'; did you mean 'when'?",
        ),
        ("models", {"models": MAIN, "notes": "mind this"}, "a list of texts in every language is needed"),
        ("models", {"models": MAIN, "notes": [{"nl": "let op"}]}, "a list of texts in every language"),
    ],
)
def test_a_mistake_is_named_with_what_was_meant(kind, options, said):
    found = told(kind, options)
    assert any(said in line for line in found), found
    assert all(line.startswith("E02 ") for line in found)


def test_a_choice_that_the_model_cannot_take_is_told_beside_a_wrong_option():
    choices = {"what": {"own": None, "other": {"outcome": "mod"}}}
    found = told("specification", {"model": "load_main", "choices": choices, "wafe": "a"})
    assert [line.partition(" ")[0] for line in found] == ["E02", "M02"]
    assert "did you mean 'wave'" in found[0]
    assert "'choices.what.other.outcome' of exhibit 'figure-1' names the variable 'mod'" in found[1]


def test_an_unknown_kind_and_a_wrong_form_are_told_together():
    config = configuration(("figure-1", "forrest", {}), ("figure-2", "models", {"models": ["x"]}))
    found = option_faults(config, None)
    assert [item.code for item in found] == ["E01", "E03", "E02"]
    assert "did you mean 'forest'" in str(found[0].expected)
    assert "which is a table" in found[1].what


def test_without_a_codebook_the_rest_is_still_checked():
    config = configuration(("figure-1", "distribution", {"variable": "anything", "wafe": "1"}))
    assert len(option_faults(config, None)) == 1


def test_all_models_means_every_model_in_order():
    config = configuration(("table-1", "models", {"models": "all"}))
    assert option_faults(config, material().facts) == []
    made = part(config, "table", "table-1")
    assert made["exhibit"]["options"]["models"] == [model["id"] for model in made["models"]]
    assert len(made["models"]) == len(config.models)


def test_a_number_that_cannot_be_printed_is_told_before_the_report():
    config = configuration(("figure-1", "flow", {}), ("table-3", "codes", {}), ("table-old", "indices", {}))
    assert option_faults(config, None) == []
    found = number_faults(config)
    assert [item.code for item in found] == ["E03"]
    assert found[0].what == "'table-3' cannot be table 3 of the text: the number of tables is 2"


def test_a_text_that_reads_what_is_not_made_is_told_before_the_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r").mkdir()
    line = "{file: %s, where: {a: b}, column: c, kind: count, meaning: {nl: x, en: x}}"
    named = {
        "kept": "reports/tables/table-1.csv",
        "gone": "reports/figures/figure-9.csv",
        "model": "results/aggregate/models/nothing.json",
        "counted": "results/aggregate/missing.csv",
    }
    lines = [f"  {key}: {line % name}" for key, name in named.items()]
    (tmp_path / "r" / "report.typ").write_text("")
    (tmp_path / "r" / "numbers.yaml").write_text("\n".join(["numbers:", *lines, ""]))
    found = source_faults(configuration(("table-1", "codes", {})))
    assert [item.code for item in found] == ["R03", "R03"]
    assert "figure-9.csv" in found[0].what
    assert "nothing.json" in found[1].what
