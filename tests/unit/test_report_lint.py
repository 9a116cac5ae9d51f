"""The traps that Typst lets pass in silence, each planted once."""

import pytest
from report_samples import FOLDER

from netwerkkracht.report import lint
from netwerkkracht.report.source import read_source


def found(name, text, **options):
    return [finding.code for finding in lint.find({name: text.encode()}, **options)]


def test_the_sample_is_clean():
    assert lint.find(read_source(FOLDER), literals=[r"\b20\d\d\b"]) == []


@pytest.mark.parametrize("text", ['[#num("lo"); #num("hi")]', "#nl[#d.lo; #d.hi]", '#word("a"); en'])
def test_a_swallowed_semicolon(text):
    assert "R20" in found("a.typ", text)


@pytest.mark.parametrize("text", ["#nl[a; b]", '#num("a")#[;] b', "// #a; b", "#let x = 1; #let y = 2"])
def test_a_semicolon_that_is_printed_or_code(text):
    assert "R20" not in found("a.typ", text)


@pytest.mark.parametrize(
    "author",
    [
        "van den Berg, Pieter",
        "Koster, Anna and van den Berg, Pieter",
        "De Jong, Gideon",
        "van Tilburg, T. and X, Y",
    ],
)
def test_a_name_particle_outside_braces(author):
    assert found("a.bib", f"  author = {{{author}}},") == ["R21"]


@pytest.mark.parametrize(
    "author", ["{van den Berg}, Pieter", "Koster, Anna and {de Jong}, G.", "Denis, A.", "Vandam, B."]
)
def test_a_name_that_is_cited_whole(author):
    assert found("a.bib", f"  author = {{{author}}},") == []


@pytest.mark.parametrize("element", ["grid", "align", "place", "columns", "rect", "line", "h", "v"])
def test_elements_that_vanish_from_html(element):
    assert found("a.typ", f"#{element}(2cm)[tekst]") == ["R22"]


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("nl", "Conferenties zorgen voor minder problemen."),
        ("nl", "Dit leidt tot meer steun."),
        ("nl", "Het effect is groot."),
        ("nl", "De eerste meting is de nulmeting."),
        ("en", "Conferences lead to fewer problems."),
        ("en", "The treatment effect was small."),
        ("en", "Wave 1 is the baseline."),
        ("en", "This caused a drop."),
    ],
)
def test_causal_wording(lang, sentence):
    assert found("a.typ", f"#{lang}[{sentence}]") == ["R23"]


@pytest.mark.parametrize(
    ("lang", "sentence"),
    [
        ("nl", "Dit is geen effect van de conferentie."),
        ("en", "Wave 1 is not a baseline."),
        ("en", "Nothing here shows a cause."),
        ("nl", "Het aantal problemen daalde."),
    ],
)
def test_wording_that_the_design_can_carry(lang, sentence):
    assert found("a.typ", f"#{lang}[{sentence}]") == []


def test_a_denial_in_one_sentence_does_not_excuse_the_next():
    assert found("a.typ", "#en[This is not so. It led to less.]") == ["R23"]


def test_a_number_typed_into_the_text():
    allowed = [r"\b20\d\d\b", r"\bwave [12]\b"]
    assert found("a.typ", "#en[In 2019 and wave 2 there were 45 people.]", literals=allowed) == ["R24"]
    assert found("a.typ", '#en[In 2019 there were #num("n_45") people.]', literals=allowed) == []


def test_a_line_that_would_become_a_list():
    assert found("a.typ", "#nl[in de jaren tot en met\n  2019. Dit gaat zo.]") == ["R20"]
    assert found("a.typ", "#nl[in de jaren tot en\n  met 2019. Dit gaat zo.]") == []


def test_a_finding_says_where():
    (finding,) = lint.find({"text/a.typ": b"\n\n#grid[x]"})
    assert finding.file == "text/a.typ:3"
