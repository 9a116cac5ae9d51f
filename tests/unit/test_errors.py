"""The one shape of an error: what, where, expected, to do; never less."""

import pytest

from netwerkkracht.core.errors import Finding, StudyError, fail, nearest


def test_a_finding_says_what_where_expected_and_to_do():
    error = fail(
        "D01",
        "codes without a rule",
        file="a.sav",
        variable="q1",
        wave="1",
        group="x",
        count=3,
        expected="a rule",
        action="add one",
    )
    assert str(error) == (
        "D01 error: codes without a rule\n"
        "  where:    file a.sav, variable q1, wave 1, group x, count 3\n"
        "  expected: a rule\n"
        "  to do:    add one"
    )


def test_what_is_not_known_is_left_out():
    assert str(Finding("D01", "warning", "odd")) == "D01 warning: odd"
    assert Finding("D01", "warning", "odd", count=0).where() == "count 0"


def test_a_warning_that_stops_a_run_is_an_error():
    error = StudyError([Finding("A", "warning", "one"), Finding("B", "error", "two")])
    assert [finding.severity for finding in error.findings] == ["error", "error"]
    assert str(error).count("error:") == 2


@pytest.mark.parametrize(
    ("word", "hint"),
    [("sead", "did you mean 'seed'?"), ("SEED", "did you mean 'seed'?"), ("zzz", ""), ("", "")],
)
def test_the_nearest_known_word_is_offered_or_none(word, hint):
    assert nearest(word, ["seed", "alpha"]) == hint


def test_a_finding_cannot_be_changed():
    with pytest.raises(AttributeError):
        Finding("A", "error", "x").what = "y"
