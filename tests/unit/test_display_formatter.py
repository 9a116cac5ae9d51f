import math

import pytest

from netwerkkracht.core import display as d


def test_dutch_and_english_signs():
    assert d.number(-1234.567, "nl", 2) == "\u22121.234,57"
    assert d.number(-1234.567, "en", 2) == "\u22121,234.57"
    assert d.number(0.5, "nl", 1, sign=True) == "+0,5"
    assert d.count(28, "nl") == "28"


def test_a_number_that_rounds_to_zero_has_no_sign():
    assert d.number(-0.004, "nl", 2) == "0,00"
    assert d.number(0.004, "en", 2, sign=True) == "0.00"
    assert d.number(-0.0, "nl", 0) == "0"


def test_missing_is_a_dash_everywhere():
    for text in (
        d.number(None, "nl"),
        d.number(math.nan, "en"),
        d.percent(None, "nl"),
        d.p_value(None, "en"),
        d.interval(1.0, math.nan, "nl"),
        d.count_percent(math.nan, 4, "nl"),
    ):
        assert text == d.MISSING


@pytest.mark.parametrize(
    ("p", "nl", "en"),
    [
        (0.0, "<\u00a00,001", "<\u00a00.001"),
        (0.00099, "<\u00a00,001", "<\u00a00.001"),
        (0.001, "0,001", "0.001"),
        (0.0344, "0,034", "0.034"),
        (0.9996, ">\u00a00,999", ">\u00a00.999"),
        (1.0, ">\u00a00,999", ">\u00a00.999"),
    ],
)
def test_p_values(p, nl, en):
    assert d.p_value(p, "nl") == nl
    assert d.p_value(p, "en") == en


def test_p_value_outside_its_range_is_refused():
    with pytest.raises(ValueError, match="between 0 and 1"):
        d.p_value(1.2, "nl")


def test_p_phrase_has_one_relation():
    assert d.p_phrase(0.0001, "nl") == "p\u00a0<\u00a00,001"
    assert d.p_phrase(0.034, "en") == "p\u00a0=\u00a00.034"


def test_interval_keeps_its_separator():
    assert d.interval(2.92, 3.44, "nl") == "[2,92;\u00a03,44]"
    assert d.interval(-0.5, 3.44, "en") == "[\u22120.50,\u00a03.44]"
    assert d.interval(0.48, 0.75, "nl", 0, share=True) == "[48%;\u00a075%]"


def test_interval_label_does_not_break():
    assert d.interval_label("nl", 0.95) == "95%\u2011BI"
    assert d.interval_label("en", 1 - 0.05) == "95%\u00a0CI"
    assert d.interval_label("nl", 0.975) == "97,5%\u2011BI"
    assert d.level_text("en", 1 - 0.0025) == "99.75%"


def test_compound_cells():
    assert d.count_percent(28, 45, "nl") == "28\u00a0(62%)"
    assert d.count_percent(0, 0, "en") == "0"
    assert d.mean_sd(4.56, 2.14, "nl") == "4,6\u00a0(2,1)"
    assert d.mean_sd(4.56, math.nan, "en") == "4.6"
    assert d.estimate_interval(-0.31, -0.92, 0.3, "nl") == "\u22120,31 [\u22120,92;\u00a00,30]"
    assert d.estimate_interval(-0.31, None, None, "en") == "\u22120.31"
