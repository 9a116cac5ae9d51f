"""What models, descriptions and exhibits must know of a study: names, order, labels, fixed-by-design values.

Variable, group and wave names never stand in the code; they arrive here from the codebook.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Words = Mapping[str, str]  # language -> text


@dataclass(frozen=True)
class VariableFacts:
    """One variable of the codebook.

    ``codes`` holds the target codes in codebook order with their labels; ``structural`` the groups in which
    the value is fixed by design; ``parts`` the variables a derived index is made from.
    """

    name: str
    label: Words
    type: str = "number"
    low: float | None = None
    high: float | None = None
    codes: tuple[tuple[str, Words], ...] = ()
    structural: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    derived: str = ""

    def code_label(self, code: str, lang: str) -> str:
        """Return the label of a code, the code itself where there is none."""
        return next((words[lang] for known, words in self.codes if known == code), code)


@dataclass(frozen=True)
class Facts:
    """The design of a study.

    Groups and waves stand in order: the first group is the reference of every contrast, and the first wave
    the one changes are counted from.
    """

    person: str
    group: str
    wave: str
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    group_labels: Mapping[str, Words] = field(default_factory=dict)
    wave_labels: Mapping[str, Words] = field(default_factory=dict)
    variables: Mapping[str, VariableFacts] = field(default_factory=dict)
    tags: Mapping[str, Words] = field(default_factory=dict)
    synthetic: bool = True

    def variable(self, name: str) -> VariableFacts:
        """Return the facts of a variable; an unknown one is labelled with its own name."""
        return self.variables.get(name) or VariableFacts(name, {"nl": name, "en": name})

    def label(self, name: str, lang: str) -> str:
        """Return the label of a variable."""
        return self.variable(name).label[lang]

    def group_label(self, code: str, lang: str) -> str:
        """Return the label of a group, the code itself where there is none."""
        return self.group_labels.get(code, {}).get(lang, code)

    def wave_label(self, code: str, lang: str) -> str:
        """Return the label of a wave, the code itself where there is none."""
        return self.wave_labels.get(code, {}).get(lang, code)

    def tag_label(self, tag: str, lang: str) -> str:
        """Return a missing reason in words, the tag itself where there are none."""
        return self.tags.get(tag, {}).get(lang, tag)


def code_text(value: object) -> str:
    """Return a group, wave or category code as text: ``2.0`` and ``2`` are the same code."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
