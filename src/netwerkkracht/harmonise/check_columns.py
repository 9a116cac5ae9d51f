"""Checks one rule on one file: names, labels, codes, ranges (D01, D03, D07, D08, D11, D14)."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any, Protocol

import numpy as np

from netwerkkracht.core.errors import Finding, Severity
from netwerkkracht.harmonise.check_forms import Unread, none_unread, unread_dates, unread_numbers
from netwerkkracht.harmonise.check_labels import check_declarations, check_labels, check_widths
from netwerkkracht.harmonise.columns import Column
from netwerkkracht.harmonise.reasons import UNKNOWN, VALID
from netwerkkracht.harmonise.recode import Table, apply_list
from netwerkkracht.harmonise.rules import GetColumn, Result
from netwerkkracht.harmonise.scoring import to_days
from netwerkkracht.harmonise.selection import missing_column
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import fold
from netwerkkracht.study.codebook.types import (
    TEXT_TYPES,
    CodeList,
    FileSpec,
    SourceRule,
    Variable,
    number_text,
)


class FileView(Protocol):
    """The file a rule was carried out on."""

    spec: FileSpec
    frame: Any


class Place:
    """Makes findings of one rule in one file."""

    def __init__(self, spec: FileSpec, variable: str) -> None:
        """Keep where the findings belong."""
        self.spec, self.variable = spec, variable

    def finding(
        self, code: str, severity: Severity, what: str, count: int | None, expected: str, action: str
    ) -> Finding:
        """Return one finding of this rule and file."""
        spec = self.spec
        return Finding(
            code, severity, what, spec.file, self.variable, spec.wave, spec.group, count, expected, action
        )


def check_rule(
    codebook: Codebook, rule: SourceRule, get: GetColumn, result: Result, view: FileView
) -> Iterator[Finding]:
    """Yield what is wrong, or worth knowing, about the sources of one rule in one file.

    Codes are shown in messages, since they are the questionnaire's; values of quantities, texts and dates
    are counted, never shown.
    """
    variable = codebook.variables[rule.variable]
    place = Place(view.spec, rule.variable)
    for n, name in enumerate(rule.sources):
        column = get(name)
        table = result.tables[n] if n < len(result.tables) else None
        if column is None or table is None:
            yield missing_column(view.spec, name, view.frame.columns, f"source of '{rule.variable}'")
            continue
        listed = codebook.codes.get(rule.codes[n]) if rule.codes else None
        if rule.labels and rule.labels[n]:
            yield from _label_drift(codebook, place, column, rule.labels[n])
        yield from check_codes(place, column, table, listed, _unread(rule, n, variable))
        yield from check_declarations(place, column, listed)
        if listed is not None:
            yield from check_labels(place, column, listed)
        yield from check_widths(place, column, listed, variable, rule.number_form(n))
        if rule.rule not in {"multi", "any", "count"}:
            yield from _check_range(codebook, place, column, table, variable)
    for name, list_name in dict.fromkeys(rule.filters):
        column = get(name)
        if column is None:
            yield missing_column(view.spec, name, view.frame.columns, f"filter of '{rule.variable}'")
        elif list_name in codebook.codes:
            listed = codebook.codes[list_name]
            gate = apply_list(column, listed, Variable(name, variable.label, "yesno"))
            yield from check_codes(place, column, gate, listed)
            yield from check_labels(place, column, listed)
    if result.hidden:
        yield place.finding(
            "D14",
            "warning",
            "answers behind a filter that says the question was not asked",
            result.hidden,
            "no answers where the filter skips the question",
            "check the routing; the answers are not used",
        )


def _label_drift(codebook: Codebook, place: Place, column: Column, expected: str) -> Iterator[Finding]:
    if fold(column.label) != fold(expected):
        severity: Severity = "error" if codebook.study.label_drift == "error" else "warning"
        yield place.finding(
            "D08",
            severity,
            f"the label of '{column.name}' is '{column.label}' in the file and '{expected}' in the codebook",
            None,
            f"the label '{expected}'",
            "check that it is still the same question, then correct source_label in sources.csv",
        )


def looks_like_code(value: float) -> bool:
    """Whether a number looks like a missing code (99, 888, -1, -98) and not like somebody's answer."""
    text = number_text(abs(value))
    return value < 0 or (len(text) > 1 and set(text) <= {"9"}) or set(text) == {"8"} or text in {"98", "97"}


def _unread(rule: SourceRule, place: int, variable: Variable) -> Unread:
    """Return what tells values that no form reads: of dates, of numbers in text, or nothing."""
    if variable.type == "date" and rule.rule == "direct":
        return partial(unread_dates, form=rule.date_form)
    if variable.type in TEXT_TYPES:
        return none_unread
    return partial(unread_numbers, form=rule.number_form(place))


