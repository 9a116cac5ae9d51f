"""The formula language: R's terms, R's order, and messages that name what is wrong."""

import pytest

from netwerkkracht.core.errors import StudyError
from netwerkkracht.mixed.formula.terms import parse


@pytest.mark.parametrize(
    ("text", "intercept", "terms"),
    [
        ("y ~ a * b + a:b + x", True, ["a", "b", "x", "a:b"]),
        ("y ~ 0 + a", False, ["a"]),
        ("y ~ a - 1", False, ["a"]),
        ("y ~ -1 + b:a + a", False, ["a", "b:a"]),
        ("y ~ 0 + a + 1", True, ["a"]),
        ("y ~ (a + b + c)^2 - a:b", True, ["a", "b", "c", "a:c", "b:c"]),
        ("y ~ a / b", True, ["a", "a:b"]),
        ("y ~ a * b * c", True, ["a", "b", "c", "a:b", "a:c", "b:c", "a:b:c"]),
        ("y ~ b %in% a + a", True, ["a", "b:a"]),
        ("y ~ x + I(x^2) + log(z)", True, ["x", "I(x^2)", "log(z)"]),
        ("y ~ `my column` + _b2", True, ["my column", "_b2"]),
        ("y ~ 1", True, []),
        ("y ~ a + a", True, ["a"]),
    ],
)
def test_terms_as_in_r(text, intercept, terms):
    parsed = parse(text + " + (1 | g)")
    assert parsed.intercept is intercept
    assert [":".join(term) for term in parsed.terms] == terms


@pytest.mark.parametrize(
    ("bar", "parts"),
    [
        ("(1 | g)", [([()], "g")]),
        ("(x | g)", [([(), ("x",)], "g")]),
        ("(0 + x | g)", [([("x",)], "g")]),
        ("(1 + x || g)", [([()], "g"), ([("x",)], "g")]),
        ("(1 | g / h)", [([()], "h:g"), ([()], "g")]),
        ("(1 | g:h)", [([()], "g:h")]),
        ("(a * b | g)", [([(), ("a",), ("b",), ("a", "b")], "g")]),
        ("(1 | g) + (1 | h)", [([()], "g"), ([()], "h")]),
    ],
)
def test_random_parts_as_in_lme4(bar, parts):
    parsed = parse(f"y ~ x + {bar}")
    assert [(list(part.terms), part.name) for part in parsed.random] == parts


def test_offsets_stand_apart():
    parsed = parse("count ~ group + offset(log_time) + (1 | id)")
    assert parsed.offsets == ("log_time",)
    assert parsed.columns == ("count", "group", "log_time", "id")


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("y ~ a + 1 | g", "brackets"),
        ("~ a", "expected"),
        ("y ~ a +", "the end"),
        ("y ~ foo(x)", "foo"),
        ("y ~ a $ b", "'$' at position 7"),
        ("y ~ a + (0 | g)", "without any term"),
        ("y ~ 2 * a", "number 2"),
        ("y ~ a + (1 | g", "')'"),
        ("y ~ y + (1 | g)", "response"),
        ("y ~ a - (1 | g)", "taken away"),
        ("a + b ~ x", "'~'"),
        ("y ~ __import__('os')", "not understood"),
        ("y ~ a + (1 | g + h)", "factor of a random part"),
    ],
)
def test_a_mistake_is_named(text, word):
    with pytest.raises(StudyError) as caught:
        parse(text)
    assert caught.value.findings[0].code == "FORMULA"
    assert word in str(caught.value)
