"""Whether the panel is the truth: cell by cell, and each planted fault reported by name."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.core.words import ByLanguage

REASON = "__reason"
TOLERANCE = 1e-9
"""Relative: two ways to add the same numbers may differ in the last digits, never more."""


# what the record of a planted fault says of it, beside its name in every language
RECORD: Final = ("fault", "file", "finding", "set_aside", "count")
# findings are for the terminal: they are in one language
MESSAGES: Final = "en"


@dataclass(frozen=True)
class FaultReport:
    """One planted fault and whether harmonisation reported it."""

    fault: str
    file: str
    reported: bool
    said: ByLanguage


@dataclass(frozen=True)
class Recovery:
    """Result of a comparison: counts only, no values and no ids.

    A cell is one canonical variable of one person in one wave: its value or, where it is missing, its
    reason. ``differing`` counts unequal cells by variable; a variable that only one side has differs in
    every row. ``unplanned`` counts rows set aside that were not planted. ``seed`` and ``attempt`` say which
    draw the truth was.
    """

    rows_truth: int
    rows_panel: int
    rows_common: int
    cells: int
    equal: int
    differing: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[FaultReport, ...] = ()
    unplanned: int = 0
    seed: int | None = None
    attempt: int | None = None

    @property
    def complete(self) -> bool:
        """Whether every cell is equal and every planted fault was reported."""
        same_rows = self.rows_truth == self.rows_panel == self.rows_common
        reported = all(fault.reported for fault in self.faults)
        return same_rows and self.cells == self.equal > 0 and reported and not self.unplanned

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        faults = [
            {"fault": one.fault, "file": one.file, "reported": one.reported, **one.said}
            for one in self.faults
        ]
        return {**asdict(replace(self, faults=())), "faults": faults, "complete": self.complete}

    def require(self) -> Recovery:
        """Return this result when complete.

        Raises
        ------
        StudyError
            ``Z01`` cells differ, ``Z02`` rows differ, ``Z03`` a planted fault was not reported, ``Z04`` rows
            were set aside that nobody planted; all that apply, at once.
        """
        if self.complete:
            return self
        raise StudyError(list(self._findings()))

    def _findings(self) -> Iterable[Finding]:
        for variable, count in self.differing.items():
            yield Finding(
                "Z01",
                "error",
                "cells of the panel differ from the truth",
                variable=variable,
                count=count,
                expected="the value, or the reason it is missing, that the truth holds",
                action="compare the variable's rows in sources.csv and codes.csv with the questionnaire",
            )
        if not self.rows_truth == self.rows_panel == self.rows_common or not self.cells:
            yield Finding(
                "Z02",
                "error",
                f"the panel has {self.rows_panel} rows, {self.rows_common} of them also in the truth",
                expected=f"the {self.rows_truth} rows of the truth",
                action="compare the key table and the linking decisions with what was set aside",
            )
        for fault in self.faults:
            if not fault.reported:
                yield Finding(
                    "Z03",
                    "error",
                    f"the planted fault was not reported: {fault.said[MESSAGES]}",
                    file=fault.file,
                    expected="a finding, and the row among those set aside",
                    action="see which check covers it in docs/findings.md",
                )
        if self.unplanned:
            yield Finding(
                "Z04",
                "error",
                "rows were set aside that are no planted fault",
                count=self.unplanned,
                expected="only planted rows",
                action="read set_aside.csv by reason",
            )


def compare(
    panel: Any,
    truth: Any,
    planted: Mapping[str, Any],
    findings: Sequence[Finding | Mapping[str, Any]],
    set_aside: Any = None,
) -> Recovery:
    """Compare a harmonised panel with the truth it was made from.

    Parameters
    ----------
    panel, truth
        Data frames of one row per person and wave: key columns, variables, and a ``__reason`` column for
        each. Row order does not matter.
    planted
        Content of ``planted.json``: ``keys`` (names of the key columns) and ``faults``.
    findings
        Findings of the harmonisation, as objects or as read from JSON.
    set_aside
        Rows set aside as counts: ``file``, ``reason``, ``count``. None: not looked at.

    Returns
    -------
    Recovery
        Counts of equal and different cells and the reported faults.
    """
    keys = [planted["keys"][name] for name in ("person", "group", "wave")]
    ours, theirs = _row_keys(panel, keys), _row_keys(truth, keys)
    place = {key: row for row, key in enumerate(ours)}
    shared = [(place[key], row) for row, key in enumerate(theirs) if key in place]
    unique = len(place) == len(ours) and len(set(theirs)) == len(theirs)
    differing, width = _differences(panel, truth, keys, shared)
    cells = len(shared) * width
    notes = [finding if isinstance(finding, Mapping) else asdict(finding) for finding in findings]
    aside = _counts(set_aside)
    return Recovery(
        rows_truth=len(theirs),
        rows_panel=len(ours),
        rows_common=len(shared) if unique else 0,
        cells=cells,
        equal=cells - sum(differing.values()),
        differing=differing,
        faults=tuple(_report(fault, notes, aside) for fault in planted["faults"]),
        unplanned=_unplanned(planted["faults"], aside),
        seed=planted.get("seed"),
        attempt=planted.get("attempt"),
    )


def _row_keys(frame: Any, keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Return the key of each row as text."""
    return list(zip(*([str(cell) for cell in frame[key].tolist()] for key in keys), strict=True))


