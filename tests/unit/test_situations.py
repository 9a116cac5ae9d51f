"""Situations that people reported of this work: each gives its right value, or stops with its code.

The studies stand in ``tests/situations``; the README of each says where it comes from and what is right.
Where a study must state something, both are shown: what is found without it, and the value with it.
"""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from netwerkkracht.codebook_tools.checking import read_files
from netwerkkracht.harmonise import harmonise
from netwerkkracht.study.codebook import examine_codebook

ROOT = Path(__file__).parents[1] / "situations"


class Tried:
    """One situation: its panel, counts and findings."""

    def __init__(self, result, findings):
        self.result, self.findings = result, tuple(findings)
        self.codes = {finding.code for finding in findings}
        self.errors = {finding.code for finding in findings if finding.severity == "error"}

    def values(self, name="score"):
        """Return person and wave -> value, or the reason of a missing one with a point before it."""
        panel = self.result.panel
        reasons = panel[f"{name}__reason"].astype(str)
        shown = panel[name].astype(object).where(reasons == "", "." + reasons)
        return dict(zip(zip(panel["person_id"], panel["wave"], strict=True), shown, strict=True))

    def one(self, code):
        """Return the only finding with a code."""
        (finding,) = [finding for finding in self.findings if finding.code == code]
        return finding


@pytest.fixture
def tried(tmp_path):
    """Return what harmonising a situation gives, after changes of its codebook."""

    def try_it(name, **changes):
        (source,) = ROOT.glob(f"{name}-*")
        folder = tmp_path / f"{name}{len(list(tmp_path.iterdir()))}"
        shutil.copytree(source / "codebook", folder)
        for part, change in changes.items():
            file = folder / ("study.yaml" if part == "study" else f"{part}.csv")
            text = file.read_text(encoding="utf-8")
            if isinstance(change, str):
                changed = text + change
            else:
                changed = text
                for old, new in change.items():
                    assert old in changed
                    changed = changed.replace(old, new)
            file.write_text(changed, encoding="utf-8")
        book, problems = examine_codebook(folder)
        if problems:
            return Tried(None, problems)
        files, unread = read_files(book, source / "data")
        result = harmonise(book, files, strict=False)
        return Tried(result, [*unread, *result.findings])

    return try_it


def rule(*names):
    return f"id_rule: {{rules: [{', '.join(names)}], decision: B1}}\n"


# --- identity


def test_01_identifiers_that_differ_in_case_are_two_people(tried):
    plain = tried("01")
    assert plain.errors == {"K03"}
    assert {person for person, _ in plain.values()} == {"R_aB3d", "R_kk1x", "R_kk2x", "R_zz1", "R_zz2"}
    assert ("R_aB3d", "2") not in plain.values()
    assert plain.one("K06").count == 1
    assert "[case]" in plain.one("K06").what
    kept = tried("01", study="linking: {no_first_wave: {do: keep, decision: B1}}\n")
    assert len({person for person, _ in kept.values()}) == 6
    # who knows that it is one person says so
    same = tried("01", study=rule("case"))
    assert same.codes == {"K01"}
    assert same.values()["R_aB3d", "2"] == 1


def test_02_a_blank_inside_an_identifier_tells_people_apart(tried):
    plain = tried("02", study="linking: {no_first_wave: {do: keep, decision: B1}}\n")
    assert plain.errors == set()
    values = plain.values()
    assert values["1 23", "1"] == 5
    assert values["12 3", "2"] == 1
    assert ("1 23", "2") not in values
    assert ("12 3", "1") not in values


def test_04_numbers_beyond_two_to_the_53_are_not_told_apart(tried):
    found = tried("04")
    assert "K08" in found.errors
    assert found.one("K08").count == 2
    assert "as text" in found.one("K08").expected


def test_05_text_with_decimals_is_a_number_by_rule_only(tried):
    plain = tried("05")
    assert plain.errors == {"K03"}
    proposed = plain.one("K06")
    assert "[number_text]" in proposed.what
    assert proposed.count == 5
    right = tried("05", study=rule("number_text"))
    assert right.codes == {"K01"}
    assert {person for person, _ in right.values()} == {"7", "12", "105", "60", "61"}
    assert len(right.values()) == 10
    assert right.values()["105", "2"] == 10


def test_06_groups_that_both_count_from_one_need_a_key_table(tried):
    assert "D05" in tried("06", study={"keys: keys.csv\n": ""}).errors
    right = tried("06")
    assert right.codes == set()
    assert {person for person, _ in right.values()} == {"A1", "A2", "A3", "B1", "B2", "B3"}


def test_27_invisible_characters_are_named(tried):
    plain = tried("27")
    assert plain.errors == {"K03"}
    proposed = {finding.what.partition("]")[0].partition("[")[2]: finding.count for finding in plain.findings
                if finding.code == "K06"}  # fmt: skip
    # the no-break blank falls under both; the full-width digits under the form only
    assert proposed == {"invisible": 3, "unicode_form": 2, "invisible, unicode_form": 4}
    right = tried("27", study=rule("invisible", "unicode_form"))
    assert right.codes == {"K01"}
    assert {person for person, _ in right.values()} == {
        "1001",
        "1002",
        "1003",
        "1004",
        "2001",
        "2002",
        "2003",
    }


