"""Three groups: a figure of differences has a panel for each pair, and says of which."""

from dataclasses import replace

import analysis_study as study
import pytest
from exhibit_cases import VISITS

from netwerkkracht.analysis.models.fit import fit_model
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.save import svg_bytes


@pytest.fixture(scope="module")
def material():
    facts = replace(study.facts(VISITS), groups=("new", "old", "third"), group_labels={})
    panel = study.panel(n=60, visits=VISITS)
    moved = (panel["arm"] == "old") & (panel["pid"].str[-1].astype(int) >= 5)
    panel["arm"] = panel["arm"].mask(moved, "third")
    spec = study.model("mood ~ arm * visit + (1 | pid)")
    return Material(facts, panel, {"m": fit_model(spec, panel, facts)}, {"m": spec})


def shown(kind, options):
    return registry.exhibit_from(
        {"id": "figure-1", "kind": kind, "title": study.words("t"), "options": options}
    )


@pytest.mark.parametrize("lang", ["nl", "en"])
def test_contrasts_have_a_panel_per_pair(material, lang):
    exhibit = shown("contrasts", {"models": ["m"]})
    frame = registry.make_data(exhibit, material)
    figure = registry.draw(frame, exhibit, material.facts, lang)
    said = {
        axes.get_ylabel().replace("\n", " ").replace("\u00a0", " ") for axes in figure.axes if axes.axison
    }
    between = "min" if lang == "nl" else "minus"
    said = {text.lower() for text in said}
    assert {f"new {between} old", f"new {between} third", f"old {between} third"} == said
    assert svg_bytes(figure)
    assert registry.alt_text(frame, exhibit, material.facts, lang).count("m (" + lang + "):") == 1


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("forest", {"models": ["m"]}),
        ("trajectories", {"model": "m"}),
        ("missing-data", {"model": "m", "covariates": ["years"], "imputations": 5}),
        ("balance", {"covariates": ["years", "mood"]}),
        ("influence", {"model": "m"}),
        ("flow", {"models": ["m"]}),
        ("upset", {"variable": "load"}),
        ("alluvial", {"variable": "mix"}),
    ],
)
def test_other_figures_are_drawn_too(material, kind, options):
    exhibit = shown(kind, options)
    frame = registry.make_data(exhibit, material)
    assert svg_bytes(registry.draw(frame, exhibit, material.facts, "en"))
    assert registry.alt_text(frame, exhibit, material.facts, "en")
