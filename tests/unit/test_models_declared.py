"""What models declare is held against the codebook before anything is fitted."""

import json
from dataclasses import replace

import analysis_study as study
import pytest

from netwerkkracht.analysis.models.declared import curve_faults, model_faults
from netwerkkracht.study.config.reading import parse_config
from netwerkkracht.study.curve import Curve
from netwerkkracht.study.facts import VariableFacts

LABEL = {"nl": "x", "en": "x"}
AT_A = {"formula": "mood ~ arm * visit + s + (1 | pid)"}
OF_B = {"formula": "b ~ arm * visit + (1 | pid)", "family": "binomial"}


def facts():
    """Return the facts of the invented study, with a date."""
    known = study.facts()
    return replace(known, variables={**known.variables, "day": VariableFacts("day", LABEL, "date")})


def told(**more):
    model = {"id": "m", "order": 1, "role": "primary", "label": LABEL, "family": "gaussian",
             "formula": "mood ~ arm * visit + (1 | pid)"}  # fmt: skip
    given = {
        "study": {"codebook": "c", "data": "d", "status": "synthetic", "truth": "t"},
        "seed": 1,
        "models": [{**model, **more}],
        "report": {"source": "r", "languages": ["nl", "en"]},
    }
    return [
        f"{found.what} | {found.expected}"
        for found in model_faults(parse_config(json.dumps(given)).models, facts())
    ]


def test_a_sound_model_passes():
    made = {
        "at_wave": {"school_a": {"variable": "school", "wave": "a"},
                    "years_a": {"variable": "years", "wave": "a", "cut": [40, 60]}},
        "indicators": {"both": {"variable": "mix", "codes": ["1", "2"]}},
        "formula": "load ~ arm * visit + log(years) + I(mood^2) + school_a + years_a + both + (1 | pid)",
        "family": "binomial",
        "trials": "load",
    }  # fmt: skip
    assert told(**made) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {**AT_A, "at_wave": {"s": {"variable": "shool", "wave": "a"}}},
            "the variable 'shool', which is not there; did you",
        ),
        ({**AT_A, "at_wave": {"s": {"variable": "school", "wave": "9"}}}, "the wave '9', which is not there"),
        (
            {**OF_B, "indicators": {"b": {"variable": "mixx", "codes": ["1"]}}},
            "the variable 'mixx', which is not there",
        ),
        (
            {**OF_B, "indicators": {"b": {"variable": "mix", "codes": ["9"]}}},
            "the code '9', which is not there",
        ),
        (
            {"family": "binomial", "trials": "lood"},
            "the variable 'lood', which is not there; did you mean 'mood'",
        ),
        ({"formula": "mood ~ arm * visit + (1 | pid"}, "cannot be read: ')' was expected"),
        ({"formula": "mood ~ arm * visit + sqr(years) + (1 | pid)"}, "the function sqr() is not known"),
        ({"formula": "moood ~ arm * visit + (1 | pid)"}, "'moood', which is not there; did you mean 'mood'?"),
        ({"formula": "mood ~ arm * visit + (1 | pidd)"}, "'pidd', which is not there; did you mean 'pid'?"),
        ({"formula": "mood ~ arm * vist + (1 | pid)"}, "'vist', which is not there; did you mean 'visit'?"),
        ({"formula": "arm ~ visit + (1 | pid)"}, "the outcome 'arm', which is no number"),
        ({"formula": "mood ~ arm + day + (1 | pid)"}, "uses 'day', a date, as a number"),
        ({**AT_A, "at_wave": {"s": {"variable": "day", "wave": "a"}}}, "takes 'day', a date"),
        (
            {**AT_A, "at_wave": {"s": {"variable": "school", "wave": "a", "cut": [1.5]}}},
            "cuts 'school', which is no number",
        ),
        ({"family": "binomial"}, "the outcome 'mood', which is more than yes or no"),
    ],
)
def test_a_name_that_is_not_there_is_told(more, said):
    found = told(**more)
    assert len(found) == 1
    assert said in found[0]


def of_curve(choices, known=None):
    found = curve_faults(
        "figure-1", study.model("mood ~ arm * visit + (1 | pid)"), Curve(choices=choices), known
    )
    return [str(fault) for fault in found]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"outcome": "lood"}, "'choices.what.other.outcome' of exhibit 'figure-1' names the variable 'lood'"),
        ({"outcome": "pid"}, "has the outcome 'pid', which is no number"),
        ({"add": "shool"}, "names the variable 'shool', which is not there; did you mean 'school'?"),
        ({"add": "school + "}, "cannot be read"),
        ({"add": "day"}, "uses 'day', a date, as a number"),
        ({"add": "s", "at_wave": {"s": {"variable": "school", "wave": "z"}}}, "names the wave 'z'"),
        ({"outcome": "b", "indicators": {"b": {"variable": "mix", "codes": ["7"]}}}, "names the code '7'"),
        ({"route": "weights", "family": "poisson"}, "declared under 'impossible'"),
        ({}, "none and other are the same analysis"),
    ],
)
def test_an_alternative_that_cannot_be_analysed_is_told(change, said):
    (found,) = of_curve({"what": {"none": None, "other": change}}, facts())
    assert said in found.replace("none+", "")
    assert "config.yaml" in found


def test_without_a_codebook_alternatives_are_still_read():
    assert of_curve({"what": {"none": None, "other": {"add": "whatever"}}}) == []
    (found,) = of_curve({"what": {"none": None, "other": {"add": "(x"}}})
    assert "cannot be read" in found