def test_21_a_wave_without_rows_is_no_fault(tried):
    found = tried("21")
    assert found.codes == set()
    assert len(found.values()) == 10


# --- dates


def test_07_a_number_without_a_date_format_is_no_date(tried):
    plain = tried("07")
    assert plain.errors == {"D15"}
    assert {finding.variable for finding in plain.findings} == {"born"}
    first = plain.findings[0]
    assert first.count == 4
    assert "yyyymmdd (4 of 4)" in first.expected
    assert "1980" not in str(first)
    right = tried(
        "07",
        sources={
            ";decision\n": ";decision;date_form\n",
            "datum;;;;;;;": "datum;;;;;;;;",
            "geb;;;;;;;": "geb;;;;;;;;yyyymmdd",
        },
        derived={"months_between;born day": "years_between;born day"},
    )
    assert right.codes == set()
    assert right.values("born")["1", "1"] == "1980-03-12"
    assert right.values("age_m")["1", "1"] == 37


def test_08_dates_as_text_are_read_by_their_stated_form(tried):
    plain = tried("08")
    assert plain.errors == {"D15"}
    assert len(plain.findings) == 4
    shown = "\n".join(map(str, plain.findings))
    for form in (
        "dd/mm/yyyy (4 of 4)",
        "dd.mm.yyyy (3 of 3)",
        "dd-mm-yy from 1930 (3 of 3)",
        "dd mmm yyyy (2 of 2)",
    ):
        assert form in shown
    rows = "".join(
        f"day;{wave};{group};direct;datum;;;;;;;;{form}\n"
        for wave, group, form in (
            ("1", "A", "dd/mm/yyyy"),
            ("1", "B", "dd.mm.yyyy"),
            ("2", "A", "dd-mm-yy from 1930"),
            ("2", "B", "dd mmm yyyy"),
        )
    )
    right = tried(
        "08", sources={";decision\n": ";decision;date_form\n", "day;*;*;direct;datum;;;;;;;\n": rows}
    )
    assert right.codes == set()
    assert right.values("day")["1", "1"] == "2018-02-01"
    assert right.values("day")["11", "1"] == "2018-02-03"
    assert right.values("day")["1", "2"] == "2019-02-01"
    assert right.values("day")["11", "2"] == "2019-02-03"


def test_12_age_in_completed_years(tried):
    right = tried(
        "12",
        derived={"months_between": "years_between", "at_least;age_m;216": "at_least;age_m;18"},
    )
    assert right.codes == set()
    ages = right.values("age_m")
    assert [ages[str(n), "1"] for n in range(1, 5)] == [18, 17, 60, 18]
    adult = right.values("adult")
    assert [adult[str(n), "1"] for n in range(1, 5)] == [1, 0, 1, 1]


# --- numbers in text


def test_09_a_point_in_an_amount_is_never_guessed(tried):
    plain = tried("09")
    assert plain.errors == {"D16"}
    found = next(finding for finding in plain.findings if finding.code == "D16")
    assert found.count == 3
    assert "point (3 of 3)" in found.expected
    assert "point_comma (3 of 3)" in found.expected
    right = tried(
        "09", sources={";decision\n": ";decision;number_form\n", "bedrag;;;;;;": "bedrag;;;;;;;point_comma"}
    )
    assert right.codes == {"W03"}
    assert right.values("income")["1", "1"] == 1250
    assert right.values("income")["2", "1"] == 950
    other = tried(
        "09", sources={";decision\n": ";decision;number_form\n", "bedrag;;;;;;": "bedrag;;;;;;;point"}
    )
    assert other.values("income")["1", "1"] == 1.25


# --- rows


def linking(**policies):
    lines = "".join(f"  {name}: {{do: {do}, decision: B1}}\n" for name, do in policies.items())
    return f"linking:\n{lines}"


@pytest.mark.parametrize(
    ("policy", "second", "sixth"), [("as_first", "A", "B"), ("as_last", "B", "A"), ("set_aside", None, None)]
)
def test_16_a_person_who_changes_arm_counts_as_the_study_says(tried, policy, second, sixth):
    assert tried("16").errors == {"D05"}
    right = tried("16", study=linking(both_groups=policy))
    assert right.codes == {"D05"}
    assert right.errors == set()
    panel = right.result.panel
    arms = panel.groupby("person_id")["group"].agg(set).to_dict()
    assert arms.get("2") == ({second} if second else None)
    assert arms.get("6") == ({sixth} if sixth else None)
    assert len(panel) == (12 if second else 8)
    if second:
        assert right.values()["2", "2"] == 4
        assert right.values()["6", "2"] == 6


