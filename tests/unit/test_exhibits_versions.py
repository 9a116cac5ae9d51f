"""Where a question was not asked alike, the exhibit that compares its answers says so; nowhere else."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from exhibit_cases import exhibit, frame, material

from netwerkkracht.exhibits import registry, versions
from netwerkkracht.exhibits.material import Exhibit
from netwerkkracht.exhibits.options import NoOptions
from netwerkkracht.run.step import part
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.config import read_config
from netwerkkracht.study.facts import BETWEEN_GROUPS, BETWEEN_WAVES, facts_from_codebook

ROOT = Path(__file__).parents[2]
TITLE = {"nl": "titel", "en": "title"}


def facts(*differs, name="load"):
    given = material().facts
    known = given.variables | {name: replace(given.variables[name], versions=frozenset(differs))}
    return replace(given, variables=known)


def said(kind, *differs):
    return registry.warnings(frame(kind), exhibit(kind), facts(*differs), "en")


def test_nothing_is_said_where_like_is_compared_with_like():
    assert said("outcomes") == []


@pytest.mark.parametrize("kind", ["outcomes", "distribution", "moves"])
def test_a_change_between_waves_is_said_where_waves_are_compared(kind):
    (line,) = said(kind, BETWEEN_WAVES)
    assert line.startswith("load (en): the question changed between the waves")


@pytest.mark.parametrize("kind", ["outcomes", "distribution", "moves", "baseline"])
def test_a_difference_between_groups_is_said_where_groups_are_compared(kind):
    assert "another answer scale" in said(kind, BETWEEN_GROUPS)[0]


@pytest.mark.parametrize(("kind", "differs"), [("baseline", BETWEEN_WAVES), ("missing", BETWEEN_GROUPS)])
def test_it_is_not_said_where_nothing_is_compared(kind, differs):
    assert said(kind, differs) == []


def test_figures_and_tables_print_it():
    given = facts(BETWEEN_WAVES)
    assert "changed between the waves" in " ".join(
        registry.notes(frame("distribution"), exhibit("distribution"), given, "en")
    )
    notes = registry.table(frame("outcomes"), exhibit("outcomes"), given).note_lines("nl")
    assert "de vraag veranderde tussen de metingen" in notes[-1]


def test_a_model_declared_confounded_is_named_under_what_shows_it():
    one = Exhibit("x", "forest", TITLE, NoOptions(), confounded=({"nl": "Ernst", "en": "Severity"},))
    assert versions.lines(pd.DataFrame(), one, facts(), "nl")[0].startswith("Ernst: de vraag veranderde")


def test_the_codebook_says_which_scales_differ():
    known = facts_from_codebook(read_codebook(ROOT / "data" / "codebook"), synthetic=True).variables
    differing = {name for name, one in known.items() if one.versions}
    assert "sev_mean" in differing
    assert {name for name in differing if known[name].parts} >= {"sev_mean"}
    assert not {"n_prob", "sup010", "zrm_sum", "djg_tot"} & differing
    assert known["sev_mean"].versions == {BETWEEN_WAVES}


def test_the_configuration_hands_on_which_models_are_confounded_and_the_title_for_these_data(tmp_path):
    text = (ROOT / "config.yaml").read_text(encoding="utf-8")
    given = read_config(ROOT / "config.yaml")
    assert "confounded" not in part(given, "figure", "figure-4")["exhibit"]
    assert "title_real" not in part(given, "table", "table-3")["exhibit"]
    text = text.replace(
        '"sup010 ~ group * wave + (1 | person_id)"',
        '"sup010 ~ group * wave + (1 | person_id)", version_confounded: true',
        1,
    )
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    labels = part(read_config(tmp_path / "config.yaml"), "figure", "figure-4")["exhibit"]["confounded"]
    assert [label["en"] for label in labels] == ["Quality of social support (0-10)"]
    text = text.replace("status: synthetic, truth: data/synthetic", "status: real").replace(
        "profile: open", "profile: strict10"
    )
    (tmp_path / "config.yaml").write_text(text, encoding="utf-8")
    title = part(read_config(tmp_path / "config.yaml"), "table", "table-3")["exhibit"]["title"]
    assert title["nl"] == "Gepubliceerd en hier berekend naast elkaar"
