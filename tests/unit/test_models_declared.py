"""What models declare is held against the codebook before anything is fitted."""

import json

import analysis_study as study
import pytest

from netwerkkracht.analysis.models.declared import model_faults
from netwerkkracht.study.config.reading import parse_config

LABEL = {"nl": "x", "en": "x"}


def told(**more):
    model = {"id": "m", "order": 1, "role": "primary", "label": LABEL, "family": "gaussian",
             "formula": "mood ~ arm * visit + (1 | pid)"}  # fmt: skip
    given = {
        "study": {"codebook": "c", "data": "d", "status": "synthetic", "truth": "t"},
        "seed": 1,
        "models": [{**model, **more}],
        "report": {"source": "r"},
    }
    return [
        f"{found.what} | {found.expected}"
        for found in model_faults(parse_config(json.dumps(given)), study.facts())
    ]


def test_a_sound_model_passes():
    made = {
        "at_wave": {"school_a": {"variable": "school", "wave": "a"}},
        "indicators": {"both": {"variable": "mix", "codes": ["1", "2"]}},
        "means": {"term": "arm", "by": "visit"},
        "trials": "load",
    }
    assert told(**made) == []


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            {"at_wave": {"s": {"variable": "shool", "wave": "a"}}},
            "the variable 'shool', which is not there; did you",
        ),
        ({"at_wave": {"s": {"variable": "school", "wave": "9"}}}, "the wave '9', which is not there"),
        (
            {"indicators": {"b": {"variable": "mixx", "codes": ["1"]}}},
            "the variable 'mixx', which is not there",
        ),
        ({"indicators": {"b": {"variable": "mix", "codes": ["9"]}}}, "the code '9', which is not there"),
        ({"trials": "lood"}, "the variable 'lood', which is not there; did you mean 'mood'"),
        ({"means": {"term": "school", "by": "visit"}}, "means of school by visit, which are not reported"),
        ({"means": {"term": "arm"}}, "| means: {term: arm, by: visit}"),
    ],
)
def test_a_name_that_is_not_there_is_told(more, said):
    found = told(**more)
    assert len(found) == 1
    assert said in found[0]
