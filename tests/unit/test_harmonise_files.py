"""Files of other shapes: several cells in one file, no key table, rows without interviews, settings."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from crosswalk_study import Draft, drafts, files, tables, write_codebook

from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.io import read_csv, write_csv
from netwerkkracht.harmonise import harmonise, observed, reliability, restore
from netwerkkracht.harmonise.identifiers import folded, stored
from netwerkkracht.harmonise.scales import omega
from netwerkkracht.study.codebook import read_codebook


def book(tmp_path, **changes):
    texts = tables()
    for name, (old, new) in changes.items():
        file = f"{name}.yaml" if name == "study" else f"{name}.csv"
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new)
    return read_codebook(write_codebook(tmp_path, texts))


def stacked():
    """Return the first two files as one, with a column that says whose rows they are."""
    made = drafts()
    first, second = made["ekc_t0"], made["wt_t0"]
    second.rename("RESPNR", "respnr")
    second.rename("GESL", "gesl")
    first.change("gesl", value_labels={})
    second.add("v12d", "Psychische problemen", np.full(20, np.nan))
    first.add("arm", "Arm", np.full(20, 1.0))
    second.add("arm", "Arm", np.full(20, 2.0))
    both = files({"one": first, "two": second})
    frame = pd.concat([both["one"].frame, both["two"].frame[both["one"].frame.columns]], ignore_index=True)
    variables = tuple(
        replace(v, label="Ik heb niet zelf de regie") if v.name == "regie" else v
        for v in both["one"].variables
    )
    return replace(both["one"], frame=frame, n_rows=40, variables=variables)


ENTRY = "{file: ekc_t0, wave: T0, group: EKC, path: ekc_t0.sav, id: respnr}"
OTHER = "{file: wt_t0, wave: T0, group: WT, path: wt_t0.sav, id: RESPNR}"


def divided(tmp_path, first="rows: {arm: 1}", second="rows: {arm: [2]}"):
    texts = tables()
    texts["study.yaml"] = (
        texts["study.yaml"]
        .replace(ENTRY, ENTRY[:-1] + f", {first}" + "}")
        .replace(OTHER, "{file: wt_t0, wave: T0, group: WT, path: ekc_t0.sav, id: respnr, " + second + "}")
    )
    texts["sources.csv"] = (
        texts["sources.csv"]
        .replace("sex;T0;WT;recode;GESL;sex_wt;;Geslacht;B02", "sex;T0;WT;recode;gesl;sex_wt;;;B02")
        .replace("Ik heb zelf de regie", "")
        .replace("Ik heb niet zelf de regie", "")
    )
    texts["codes.csv"] = texts["codes.csv"].replace(";man;", ";;").replace(";vrouw;", ";;")
    return read_codebook(write_codebook(tmp_path, texts))


def test_one_file_may_hold_several_cells(tmp_path):
    given = files()
    whole = harmonise(read_codebook(write_codebook(tmp_path / "plain")), given).panel
    one = stacked()
    result = harmonise(divided(tmp_path / "rows"), {**given, "ekc_t0": one, "wt_t0": one})
    assert result.findings == ()
    pd.testing.assert_frame_equal(result.panel, whole)
    assert result.flow["rows_in"].tolist() == [20] * 6


def test_rows_of_no_cell_are_counted(tmp_path):
    one = stacked()
    study = divided(tmp_path, second="rows: {arm: 3}")
    with pytest.raises(StudyError) as caught:
        harmonise(study, {**files(), "ekc_t0": one, "wt_t0": one})
    missing = [finding for finding in caught.value.findings if finding.code == "K05"]
    assert [finding.count for finding in missing] == [20]


def test_a_wide_file_gives_a_row_where_the_wave_is_present(tmp_path):
    """``present`` takes the rows where a column is filled; flow shows the drop-outs of a wide file."""
    one = stacked()
    one.frame.loc[35:, "arm"] = np.nan
    study = divided(tmp_path, first="rows: {arm: 1}", second="rows: {arm: 2}")
    result = harmonise(study, {**files(), "ekc_t0": one, "wt_t0": one}, strict=False)
    assert result.flow["rows_in"].tolist()[1] == 15
    present = divided(tmp_path / "p", first="rows: {arm: 1}", second="rows: {arm: present}")
    result = harmonise(present, {**files(), "ekc_t0": one, "wt_t0": one}, strict=False)
    row = result.flow.set_index("file").loc["wt_t0"]
    assert row["rows_in"] == 40
    aside = result.set_aside.set_index(["file", "reason"])["count"]
    assert aside["wt_t0", "no_interview"] == 5


def wide(tmp_path, present, missing=(9.0,), **more):
    """One row per person, with two questions in each of two waves; 9 is declared missing."""
    entry = "  - {{file: w{0}, wave: '{0}', group: A, path: x.sav, id: nr, {1}}}\n"
    texts = {
        "study.yaml": (
            "study: s\ntitle: {nl: s, en: s}\nwaves: ['1', '2']\ngroups: {A: {nl: A, en: A}}\n"
            "person: person\ngroup: arm\nwave: visit\nfiles:\n"
            + entry.format(1, present[0])
            + entry.format(2, present[1])
        ),
        "variables.csv": "variable;label_nl;label_en;type;min;max;targets;tags\nq;q;q;integer;;;;s r\n",
        "sources.csv": "variable;wave;group;rule;source;codes;source_label;decision\n"
        "q;1;*;direct;a1;q;;\nq;2;*;direct;a2;q;;\n",
        "codes.csv": "codes;source;source_label;target;decision\nq;1..5;;=;\nq;9;;.r;\nq;SYSMIS;;.s;\n",
        "decisions.csv": "number;date;decision_nl;decision_en;reason_nl;reason_en;who\n"
        "B1;2024-01-01;b;b;r;r;x\n",
        **more,
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    draft = Draft("x.sav")
    draft.add("nr", "Nummer", np.arange(1.0, 7.0))
    draft.add("a1", "", [1, 2, 3, 4, 5, 9], missing=missing)
    draft.add("b1", "", [1, 1, 1, 1, 1, 1], missing=missing)
    draft.add("a2", "", [1, 2, 9, np.nan, 9, np.nan], missing=missing)
    draft.add("b2", "", [1, 1, 1, np.nan, 9, 9], missing=missing)
    one = draft.done()
    return harmonise(read_codebook(tmp_path), {"w1": one, "w2": one}, strict=False)


@pytest.mark.parametrize(
    ("present", "interviews"),
    [
        ("present_if: a2", 2),
        ("present_if: [a2]", 2),
        ("present_if: [a2, b2]", 3),
        ("rows: {a2: present}", 2),
        ("rows: {b2: present}, present_if: [a2, b2]", 3),
        ("rows: {a2: present}, present_if: b2", 2),
    ],
)
def test_who_is_interviewed_has_an_answer_and_a_declared_missing_code_is_none(present, interviews, tmp_path):
    result = wide(tmp_path, ("present_if: [a1, b1]", present))
    assert not [finding for finding in result.findings if finding.code not in {"D10", "K05"}]
    flow = result.flow.set_index("file")
    assert flow.loc["w1"].tolist()[2:] == [6, 6, 0]
    assert flow.loc["w2"].tolist()[2:] == [6, interviews, 6 - interviews]
    assert (result.panel["visit"] == "2").sum() == interviews
    aside = result.set_aside.set_index(["file", "reason"])["count"]
    assert aside.to_dict() == {("w2", "no_interview"): 6 - interviews}
    gone = result.missing.query("variable == 'q' and wave == '2' and reason == 'm'")["count"]
    assert gone.tolist() == [6 - interviews]


def test_whoever_is_present_in_no_wave_is_counted_in_each(tmp_path):
    result = wide(tmp_path, ("present_if: a1", "present_if: a2"))
    assert result.set_aside.to_numpy().tolist() == [["w1", "no_interview", 1], ["w2", "no_interview", 4]]
    assert not [finding for finding in result.findings if finding.code == "K05"]


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ("rows: {a2: persent}", ("'persent'", "did you mean 'present'")),
        ("rows: {a2: [1, 7]}", ("'7'",)),
        ("rows: {a2: 6..8}", ("'6..8'",)),
        ("rows: {a2: 1, b2: 9}", ("takes no row",)),
        ("rows: {a2: '1,0'}", ("'1,0'",)),
    ],
)
def test_a_condition_that_matches_nothing_stops(rows, says, tmp_path):
    found = wide(tmp_path, ("present_if: a1", rows)).findings
    matched = [finding for finding in found if finding.code == "K09"]
    assert [finding.severity for finding in matched] == ["error"]
    assert all(part in str(matched[0]) for part in says)
    stated = wide(tmp_path, ("present_if: a1", f"{rows}, unmatched: B1")).findings
    matched = [finding for finding in stated if finding.code == "K09"]
    assert [finding.severity for finding in matched] == ["warning"]
    assert "decision B1" in matched[0].what


def test_conditions_take_numbers_ranges_and_empty_cells(tmp_path):
    for rows, taken in (("{a2: 1}", 1), ("{a2: 1.0}", 1), ("{a2: 1..3}", 2), ("{a2: [2..9, SYSMIS]}", 5)):
        result = wide(tmp_path, ("present_if: a1", f"rows: {rows}"))
        assert result.flow["rows_in"].tolist()[1] == taken
        assert not [finding for finding in result.findings if finding.code == "K09"]


LEAVE = "leave_out:\n  - {name: test, label: {nl: proef, en: trial run}, decision: B1, "


def leaving(rule, present=("present_if: a1", "present_if: a2")):
    return {"study.yaml": STUDY_WIDE.format(*present) + LEAVE + rule + "}\n"}


STUDY_WIDE = (
    "study: s\ntitle: {{nl: s, en: s}}\nwaves: ['1', '2']\ngroups: {{A: {{nl: A, en: A}}}}\n"
    "person: person\ngroup: arm\nwave: visit\nfiles:\n"
    "  - {{file: w1, wave: '1', group: A, path: x.sav, id: nr, {0}}}\n"
    "  - {{file: w2, wave: '2', group: A, path: x.sav, id: nr, {1}}}\n"
)


@pytest.mark.parametrize(
    ("rule", "left"),
    [
        ("where: {a1: 2}", [1, 1]),
        ("where: {a1: [2, 4..5]}", [3, 3]),
        ("where: {a1: 2, b1: 1}", [1, 1]),
        ("unless: {a1: 1..3}", [3, 3]),
        ("where: {a2: SYSMIS}", [2, 2]),
        ("where: {a1: 2}, files: [w2]", [0, 1]),
    ],
)
def test_a_rule_leaves_rows_out_and_they_are_counted(rule, left, tmp_path):
    result = wide(tmp_path, ("", ""), **leaving(rule))
    counts = result.set_aside.query("reason == 'test'").set_index("file")["count"]
    assert [counts.get(file, 0) for file in ("w1", "w2")] == left
    told = {finding.file: finding.count for finding in result.findings if finding.code == "K10"}
    assert [told.get(file, 0) for file in ("w1", "w2")] == left
    assert (result.flow["rows_in"] == result.flow["used"] + result.flow["set_aside"]).all()
    assert result.flow["rows_in"].tolist() == [6, 6]


def test_rows_of_no_cell_may_be_left_out_by_a_rule(tmp_path):
    result = wide(
        tmp_path, ("", ""), **leaving("where: {a1: 5..9}", ("rows: {a1: 1..4}", "rows: {a1: 1..4}"))
    )
    assert not [finding for finding in result.findings if finding.code == "K05"]
    assert result.set_aside.to_numpy().tolist() == [["w1", "test", 2]]


@pytest.mark.parametrize(
    ("rule", "code", "says"),
    [
        ("where: {a1: 7}", "K09", "matches no row of any file"),
        ("where: {a1: yes}", "K09", "matches no row of any file"),
        ("where: {b1: 1}", "K09", "leaves no row"),
        ("unless: {a1: 7}", "K09", "leaves no row"),
        ("where: {zz: 1}", "D07", "'zz'"),
    ],
)
def test_a_rule_that_leaves_out_nothing_or_everything_stops(rule, code, says, tmp_path):
    found = wide(tmp_path, ("", ""), **leaving(rule)).findings
    assert any(
        finding.code == code and finding.severity == "error" and says in str(finding) for finding in found
    )


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        ("files: [w1]", "no condition"),
        ("where: {a1: 1}, unless: {a1: 2}", "where and unless"),
        ("where: {a1: 1}, files: [w9]", "unknown file 'w9'"),
        ("where: {a1: 1}, wher: {a1: 1}", "unknown key"),
    ],
)
def test_a_rule_that_is_not_one_is_explained(rule, says, tmp_path):
    with pytest.raises(StudyError, match=says):
        wide(tmp_path, ("", ""), **leaving(rule))


def same_ids():
    made = drafts()
    for name, draft in made.items():
        own = "RESPNR" if name == "wt_t0" else "respnr"
        base = 1000 if name.startswith("ekc") else 2000
        draft.columns[own] = np.arange(base + 1.0, base + 21.0)
    return made


def test_without_a_key_table_the_identifier_is_the_person(tmp_path):
    study = book(tmp_path, study=("keys: keys.csv\n", ""))
    result = harmonise(study, files(same_ids()))
    assert result.findings == ()
    plain = harmonise(read_codebook(write_codebook(tmp_path / "keyed")), files())
    pd.testing.assert_frame_equal(result.panel, plain.panel)
    made = same_ids()
    made["ekc_t1"].columns["respnr"] = np.array([f" 0{n}" for n in range(1001, 1021)], object)
    apart = harmonise(study, files(made), strict=False)
    assert {(finding.code, finding.severity) for finding in apart.findings} == {
        ("K03", "error"),
        ("K06", "warning"),
    }
    stated = "keys: null\nid_rule: {rules: [leading_blanks, leading_zeros], decision: B01}\n"
    study = book(tmp_path / "stated", study=("keys: keys.csv\n", stated))
    result = harmonise(study, files(made))
    assert {(finding.code, finding.file, finding.count) for finding in result.findings} == {
        ("K01", "ekc_t1", 20)
    }


def test_several_columns_are_one_key(tmp_path):
    """Household 1, member 23 and household 12, member 3 are two people, whatever the parts hold."""
    made = same_ids()
    for name, draft in made.items():
        own = "RESPNR" if name == "wt_t0" else "respnr"
        draft.add("member", "Lid", draft.columns[own] % 10)
        draft.columns[own] = np.floor(draft.columns[own] / 10)
    texts = tables()
    changed = texts["study.yaml"].replace("keys: keys.csv\n", "")
    for own in ("respnr", "RESPNR"):
        changed = changed.replace(f"id: {own}", f"id: [{own}, member]")
    texts["study.yaml"], texts["examples.csv"] = changed, ""
    study = read_codebook(write_codebook(tmp_path, texts))
    result = harmonise(study, files(made))
    assert result.findings == ()
    assert len(result.panel) == 120
    assert {"100|1", "101|0", "202|0"} <= set(result.panel["person"])


def test_parts_of_a_key_are_never_mixed_up():
    frame = pd.DataFrame({"a": ["1|2", "1", "1\\", "1", "x", None], "b": ["3", "2|3", "|2", "\\|2", "", "y"]})
    made = stored(frame, ["a", "b"])
    assert len(set(made[:4])) == 4
    assert made[4:].tolist() == [None, None]
    assert folded(made, ["leading_zeros"], several=True).tolist() == made.tolist()
    zeros = stored(pd.DataFrame({"a": ["007"], "b": ["010"]}), ["a", "b"])
    assert folded(zeros, ["leading_zeros"], several=True).tolist() == ["7|10"]


@pytest.mark.parametrize(
    ("rule", "first", "second", "others"),
    [
        ("case", "R_aB", "r_Ab", ["R_a B", "R_aC"]),
        ("leading_blanks", "  12", "12", ["1 2", "012"]),
        ("inner_blanks", "1 23", "12 3", [" 123", "0123"]),
        ("leading_zeros", "0012", "12", ["120", "1.012", "EK-0012"]),
        ("inner_zeros", "EK-007", "EK-7", ["0EK-7", "EK-70"]),
        ("inner_zeros", "1.05", "1.05", ["1.5"]),
        ("invisible", "10\u200b01", "1001", ["10 01"]),
        ("invisible", "1001\xa0", "1001", []),
        ("unicode_form", "\uff11\uff12", "12", ["1 2"]),
        ("unicode_form", "gro\u0308", "gr\xf6", ["gro"]),
        ("number_text", "  7.00", "7", ["7.10", "70", "007"]),
        ("number_text", "7,50", "7.5", ["7.05"]),
    ],
)
def test_each_rule_lets_differ_what_it_names_and_nothing_else(rule, first, second, others):
    got = folded(np.array([first, second, *others], object), [rule]).tolist()
    assert got[0] == got[1]
    assert not {got[0]} & set(got[2:])


def test_persons_without_an_interview_are_counted_and_may_have_rows(tmp_path):
    made = drafts()
    made["ekc_t2"].columns = {name: values[:-5] for name, values in made["ekc_t2"].columns.items()}
    result = harmonise(book(tmp_path / "a"), files(made))
    table = result.missing
    counted = table[(table["wave"] == "T2") & (table["group"] == "EKC") & (table["reason"] == "m")]
    assert set(counted["count"]) == {5}
    assert set(counted["variable"]) == set(book(tmp_path / "b").columns)
    study = book(tmp_path / "c", study=("date: day\n", "date: day\nno_interview: rows\n"))
    padded = harmonise(study, files(made))
    assert len(padded.panel) == 120
    seen = observed(study, padded.panel)
    assert (~seen).sum() == 5
    assert set(padded.panel.loc[~seen, "stack_n__reason"]) == {"m"}
    pd.testing.assert_frame_equal(padded.missing, result.missing)
    pd.testing.assert_frame_equal(padded.panel[seen].reset_index(drop=True), result.panel)


def test_label_drift_may_be_a_warning(tmp_path):
    made = drafts()
    made["wt_t1"].change("q7_2", label="Dakloos")
    study = book(tmp_path, study=("date: day\n", "date: day\nlabel_drift: warning\n"))
    result = harmonise(study, files(made))
    assert [(finding.code, finding.severity) for finding in result.findings] == [("D08", "warning")]


def test_a_decision_lets_a_declared_missing_code_be_valid(tmp_path):
    made = drafts()
    made["wt_t1"].change("q7_1", missing=(5.0, 8.0, 9.0))
    study = book(tmp_path, codes=("sev15;5;zeer groot probleem;5;", "sev15;5;zeer groot probleem;5;B03"))
    result = harmonise(study, files(made))
    assert [(finding.code, finding.severity) for finding in result.findings] == [("D12", "warning")]


def test_a_panel_read_from_csv_gets_its_types_back(tmp_path):
    study = book(tmp_path)
    panel = harmonise(study, files()).panel
    write_csv(tmp_path / "panel.csv", panel)
    back = restore(study, read_csv(tmp_path / "panel.csv", text=["person", "arm", "visit"]))
    pd.testing.assert_frame_equal(back, panel, check_exact=True)


def test_trace_says_which_rule_made_what(tmp_path):
    result = harmonise(book(tmp_path), files())
    trace = result.trace.set_index(["variable", "file"])
    assert len(trace) == 9 * 6
    row = trace.loc[("prob_fam", "ekc_t1")]
    assert (row["rule"], row["source"], row["codes"], row["decision"]) == (
        "worst",
        "q7_3 q7_4",
        "sev15",
        "B04",
    )
    assert (trace["rows"] == trace["valid"] + trace["missing"] + trace["not_covered"]).all()
    counts = result.missing[result.missing["variable"] == "prob_fam"].groupby("wave")["count"].sum()
    assert set(counts) == {40}


def test_reliability_has_a_status_before_a_number(tmp_path):
    study = book(tmp_path)
    panel = harmonise(study, files()).panel
    statuses = {(item.wave, item.group): item.status for item in reliability(study, panel)}
    assert len(statuses) == 6
    assert set(statuses.values()) <= {"ok", "heywood"}
    few = panel[panel["person"].isin(["1001", "1002", "2001"])]
    assert {item.status for item in reliability(study, few)} == {"too_small"}
    assert all(np.isnan(item.alpha) for item in reliability(study, few))
    same = panel.copy()
    same["prob_fin"] = same["prob_fin"].where(same["prob_fin"].isna(), 3.0)
    assert {item.status for item in reliability(study, same)} == {"constant"}


def test_omega_of_parallel_items_is_alpha():
    rng = np.random.default_rng(5)
    common = rng.normal(size=4000)
    items = np.column_stack([common + rng.normal(size=4000) for _ in range(4)])
    value, heywood = omega(items)
    assert value == pytest.approx(4 * 0.5 / (1 + 3 * 0.5), abs=0.02)
    assert not heywood


def small_study(tmp_path, sources):
    """Two waves of one group from one file, with the sources given per wave."""
    names = list(sources)
    texts = {
        "study.yaml": (
            "study: s\ntitle: {nl: s, en: s}\nwaves: ['1', '2']\ngroups: {A: {nl: A, en: A}}\n"
            "person: person\ngroup: arm\nwave: visit\nfiles:\n"
            "  - {file: a, wave: '1', group: A, path: x.sav, id: nr}\n"
            "  - {file: b, wave: '2', group: A, path: x.sav, id: nr}\n"
        ),
        "variables.csv": "variable;label_nl;label_en;type;min;max;targets;tags\n"
        + "".join(f"{name};{name};{name};number;;;;s\n" for name in names),
        "sources.csv": "variable;wave;group;rule;source;codes;source_label;decision\n"
        + "".join(
            f"{name};{wave};A;direct;{column};;;\n"
            for name, columns in sources.items()
            for wave, column in zip("12", columns, strict=True)
        ),
    }
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    columns = dict.fromkeys(column for pair in sources.values() for column in pair)
    rng = np.random.default_rng(4)
    draft = Draft("x.sav")
    draft.add("nr", "Nummer", np.arange(1.0, 21.0))
    for column in columns:
        draft.add(column, "", rng.normal(size=20).round(2))
    one = draft.done()
    return harmonise(read_codebook(tmp_path), {"a": one, "b": one}, strict=False).findings


def test_one_file_given_for_two_waves_without_rows_is_a_wave_delivered_twice(tmp_path):
    findings = small_study(tmp_path, {f"q{n}": (f"v{n}", f"v{n}") for n in range(4)})
    assert {(finding.code, finding.count) for finding in findings if finding.code == "D10"} == {("D10", 20)}


def test_a_wide_file_has_other_columns_for_each_wave(tmp_path):
    same = {f"c{n}": (f"v{n}", f"v{n}") for n in range(3)}
    other = {f"q{n}": (f"w{n}_1", f"w{n}_2") for n in range(4)}
    assert not [finding for finding in small_study(tmp_path, same | other) if finding.code == "D10"]
