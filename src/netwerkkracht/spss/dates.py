"""SPSS seconds to ISO dates, times and durations, with what is out of range counted.

SPSS counts dates and times in seconds since 14 October 1582 (the start of the Gregorian calendar), and times
of day and durations in seconds; a duration may be longer than a day or negative.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

Kind = Literal["date", "datetime", "time", "month", "quarter", "week", "weekday", "month_name"]
KINDS: dict[str, Kind] = {
    "DATE": "date",
    "ADATE": "date",
    "EDATE": "date",
    "JDATE": "date",
    "SDATE": "date",
    "QYR": "quarter",
    "MOYR": "month",
    "WKYR": "week",
    "DATETIME": "datetime",
    "YMDHMS": "datetime",
    "TIME": "time",
    "DTIME": "time",
    "MTIME": "time",
    "WKDAY": "weekday",
    "MONTH": "month_name",
}
ORIGIN = np.datetime64("1582-10-14", "s")
DAY = 86_400.0
"""Seconds in a day."""
EPOCH_DAYS = 141_428
"""Days from 14 October 1582 to 1 January 1970."""
# 15 October 1582, the first day SPSS knows, and the end of the year 9999, the last that ISO 8601 writes
FIRST = DAY
# beyond this, a duration in seconds has no exact thousandths left
LONGEST = 1e12
LAST = float((np.datetime64("10000-01-01", "s") - ORIGIN).astype(np.int64))


@dataclass(frozen=True)
class Converted:
    """Texts (None where missing or invalid) and the counts of both."""

    values: list[str | None]
    n_missing: int
    n_invalid: int


def kind_of(spss_format: str) -> Kind | None:
    """Return what a format shows, or None when it is no date or time format."""
    match = re.match(r"[A-Z]+", spss_format.upper())
    return KINDS.get(match.group()) if match else None


def valid(seconds: Any, kind: Kind) -> Any:
    """Return which values can be shown, as booleans; NaN (missing) counts as not.

    Calendar kinds run from 15 October 1582 to the end of 9999; times and durations are
    any number of seconds below 10^12 in size;
    weekdays run from 1 to 7 and months from 1 to 12.
    """
    values = np.asarray(seconds, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        if kind == "time":
            return np.abs(values) < LONGEST
        if kind in {"weekday", "month_name"}:
            return (values >= 1) & (values < (8 if kind == "weekday" else 13))
        return (values >= FIRST) & (values < LAST)


def to_iso(seconds: Any, spss_format: str) -> Converted:
    """Convert SPSS seconds to ISO 8601 text.

    Parameters
    ----------
    seconds
        Numbers; NaN is missing. Set declared missing codes to NaN first, they are no dates.
    spss_format
        The format of the variable, such as ``DATE11`` or ``TIME8``.

    Returns
    -------
    Converted
        ``2019-03-01``, ``2019-03-01T10:20:30``, and for times and durations ``hours:minutes:seconds`` with
        as many hours as there are and a minus sign before a negative one. Values out of range are None and
        counted as invalid.
    """
    kind = kind_of(spss_format)
    if kind is None:
        raise ValueError(spss_format)
    values = np.asarray(seconds, dtype=np.float64)
    fine = valid(values, kind)
    texts = [_text(float(value), kind) if good else None for value, good in zip(values, fine, strict=True)]
    n_missing = int(np.isnan(values).sum())
    return Converted(texts, n_missing, int((~fine).sum()) - n_missing)


def _text(seconds: float, kind: Kind) -> str:
    if kind == "time":
        return _clock(seconds)
    if kind in {"weekday", "month_name"}:
        return str(int(seconds))
    day = (ORIGIN + np.timedelta64(math.floor(seconds / DAY), "D")).astype("datetime64[D]")
    return f"{day}T{_clock(seconds % DAY)}" if kind == "datetime" else str(day)


def _clock(seconds: float) -> str:
    """Return hours:minutes:seconds, with up to six decimals where there are any."""
    millionths = round(abs(seconds) * 1_000_000)
    whole, rest = divmod(millionths, 1_000_000)
    sign = "-" if seconds < 0 and millionths else ""
    decimals = f".{rest:06d}".rstrip("0") if rest else ""
    return f"{sign}{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{decimals}"
