"""Words from numbers: every rule says what is true of its numbers, and only that."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netwerkkracht.core.errors import StudyError
from netwerkkracht.report import outcomes

finite = st.floats(-1e6, 1e6)


@given(finite, st.floats(0, 10))
def test_direction_agrees_with_the_sign(value, flat):
    said = outcomes.direction(value, flat=flat)
    assert said == ("flat" if abs(value) <= flat else "up" if value > 0 else "down")


@given(finite, finite)
def test_compare_turns_round_with_its_numbers(first, second):
    turned = {"more": "less", "less": "more", "equal": "equal"}
    assert outcomes.compare(second, first) == turned[outcomes.compare(first, second)]


@given(finite, finite)
def test_an_interval_with_zero_in_it_is_never_called_apart(a, b):
    lower, upper = sorted((a, b))
    assert (outcomes.certainty([lower, upper]) == "apart") == (lower > 0 or upper < 0)


@pytest.mark.parametrize("missing", [None, math.nan, "x"])
def test_a_missing_number_gives_no_direction_and_no_certainty(missing):
    assert outcomes.direction(missing) == "unknown"
    assert outcomes.compare(missing, 1.0) == "unknown"
    assert outcomes.size(missing) == "unknown"
    assert outcomes.signs(missing, 1.0) == "unknown"
    assert outcomes.at_least(missing, bound=1) == "unknown"
    assert outcomes.certainty(missing) == "none"
    assert outcomes.certainty([missing, 1.0]) == "none"


@pytest.mark.parametrize(
    ("value", "said"), [(0.19, "tiny"), (-0.2, "small"), (0.5, "medium"), (-0.8, "large"), (0, "tiny")]
)
def test_size_uses_the_magnitude(value, said):
    assert outcomes.size(value) == said


def test_signs():
    assert outcomes.signs(1, 2, 0) == "same"
    assert outcomes.signs(-1, 2) == "mixed"
    assert outcomes.signs() == "unknown"


def test_status_and_bounds():
    assert outcomes.status("ok") == "good"
    assert outcomes.status("boundary") == "other"
    assert outcomes.at_least(2, bound=2) == "reached"
    assert outcomes.at_least(1.9, bound=2) == "below"


def test_every_rule_only_gives_outcomes_it_names():
    values = {"direction": [-1.0, 0.0, 1.0, None], "size": [0.1, 0.3, 0.6, 0.9, None], "status": ["ok", "x"]}
    for rule, samples in values.items():
        given_outcomes = {outcomes.choose(rule, [value], {}) for value in samples}
        assert given_outcomes == set(outcomes.RULES[rule].outcomes)


def test_wrong_use_of_a_rule_is_one_clear_error():
    with pytest.raises(StudyError, match="R06"):
        outcomes.choose("compare", [1.0], {})
    with pytest.raises(StudyError, match="R06"):
        outcomes.choose("direction", [1.0], {"flta": 1})