def check_codes(
    place: Place, column: Column, table: Table, listed: CodeList | None, unread: Unread = none_unread
) -> Iterator[Finding]:
    """D01, D03, D11, D15 and D16: values that no line of the crosswalk covers, counted."""
    open_ = (table.reasons == UNKNOWN) & (column.counts > 0)
    if open_[-1]:
        yield place.finding(
            "D01",
            "error",
            f"system-missing values of '{column.name}' are not in the crosswalk",
            column.n_empty,
            "a SYSMIS line in the code list (or tag s allowed for the variable)",
            "add the line with the reason it stands for",
        )
    hidden_numbers = hidden_texts = 0
    quantity = listed is None or listed.interval
    told, finding = unread(place, column, open_[:-1])
    yield from finding
    for n in np.flatnonzero(open_[:-1] & ~told):
        value, count = column.uniques[n], int(column.counts[n])
        label = column.value_labels.get(value, "")
        shown = number_text(float(value)) if column.numeric else str(value)
        if column.declares(value):
            yield _undeclared_meaning(place, column.name, shown, label, count, "error")
        elif label or (column.numeric and (not quantity or looks_like_code(float(value)))):
            named = f" ('{label}')" if label else " (no label)"
            yield place.finding(
                "D01",
                "error",
                f"code {shown}{named} of '{column.name}' is not in the crosswalk",
                count,
                "each code of the file in the code list",
                "add the code to codes.csv with its meaning; there is no else row",
            )
        elif column.numeric:
            hidden_numbers += count
        else:
            hidden_texts += count
    yield from _hidden(place, column, listed, hidden_numbers, hidden_texts)


def _hidden(
    place: Place, column: Column, listed: CodeList | None, numbers: int, texts: int
) -> Iterator[Finding]:
    """Say how many values are not covered that may be somebody's answer."""
    if numbers:
        yield place.finding(
            "D03",
            "error",
            f"values of '{column.name}' outside what the code list (or a date) allows",
            numbers,
            _span(listed) or "values of the type of the variable",
            "correct the values at the source, or widen the interval by decision",
        )
    if texts:
        yield place.finding(
            "D01",
            "error",
            f"texts of '{column.name}' are not in the crosswalk",
            texts,
            "each text in the code list, or a number or date where one is expected",
            "add the texts to codes.csv (see 'check --codes' inside the restricted room)",
        )


def _span(listed: CodeList | None) -> str:
    if listed is None:
        return ""
    return "only " + ", ".join(entry.source for entry in listed.entries if entry.low is not None)


def _undeclared_meaning(
    place: Place, name: str, shown: str, label: str, count: int, severity: Severity
) -> Finding:
    named = f" ('{label}')" if label else ""
    return place.finding(
        "D11",
        severity,
        f"code {shown}{named} of '{name}' is declared missing but has no meaning in the crosswalk",
        count,
        "a line with a tag for each declared missing code",
        "add the code to codes.csv with its tag",
    )


def _check_range(
    codebook: Codebook, place: Place, column: Column, table: Table, variable: Variable
) -> Iterator[Finding]:
    """D03 on what comes out: bounds of variables.csv, whole numbers, known target codes."""
    valid = (table.reasons == VALID) & (column.counts > 0)
    if not valid.any():
        return
    values = table.values[valid]
    counts = column.counts[valid]
    if variable.type == "date":
        values = to_days(values)
    elif variable.type in TEXT_TYPES:
        return
    low = -np.inf if variable.low is None else variable.low
    high = np.inf if variable.high is None else variable.high
    outside = (values < low) | (values > high)
    if outside.any():
        yield place.finding(
            "D03",
            "error",
            f"values outside the range of the variable ({int(counts[values < low].sum())} below, "
            f"{int(counts[values > high].sum())} above)",
            int(counts[outside].sum()),
            f"{_bound(variable, variable.low)} to {_bound(variable, variable.high)}",
            "correct the values at the source, give the code a tag, or widen the range",
        )
    if variable.type == "integer" and (values != np.floor(values)).any():
        yield place.finding(
            "D03",
            "error",
            "values that are not whole numbers",
            int(counts[values != np.floor(values)].sum()),
            "whole numbers (type integer)",
            "change the type to number, or correct the values",
        )
    allowed = _allowed(codebook, variable)
    if allowed is not None and not np.isin(values, allowed).all():
        yield place.finding(
            "D01",
            "error",
            "codes that are not target codes of the variable",
            int(counts[~np.isin(values, allowed)].sum()),
            f"only {', '.join(number_text(code) for code in allowed)}",
            "give the rule a code list",
        )


def _allowed(codebook: Codebook, variable: Variable) -> list[float] | None:
    if variable.type == "yesno":
        return [0.0, 1.0]
    if variable.type == "code":
        return [item.code for item in codebook.targets.get(variable.targets, ())]
    return None


def _bound(variable: Variable, value: float | None) -> str:
    if value is None:
        return "no bound"
    if variable.type == "date":
        return str(np.datetime64(int(value), "D"))
    return number_text(value)