def test_24_text_in_rows_is_matched_without_capitals(tried):
    right = tried("24")
    assert right.codes == set()
    assert right.result.panel.groupby(["wave", "group"]).size().tolist() == [2, 2, 2, 2]


def test_25_unfinished_interviews_are_left_out_by_a_rule(tried):
    assert "K05" in tried("25").errors
    rule = (
        "leave_out:\n  - {name: unfinished, label: {nl: niet afgemaakt, en: not finished}, "
        "unless: {klaar: 1}, decision: B1}\n"
    )
    right = tried("25", study={", rows: {klaar: 1}": "", "person: person_id": f"{rule}person: person_id"})
    assert right.codes == {"K10"}
    assert len(right.values()) == 9
    aside = right.result.set_aside.set_index(["file", "reason"])["count"].to_dict()
    assert aside == {("a1", "unfinished"): 1, ("b1", "unfinished"): 1, ("a2", "unfinished"): 1}
    flow = right.result.flow
    assert (flow["rows_in"] == flow["used"] + flow["set_aside"]).all()
    assert flow["rows_in"].sum() == 12


@pytest.mark.parametrize(
    ("policy", "score"), [("keep_first, by: datum", 5), ("keep_last, by: datum", 6), ("keep_last", 6)]
)
def test_26_of_repeated_interviews_one_is_kept_by_decision(tried, policy, score):
    right = tried("26", study={"duplicate_different: {do: set_aside": f"duplicate_different: {{do: {policy}"})
    assert right.codes == {"D04"}
    assert right.errors == set()
    assert right.values()["2", "1"] == score
    assert right.values()["2", "2"] == 5
    assert right.one("D04").count == 1


def test_33_a_wide_file_has_rows_for_who_was_interviewed(tried):
    right = tried("33")
    assert right.codes == set()
    assert len(right.values()) == 10
    assert right.values()["4", "2"] == ".s"
    flow = right.result.flow
    assert flow["rows_in"].sum() == 12
    assert flow["set_aside"].sum() == 2


def test_34_imputed_copies_are_left_out_by_a_rule(tried):
    assert "K05" in tried("34").errors
    rule = "leave_out:\n  - {name: imputed, where: {Imputation_: 1..2}, decision: B1}\n"
    right = tried(
        "34", study={", rows: {Imputation_: 0}": "", "person: person_id": f"{rule}person: person_id"}
    )
    assert right.codes == {"K10"}
    values = right.values()
    assert len(values) == 12
    assert values["3", "1"] == ".s"
    # with the rows of an entry narrowed as well, the rule takes what is left
    both = tried("34", study=rule)
    assert both.values() == values


def test_36_two_files_are_parts_of_one_cell(tried):
    assert tried("36").errors == {"X04"}
    parts = {
        "path: a1north.sav": "part: north, path: a1north.sav",
        "path: a1south.sav": "part: south, path: a1south.sav",
    }
    right = tried("36", study=parts)
    assert right.codes == set()
    panel = right.result.panel
    assert ((panel["wave"] == "1") & (panel["group"] == "A")).sum() == 4
    # a person who stands in both parts is a person twice
    twice = tried(
        "36",
        study={
            "path: a1north.sav": "part: n, path: a1north.sav",
            "path: a1south.sav": "part: s, path: a1north.sav",
        },
    )
    assert "D04" in twice.errors


# --- scores


def test_13_a_household_without_members_has_no_children(tried):
    right = tried("13")
    assert right.codes == set()
    kids, size = right.values("kids"), right.values("size")
    assert [kids[str(n), "1"] for n in range(1, 5)] == [2, 0, 0, 2]
    assert [size[str(n), "1"] for n in range(1, 5)] == [3, 1, 0, 4]


# --- weights


def test_15_a_weighted_file_needs_an_answer(tried):
    plain = tried("15")
    assert plain.errors == {"D17"}
    assert {finding.file for finding in plain.findings} == {"a1", "a2", "b1", "b2"}
    assert "'gewicht'" in plain.findings[0].what
    ignored = tried("15", study="weights: {do: ignore, decision: B1}\n")
    assert ignored.errors == set()
    assert ignored.codes == {"D17"}
    values = ignored.values()
    assert sum(values[str(n), "1"] for n in range(1, 5)) / 4 == 6
    used = tried("15", study="weights: {do: use, decision: B1}\n")
    assert used.errors == {"X04"}
    assert "unweighted" in used.one("X04").expected


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("weights: {do: ignore}", "X04"),
        ("weights: {do: ignore, decision: B9}", "X03"),
        ("weights: {do: skip, decision: B1}", "X04"),
        ("weights: ignore", "X04"),
    ],
)
def test_an_answer_about_weights_needs_its_form(tried, answer, code):
    assert tried("15", study=f"{answer}\n").errors == {code}


def test_an_answer_about_weights_is_no_matter_without_them(tried):
    assert tried("21", study="weights: {do: ignore, decision: B1}\n").codes == set()
