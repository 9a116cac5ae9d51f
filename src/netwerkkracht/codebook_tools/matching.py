"""Proposes which variables of different files are the same question, by name and by label."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from netwerkkracht.study.codebook.codelists import fold

ALIKE = 0.75


@dataclass(frozen=True)
class Held:
    """A variable of a file: name, label and kind, and how it was matched."""

    name: str
    label: str
    numeric: bool
    how: str = "new"
    score: float = 1.0


Group = tuple[str, dict[str, Held]]


def match_variables(files: Mapping[str, Sequence[Held]]) -> list[Group]:
    """Group variables of several files that seem to be the same question.

    Parameters
    ----------
    files
        Variables per file, in file order.

    Returns
    -------
    list of (name, members)
        A canonical name and the variable of each file, each with how it was matched (name and label, label,
        name, label alike) and a score from 0 to 1. A variable belongs to one group; a proposal only.
    """
    groups: list[dict[str, Held]] = []
    for file, held in files.items():
        left = list(held)
        for step in (_same_both, _same_label, _same_name, _alike):
            left = _take(groups, file, left, step)
        groups += [{file: variable} for variable in left]
    taken: set[str] = set()
    named = []
    for members in groups:
        name = canonical_name(next(iter(members.values())).name, taken)
        taken.add(name)
        named.append((name, members))
    return named


def _take(groups: list[dict[str, Held]], file: str, left: list[Held], step: object) -> list[Held]:
    rest = []
    for variable in left:
        best: tuple[float, str, dict[str, Held]] | None = None
        for members in groups:
            if file in members:
                continue
            for other in members.values():
                score, how = step(variable, other)  # type: ignore[operator]
                if score and variable.numeric == other.numeric and (best is None or score > best[0]):
                    best = (score, how, members)
        if best is None:
            rest.append(variable)
        else:
            best[2][file] = replace(variable, how=best[1], score=best[0])
    return rest


def _same_both(one: Held, other: Held) -> tuple[float, str]:
    same = one.name.lower() == other.name.lower() and fold(one.label) == fold(other.label)
    return (1.0 if same else 0.0), "name and label"


def _same_label(one: Held, other: Held) -> tuple[float, str]:
    same = bool(one.label) and fold(one.label) == fold(other.label)
    return (0.95 if same else 0.0), "label"


def _same_name(one: Held, other: Held) -> tuple[float, str]:
    if one.name.lower() != other.name.lower():
        return 0.0, ""
    # the same name with another label may be another question: say how alike the labels are
    return max(0.3, _ratio(one.label, other.label)), "name"


def _alike(one: Held, other: Held) -> tuple[float, str]:
    score = _ratio(one.label, other.label)
    return (score if score >= ALIKE else 0.0), "label alike"


def _ratio(one: str, other: str) -> float:
    if not one or not other:
        return 0.0
    matcher = difflib.SequenceMatcher(None, fold(one), fold(other))
    if matcher.real_quick_ratio() < ALIKE or matcher.quick_ratio() < ALIKE:
        return 0.0
    return matcher.ratio()


def canonical_name(name: str, taken: set[str]) -> str:
    """Return a name that the codebook accepts and that is not taken."""
    base = re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_") or "v"
    base = base if base[0].isalpha() else f"v{base}"
    chosen, n = base, 1
    while chosen in taken:
        n += 1
        chosen = f"{base}_{n}"
    return chosen
