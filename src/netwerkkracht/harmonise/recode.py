"""Applies code lists, POMP scaling and date conversion to the distinct values of a column."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.harmonise.columns import Column, as_numbers
from netwerkkracht.harmonise.reasons import CODE, UNKNOWN, VALID, Floats, Reasons
from netwerkkracht.spss.dates import kind_of
from netwerkkracht.study.codebook.codelists import fold
from netwerkkracht.study.codebook.forms import ISO, date_form
from netwerkkracht.study.codebook.types import TEXT_TYPES, CodeEntry, CodeList, Variable

ORIGIN = np.datetime64("1582-10-14", "D")
LAST_DAY = np.datetime64("9999-12-31", "D")
DAY = 86_400.0
SPSS_SECONDS = "seconds since 1582-10-14"


@dataclass(frozen=True)
class Table:
    """Where each distinct value of a column goes; the last place is for system-missing and empty text.

    ``values`` are numbers or texts, ``reasons`` their codes (``UNKNOWN`` where nothing covers the value),
    ``entry`` the line of the code list used (-1 for none).
    """

    values: Any
    reasons: Reasons
    entry: npt.NDArray[np.int32]


def matches(column: Column, entries: tuple[CodeEntry, ...], form: str = "") -> npt.NDArray[np.int32]:
    """Return for each distinct value (last: empty) the place of the line that covers it, -1 for none.

    ``form`` says how texts write numbers (``number_form``).
    """
    size = len(column.uniques)
    found = np.full(size + 1, -1, dtype=np.int32)
    numbers = as_numbers(column, form)
    texts: dict[str, int] = {}
    for place, entry in enumerate(entries):
        if entry.sysmis:
            found[size] = place
        elif entry.text is not None:
            texts[fold(entry.text)] = place
        elif entry.low is not None and entry.high is not None:
            inside = (numbers >= entry.low) & (numbers <= entry.high)
            found[:size][inside] = place
    if texts and not column.numeric:
        for place, text in enumerate(column.uniques):
            found[place] = texts.get(fold(text), found[place])
    return found


def apply_list(column: Column, listed: CodeList, variable: Variable, form: str = "") -> Table:
    """Map every distinct value through a code list. What no line covers is UNKNOWN, never passed on.

    Missing data: tags become reasons; system-missing and empty text go where the SYSMIS line says.
    """
    found = matches(column, listed.entries, form)
    textual = variable.type in TEXT_TYPES
    values: Any = np.full(len(found), None, dtype=object) if textual else np.full(len(found), np.nan)
    reasons = np.full(len(found), UNKNOWN, dtype=np.int8)
    numbers = as_numbers(column, form)
    for place, entry in enumerate(listed.entries):
        hit = found == place
        if entry.tag:
            reasons[hit] = CODE[entry.tag]
            continue
        reasons[hit] = VALID
        if entry.same:
            inside = hit[:-1]
            values[:-1][inside] = np.asarray(column.uniques)[inside] if textual else numbers[inside]
        elif textual:
            values[hit] = entry.text_target if entry.text_target is not None else entry.source
        else:
            values[hit] = entry.target
    return Table(values, reasons, found)


def pass_on(column: Column, listed: CodeList | None, variable: Variable, form: str = "") -> Table:
    """Take values as they are (rule ``direct`` of dates, identifiers and texts, or without a code list).

    ``form`` is the ``date_form`` of a date, else the ``number_form``. A code list given for these types names
    only the missing codes; every other value is converted to the type of the variable. What cannot be
    converted is UNKNOWN.
    """
    if variable.type == "date":
        values, fine = to_dates(column, form)
    elif variable.type in TEXT_TYPES:
        values, fine = to_texts(column)
    else:
        values = np.append(as_numbers(column, form), np.nan)
        fine = ~np.isnan(values)
    reasons = np.where(fine, np.int8(VALID), np.int8(UNKNOWN)).astype(np.int8)
    found = np.full(len(values), -1, dtype=np.int32)
    if listed is not None:
        found = matches(column, listed.entries)
        for place, entry in enumerate(listed.entries):
            if entry.tag:
                reasons[found == place] = CODE[entry.tag]
    elif "s" in variable.tags:
        reasons[-1] = CODE["s"]
    values[reasons != VALID] = None if values.dtype == object else np.nan
    return Table(values, reasons, found)


def to_texts(column: Column) -> tuple[Any, npt.NDArray[np.bool_]]:
    """Return distinct values as text (whole numbers without decimals); the last place is empty."""
    values = np.full(len(column.uniques) + 1, None, dtype=object)
    if column.numeric:
        values[:-1] = [str(int(v)) if float(v).is_integer() else repr(float(v)) for v in column.uniques]
    else:
        values[:-1] = column.uniques
    fine = np.ones(len(values), dtype=bool)
    fine[-1] = False
    return values, fine


def to_dates(column: Column, form: str = "") -> tuple[Any, npt.NDArray[np.bool_]]:
    """Return distinct values as ISO dates; the last place is empty.

    The format of the variable decides: a number is a date when it has a date format (it is then seconds since
    14 October 1582), a text when it is ``yyyy-mm-dd``. Everything else needs the stated ``form``; a form that
    contradicts a date format reads nothing. Dates before 15 October 1582 or after 9999 are not converted.
    """
    values = np.full(len(column.uniques) + 1, None, dtype=object)
    if has_date_format(column):
        if form in {"", SPSS_SECONDS}:
            values[:-1] = _from_seconds(np.asarray(column.uniques, dtype=np.float64))
    elif form or not column.numeric:
        stated = date_form(form or ISO)
        if stated is not None:
            values[:-1] = [_iso(stated.read(value)) for value in column.uniques.tolist()]
    return values, np.array([value is not None for value in values], dtype=bool)


def has_date_format(column: Column) -> bool:
    """Whether the file shows the numbers of a variable as days (not as months, quarters or weeks)."""
    return column.numeric and kind_of(column.format) in {"date", "datetime"}


def _from_seconds(seconds: Floats) -> Any:
    days = np.floor(seconds / DAY)
    inside = (days >= 1) & (days <= float((LAST_DAY - ORIGIN).astype(int)))
    whole = np.where(inside, days, 1.0).astype(np.int64)
    texts = np.datetime_as_string(ORIGIN + whole.astype("timedelta64[D]")).astype(object)
    texts[~inside] = None
    return texts


def _iso(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def pomp(values: Floats, first: float, last: float) -> Floats:
    """Rescale a scale to percent of the maximum possible: ``first`` becomes 0 and ``last`` 100.

    A reversed scale is written with its ends reversed. Missing values (NaN) stay missing.

    Source
    ------
    Cohen, Cohen, Aiken and West (1999), The problem of units and the circumstance for POMP.
    """
    return 100 * (values - first) / (last - first)
