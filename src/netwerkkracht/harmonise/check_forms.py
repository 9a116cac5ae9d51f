"""Values that no stated form reads, with the forms that would read them and how many (D15, D16).

No value is shown: a form and a count say enough to find the right one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from netwerkkracht.core.errors import Finding, Severity
from netwerkkracht.harmonise.columns import Column
from netwerkkracht.harmonise.recode import SPSS_SECONDS, has_date_format
from netwerkkracht.study.codebook.forms import (
    COUNT_FORMS,
    ISO,
    NUMBER_FORMS,
    TEXT_FORMS,
    date_form,
    text_number,
)

Mask = npt.NDArray[np.bool_]
LIKELY = (1900, 2099)
"""Years between which a date is worth proposing a form for."""
MOST_FORMS = 5


class Maker(Protocol):
    """Makes findings of one rule in one file."""

    def finding(  # noqa: D102
        self, code: str, severity: Severity, what: str, count: int | None, expected: str, action: str
    ) -> Finding: ...


Unread = Callable[[Maker, Column, Mask], tuple[Mask, list[Finding]]]
"""Given the values that nothing covers: those that are a matter of form, and what is to be said of them."""


def none_unread(_place: Maker, _column: Column, open_: Mask) -> tuple[Mask, list[Finding]]:
    """Say that no value is a matter of form."""
    return np.zeros_like(open_), []


def unread_dates(place: Maker, column: Column, open_: Mask, *, form: str) -> tuple[Mask, list[Finding]]:
    """D15: values of a date that neither the format of the variable nor the stated form reads."""
    told = np.array([not _coded(column, value) for value in column.uniques], dtype=bool) & open_
    if has_date_format(column) and form in {"", SPSS_SECONDS}:
        # a date format says how to read them: they are out of range (D03)
        told[:] = False
    if not told.any():
        return told, []
    values, counts = column.uniques[told].tolist(), column.counts[:-1][told]
    held = f"numbers of '{column.name}' (format {column.format})"
    kind = held if column.numeric else f"texts of '{column.name}'"
    if has_date_format(column):
        what, fitting = f"{kind} are dates by their format, and date_form says '{form}'", []
    else:
        stated = f" by date_form '{form}'" if form else " by the format of the variable"
        what = f"{kind} are no dates{stated}"
        known = COUNT_FORMS if column.numeric else (ISO, *TEXT_FORMS)
        fitting = _fitting(known, counts, lambda name: [_likely_date(name, value) for value in values])
    finding = place.finding(
        "D15",
        "error",
        what,
        int(counts.sum()),
        _expected("dates", fitting, int(counts.sum())),
        "write the right one as date_form in sources.csv; codes that mean missing go to codes.csv",
    )
    return told, [finding]


def _coded(column: Column, value: Any) -> bool:
    """Whether a value has a label or is declared missing: it is a code, and no date that nobody can read."""
    return column.declares(value) or bool(column.value_labels.get(value, ""))


def _likely_date(name: str, value: float | str) -> bool:
    form = date_form(name)
    day = form.read(value) if form is not None else None
    return day is not None and LIKELY[0] <= day.year <= LIKELY[1]


def unread_numbers(place: Maker, column: Column, open_: Mask, *, form: str) -> tuple[Mask, list[Finding]]:
    """D16: texts that are numbers in some form, and not in the one stated (or in none)."""
    told = np.zeros_like(open_)
    if column.numeric:
        return told, []
    for n in np.flatnonzero(open_):
        text = str(column.uniques[n])
        # what the stated form reads is a number outside the code list, which is told elsewhere
        told[n] = text_number(text, form) is None and any(
            text_number(text, name) is not None for name in NUMBER_FORMS
        )
    if not told.any():
        return told, []
    texts, counts = column.uniques[told].tolist(), column.counts[:-1][told]
    fitting = _fitting(
        NUMBER_FORMS, counts, lambda name: [text_number(text, name) is not None for text in texts]
    )
    stated = f"number_form '{form}' does not read" if form else "no number_form says how to read"
    finding = place.finding(
        "D16",
        "error",
        f"'{column.name}' is a text variable with numbers that {stated}",
        int(counts.sum()),
        _expected("numbers", fitting, int(counts.sum())),
        "see which sign is decimal (point and comma both read '1.250', as 1.25 and 1250), and write the form "
        "as number_form of this row in sources.csv",
    )
    return told, [finding]


def _fitting(names: Iterable[str], counts: Any, read: Callable[[str], list[bool]]) -> list[tuple[str, int]]:
    """Return the forms that read anything with the number of values, those that read most first."""
    found = [(name, int(counts[np.array(read(name), dtype=bool)].sum())) for name in names]
    return sorted((one for one in found if one[1]), key=lambda one: -one[1])[:MOST_FORMS]


def _expected(kind: str, fitting: list[tuple[str, int]], total: int) -> str:
    if not fitting:
        return f"{kind} in a form that docs/codebook.md knows"
    shown = ", ".join(f"{name} ({n} of {total})" for name, n in fitting)
    return f"one of these forms, with how many of the values each would read: {shown}"
