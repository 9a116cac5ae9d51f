"""Worked examples: values done by hand against the panel (T01), the guard against a forgotten reversal."""

from __future__ import annotations

from typing import Any

import numpy as np

from netwerkkracht.codebook.book import Codebook
from netwerkkracht.codebook.codelists import number
from netwerkkracht.codebook.types import REASONS, Example, number_text
from netwerkkracht.errors import Finding
from netwerkkracht.harmonise.reasons import VALID, from_column

TOLERANCE = 1e-9


def check_examples(codebook: Codebook, panel: Any, *, linked: bool = True) -> list[Finding]:
    """Compare every worked example with the panel; a difference, or a person who is not there, is T01.

    While linking is in error (``linked`` off), persons who are not there say nothing.
    """
    study = codebook.study
    if not codebook.examples:
        return []
    people = panel[study.person].to_numpy(dtype=object)
    wanted = {example.person_id for example in codebook.examples}
    rows = np.flatnonzero(np.isin(people.astype(str), sorted(wanted)))
    waves = panel[study.wave].astype(str).to_numpy()
    place = {(str(people[row]), waves[row]): row for row in rows}
    found = []
    for line, example in enumerate(codebook.examples, start=2):
        row = place.get((example.person_id, example.wave))
        if row is None:
            if linked:
                found.append(_failed(example, line, "no row of this person in this wave"))
            continue
        got = _shown(panel, example.variable, int(row))
        if not _equal(example.expected, got):
            found.append(_failed(example, line, f"the panel has {got}"))
    return found


def _shown(panel: Any, variable: str, row: int) -> str:
    reason = int(from_column(panel[f"{variable}__reason"].iloc[[row]])[0])
    if reason != VALID:
        return f".{REASONS[reason]}"
    value = panel[variable].iloc[row]
    return str(value) if isinstance(value, str) else number_text(float(value))


def _equal(expected: str, got: str) -> bool:
    first, second = number(expected), number(got)
    if first is not None and second is not None:
        return abs(first - second) <= TOLERANCE * max(1.0, abs(first))
    return expected == got


def _failed(example: Example, line: int, got: str) -> Finding:
    return Finding(
        "T01",
        "error",
        f"the worked example on line {line} of examples.csv fails: expected {example.expected}, {got}",
        variable=example.variable,
        wave=example.wave,
        expected=example.expected,
        action="check the code list (a forgotten reversal?) or the example",
    )
