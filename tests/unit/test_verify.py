"""Verdicts: same, within tolerance, differs; and a reference that changes only with a reason."""

import json
from pathlib import Path

import pytest

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.run import verify

ROWS = [
    {"group": "a", "n": "12", "estimate": "0.123456789", "p": "0.04"},
    {"group": "b", "n": "9", "estimate": "-2", "p": ""},
]
NUMBERS = {
    "n_all": {"raw": 21, "nl": "21", "en": "21"},
    "gap": {"raw": [0.1, 0.3], "nl": "0,1 tot 0,3", "en": "0.1 to 0.3"},
}


def changed(row, column, cell):
    return [{**given, column: cell} if number == row else given for number, given in enumerate(ROWS)]


def test_equal_rows_are_the_same():
    verdict = verify.compare_rows("figure-1", ROWS, ROWS)
    assert verdict.outcome == "same"
    assert str(verdict) == "figure-1: same"


@pytest.mark.parametrize(
    ("column", "cell", "outcome"),
    [
        ("estimate", "0.1234567890001", "within tolerance"),
        ("estimate", "0.1234568", "differs"),
        ("estimate", "", "differs"),
        ("estimate", "nan", "differs"),
        ("p", "0.04000000001", "within tolerance"),
        ("p", "0.0400001", "differs"),
        ("n", "13", "differs"),
        ("group", "c", "differs"),
    ],
)
def test_counts_and_words_are_exact_and_estimates_have_a_tolerance(column, cell, outcome):
    assert verify.compare_rows("x", ROWS, changed(0, column, cell)).outcome == outcome


def test_large_counts_are_exact_too():
    assert verify.compare_cells("1000000000", "1000000001", tolerance=1e-6) is None


def test_two_zeros_of_different_sums_are_within_tolerance():
    assert verify.compare_cells("0.0", "1e-17", tolerance=1e-8) is not None


def test_a_difference_is_named_with_row_column_and_size():
    verdict = verify.compare_rows("table-1", ROWS, changed(1, "estimate", "-2.2"))
    assert not verdict.passed
    assert str(verdict).splitlines() == [
        "table-1: differs, 1 cells",
        "  row 3, column estimate: expected -2, found -2.2 (relative difference 9.1e-02)",
    ]


def test_another_shape_differs():
    assert verify.compare_rows("x", ROWS, ROWS[:1]).outcome == "differs"
    assert verify.compare_rows("x", ROWS, [{"group": "a"}] * 2).outcome == "differs"
    assert verify.compare_rows("x", [], []).outcome == "same"


def test_numbers_are_compared_by_key():
    found = {"n_all": {**NUMBERS["n_all"], "raw": 22}, "new": NUMBERS["gap"]}
    verdicts = {item.id: item.outcome for item in verify.compare_numbers(NUMBERS, found)}
    assert verdicts == {"n_all": "differs", "gap": "missing", "new": "unexpected"}


def test_a_number_printed_otherwise_differs():
    found = {**NUMBERS, "n_all": {**NUMBERS["n_all"], "nl": "21 mensen"}}
    assert {item.id for item in verify.compare_numbers(NUMBERS, found) if not item.passed} == {"n_all"}
    shorter = {**NUMBERS, "gap": {**NUMBERS["gap"], "raw": [0.1]}}
    assert {item.id for item in verify.compare_numbers(NUMBERS, shorter) if not item.passed} == {"gap"}


@pytest.fixture
def run(tmp_path):
    reports = tmp_path / "reports"
    for name in ("figures/figure-1", "figures/figure-2", "tables/table-1"):
        io.write_text(reports / f"{name}.csv", io.csv_text(list(ROWS[0]), [row.values() for row in ROWS]))
    io.write_json(reports / "numbers.json", NUMBERS)
    (tmp_path / "CHANGELOG.md").write_text(
        "# Changelog\n\n## 0.2\n\n### Added\n- x\n\n### Results\n- y\n\n## 0.1\n"
    )
    return tmp_path


EXHIBITS = ["figure-1", "figure-2", "table-1"]
REASON = "another rule for missing items"


def accept(run, reason=REASON):
    return verify.accept(
        run / "reports", run / "reference", EXHIBITS, reason=reason, changelog=run / "CHANGELOG.md"
    )


def outcomes(run, exhibits=EXHIBITS):
    found = verify.compare_run(run / "reports", run / "reference", exhibits)
    return {item["id"]: item["outcome"] for item in (*found["exhibits"], *found["numbers"])}


def test_without_a_reference_nothing_is_claimed(run):
    found = verify.compare_run(run / "reports", None, EXHIBITS)
    assert found == {"compared": False, "passed": None, "exhibits": [], "numbers": []}


def test_one_digit_in_one_file_turns_exactly_that_exhibit_red(run):
    accept(run)
    assert set(outcomes(run).values()) == {"same"}
    for name in EXHIBITS:
        path = run / "reports" / verify.exhibit_file(name)
        kept = path.read_text()
        path.write_text(kept.replace("0.123456789", "0.123456889"))
        assert {key for key, value in outcomes(run).items() if value != "same"} == {name}
        path.write_text(kept)


def test_an_exhibit_that_is_gone_or_new_is_named(run):
    accept(run)
    (run / "reports" / "figures" / "figure-2.csv").unlink()
    io.write_text(run / "reports" / "tables" / "table-2.csv", "a\n1\n")
    found = outcomes(run, [*EXHIBITS, "table-2"])
    assert found["figure-2"] == "missing"
    assert found["table-2"] == "unexpected"


def test_accepting_writes_the_reason_under_results_of_the_newest_version(run):
    made = accept(run)
    text = (run / "CHANGELOG.md").read_text()
    assert f"### Results\n- {REASON} (reference {made})\n- y\n" in text
    assert io.read_json(run / "reference" / "accepted.json") == {"digest": made, "reason": REASON}
    assert verify.reference_digest(run / "reference") == made


def test_accepting_removes_exhibits_that_are_no_more(run):
    accept(run)
    verify.accept(
        run / "reports", run / "reference", ["table-1"], reason=REASON, changelog=run / "CHANGELOG.md"
    )
    assert [path.name for path in (run / "reference").rglob("*.csv")] == ["table-1.csv"]


def test_a_reason_that_says_nothing_is_refused(run):
    with pytest.raises(StudyError, match="V02"):
        accept(run, "update")
    assert not (run / "reference").exists()


def test_verdicts_survive_the_trip_through_json():
    verdict = verify.compare_rows("x", ROWS, changed(0, "n", "13"))
    plain = json.loads(
        json.dumps({**verdict.__dict__, "differences": [vars(d) for d in verdict.differences]})
    )
    assert verify.verdicts_of([{**plain, "passed": False}]) == [verdict]


def test_tables_are_named_in_the_order_people_count():
    names = ["table-10", "table-2", "figure-1"]
    assert sorted(names, key=verify.natural) == ["figure-1", "table-2", "table-10"]


REFERENCE = Path("reports/reference")


@pytest.mark.skipif(
    not (REFERENCE / "accepted.json").is_file(), reason="no expected numbers are recorded yet"
)
def test_the_expected_numbers_changed_only_with_a_line_in_the_changelog():
    accepted = io.read_json(REFERENCE / "accepted.json")
    assert verify.reference_digest(REFERENCE) == accepted["digest"], "use netwerkkracht verify --accept"
    line = f"{accepted['reason']} (reference {accepted['digest']})"
    assert line in Path("CHANGELOG.md").read_text(encoding="utf-8")
