"""Applies code lists, POMP scaling and date conversion to the distinct values of a column."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.harmonise.columns import Column, as_numbers
from netwerkkracht.harmonise.reasons import CODE, UNKNOWN, VALID, Floats, Reasons
from netwerkkracht.study.codebook.codelists import fold
from netwerkkracht.study.codebook.types import TEXT_TYPES, CodeEntry, CodeList, Variable

ORIGIN = np.datetime64("1582-10-14", "D")
FIRST_DAY, LAST_DAY = np.datetime64("1582-10-15", "D"), np.datetime64("9999-12-31", "D")
DAY = 86_400.0
ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
DUTCH = re.compile(r"(\d{1,2})-(\d{1,2})-(\d{4})")


@dataclass(frozen=True)
class Table:
    """Where each distinct value of a column goes; the last place is for system-missing and empty text.

    ``values`` are numbers or texts, ``reasons`` their codes (``UNKNOWN`` where nothing covers the value),
    ``entry`` the line of the code list used (-1 for none).
    """

    values: Any
    reasons: Reasons
    entry: npt.NDArray[np.int32]


def matches(column: Column, entries: tuple[CodeEntry, ...]) -> npt.NDArray[np.int32]:
    """Return for each distinct value (last: empty) the place of the line that covers it, -1 for none."""
    size = len(column.uniques)
    found = np.full(size + 1, -1, dtype=np.int32)
    numbers, _ = as_numbers(column)
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


def apply_list(column: Column, listed: CodeList, variable: Variable) -> Table:
    """Map every distinct value through a code list. What no line covers is UNKNOWN, never passed on.

    Missing data: tags become reasons; system-missing and empty text go where the SYSMIS line says.
    """
    found = matches(column, listed.entries)
    textual = variable.type in TEXT_TYPES
    values: Any = np.full(len(found), None, dtype=object) if textual else np.full(len(found), np.nan)
    reasons = np.full(len(found), UNKNOWN, dtype=np.int8)
    numbers, _ = as_numbers(column)
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


def pass_on(column: Column, listed: CodeList | None, variable: Variable) -> Table:
    """Take values as they are (rule ``direct`` of dates, identifiers and texts, or without a code list).

    A code list given for these types names only the missing codes; every other value is converted to the
    type of the variable. What cannot be converted is UNKNOWN.
    """
    if variable.type == "date":
        values, fine = to_dates(column)
    elif variable.type in TEXT_TYPES:
        values, fine = to_texts(column)
    else:
        values = np.append(as_numbers(column)[0], np.nan)
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


def to_dates(column: Column) -> tuple[Any, npt.NDArray[np.bool_]]:
    """Return distinct values as ISO dates.

    Numbers are SPSS seconds since 14 October 1582; texts may be ``yyyy-mm-dd`` or ``dd-mm-yyyy``. Dates
    before 15 October 1582 or after 9999 are not converted.
    """
    values = np.full(len(column.uniques) + 1, None, dtype=object)
    if column.numeric:
        days = np.floor(np.asarray(column.uniques, dtype=np.float64) / DAY)
        inside = (days >= 1) & (days <= float((LAST_DAY - ORIGIN).astype(int)))
        whole = np.where(inside, days, 1.0).astype(np.int64)
        texts = np.datetime_as_string(ORIGIN + whole.astype("timedelta64[D]"))
        values[:-1] = texts
        values[:-1][~inside] = None
    else:
        values[:-1] = [text_date(text) for text in column.uniques]
    return values, np.array([value is not None for value in values], dtype=bool)


def text_date(text: str) -> str | None:
    """Return an ISO date for ``yyyy-mm-dd`` or ``dd-mm-yyyy``, None for anything else."""
    import datetime as dt

    iso, dutch = ISO.fullmatch(text), DUTCH.fullmatch(text)
    if iso is None and dutch is None:
        return None
    parts = iso.groups() if iso is not None else dutch.groups()[::-1] if dutch is not None else ()
    try:
        return dt.date(*(int(part) for part in parts)).isoformat()
    except ValueError:
        return None


def pomp(values: Floats, first: float, last: float) -> Floats:
    """Rescale a scale to percent of the maximum possible: ``first`` becomes 0 and ``last`` 100.

    A reversed scale is written with its ends reversed. Missing values (NaN) stay missing.

    Source
    ------
    Cohen, Cohen, Aiken and West (1999), The problem of units and the circumstance for POMP.
    """
    return 100 * (values - first) / (last - first)
