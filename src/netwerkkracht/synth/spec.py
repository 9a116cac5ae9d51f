"""Typed facts of a specification: who is in the study, how values arise, what the files hold."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netwerkkracht.core.errors import fail
from netwerkkracht.core.words import ByLanguage


@dataclass(frozen=True)
class Arm:
    """One group of the roster; ``retained`` counts the persons still there in each later wave."""

    name: str
    persons: int
    person_id: str
    retained: Mapping[str, int]
    clusters: tuple[int, ...]
    cluster: str


@dataclass(frozen=True)
class Node:
    """How one variable, or one family of variables, comes about; ``options`` depend on ``kind``."""

    name: str
    kind: str
    options: Mapping[str, Any]
    outputs: tuple[str, ...]

    def get(self, option: str, default: Any = None) -> Any:
        """Return an option of this node."""
        return self.options.get(option, default)


@dataclass(frozen=True)
class Target:
    """An exact count: so many persons of a group and set hold this code (or this reason) in this wave."""

    id: str
    node: str
    wave: str
    group: str
    set: str
    code: str
    count: int
    statistic: str
    source: str


@dataclass(frozen=True)
class Sign:
    """A direction that the written study has to show."""

    id: str
    kind: str
    variables: tuple[str, ...]
    codes: tuple[float, ...]
    against: tuple[str, ...]
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    set: str
    operator: str
    threshold: float
    statement: str


@dataclass(frozen=True)
class Witness:
    """A cell that is the same in every written study: examples worked out by hand hold for each seed."""

    person: str
    wave: str
    variable: str
    value: str


@dataclass(frozen=True)
class Question:
    """One variable of one file, as the fieldwork stored it."""

    file: str
    variable: str
    label: str
    kind: str
    sources: tuple[str, ...]
    answers: str
    slot: str
    measure: str


@dataclass(frozen=True)
class Answer:
    """One stored code: its label, the value or ``.reason`` it stands for, whether declared missing."""

    code: str
    label: str
    value: str
    declared: bool


@dataclass(frozen=True)
class SourceFile:
    """One delivered file and how it writes the persons' ids."""

    file: str
    path: str
    group: str
    wave: str
    encoding: str
    label: str
    id: Mapping[str, Any]


@dataclass(frozen=True)
class Fault:
    """Something planted on purpose, and the code under which harmonisation has to report it."""

    fault: str
    file: str
    finding: str
    options: Mapping[str, Any]


@dataclass(frozen=True)
class Assumption:
    """One assumed number or list of numbers, with where it comes from and why."""

    parameter: str
    value: str
    tag: str
    source: str
    reason: ByLanguage


@dataclass(frozen=True)
class Spec:
    """A whole specification; see ``docs/synthetic-study.md``."""

    study: str
    person: str
    group: str
    wave: str
    waves: tuple[str, ...]
    tags: tuple[str, ...]
    arms: tuple[Arm, ...]
    dropout: Mapping[str, str]
    traits: Mapping[str, Mapping[str, Any]]
    nodes: Mapping[str, Node]
    made_by: Mapping[str, str]
    assumptions: Mapping[str, Assumption]
    targets: tuple[Target, ...]
    signs: tuple[Sign, ...]
    files: tuple[SourceFile, ...]
    questions: Mapping[str, tuple[Question, ...]]
    answers: Mapping[str, tuple[Answer, ...]]
    faults: tuple[Fault, ...]
    witnesses: tuple[Witness, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    # what follows from the assumptions alone, kept by who works it out
    edges: dict[Any, tuple[Any, Any]] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def variables(self) -> tuple[str, ...]:
        """Names of the canonical variables, in the order of the specification."""
        return tuple(name for name in self.made_by if not name.startswith("_"))

    def reason(self, tag: str) -> int:
        """Return the number that stands for a reason; 0 stands for a valid value."""
        return self.tags.index(tag) + 1

    def find(self, parameter: str, *more: str) -> str | None:
        """Return the most specific assumption: ``p.group.wave``, ``p.group``, ``p.wave``, then ``p``."""
        group, wave = more or ("", "")
        for name in (f"{parameter}.{group}.{wave}", f"{parameter}.{group}", f"{parameter}.{wave}", parameter):
            if name in self.assumptions:
                return self.assumptions[name].value
        return None

    def numbers(self, parameter: str, *more: str) -> tuple[float, ...]:
        """Return an assumption as numbers.

        Raises
        ------
        StudyError
            ``S02`` when no assumption of that name exists.
        """
        text = self.find(parameter, *more)
        if text is None:
            raise fail(
                "S02",
                f"no assumption is called '{parameter}'",
                expected=f"a row '{parameter}' in assumptions.csv, with or without a group and a wave",
                action="add it with tag, source and reason",
            )
        return tuple(float(part) for part in text.split())

    def number(self, parameter: str, *more: str) -> float:
        """Return an assumption that is one number."""
        return self.numbers(parameter, *more)[0]
