"""What the report reads beside the exhibits: rounded and hidden before a sentence can print it."""

import pytest
from exhibit_cases import material

from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.io import plain
from netwerkkracht.release.rules import Rules
from netwerkkracht.release.sources import prepare
from netwerkkracht.report.numbers import collect
from netwerkkracht.report.spec import read_spec

TEN = Rules(10, 5)
FLOW, MISSING = "results/aggregate/flow.csv", "results/aggregate/missing.csv"
MODEL = "results/aggregate/models/load_main.json"


def test_rows_set_aside_are_hidden_with_the_rows_that_give_them_back():
    rows = [
        {"file": "x", "wave": "1", "rows_in": "46", "used": "45", "set_aside": "1"},
        {"file": "y", "wave": "1", "rows_in": "62", "used": "62", "set_aside": "0"},
    ]
    assert prepare(FLOW, rows, TEN, 2) == [
        {"file": "x", "wave": "1", "rows_in": "", "used": "45", "set_aside": "", "release": "hidden"},
        {"file": "y", "wave": "1", "rows_in": "60", "used": "60", "set_aside": "0", "release": "rounded"},
    ]


@pytest.mark.parametrize(
    ("what", "left"),
    [
        (
            "the file labels code 7 of 'v1' as 'Jan's note'; the code is never seen",
            "the file labels code … of '…'; the code is never seen",
        ),
        ("'v1' is a text variable that holds numbers, 3 of them with a decimal comma", None),
        ("at least 62 % of the answers would have to move to give those of wave 1", None),
        (
            "rows that stand twice; set aside by decision B25",
            "rows that stand twice; set aside by decision B25",
        ),
    ],
)
def test_messages_lose_what_they_quote_and_count(what, left):
    (made,) = prepare("results/aggregate/findings.json", [{"code": "W02", "count": 0, "what": what}], TEN, 2)
    assert left in (None, made["what"])
    assert not {"Jan", "3", "62"} & set(made["what"].replace("'", " ").split())
    assert "1" in made["what"] or "wave" not in what


def test_small_reasons_are_hidden_with_the_valid_answers_when_alone():
    rows = [
        {"variable": "load", "wave": "1", "group": "a", "reason": reason, "count": count}
        for reason, count in (("", "52"), ("w", "3"), ("r", "0"))
    ]
    assert [row["count"] for row in prepare(MISSING, rows, TEN, 2)] == ["", "", "0"]


def test_findings_lose_small_counts_and_keep_their_words():
    rows = [{"code": "K02", "count": 1, "what": "rows"}, {"code": "K01", "count": 43, "what": "ids"}]
    made = prepare("results/aggregate/findings.json", rows, TEN, 2)
    assert [(row["code"], row["count"]) for row in made] == [("K02", None), ("K01", 45)]


def model(**more):
    return plain({**material().models["load_main"].to_dict(), **more})


def test_a_model_leaves_with_few_decimals_and_rounded_counts():
    made = prepare(MODEL, model(), TEN, 2)
    assert made["n_persons"] % 5 == 0
    assert made["dropped"] == []
    numbers = [row[name] for row in made["contrasts"] for name in ("estimate", "lower", "se")]
    assert numbers
    assert all(value is None or value == round(value, 2) for value in numbers)


def test_probabilities_of_a_model_are_left_to_the_exhibits():
    given = plain(material().models["aided_main"].to_dict())
    made = prepare("results/aggregate/models/aided_main.json", given, TEN, 2)
    assert {row["estimate"] for row in made["means"]} == {None}
    assert made["contrasts"][0]["estimate"] is not None


NUMBERS = f"""
numbers:
  n: {{file: {MODEL}, pointer: n_persons, kind: count, meaning: {{nl: n, en: n}}}}
  gap: {{file: {MODEL}, pointer: contrasts, where: {{kind: change, scale: link}}, column: estimate,
         kind: number, decimals: 2, meaning: {{nl: n, en: n}}}}
  twice: {{compute: total, of: [n, n], kind: count, meaning: {{nl: n, en: n}}}}
words: {{}}
"""


def test_numbers_of_a_model_of_few_persons_are_not_given():
    small = prepare(MODEL, model(persons_by_group={"new": 40, "old": 4}), TEN, 2)
    assert small["status"] == "too_small"
    made = collect(read_spec(NUMBERS, ("nl", "en")), {MODEL: small})
    assert {key: made[key].raw for key in ("n", "gap", "twice")} == dict.fromkeys(("n", "gap", "twice"))
    enough = collect(read_spec(NUMBERS, ("nl", "en")), {MODEL: prepare(MODEL, model(), TEN, 2)})
    assert enough["twice"].raw == 2 * enough["n"].raw
    assert enough["gap"].raw is not None


@pytest.mark.parametrize(
    "name", ["results/aggregate/other.csv", "results/restricted/panel.csv", "results/aggregate/trace.json"]
)
def test_a_file_without_a_rule_is_refused(name):
    with pytest.raises(StudyError, match="G12"):
        prepare(name, [], TEN, 2)


@pytest.mark.parametrize(
    "name",
    ["reports/figures/figure-1.csv", "data/codebook/published.csv", "results/aggregate/operating/m.csv"],
)
def test_what_is_released_or_published_stays_as_it_is(name):
    rows = [{"n": "3"}]
    assert prepare(name, rows, TEN, 2) is rows
