"""How a source writes its numbers and dates, when the study says so: two small grammars, written down.

Without a form a text is a number only when it is a whole number, and a date only when it is ``yyyy-mm-dd``.
Nothing is guessed: '1.250' is no number until ``number_form`` says what its point is.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

WHOLE = re.compile(r"-?[0-9]+")
COUNTED = re.compile(r"-?[0-9]+(?:\.[0-9]+)?")
# thousands sign, decimal sign
NUMBER_FORMS: Final[Mapping[str, tuple[str, str]]] = {
    "point": ("", "."),
    "comma": ("", ","),
    "point_comma": (".", ","),
    "comma_point": (",", "."),
    "blank_comma": (" \u00a0\u202f", ","),
    "blank_point": (" \u00a0\u202f", "."),
    "apostrophe_comma": ("'\u2019", ","),
    "apostrophe_point": ("'\u2019", "."),
}
UNITS: Final[Mapping[str, int]] = {
    "milliseconds": 1,
    "seconds": 1_000,
    "minutes": 60_000,
    "hours": 3_600_000,
    "days": 86_400_000,
    "weeks": 604_800_000,
}
"""Milliseconds of each unit; months are counted on the calendar."""
COUNT = re.compile(rf"({'|'.join(UNITS)}|months) since ([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})")
PATTERN = re.compile(
    r"((?:yyyy|yy|mmm|mm|dd|HH|MM|SS|[-/. :T])+?)(?: from ([0-9]{4}))?(?: day ([0-9]{1,2}))?"
)
TOKEN = re.compile(r"yyyy|yy|mmm|mm|dd|HH|MM|SS|.")
MONTHS: Final = (
    ("jan", "januari", "january"),
    ("feb", "februari", "february"),
    ("mrt", "mar", "maart", "march"),
    ("apr", "april"),
    ("mei", "may"),
    ("jun", "juni", "june"),
    ("jul", "juli", "july"),
    ("aug", "augustus", "august"),
    ("sep", "sept", "september"),
    ("okt", "oct", "oktober", "october"),
    ("nov", "november"),
    ("dec", "december"),
)
MONTH: Final = {name: place for place, names in enumerate(MONTHS, start=1) for name in names}
FIRST_DAY = dt.date(1582, 10, 15)


def text_number(text: str, form: str = "") -> float | None:
    """Return the number a text writes in a form, None when it is none.

    Parameters
    ----------
    text
        Without surrounding blanks.
    form
        A name of ``NUMBER_FORMS``, or empty for whole numbers only.
    """
    if not form:
        return float(text) if WHOLE.fullmatch(text) else None
    match = _number(form).fullmatch(text)
    if match is None:
        return None
    whole = re.sub(r"[^0-9]", "", match["whole"])
    return float(f"{match['sign']}{whole or '0'}.{match['decimals'] or '0'}")


@lru_cache(maxsize=len(NUMBER_FORMS))
def _number(form: str) -> re.Pattern[str]:
    thousands, decimal = NUMBER_FORMS[form]
    # one sign between groups of three, the same throughout
    grouped = rf"|[0-9]{{1,3}}(?P<by>[{thousands}])[0-9]{{3}}(?:(?P=by)[0-9]{{3}})*" if thousands else ""
    # SPSS writes .50 for a half: no digit need stand before the decimal sign
    decimals = rf"(?:{re.escape(decimal)}(?P<decimals>[0-9]+))?"
    return re.compile(rf"(?P<sign>-?)(?=.*[0-9])(?P<whole>[0-9]*{grouped}){decimals}")


@dataclass(frozen=True)
class DateForm:
    """One stated form of dates: a count since a day (``unit``), or a pattern of year, month and day."""

    unit: str = ""
    origin: dt.date = FIRST_DAY
    pattern: re.Pattern[str] | None = None
    width: int = 0
    century: int | None = None
    day: int | None = None

    def read(self, value: float | str) -> dt.date | None:
        """Return the day that a text or a number says, None when it is no date of this form."""
        try:
            found = self._count(value) if self.unit else self._parts(value)
        except (ValueError, OverflowError):
            return None
        return found if found is None or found >= FIRST_DAY else None

    def _count(self, value: float | str) -> dt.date | None:
        if isinstance(value, str):
            if COUNTED.fullmatch(value) is None:
                return None
            value = float(value)
        if self.unit != "months":
            return self.origin + dt.timedelta(days=int(value * UNITS[self.unit] // UNITS["days"]))
        if not value.is_integer():
            return None
        months = self.origin.year * 12 + self.origin.month - 1 + int(value)
        return dt.date(months // 12, months % 12 + 1, self.origin.day)

    def _parts(self, value: float | str) -> dt.date | None:
        if not isinstance(value, str):
            # a number has lost the zeros at its start; with signs between the parts it is no number
            if not self.width or value < 0 or not value.is_integer():
                return None
            value = str(int(value)).zfill(self.width)
        match = self.pattern.fullmatch(value) if self.pattern is not None else None
        if match is None:
            return None
        held = match.groupdict()
        year = int(held.get("yyyy") or held["yy"])
        if self.century is not None:
            year = self.century + (year - self.century) % 100
        name = held.get("mmm")
        month = MONTH.get(name.lower().rstrip("."), 0) if name else int(held["mm"])
        return dt.date(year, month, self.day or int(held["dd"]))


@lru_cache(maxsize=64)
def date_form(text: str) -> DateForm | None:
    """Return the form that a cell states, None when it is none (see docs/codebook.md)."""
    counted = COUNT.fullmatch(text)
    if counted is not None:
        try:
            origin = dt.date.fromisoformat(counted[2])
        except ValueError:
            return None
        return DateForm(counted[1], origin) if counted[1] != "months" or origin.day <= 28 else None
    stated = PATTERN.fullmatch(text)
    if stated is None:
        return None
    tokens = TOKEN.findall(stated[1])
    named = [token for token in tokens if len(token) > 1]
    years, months = {"yyyy", "yy"} & set(named), {"mm", "mmm"} & set(named)
    sound = (
        len(named) == len(set(named))
        and len(years) == len(months) == 1
        and ("yy" in years) == (stated[2] is not None)
        and ("dd" in named) == (stated[3] is None)
        and (stated[3] is None or 1 <= int(stated[3]) <= 28)
        and {"HH", "MM", "SS"} & set(named) in (set(), {"HH", "MM"}, {"HH", "MM", "SS"})
    )
    if not sound:
        return None
    fixed = len(tokens) == len(named) and "mmm" not in named
    return DateForm(
        pattern=re.compile("".join(_piece(token, fixed=fixed) for token in tokens)),
        width=sum(map(len, tokens)) if fixed else 0,
        century=int(stated[2]) if stated[2] else None,
        day=int(stated[3]) if stated[3] else None,
    )


CLOCK: Final = {"HH": "(?:[01]?[0-9]|2[0-3])", "MM": "[0-5][0-9]", "SS": r"[0-5][0-9](?:\.[0-9]+)?"}


def _piece(token: str, *, fixed: bool) -> str:
    if token in CLOCK:
        return CLOCK[token]
    if token == "mmm":  # noqa: S105  # the name of a part of a date
        return r"(?P<mmm>[A-Za-z]+\.?)"
    if token in {"mm", "dd"}:
        return f"(?P<{token}>[0-9]{{2}})" if fixed else f"(?P<{token}>[0-9]{{1,2}})"
    return f"(?P<{token}>[0-9]{{{len(token)}}})" if len(token) > 1 else re.escape(token)


ISO: Final = "yyyy-mm-dd"
TEXT_FORMS: Final = (
    *("dd-mm-yyyy", "mm-dd-yyyy", "dd/mm/yyyy", "mm/dd/yyyy", "yyyy/mm/dd", "dd.mm.yyyy", "yyyymmdd"),
    *("ddmmyyyy", "dd-mm-yy from 1930", "dd/mm/yy from 1930", "mm/dd/yy from 1930", "dd.mm.yy from 1930"),
    *("dd mmm yyyy", "dd-mmm-yyyy", "dd-mmm-yy from 1930", "mm-yyyy day 1", "mm/yyyy day 1"),
    *("yyyy-mm day 1", "mmm yyyy day 1", "yyyymm day 1", "yyyy-mm-dd HH:MM", "yyyy-mm-dd HH:MM:SS"),
    *("dd-mm-yyyy HH:MM", "dd-mm-yyyy HH:MM:SS"),
)
COUNT_FORMS: Final = (
    *("yyyymmdd", "ddmmyyyy", "ddmmyy from 1930", "yymmdd from 1930", "yyyymm day 1", "mmyyyy day 1"),
    *("seconds since 1582-10-14", "days since 1899-12-30", "days since 1970-01-01"),
    *("seconds since 1970-01-01", "milliseconds since 1970-01-01", "days since 1960-01-01"),
    *("milliseconds since 1960-01-01", "months since 1960-01-01"),
)
"""Forms that are tried when a source has none, to say how many values each would read."""