def _differences(
    panel: Any, truth: Any, keys: Sequence[str], shared: Sequence[tuple[int, int]]
) -> tuple[dict[str, int], int]:
    """Return unequal cells by variable over the shared rows, and how many variables there are."""
    known, wanted = (
        [name for name in frame.columns if name not in keys and not name.endswith(REASON)]
        for frame in (panel, truth)
    )
    both = set(known) & set(wanted)
    counts = {name: len(shared) for name in [*wanted, *known] if name not in both}
    left, right = ([pair[side] for pair in shared] for side in (0, 1))
    for name in both:
        counts[name] = _unequal(_cells(panel, name, left), _cells(truth, name, right))
    everything = dict.fromkeys([*wanted, *known])
    return {name: counts[name] for name in everything if counts[name]}, len(everything)


Cell = tuple[Any, str]


def _cells(frame: Any, name: str, rows: Sequence[int]) -> list[Cell]:
    """Return value (a number, a text or None) and reason of a variable in the rows."""
    held = frame[name].tolist()
    why = frame[f"{name}{REASON}"].tolist() if f"{name}{REASON}" in frame else [""] * len(held)
    return [(_plain(held[row]), _plain(why[row]) or "") for row in rows]


def _plain(value: Any) -> Any:
    """Return a number as float where the cell is one or spells one, None where it is empty, else the text."""
    if value is None or value != value or value == "":  # noqa: PLR0124  # NaN
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return str(value)


def _unequal(left: Sequence[Cell], right: Sequence[Cell]) -> int:
    """Return how many cells differ in value or in reason."""
    return sum(not _same(first, second) for first, second in zip(left, right, strict=True))


def _same(first: Cell, second: Cell) -> bool:
    if first == second:
        return True
    if first[1] != second[1] or not (isinstance(first[0], float) and isinstance(second[0], float)):
        return False
    return math.isclose(first[0], second[0], rel_tol=TOLERANCE, abs_tol=TOLERANCE)


def _counts(set_aside: Any) -> dict[tuple[str, str], int] | None:
    if set_aside is None:
        return None
    rows = zip(set_aside["file"], set_aside["reason"], set_aside["count"], strict=True)
    counts: dict[tuple[str, str], int] = {}
    for file, reason, count in rows:
        counts[str(file), str(reason)] = counts.get((str(file), str(reason)), 0) + int(count)
    return counts


def _report(
    fault: Mapping[str, Any], notes: Sequence[Mapping[str, Any]], aside: Mapping[tuple[str, str], int] | None
) -> FaultReport:
    named = any(note["code"] == fault["finding"] and note["file"] == fault["file"] for note in notes)
    if aside is not None and fault["set_aside"]:
        named = named and aside.get((fault["file"], fault["set_aside"]), 0) >= fault["count"]
    said = ByLanguage({key: text for key, text in fault.items() if key not in RECORD})
    return FaultReport(fault["fault"], fault["file"], named, said)


def _unplanned(faults: Sequence[Mapping[str, Any]], aside: Mapping[tuple[str, str], int] | None) -> int:
    """Return how many rows were set aside beyond the planted ones."""
    left = dict(aside or {})
    for fault in faults:
        place = (fault["file"], fault["set_aside"])
        if place in left:
            left[place] = max(left[place] - fault["count"], 0)
    return sum(left.values())
