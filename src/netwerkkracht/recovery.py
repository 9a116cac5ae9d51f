"""Whether the panel is the truth: cell by cell, and each planted fault reported by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from netwerkkracht.errors import Finding, StudyError

REASON = "__reason"
TOLERANCE = 1e-9
"""Relative: two ways to add the same numbers may differ in the last digits, never more."""


@dataclass(frozen=True)
class FaultReport:
    """One planted fault and whether harmonisation reported it."""

    fault: str
    file: str
    reported: bool
    nl: str
    en: str


@dataclass(frozen=True)
class Recovery:
    """Result of a comparison: counts only, no values and no ids.

    A cell is one canonical variable of one person in one wave: its value or, where it is missing, its
    reason. ``differing`` counts unequal cells by variable; a variable that only one side has differs in
    every row. ``unplanned`` counts rows set aside that were not planted.
    """

    rows_truth: int
    rows_panel: int
    rows_common: int
    cells: int
    equal: int
    differing: Mapping[str, int] = field(default_factory=dict)
    faults: tuple[FaultReport, ...] = ()
    unplanned: int = 0

    @property
    def complete(self) -> bool:
        """Whether every cell is equal and every planted fault was reported."""
        same_rows = self.rows_truth == self.rows_panel == self.rows_common
        reported = all(fault.reported for fault in self.faults)
        return same_rows and self.cells == self.equal > 0 and reported and not self.unplanned

    def as_dict(self) -> dict[str, Any]:
        """Return everything as JSON can hold it."""
        return {**asdict(self), "complete": self.complete}

    def require(self) -> Recovery:
        """Return this result when complete.

        Raises
        ------
        StudyError
            ``V01`` cells differ, ``V02`` rows differ, ``V03`` a planted fault was not reported, ``V04`` rows
            were set aside that nobody planted; all that apply, at once.
        """
        if self.complete:
            return self
        raise StudyError(list(self._findings()))

    def _findings(self) -> Iterable[Finding]:
        for variable, count in self.differing.items():
            yield Finding(
                "V01",
                "error",
                "cells of the panel differ from the truth",
                variable=variable,
                count=count,
                expected="the value, or the reason it is missing, that the truth holds",
                action="compare the variable's rows in sources.csv and codes.csv with the questionnaire",
            )
        if not self.rows_truth == self.rows_panel == self.rows_common or not self.cells:
            yield Finding(
                "V02",
                "error",
                f"the panel has {self.rows_panel} rows, {self.rows_common} of them also in the truth",
                expected=f"the {self.rows_truth} rows of the truth",
                action="compare the key table and the linking decisions with what was set aside",
            )
        for fault in self.faults:
            if not fault.reported:
                yield Finding(
                    "V03",
                    "error",
                    f"the planted fault was not reported: {fault.en}",
                    file=fault.file,
                    expected="a finding, and the row among those set aside",
                    action="see which check covers it in docs/findings.md",
                )
        if self.unplanned:
            yield Finding(
                "V04",
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
    ours, theirs = _indexed(panel, keys), _indexed(truth, keys)
    shared = ours.index.intersection(theirs.index)
    differing, width = _differences(ours.loc[shared], theirs.loc[shared])
    cells = len(shared) * width
    notes = [finding if isinstance(finding, Mapping) else asdict(finding) for finding in findings]
    aside = _counts(set_aside)
    return Recovery(
        rows_truth=len(theirs),
        rows_panel=len(ours),
        rows_common=len(shared) if ours.index.is_unique and theirs.index.is_unique else 0,
        cells=cells,
        equal=cells - sum(differing.values()),
        differing=differing,
        faults=tuple(_report(fault, notes, aside) for fault in planted["faults"]),
        unplanned=_unplanned(planted["faults"], aside),
    )


def _differences(left: Any, right: Any) -> tuple[dict[str, int], int]:
    """Return unequal cells by variable, and how many variables there are on either side."""
    known, wanted = ([name for name in frame.columns if not name.endswith(REASON)] for frame in (left, right))
    everything = [*wanted, *(name for name in known if name not in set(wanted))]
    both = set(known) & set(wanted)
    counts = {name: _unequal(left, right, name) if name in both else len(right) for name in everything}
    return {name: count for name, count in counts.items() if count}, len(everything)


def _indexed(frame: Any, keys: list[str]) -> Any:
    """Return the frame without copies of a row, by its key columns as text."""
    made = frame.copy()
    for key in keys:
        made[key] = made[key].astype(str)
    return made.set_index(keys)


def _unequal(left: Any, right: Any, name: str) -> int:
    """Return how many cells differ in value or in reason."""
    import numpy as np
    import pandas as pd

    why_left, why_right = (_texts(frame.get(f"{name}{REASON}"), len(frame)) for frame in (left, right))
    first, second = (
        pd.to_numeric(frame[name], errors="coerce").to_numpy(dtype=float) for frame in (left, right)
    )
    close = np.isclose(first, second, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=False)
    same = close | (_texts(left[name], len(left)) == _texts(right[name], len(right)))
    return int((~same | (why_left != why_right)).sum())


def _texts(column: Any, length: int) -> Any:
    """Return cells as text, a missing cell as an empty text."""
    import numpy as np

    if column is None:
        return np.full(length, "", dtype=object)
    cells = column.astype(object).to_numpy()
    return np.array(["" if cell is None or cell != cell else str(cell) for cell in cells], dtype=object)  # noqa: PLR0124  # NaN


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
    return FaultReport(fault["fault"], fault["file"], named, fault["nl"], fault["en"])


def _unplanned(faults: Sequence[Mapping[str, Any]], aside: Mapping[tuple[str, str], int] | None) -> int:
    """Return how many rows were set aside beyond the planted ones."""
    left = dict(aside or {})
    for fault in faults:
        place = (fault["file"], fault["set_aside"])
        if place in left:
            left[place] = max(left[place] - fault["count"], 0)
    return sum(left.values())
