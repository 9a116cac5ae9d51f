"""Composite cells of tables, and readable names of model terms."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from netwerkkracht.core.display import Lang
from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.exhibits.words import WORDS
from netwerkkracht.study.facts import Facts

TERMS = WORDS.within("terms")
THRESHOLD = re.compile(r"^(.+)\|(.+)$")


class Spoken(Mapping[str, str]):
    """A text of a table that is made in the language in which it is printed."""

    def __init__(self, make: Callable[[Lang], str]) -> None:
        """Take what makes it in a language."""
        self.make = make

    def __getitem__(self, lang: Lang) -> str:
        """Return the text in a language."""
        return self.make(lang)

    def __iter__(self) -> Iterator[Lang]:
        """Iterate over the languages that there are words in."""
        return iter(LANGUAGES.languages)

    def __len__(self) -> int:
        """Return in how many languages there are words."""
        return len(LANGUAGES.languages)


def spoken_cell(row: Mapping[str, Any], stem: str) -> Spoken:
    """Return a text that a row holds in every language of the study, in columns ``STEM_LANGUAGE``."""
    return Spoken(lambda lang: str(row[f"{stem}_{lang}"]))


def absent(value: Any) -> bool:
    """Whether a cell read from a CSV holds nothing."""
    return value is None or (isinstance(value, float) and math.isnan(value))


def lower_first(text: str) -> str:
    """Return a label with a small first letter, unless it starts with an abbreviation."""
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def without_stem(labels: Sequence[str]) -> list[str]:
    """Drop what the labels of a block of questions share up to a colon: ``Help from: GP`` -> ``GP``."""
    stems = {label.partition(": ")[0] for label in labels if ": " in label}
    if len(stems) == 1 and all(": " in label for label in labels):
        return [label.partition(": ")[2] for label in labels]
    return [lower_first(label) for label in labels]


def term_label(term: str, facts: Facts, lang: Lang, labels: dict[str, str] | None = None) -> str:
    """Return a coefficient's name in words: ``groupWT:wave2`` as the labels of its group and wave.

    ``labels`` gives the codebook variable behind a column that a model made itself.
    """
    if term == "(Intercept)":
        return TERMS[lang]["intercept"]
    cut = THRESHOLD.match(term)
    if cut:
        return TERMS[lang]["threshold"].format(below=cut[1], above=cut[2])
    return " × ".join(_part(part, facts, lang, labels or {}) for part in term.split(":"))


def _part(part: str, facts: Facts, lang: Lang, labels: dict[str, str]) -> str:
    if part.startswith(facts.group) and part[len(facts.group) :] in facts.groups:
        return facts.group_label(part[len(facts.group) :], lang)
    if part.startswith(facts.wave) and part[len(facts.wave) :] in facts.waves:
        return facts.wave_label(part[len(facts.wave) :], lang)
    names = sorted({*facts.variables, *labels}, key=len, reverse=True)
    for name in names:
        known = facts.variable(labels.get(name, name))
        if part == name:
            return lower_first(known.label[lang])
        if part.startswith(name) and part[len(name) :] in {code for code, _ in known.codes}:
            return f"{lower_first(known.label[lang])}: {known.code_label(part[len(name) :], lang)}"
    return part
