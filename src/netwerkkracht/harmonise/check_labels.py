"""Checks what a file says about its codes against the crosswalk: D02, D11, D12, W01, W02, W03, W04."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from netwerkkracht.core.errors import Finding, Severity
from netwerkkracht.harmonise.columns import Column, as_numbers
from netwerkkracht.study.codebook.codelists import fold
from netwerkkracht.study.codebook.types import CodeEntry, CodeList, Variable, number_text

MISSING_WORDS = re.compile(
    r"weet\s*(ik\s*|het\s*)?niet|wil\s*niet|geen\s*(antwoord|opgave)|weiger|niet\s*van\s*toepassing"
    r"|n\.?\s?v\.?\s?t\b|onbekend|missing|do(n'?t| not)\s*know|refus|no\s*answer|not\s*applicable|\bn/?a\b"
    r"|niet\s*(ingevuld|gesteld|gevraagd|beantwoord)|not\s*(asked|answered|ascertained)",
    re.IGNORECASE,
)


class Maker(Protocol):
    """Makes findings of one rule in one file."""

    def finding(  # noqa: D102
        self, code: str, severity: Severity, what: str, count: int | None, expected: str, action: str
    ) -> Finding: ...


def _count(column: Column, value: Any) -> int:
    """Return how often a value occurs."""
    if isinstance(value, str) == column.numeric:
        return 0
    return int(column.counts[:-1][np.asarray(column.uniques == value, dtype=bool)].sum())


def _declared(column: Column) -> list[Any]:
    """Return the declared missing values: all discrete ones, and those of ranges that occur."""
    found: list[Any] = [rule for rule in column.missing if not isinstance(rule, tuple)]
    for rule in column.missing:
        if isinstance(rule, tuple) and column.numeric:
            inside = (column.uniques >= rule[0]) & (column.uniques <= rule[1])
            found += sorted(float(value) for value in column.uniques[inside])
    return list(dict.fromkeys(found))


def _covering(listed: CodeList, value: Any) -> CodeEntry | None:
    """Return the line of a list that covers a code."""
    for entry in listed.entries:
        if entry.text is not None:
            if isinstance(value, str) and fold(entry.text) == fold(value):
                return entry
        elif (
            isinstance(value, (int, float))
            and entry.low is not None
            and entry.high is not None
            and entry.low <= value <= entry.high
        ):
            return entry
    return None


def check_labels(place: Maker, column: Column, listed: CodeList) -> Iterator[Finding]:
    """D02 label differs; W01 labelled missing but not declared; W02 labelled code nobody explains."""
    for value, label in column.value_labels.items():
        if not label.strip():
            continue
        shown = number_text(value) if isinstance(value, (int, float)) else str(value)
        count = _count(column, value)
        entry = _covering(listed, value)
        if entry is None:
            if not count and not column.declares(value):
                yield place.finding(
                    "W02",
                    "warning",
                    # without its words: warnings reach the report, and words of a file only may be anybody's
                    f"the file has a label for code {shown} of '{column.name}'; the code is never seen and "
                    "not in the crosswalk",
                    0,
                    "each labelled code in the code list",
                    "see the label with inspect, and add the code to codes.csv, so that it is known",
                )
            continue
        if entry.labels and fold(label) not in {fold(known) for known in entry.labels}:
            yield place.finding(
                "D02",
                "error",
                f"code {shown} of '{column.name}' is labelled '{label}' in the file and "
                f"'{' | '.join(entry.labels)}' in the codebook",
                count,
                f"the label '{' | '.join(entry.labels)}'",
                "check what the code means in this file; give it a code list of its own if it differs",
            )
        if count and MISSING_WORDS.search(label) and not column.declares(value):
            yield _not_declared(place, column, (shown, label), count, entry)


def _not_declared(
    place: Maker, column: Column, coded: tuple[str, str], count: int, entry: CodeEntry
) -> Finding:
    shown, label = coded
    taken = f"taken as .{entry.tag}" if entry.tag else "taken as a valid value"
    # only words that the codebook has too
    words = f"'{label}'" if fold(label) in {fold(known) for known in entry.labels} else "as a missing value"
    return place.finding(
        "W01",
        "warning",
        f"code {shown} of '{column.name}' is labelled {words} but not declared missing; {taken}",
        count,
        "missing codes declared in the file",
        "nothing to do when the tag is right; tell who made the file",
    )


def check_declarations(place: Maker, column: Column, listed: CodeList | None) -> Iterator[Finding]:
    """D12 declared missing but mapped to a valid code; D11 (warning) declared, unexplained and never seen."""
    if listed is None:
        return
    for value in _declared(column):
        entry = _covering(listed, value)
        shown = number_text(value) if isinstance(value, (int, float)) else str(value)
        if entry is None and not _count(column, value):
            yield place.finding(
                "D11",
                "warning",
                f"code {shown} of '{column.name}' is declared missing, never seen and not in the crosswalk",
                0,
                "a line with a tag for each declared missing code",
                "add the code to codes.csv with its tag",
            )
        elif entry is not None and not entry.tag:
            decided = bool(entry.decision)
            said = f"; taken as valid by decision {entry.decision}" if decided else ""
            yield place.finding(
                "D12",
                "warning" if decided else "error",
                f"code {shown} of '{column.name}' is declared missing in the file but a valid value in the "
                f"crosswalk{said}",
                _count(column, value),
                "declared missing codes mapped to a tag",
                "give the code a tag, or write the decision that it is valid",
            )


def check_widths(
    place: Maker, column: Column, listed: CodeList | None, variable: Variable, form: str
) -> Iterator[Finding]:
    """W03 text in a numeric field, read by ``form``; W04 texts cut at the width of the variable."""
    if column.numeric:
        return
    numbers = as_numbers(column, form)
    has_texts = listed is not None and any(entry.text is not None for entry in listed.entries)
    counts = column.counts[:-1]
    if (
        variable.type in {"integer", "number", "code", "yesno"}
        and not has_texts
        and not np.isnan(numbers).all()
    ):
        spelled = f", read by number_form {form}" if form else ""
        yield place.finding(
            "W03",
            "warning",
            f"'{column.name}' is a text variable that holds numbers{spelled}",
            int(counts[~np.isnan(numbers)].sum()),
            "a numeric variable",
            "nothing to do when the numbers are right; tell who made the file",
        )
    if variable.type == "text" or has_texts:
        yield from _cut_texts(place, column, listed)


def _cut_texts(place: Maker, column: Column, listed: CodeList | None) -> Iterator[Finding]:
    """Texts that fill the width, and either begin a longer text of the list or are suspiciously many."""
    full = np.array(
        [
            column.width > 0 and column.width in {len(text), len(text.encode("utf-8"))}
            for text in column.uniques
        ],
        dtype=bool,
    )
    if not full.any():
        return
    known = [fold(entry.text) for entry in listed.entries if entry.text is not None] if listed else []
    begun = [
        any(text != longer and longer.startswith(text) for longer in known)
        for text in (fold(value) for value in column.uniques[full])
    ]
    lengths = {len(text) for text in column.uniques}
    many = int(full.sum()) >= 3 and int(full.sum()) * 5 >= len(full) and len(lengths) > 2
    if any(begun) or many:
        yield place.finding(
            "W04",
            "warning",
            f"texts of '{column.name}' fill its width of {column.width} and seem to be cut",
            int(column.counts[:-1][full].sum()),
            "texts shorter than the width of the variable",
            "ask for a file with a wider variable",
        )
