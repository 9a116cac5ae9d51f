"""The codebook as a whole, with the look-ups that everyone needs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netwerkkracht.study.codebook.types import (
    TEXT_TYPES,
    CodeList,
    Decision,
    Derived,
    Example,
    SourceRule,
    Study,
    TargetCode,
    Variable,
)
from netwerkkracht.study.codebook.words import WORDS


@dataclass(frozen=True)
class Codebook:
    """Everything a study says about its files. Made by ``read_codebook``."""

    study: Study
    variables: Mapping[str, Variable]
    targets: Mapping[str, tuple[TargetCode, ...]]
    rules: Mapping[tuple[str, str, str], SourceRule]
    codes: Mapping[str, CodeList]
    derived: Mapping[str, Derived] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()
    decisions: Mapping[str, Decision] = field(default_factory=dict)

    @property
    def cells(self) -> tuple[tuple[str, str], ...]:
        """All (wave, group) pairs that have a file, waves first."""
        held = {(entry.wave, entry.group) for entry in self.study.files}
        return tuple(
            (wave, group) for wave in self.study.waves for group in self.study.groups if (wave, group) in held
        )

    @property
    def harmonised(self) -> tuple[str, ...]:
        """Names of the variables that come from files, in the order of variables.csv."""
        return tuple(name for name in self.variables if name not in self.study.key_columns)

    @property
    def columns(self) -> tuple[str, ...]:
        """Value columns of the panel in order: variables, then derived indices."""
        return (*self.harmonised, *self.derived)

    def rule(self, variable: str, wave: str, group: str) -> SourceRule:
        """Return the one rule of a cell."""
        return self.rules[(variable, wave, group)]

    def is_text(self, name: str) -> bool:
        """Whether a panel column holds text (ids, dates, free text)."""
        if name in self.derived:
            derived = self.derived[name]
            return derived.rule == "from_wave" and self.is_text(derived.flat[0].partition("@")[0])
        return name in self.study.key_columns or self.variables[name].type in TEXT_TYPES

    def label(self, name: str, lang: str) -> str:
        """Return the label of a variable or index."""
        known = self.derived[name].label if name in self.derived else self.variables[name].label
        return known[lang]

    def value_labels(self, name: str, lang: str) -> dict[float, str]:
        """Return code -> label of a variable or index; yes/no for yes/no variables, else maybe empty."""
        if name in self.derived:
            listed = self.derived[name].targets
        else:
            listed = self.variables[name].targets
            if self.variables[name].type == "yesno" and not listed:
                said = WORDS.within("values")[lang]
                return {1.0: said["yes"], 0.0: said["no"]}
        return {item.code: item.label[lang] for item in self.targets.get(listed, ())}
