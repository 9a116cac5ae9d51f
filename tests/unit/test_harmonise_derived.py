"""Every derived rule on values worked out by hand, with its missing-data rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.core.words import ByLanguage
from netwerkkracht.harmonise import observed, score
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.derived import DERIVED_RULES, parse_derived
from netwerkkracht.study.codebook.lint import lint_derived
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import REASONS, FileSpec, SourceRule, Study, Variable

X = ByLanguage({}, "x")
FIELDS = ("rule", "from", "threshold", "min_valid", "on_too_few", "on_uneven", "only_if", "targets", "scale")


def book(variables, rows, not_asked=(), waves=("1", "2"), groups=("A", "B")):
    """Make a codebook of plain variables and indices; ``not_asked`` holds (variable, wave, group)."""
    study = Study(
        "s",
        X,
        waves,
        dict.fromkeys(waves, X),
        dict.fromkeys(groups, X),
        dict.fromkeys(REASONS[1:], X),
        "person",
        "arm",
        "visit",
        tuple(FileSpec(f"f{w}{g}", w, g, "p", ("id",)) for w in waves for g in groups),
        None,
        {},
    )
    rules = {
        (name, wave, group): SourceRule(
            name, wave, group, "not_asked" if (name, wave, group) in not_asked else "direct"
        )
        for name in variables
        for wave in waves
        for group in groups
    }
    problems = Problems()
    table = [
        {"variable": name, "label_nl": "", "label_en": "", "structural": "", "decision": "B1"}
        | dict(zip(FIELDS, (*cells, *[""] * len(FIELDS)), strict=False))
        for name, cells in rows.items()
    ]
    made = Codebook(
        study,
        {name: Variable(name, X, kind, tags=frozenset(REASONS[1:])) for name, kind in variables.items()},
        {},
        rules,
        {},
        parse_derived(table, study, problems),
    )
    assert not problems.findings, problems.findings
    return made


def panel(book_, columns, people=None, waves=None, groups=None):
    """Make a panel; cells are numbers, texts, or tags such as '.w'."""
    n = len(next(iter(columns.values())))
    made = {
        "person": pd.Series(people or [f"p{k}" for k in range(n)], dtype="str"),
        "arm": pd.Series(groups or ["A"] * n, dtype="str"),
        "visit": pd.Series(waves or ["1"] * n, dtype="str"),
    }
    for name, cells in columns.items():
        tags = [str(cell)[1:] if str(cell).startswith(".") else "" for cell in cells]
        text = book_.is_text(name)
        values = [None if tag else cell for cell, tag in zip(cells, tags, strict=True)]
        made[name] = pd.Series(values, dtype="str" if text else float)
        made[f"{name}__reason"] = pd.Categorical(tags, categories=list(REASONS))
    return pd.DataFrame(made)


def scored(book_, columns, name, **more):
    """Return the cells of an index as numbers or tags."""
    result = score(book_, panel(book_, columns, **more))
    cells = []
    for value, reason in zip(result[name], result[f"{name}__reason"], strict=True):
        cells.append(f".{reason}" if reason else value)
    return cells


def one(variables, cells, columns, **more):
    made = book(variables, {"out": cells})
    return scored(made, columns, "out", **more)


YES = {"a": "yesno", "b": "yesno", "c": "yesno"}
NUM = {"a": "number", "b": "number", "c": "number"}
THREE = {"a": [1, 1, ".w", ".w", ".w"], "b": [1, 0, 1, ".w", ".r"], "c": [0, 0, 1, ".w", 0]}


def test_every_rule_has_a_test_here():
    text = Path(__file__).read_text(encoding="utf-8")
    assert [rule for rule in DERIVED_RULES if f'"{rule}"' not in text] == []


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("count_from", "a b c"), [2, 1, ".w", ".w", ".g"]),
        (("count_from", "a b c", "1", "2"), [2, 1, 2, ".w", ".g"]),
        (("count_from", "a b c", "1", "1"), [2, 1, 2, ".w", 0]),
        (("count_from", "a b c", "1", "3", ".s"), [2, 1, ".s", ".s", ".s"]),
        (("count_upto", "a b c", "0", "1"), [1, 2, 0, ".w", 1]),
        (("sum", "a b c", "", "1"), [2, 1, 2, ".w", 0]),
        (("mean", "a b c", "", "1"), [2 / 3, 1 / 3, 1, ".w", 0]),
        (("max", "a b c", "", "1"), [1, 1, 1, ".w", 0]),
        (("min", "a b c", "", "1"), [0, 0, 1, ".w", 0]),
        (("count_from", "a b c", "1", "0"), [2, 1, 2, 0, 0]),
        (("count_upto", "a b c", "0", "0"), [1, 2, 0, 0, 1]),
        (("sum", "a b c", "", "0"), [2, 1, 2, 0, 0]),
        (("all_of", "a b c"), [0, 0, ".w", ".w", 0]),
        (("any_of", "a b c"), [1, 1, 1, ".w", ".g"]),
        (("at_least", "a", "1"), [1, 1, ".w", ".w", ".w"]),
        (("at_most", "c", "0"), [1, 1, 0, ".w", 1]),
        (("greater", "b", "0.5"), [1, 0, 1, ".w", ".r"]),
        (("equals", "c", "0"), [1, 1, 0, ".w", 1]),
        (("combine", "a b"), [1, 2, ".w", ".w", ".g"]),
        (("combine", "c b", "10 20 30 40"), [30, 40, 10, ".w", ".r"]),
        (("areas", "a | b c"), [1, 0, ".w", ".w", ".g"]),
    ],
)
def test_rules_over_yes_no_items(cells, expected):
    assert one(NUM, cells, THREE) == pytest.approx(expected)


@pytest.mark.parametrize("rule", [("count_upto", "a b", "17", "0"), ("sum", "a b", "", "0")])
def test_an_empty_household_counts_none_and_who_was_not_asked_stays_missing(rule):
    columns = {"a": [".n", ".s", ".q", ".m", ".q", 40], "b": [".n", ".r", ".q", ".m", ".n", ".n"]}
    got = one({"a": "number", "b": "number"}, rule, columns)
    assert got[:2] == [0, 0]
    assert got[2] == ".q"
    assert got[3] == ".m"
    assert got[4] == 0
    assert got[5] == (0 if rule[0] == "count_upto" else 40)


def test_the_count_of_another_wave_is_missing_without_an_interview_there():
    made = book({"a": "number"}, {"out": ("count_from", "a@2", "1", "0")})
    got = scored(made, {"a": [3, 4, ".n"]}, "out", people=["x", "y", "y"], waves=["1", "1", "2"])
    assert got == [".m", 0, 0]


@pytest.mark.parametrize(
    ("cells", "part"),
    [
        (("mean", "a b", "", "0"), "min_valid 0"),
        (("max", "a b", "", "0"), "min_valid 0"),
        (("any_of", "a b", "", "1"), "takes no min_valid"),
        (("areas", "a | b", "", "1"), "takes no min_valid"),
        (("equals", "a", "1", "1"), "takes no min_valid"),
    ],
)
def test_a_least_number_that_a_rule_cannot_honour_is_refused(cells, part):
    with pytest.raises(AssertionError, match=part):
        book({"a": "number", "b": "number"}, {"out": cells})


def test_not_applicable_items_yield_to_other_reasons():
    columns = {"a": [".n", ".n"], "b": [".n", ".w"], "c": [".n", ".n"]}
    assert one(NUM, ("mean", "a b c"), columns) == [".n", ".w"]


def test_classes_take_their_lower_bounds():
    ages = {"a": [17, 29, 30, 44.9, 45, 64, 65, 95, ".r"]}
    got = one({"a": "integer"}, ("classes", "a", "30 45 65"), ages)
    assert got == [1, 1, 2, 2, 3, 3, 4, 4, ".r"]


def test_mean_of_present_problems():
    variables = {"p1": "yesno", "p2": "yesno", "s1": "number", "s2": "number"}
    columns = {
        "p1": [1, 1, 0, 1, 1, ".w"],
        "p2": [1, 0, 0, 1, ".w", 1],
        "s1": [100, 50, ".n", 100, 40, ".n"],
        "s2": [50, ".n", ".n", ".r", ".n", 80],
    }
    rule = ("mean_present", "p1 p2 | s1 s2")
    assert one(variables, rule, columns) == [75, 50, ".n", ".r", ".w", ".w"]
    assert one(variables, (*rule, "", "1"), columns) == [75, 50, ".n", ".r", 40, 80]


def test_areas_only_for_whom_they_apply():
    variables = {**YES, "kids": "integer"}
    columns = {"a": [1, 1, 1, 1], "b": [1, 1, 0, 1], "c": [1, 1, 1, 1], "kids": [2, 0, 1, ".r"]}
    rule = ("areas", "a | b | c", "", "", "", "", "kids")
    assert one(variables, rule, columns) == [1, ".n", 0, ".r"]


def test_months_between_dates():
    columns = {"d1": ["2018-01-01", "2018-03-01", ".s"], "d2": ["2019-01-01", "2018-02-01", "2018-01-01"]}
    got = one({"d1": "date", "d2": "date"}, ("months_between", "d1 d2"), columns)
    assert got[:2] == pytest.approx([365 / 30.4375, -28 / 30.4375])
    assert got[2] == ".s"


@pytest.mark.parametrize(
    ("born", "day", "years"),
    [
        ("2000-03-01", "2018-03-01", 18),
        ("2000-03-02", "2018-03-01", 17),
        ("2000-02-29", "2018-02-28", 17),
        ("2000-02-29", "2018-03-01", 18),
        ("2000-02-29", "2020-02-28", 19),
        ("2000-02-29", "2020-02-29", 20),
        ("1957-12-31", "2018-01-01", 60),
        ("1899-12-31", "1970-01-01", 70),
        ("2018-03-01", "2018-03-01", 0),
        ("2018-03-01", "2018-02-01", 0),
        ("2018-03-01", "2016-03-02", -1),
        ("2018-03-01", "2016-03-01", -2),
    ],
)
def test_age_in_completed_years(born, day, years):
    (got,) = one({"b": "date", "d": "date"}, ("years_between", "b d"), {"b": [born], "d": [day]})
    assert got == years
    assert not np.signbit(got) or years < 0


def test_age_of_who_has_no_date():
    columns = {"b": ["2000-01-01", ".r", ".s"], "d": [".s", "2018-01-01", ".r"]}
    assert one({"b": "date", "d": "date"}, ("years_between", "b d"), columns) == [".s", ".r", ".g"]


def test_values_of_another_wave():
    made = book({"a": "number"}, {"first": ("from_wave", "a", "1"), "half": ("at_least", "a@1", "5")})
    columns = {"a": [7, 1, ".w", 9, 3]}
    place = {"people": ["p", "p", "q", "q", "r"], "waves": ["1", "2", "1", "2", "2"]}
    assert scored(made, columns, "first", **place) == [7, 7, ".w", ".w", ".m"]
    assert scored(made, columns, "half", **place) == [1, 1, ".w", ".w", ".m"]


def test_in_wave_and_rows_without_an_interview():
    made = book({"a": "number"}, {"back": ("in_wave", "", "2"), "big": ("at_least", "a", "5")})
    columns = {"a": [7, ".m", 8, 9]}
    place = {"people": ["p", "p", "q", "q"], "waves": ["1", "2", "1", "2"]}
    assert scored(made, columns, "back", **place) == [0, 0, 1, 1]
    assert scored(made, columns, "big", **place) == [1, ".m", 1, 1]
    assert observed(made, panel(made, columns, **place)).tolist() == [True, False, True, True]


ITEMS = {f"e{k}": "integer" for k in (1, 2, 3)} | {f"s{k}": "integer" for k in (1, 2, 3)}
ROWS = [  # three emotional, three social; 1 = no, 2 = more or less, 3 = yes
    [3, 2, 1, 1, 2, 3],
    [1, 1, 1, 3, 3, 3],
    [3, 3, 3, 1, 1, 1],
    [".w", 3, 3, 1, 1, 1],
    [".w", 3, 3, ".r", 1, 1],
    [".w", ".w", 1, 3, 3, 3],
]


@pytest.mark.parametrize(("direction", "turn"), [("yes_high", False), ("yes_low", True)])
def test_loneliness_total_and_subscales_in_both_directions(direction, turn):
    rows = [[4 - cell if turn and not isinstance(cell, str) else cell for cell in row] for row in ROWS]
    columns = {name: [row[k] for row in rows] for k, name in enumerate(ITEMS)}
    made = book(
        ITEMS,
        {
            "total": ("djg_total", "e1 e2 e3 | s1 s2 s3", direction),
            "emo": ("djg_emotional", "e1 e2 e3", direction),
            "soc": ("djg_social", "s1 s2 s3", direction),
        },
    )
    # total: missing when more than one item is; subscale: when any is
    assert scored(made, columns, "total") == [4, 0, 6, 5, ".g", ".w"]
    assert scored(made, columns, "emo") == [2, 0, 3, ".w", ".w", ".w"]
    assert scored(made, columns, "soc") == [2, 0, 3, 3, ".r", 0]


@pytest.mark.parametrize(
    ("choice", "expected"),
    [("common", [2, 2, 1, 1]), ("asked", [3, 3, 1, 1]), ("leave_out", [3, 3, ".x", ".x"])],
)
def test_uneven_items_follow_the_decision(choice, expected):
    gaps = {("c", wave, "B") for wave in ("1", "2")}
    rule = ("count_from", "a b c", "1", "", "", choice)
    made = book(YES, {"out": rule}, not_asked=gaps)
    columns = {"a": [1, 1, 1, 1], "b": [1, 1, 0, 0], "c": [1, 1, ".q", ".q"]}
    assert scored(made, columns, "out", groups=["A", "A", "B", "B"]) == expected


def test_an_index_that_was_not_asked_says_so():
    gaps = {(name, "2", group) for name in YES for group in "AB"}
    made = book(YES, {"out": ("sum", "a b c", "", "", ".s")}, not_asked=gaps)
    columns = {"a": [1, ".q"], "b": [1, ".q"], "c": [1, ".q"]}
    place = {"people": ["p", "p"], "waves": ["1", "2"]}
    assert scored(made, columns, "out", **place) == [3, ".q"]


def test_an_uneven_index_without_a_decision_is_x08():
    made = book(YES, {"out": ("count_from", "a b c")}, not_asked={("c", "1", "B")})
    problems = Problems()
    lint_derived(made, made.derived["out"], problems)
    assert [finding.code for finding in problems.findings] == ["X03", "X08"]
    assert "wave 1 B: 2 of 3" in problems.findings[1].what


def test_scoring_again_changes_nothing():
    made = book(NUM, {"out": ("sum", "a b c", "", "1"), "flag": ("at_least", "out", "2")})
    first = score(made, panel(made, THREE))
    pd.testing.assert_frame_equal(score(made, first), first)
    assert first["out"].to_numpy()[:3].tolist() == [2, 1, 2]
    assert np.isnan(first["flag"].to_numpy()[3])
