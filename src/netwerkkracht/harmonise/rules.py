"""Carries out the one rule of a variable in one file: single sources, merges, multi-response."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.harmonise.columns import Column
from netwerkkracht.harmonise.reasons import CODE, UNKNOWN, VALID, Floats, Reasons, combine
from netwerkkracht.harmonise.recode import Table, apply_list, pass_on, pomp
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import (
    FIXED_RULES,
    SINGLE_RULES,
    TEXT_TYPES,
    SourceRule,
    Variable,
    number_text,
)

GetColumn = Callable[[str], Column | None]


@dataclass(frozen=True)
class Result:
    """Values (``numbers``, or texts for text variables) and reason codes per row.

    ``hidden`` counts answers behind a closed filter; ``tables`` says per source where its distinct values
    went (None where the file lacks the column), for the checks.
    """

    numbers: Any
    reasons: Reasons
    hidden: int = 0
    tables: tuple[Table | None, ...] = ()


def table_for(codebook: Codebook, rule: SourceRule, place: int, column: Column) -> Table:
    """Return where the distinct values of one source go under its rule."""
    variable = codebook.variables[rule.variable]
    listed = codebook.codes.get(rule.codes[place]) if rule.codes else None
    form = rule.number_form(place)
    if rule.rule == "direct" and (listed is None or variable.type in TEXT_TYPES):
        return pass_on(column, listed, variable, rule.date_form or form)
    if listed is None:
        return Table(
            np.full(len(column.uniques) + 1, np.nan),
            np.full(len(column.uniques) + 1, UNKNOWN, dtype=np.int8),
            np.full(len(column.uniques) + 1, -1, dtype=np.int32),
        )
    table = apply_list(column, listed, variable, form)
    if rule.scales:
        first, last = rule.scales[place]
        return Table(pomp(table.values, first, last), table.reasons, table.entry)
    return table


def _source(
    codebook: Codebook, rule: SourceRule, place: int, get: GetColumn, rows: int
) -> tuple[Any, Reasons, int, Table | None]:
    """Return one source of a rule, looked at through its filter."""
    variable = codebook.variables[rule.variable]
    textual = variable.type in TEXT_TYPES
    column = get(rule.sources[place])
    if column is None:
        blank: Any = np.full(rows, None, dtype=object) if textual else np.full(rows, np.nan)
        return blank, np.full(rows, UNKNOWN, dtype=np.int8), 0, None
    table = table_for(codebook, rule, place, column)
    values, reasons = table.values[column.index], table.reasons[column.index]
    if not rule.filters:
        return values, reasons, 0, table
    return (*_filtered(codebook, rule, place, get, (values, reasons)), table)


def _filtered(
    codebook: Codebook, rule: SourceRule, place: int, get: GetColumn, seen: tuple[Any, Reasons]
) -> tuple[Any, Reasons, int]:
    name, listed = rule.filters[place]
    values, reasons = seen
    column = get(name)
    if column is None or listed not in codebook.codes:
        return values, np.full(len(reasons), UNKNOWN, dtype=np.int8), 0
    gate_type = Variable(name, codebook.variables[rule.variable].label, "yesno")
    gate = apply_list(column, codebook.codes[listed], gate_type)
    answer, why = gate.values[column.index], gate.reasons[column.index]
    asked = (why == VALID) & (answer == 1)
    implied = (why == VALID) & (answer == 0)
    # a ticked option or a real answer behind a closed filter contradicts the routing
    given = (reasons == VALID) & (values != 0) if rule.rule in {"multi", "any", "count"} else reasons == VALID
    hidden = int((given & ~asked).sum())
    values, reasons = values.copy(), np.where(asked, reasons, np.where(implied, VALID, why))
    values[implied] = 0.0
    values[(reasons != VALID)] = None if values.dtype == object else np.nan
    return values, reasons.astype(np.int8), hidden


def evaluate(codebook: Codebook, rule: SourceRule, get: GetColumn, rows: int) -> Result:
    """Carry out a rule on one file.

    Parameters
    ----------
    codebook, rule
        The study and the rule of this variable in the wave and group of the file.
    get
        Gives a column of the file by name, None when it is not there (reported as D07 elsewhere).
    rows
        Number of rows of the file.

    Returns
    -------
    Result
        One value and one reason code per row. Missing data: a merge takes the valid sources
        (``use_valid``) or is missing when any source is (``missing``; a yes decides ``any`` all the same);
        different reasons become "reasons mixed", and "not applicable" yields to the others.
    """
    variable = codebook.variables[rule.variable]
    textual = variable.type in TEXT_TYPES
    if rule.rule in FIXED_RULES:
        values: Any = np.full(rows, None, dtype=object) if textual else np.full(rows, np.nan)
        return Result(values, np.full(rows, CODE[FIXED_RULES[rule.rule]], dtype=np.int8))
    if rule.rule == "constant":
        option = rule.options[0]
        values = np.full(rows, number_text(option), dtype=object) if textual else np.full(rows, option)
        return Result(values, np.zeros(rows, dtype=np.int8))
    parts = [_source(codebook, rule, place, get, rows) for place in range(len(rule.sources))]
    hidden = max((part[2] for part in parts), default=0)
    all_values, all_reasons = [part[0] for part in parts], [part[1] for part in parts]
    if rule.rule in SINGLE_RULES:
        values, reasons = all_values[0], all_reasons[0]
    elif rule.rule == "multi":
        values, reasons = _multi(rule, all_values, all_reasons)
    else:
        values, reasons = _merge(rule, variable, all_values, all_reasons)
    return Result(values, reasons, hidden, tuple(part[3] for part in parts))


def _merge(
    rule: SourceRule, variable: Variable, values: list[Floats], reasons: list[Reasons]
) -> tuple[Floats, Reasons]:
    valid = np.array([part == VALID for part in reasons])
    stack = np.where(valid, np.array(values), np.nan)
    some, every = valid.any(axis=0), valid.all(axis=0)
    known = some if rule.if_missing == "use_valid" else every
    if rule.rule == "count":
        result = (stack == 1).sum(axis=0).astype(np.float64)
    elif rule.rule == "any":
        yes = (stack == 1).any(axis=0)
        known = known | yes
        result = yes.astype(np.float64)
    else:
        highest = (rule.rule == "worst") == (variable.worst == "high")
        empty = -np.inf if highest else np.inf
        filled = np.where(valid, stack, empty)
        result = filled.max(axis=0) if highest else filled.min(axis=0)
    unknown = np.logical_or.reduce([part == UNKNOWN for part in reasons])
    why = np.where(known & ~unknown, np.int8(VALID), combine(reasons)).astype(np.int8)
    return np.where(why == VALID, result, np.nan), why


def _multi(rule: SourceRule, values: list[Floats], reasons: list[Reasons]) -> tuple[Floats, Reasons]:
    """One option of a multiple-response question, from 0/1 columns or from columns of mentions."""
    hit = np.zeros(len(values[0]), dtype=bool)
    some = np.zeros(len(values[0]), dtype=bool)
    for part, why, option in zip(values, reasons, rule.options, strict=True):
        hit |= (why == VALID) & (part == option)
        some |= why == VALID
    unknown = np.logical_or.reduce([part == UNKNOWN for part in reasons])
    why = np.where(some & ~unknown, np.int8(VALID), combine(reasons, ("n", "s"))).astype(np.int8)
    return np.where(why == VALID, hit.astype(np.float64), np.nan), why
