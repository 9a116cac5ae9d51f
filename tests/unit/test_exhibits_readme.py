"""The README beside an exhibit explains its columns in both languages and holds nothing the CSV hides."""

import re
from dataclasses import replace

import pytest
from exhibit_cases import OPTIONS, exhibit, frame, material

from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.readme import Making, readme

MAKING = Making("exhibit", "netwerkkracht exhibit --exhibit x", ("src/a.py data",), {"panel.csv": "ab" * 32})


def text_of(kind, given=None, *, synthetic=True):
    facts = replace(material().facts, synthetic=synthetic)
    made = frame(kind) if given is None else given
    return readme(made, exhibit(kind), facts, MAKING, f"reports/tables/x-{kind}.csv", "9.9")


def parts(text):
    dutch, _, english = text.partition("## English")
    return {"nl": dutch, "en": english}


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_column_is_explained_in_both_languages(kind):
    for said in parts(text_of(kind)).values():
        rows = dict(re.findall(r"^\| `([^`]+)` \| ([^|]+) \| [^|]+ \|$", said, re.MULTILINE))
        assert list(rows) == [str(name) for name in frame(kind).columns]
        assert all(meaning.strip() for meaning in rows.values())


@pytest.mark.parametrize("kind", OPTIONS)
def test_every_column_has_a_meaning_and_a_unit_in_every_language(kind):
    known = registry.kind_of(kind)
    for column in known.columns:
        for lang in LANGUAGES.languages:
            assert all(text.strip() for text in known.meaning(column.name, lang)), column.name


@pytest.mark.parametrize("kind", OPTIONS)
def test_it_says_how_many_rows_where_from_and_how_to_cite(kind):
    text = text_of(kind)
    for needed in ("netwerkkracht exhibit --exhibit x", "`src/a.py data`", f"`panel.csv` `{'ab' * 32}`"):
        assert text.count(needed) == 1
    assert f"netwerkkracht why x-{kind}" in text
    for lang, said in parts(text).items():
        assert f"{len(frame(kind))} {'rijen' if lang == 'nl' else 'rows'}" in said
        assert "Apache-2.0" in said
        assert f"x-{kind}, {'synthetische gegevens' if lang == 'nl' else 'synthetic data'}]" in said


def test_real_data_are_never_called_synthetic():
    said = text_of("baseline", synthetic=False)
    assert "synthe" not in said.lower()
    assert "rekenmodel" not in said


def test_a_withheld_exhibit_says_so_and_nothing_else():
    given = frame("influence").head(1).assign(release="withheld")
    said = text_of("influence", given[["part", "release"]], synthetic=False)
    assert "Niet vrijgegeven" in said
    assert "Not released" in said
    assert not re.search(r"\d[.,]\d\d", parts(said)["nl"].split("### Waar")[0])


def test_equal_input_gives_equal_text():
    assert text_of("models") == text_of("models")
