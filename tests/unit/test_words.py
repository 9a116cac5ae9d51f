"""Words stand in data files: every language says the same things, and what is not said is named."""

import re
from importlib.resources import files

import pytest

from netwerkkracht.core import strict_yaml
from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.core.words import ByLanguage, Section
from netwerkkracht.run.spoken import LAYERS

PACKAGES = tuple(f"netwerkkracht.{layer}" for layer in LAYERS)

EXHIBITS = "netwerkkracht.exhibits.words"


def said(package, lang):
    """Return every text of a language by its dotted key, with the names in braces it holds."""
    text = (files(package) / f"{lang}.yaml").read_text(encoding="utf-8")
    waiting = [("", strict_yaml.load(text, file=lang))]
    found = {}
    while waiting:
        at, held = waiting.pop()
        if isinstance(held, dict):
            waiting += [(f"{at}.{key}", inner) for key, inner in held.items()]
        elif isinstance(held, list):
            # how many words there are differs, such as those that claim a cause
            assert all(isinstance(inner, str) and inner.strip() for inner in held), at
            found[at] = []
        else:
            assert isinstance(held, str), at
            assert held.strip(), at
            found[at] = sorted(set(re.findall(r"\{(\w*)[^}]*\}", held)))
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_every_language_has_the_same_keys_and_the_same_names_in_braces(package):
    languages = Section(package).languages
    assert set(languages) == set(LANGUAGES.languages)
    first, *others = (said(package, lang) for lang in languages)
    for other in others:
        assert other == first


def test_a_text_is_found_in_one_language_and_in_all():
    units = Section(EXHIBITS, ("units",))
    assert units["en"]["persons"] == "persons"
    assert "personen" in units.each("persons").values()
    assert units["en"].get("nothing", "of the kind") == "of the kind"
    assert "persons" in units.digestible("en")
    assert "persons" in units
    assert "person" not in units


def test_values_are_put_into_every_language():
    made = Section(EXHIBITS).each("simulation_error", of="power")
    assert all("`power`" in text for text in made.values())


@pytest.mark.parametrize(
    ("path", "lang", "key", "place"),
    [
        (("units",), "en", "person", r"words/en\.yaml[\s\S]*units\.person|units\.person[\s\S]*persons"),
        (("unit",), "en", "text", r"'unit'; did you mean 'units'"),
        (("units",), "xx", "text", r"'xx'"),
    ],
)
def test_what_is_not_said_is_named_with_file_and_key(path, lang, key, place):
    with pytest.raises(StudyError, match=place) as told:
        Section(EXHIBITS, path)[lang][key]
    assert told.value.findings[0].code == "L02"
    assert "words" in told.value.findings[0].file


def test_a_text_of_a_study_is_said_in_the_first_language_where_its_own_is_missing():
    text = ByLanguage({"nl": "", "en": "people", "de": "Leute"}, "n")
    assert [text[lang] for lang in ("en", "de", "nl", "fr")] == ["people", "Leute", "people", "people"]
    assert (list(text), "nl" in text, "de" in text) == (["en", "de"], False, True)
    assert text.within(("de", "nl")) == {"de": "Leute", "nl": "people"}
    assert ByLanguage({}, "n")["nl"] == "n"
    assert not ByLanguage({"nl": ""})
