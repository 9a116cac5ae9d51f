"""SPSS seconds to ISO text, and what is out of range counted."""

import numpy as np
import pytest

from netwerkkracht.spss import dates


def seconds_of(text):
    """SPSS seconds of an ISO text, worked out by numpy's calendar."""
    return float((np.datetime64(text, "s") - np.datetime64("1582-10-14", "s")).astype(np.int64))


@pytest.mark.parametrize(
    ("seconds", "shown", "iso"),
    [
        (13765680000.0, "DATE11", "2019-01-01"),
        (13802313600.0, "EDATE10", "2020-02-29"),
        (86400.0, "DATE11", "1582-10-15"),
        (13765680000.0 + 37230, "DATETIME20", "2019-01-01T10:20:30"),
        (13765680000.0, "MOYR6", "2019-01-01"),
        (0.0, "TIME8", "00:00:00"),
        (93600.0, "TIME8", "26:00:00"),
        (3456000.0, "DTIME14", "960:00:00"),
        (-356400.0, "TIME8", "-99:00:00"),
        (-5400.0, "TIME8", "-01:30:00"),
        (0.5, "TIME11.2", "00:00:00.5"),
        (59.9999999, "TIME8", "00:01:00"),
        (3.0, "WKDAY9", "3"),
    ],
)
def test_each_kind_comes_out_right(seconds, shown, iso):
    converted = dates.to_iso([seconds], shown)
    assert (converted.values, converted.n_invalid) == ([iso], 0)


@pytest.mark.parametrize("seconds", [0.0, -1.0, 86399.0, 1e12, -1e300, np.inf])
def test_dates_out_of_range_are_counted_and_not_made_up(seconds):
    converted = dates.to_iso([seconds, np.nan, 13765680000.0], "DATE11")
    assert converted.values == [None, None, "2019-01-01"]
    assert (converted.n_missing, converted.n_invalid) == (1, 1)


def test_the_last_day_of_9999_is_the_last():
    last = seconds_of("9999-12-31")
    assert dates.to_iso([last, last + 86400], "DATE11").values == ["9999-12-31", None]


def test_there_and_back():
    for text in ("1582-10-15", "1970-01-01", "2019-03-31", "2019-01-01T10:20:30"):
        shown = "DATETIME20" if "T" in text else "DATE11"
        assert dates.to_iso([seconds_of(text)], shown).values == [text]


def test_a_format_that_shows_no_date():
    assert dates.kind_of("F8.2") is None
    with pytest.raises(ValueError):
        dates.to_iso([1.0], "F8.2")


def test_the_days_before_1970():
    assert seconds_of("1970-01-01") == dates.EPOCH_DAYS * dates.DAY
