import math

from hypothesis import given
from hypothesis import strategies as st

from netwerkkracht.core import display as d

numbers = st.floats(min_value=-1e9, max_value=1e9, allow_nan=False)
langs = st.sampled_from(["nl", "en"])


@given(numbers, langs, st.integers(0, 6))
def test_printed_number_reads_back_within_half_a_unit(value, lang, decimals):
    text = d.number(value, lang, decimals)
    assert "-" not in text
    assert abs(d.parse_number(text, lang) - value) <= 0.5 * 10.0**-decimals * (1 + 1e-6) + 1e-6


@given(numbers, st.integers(0, 6))
def test_languages_differ_in_signs_only(value, decimals):
    swapped = d.number(value, "nl", decimals).translate(str.maketrans(",.", ".,"))
    assert swapped == d.number(value, "en", decimals)


@given(st.floats(0, 1), langs)
def test_p_value_never_says_zero_or_one(p, lang):
    text = d.p_value(p, lang)
    bare = d.parse_number(text.lstrip("<>\u00a0"), lang)
    assert 0 < bare < 1
    if text[0] == "<":
        assert p < bare
    elif text[0] == ">":
        assert p > bare


@given(numbers, numbers, langs)
def test_interval_limits_read_back(a, b, lang):
    lower, upper = sorted((a, b))
    inner = d.interval(lower, upper, lang, 3)[1:-1].split("\u00a0")
    assert math.isclose(d.parse_number(inner[0][:-1], lang), lower, abs_tol=6e-4)
    assert math.isclose(d.parse_number(inner[1], lang), upper, abs_tol=6e-4)
