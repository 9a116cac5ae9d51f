"""Worked examples: values done by hand against the panel (T01), the guard against a forgotten reversal."""

from __future__ import annotations

from typing import Any

import numpy as np

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.reasons import VALID, from_column
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import number
from netwerkkracht.study.codebook.types import REASONS, Example, number_text

TOLERANCE = 1e-9


def check_examples(codebook: Codebook, panel: Any, *, linked: bool = True) -> list[Finding]:
    """Compare every worked example with the panel; a difference, or a person who is not there, is T01.

    A finding names the line of the example, never the person, the value expected or the value found.

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
                found.append(_failed(example, line, "the panel has no such row"))
            continue
        if not _equal(example.expected, _shown(panel, example.variable, int(row))):
            found.append(_failed(example, line, "the panel has another value"))
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


def _failed(example: Example, line: int, why: str) -> Finding:
    return Finding(
        "T01",
        "error",
        f"the worked example on line {line} of examples.csv fails: {why}",
        variable=example.variable,
        wave=example.wave,
        expected=f"the value on line {line} of examples.csv",
        action="check the code list (a forgotten reversal?) or the example",
        count=1,
    )
