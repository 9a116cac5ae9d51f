"""The attack of a reader who adds up: what the released tables together say of every hidden count."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from netwerkkracht.release.rules import Rules

Key = tuple[str, ...]
# no cell of such a study holds more persons
MOST: Final = 100_000


@dataclass
class Known:
    """What a reader knows: bounds of every count, sums between counts, and which counts are hidden where.

    ``absent`` says that the panel has rows of persons who were not interviewed: missing answers then count
    them too, and do not add up to the interviews.
    """

    absent: bool = False
    bounds: dict[Key, tuple[float, float]] = field(default_factory=dict)
    sums: list[tuple[tuple[Key, ...], tuple[Key, ...]]] = field(default_factory=list)
    hidden: dict[Key, str] = field(default_factory=dict)

    def tell(self, key: Key, value: float, rules: Rules, where: str) -> None:
        """Enter one released cell: a rounded count bounds the true one, a hidden cell is at least one."""
        low, high = self.bounds.get(key, (0.0, float(MOST)))
        if math.isnan(value):
            self.hidden.setdefault(key, where)
            new = (1.0, float(MOST))
        elif value == 0:
            new = (0.0, 0.0)
        else:
            below, above = rules.slack
            floor = rules.step * math.ceil(rules.least / rules.step)
            new = (max(rules.least, value - below) if value > floor else rules.least, value + above)
        self.bounds[key] = (max(low, new[0]), min(high, new[1]))

    def add(self, parts: Iterable[Key], wholes: Iterable[Key]) -> None:
        """Enter that some counts add up to some others."""
        left, right = tuple(parts), tuple(wholes)
        for key in (*left, *right):
            self.bounds.setdefault(key, (0.0, float(MOST)))
        self.sums.append((left, right))


# enters one released table of a kind: what is known, id of the exhibit, rows, options, limits
Reader = Callable[[Known, str, Sequence[Mapping[str, str]], Mapping[str, Any], Rules], None]


@dataclass(frozen=True)
class NoCounts:
    """Why the counts of persons of a kind of exhibit tell an attacker nothing that adds up."""

    why: str


def no_counts(why: str) -> NoCounts:
    """State why a kind with counts of persons has no reader.

    Raises
    ------
    ValueError
        When no reason is given.
    """
    if not why.strip():
        raise ValueError("a reason is needed why nobody reads the counts")
    return NoCounts(why)


@dataclass(frozen=True)
class Exposed:
    """A hidden count that the tables give back: where it stands, and how narrow its bounds are."""

    key: Key
    where: str
    width: float


@dataclass(frozen=True)
class Attack:
    """The outcome: hidden counts, those given back, those that only rounding keeps, and broken sums."""

    hidden: int
    exposed: tuple[Exposed, ...]
    by_rounding: int
    inconsistent: int


def attack(known: Known, rules: Rules) -> Attack:
    """Bound every hidden count by integer programming over all tables that touch it.

    Parameters
    ----------
    known
        Released counts, hidden ones and the sums between them.
    rules
        Limits. A hidden count is safe when its bounds are ``least`` persons apart; where rounded counts
        bound it, the slack of one rounded count will do (``step - 2``, for the reader knows it is not zero).

    Returns
    -------
    Attack

    Notes
    -----
    The tables fall apart into sets that share no count; each set is a small program of its own. A set that
    has no solution contradicts itself (its tables are about different persons) and tells nothing.
    """
    exposed: list[Exposed] = []
    by_rounding = inconsistent = 0
    enough = rules.least if rules.step < 3 else min(rules.least, rules.step - 2)
    for keys, sums in _apart(known):
        inside = [key for key in keys if key in known.hidden]
        if not inside:
            continue
        limits = _limits(keys, sums, known.bounds, inside)
        if limits is None:
            inconsistent += len(inside)
            continue
        for key, (low, high) in limits.items():
            if high - low < enough:
                exposed.append(Exposed(key, known.hidden[key], high - low))
            elif high - low < rules.least:
                by_rounding += 1
    return Attack(len(known.hidden), tuple(exposed), by_rounding, inconsistent)


Sums = list[tuple[tuple[Key, ...], tuple[Key, ...]]]


def _apart(known: Known) -> list[tuple[list[Key], Sums]]:
    """Return the counts in sets that no sum joins, each with its sums."""
    parent = {key: key for key in known.bounds}

    def root(key: Key) -> Key:
        while parent[key] != key:
            parent[key] = parent[parent[key]]
            key = parent[key]
        return key

    for left, right in known.sums:
        first, *others = (*left, *right)
        for other in others:
            parent[root(other)] = root(first)
    sets: dict[Key, tuple[list[Key], Sums]] = {}
    for key in known.bounds:
        sets.setdefault(root(key), ([], []))[0].append(key)
    for one in known.sums:
        sets[root((*one[0], *one[1])[0])][1].append(one)
    return list(sets.values())


def _limits(
    keys: Sequence[Key], sums: Sums, bounds: Mapping[Key, tuple[float, float]], wanted: Sequence[Key]
) -> dict[Key, tuple[float, float]] | None:
    """Return the least and the most that each wanted count can be; None where nothing fits."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    if any(bounds[key][0] > bounds[key][1] for key in keys):
        return None
    place = {key: number for number, key in enumerate(keys)}
    matrix = np.zeros((len(sums), len(keys)))
    for row, (left, right) in enumerate(sums):
        for key in left:
            matrix[row, place[key]] += 1.0
        for key in right:
            matrix[row, place[key]] -= 1.0
    box = Bounds([bounds[key][0] for key in keys], [bounds[key][1] for key in keys])
    rules: Any = [LinearConstraint(matrix, 0.0, 0.0)] if sums else []
    found = {}
    for key in wanted:
        ends = []
        for sign in (1.0, -1.0):
            aim = np.zeros(len(keys))
            aim[place[key]] = sign
            solved = milp(aim, constraints=rules, integrality=np.ones(len(keys)), bounds=box)
            if solved.x is None:
                return None
            ends.append(round(float(solved.x[place[key]])))
        found[key] = (float(ends[0]), float(ends[1]))
    return found
