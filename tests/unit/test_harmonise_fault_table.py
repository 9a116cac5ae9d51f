"""Every fault of the fault table, planted in clean files, is found by its code, and nothing else is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from crosswalk_study import ORIGIN, Draft, drafts, files, tables, write_codebook

from netwerkkracht.core.errors import StudyError
from netwerkkracht.harmonise import harmonise
from netwerkkracht.harmonise.check_panel import JUMP_P, JUMP_SHARE, shift
from netwerkkracht.study.codebook import examine_codebook

Files = dict[str, Draft]


@dataclass
class Fault:
    """A damage to files and codebook, and the codes that must be found: nothing more, nothing less."""

    name: str
    codes: set[str]
    files: Callable[[Files], Any] = lambda _: None
    tables: Callable[[dict[str, str]], Any] = lambda _: None
    says: tuple[str, ...] = ()


def swap(name: str, old: str, new: str) -> Callable[[dict[str, str]], None]:
    def change(texts: dict[str, str]) -> None:
        assert old in texts[name]
        texts[name] = texts[name].replace(old, new)

    return change


def put(file: str, column: str, value: Any, rows: Any = slice(2, 5)) -> Callable[[Files], None]:
    def change(made: Files) -> None:
        made[file].columns[column] = made[file].columns[column].copy()
        made[file].columns[column][rows] = value

    return change


def relabel(file: str, column: str, code: float, label: str) -> Callable[[Files], None]:
    def change(made: Files) -> None:
        variable = made[file].variables[column]
        made[file].change(column, value_labels={**variable.value_labels, code: label})

    return change


def declare(file: str, column: str, *missing: Any) -> Callable[[Files], None]:
    return lambda made: made[file].change(column, missing=missing)


def both(*changes: Callable[[Any], Any]) -> Callable[[Any], None]:
    def change(target: Any) -> None:
        for one in changes:
            one(target)

    return change


def state(*rules: str, decision: str = "B08") -> Callable[[dict[str, str]], None]:
    def change(texts: dict[str, str]) -> None:
        texts["study.yaml"] += f"id_rule: {{rules: [{', '.join(rules)}], decision: '{decision}'}}\n"

    return change


def stated_form(column: str, form: str, variable: str = "support") -> Callable[[dict[str, str]], None]:
    """State a form in the rows of one variable, in a column of its own at the end."""

    def change(texts: dict[str, str]) -> None:
        head, *rows = texts["sources.csv"].splitlines()
        rows = [f"{row};{form if row.startswith(variable) else ''}" for row in rows]
        texts["sources.csv"] = "\n".join([f"{head};{column}", *rows]) + "\n"

    return change


def copy_row(made: Files) -> None:
    for name, values in made["ekc_t1"].columns.items():
        made["ekc_t1"].columns[name] = np.append(values, values[3])


def as_text(decimal_comma: bool) -> Callable[[Files], None]:
    def change(made: Files) -> None:
        values = made["wt_t1"].columns["steun"]
        texts = ["" if np.isnan(value) else f"{value:.0f}" for value in values]
        if decimal_comma:
            texts = [f"{text},0" if text else "" for text in texts]
        made["wt_t1"].columns["steun"] = np.array(texts, object)
        made["wt_t1"].change("steun", value_labels={}, missing=(), width=8, format="A8")

    return change


def same_rows(made: Files) -> None:
    for name in list(made["ekc_t2"].columns):
        if name not in {"respnr", "datum"}:
            made["wt_t2"].columns[name] = made["ekc_t2"].columns[name]


def inside(made: Files) -> None:
    same_rows(made)
    half = {name: values[:12] for name, values in made["wt_t2"].columns.items()}
    made["wt_t2"].columns = half


def reversed_item(made: Files) -> None:
    values = made["wt_t2"].columns["opv"]
    other = made["wt_t2"].columns["rel"]
    for target in (values, other):
        target[:] = np.where(target >= 0, 4 - target, target)


def cut(made: Files) -> None:
    texts = np.array(["buurvr", "vriend", "ouder"] * 7, object)[:20]
    for name, draft in made.items():
        draft.add("wie", "Wie helpt", texts if name == "ekc_t0" else np.array(["ouder"] * 20, object))
        draft.change("wie", width=6 if name == "ekc_t0" else 20)


def cut_book(texts: dict[str, str]) -> None:
    texts["variables.csv"] += "helper;Helper;Helper;text;;;;s;;\n"
    texts["sources.csv"] += "helper;*;*;direct;wie;helpers;;;\n"
    texts["codes.csv"] += "helpers;SYSMIS;;.s;\nhelpers;buurvrouw;;.s;\n"


def late(made: Files) -> None:
    made["ekc_t2"].columns["datum"] = made["ekc_t1"].columns["datum"] - 5 * 86_400.0


FAULTS = [
    Fault("clean", set()),
    Fault(
        "unlisted code", {"D01"}, put("ekc_t0", "v12a", 7.0), says=("code 7", "no label", "v12a", "count 3")
    ),
    Fault(
        "labelled unlisted code",
        {"D01"},
        both(put("ekc_t0", "v12a", 6.0), relabel("ekc_t0", "v12a", 6.0, "anders")),
        says=("'anders'",),
    ),
    Fault("code like a missing one in a quantity", {"D01"}, put("ekc_t0", "steun", 99.0), says=("99",)),
    Fault("system-missing without a line", {"D01"}, tables=swap("codes.csv", "support;SYSMIS;;.s;\n", "")),
    Fault(
        "label differs",
        {"D02"},
        relabel("wt_t1", "regie", 1.0, "helemaal mee eens"),
        says=("'helemaal mee eens'", "'helemaal niet mee eens'", "regie"),
    ),
    Fault("age out of the list", {"D03"}, put("wt_t0", "lft", 140.0), says=("12..99", "count 3")),
    Fault(
        "out of range of the variable",
        {"D03"},
        tables=swap("variables.csv", "integer;12;99", "integer;30;99"),
        says=("below", "30 to 99"),
    ),
    Fault("date out of range", {"D03"}, put("ekc_t0", "datum", 0.0), says=("datum",)),
    Fault("duplicate row", {"D04"}, copy_row, says=("stand twice", "ekc_t1")),
    Fault(
        "two different rows of one person",
        {"D04"},
        both(copy_row, put("ekc_t1", "steun", 9.0, rows=20)),
        says=("differ", "count 2"),
    ),
    Fault(
        "value of rows that matches nothing",
        {"K09", "K05"},
        tables=swap("study.yaml", "ekc_t1.sav, id: respnr", "ekc_t1.sav, id: respnr, rows: {regie: 7}"),
        says=("the value '7' of 'regie'", "1 'helemaal niet mee eens'"),
    ),
    Fault(
        "two files for one cell",
        {"X04"},
        tables=swap("study.yaml", "{file: wt_t1, wave: T1, group: WT", "{file: wt_t1, wave: T1, group: EKC"),
        says=("'part'",),
    ),
    Fault("empty id", {"D04"}, put("ekc_t0", "respnr", np.nan, rows=4), says=("without an identifier",)),
    Fault(
        "id in both groups",
        {"D05"},
        tables=swap("keys.csv", "wt_t2;WT03-003;2003", "wt_t2;WT03-003;1003"),
        says=("more than one group",),
    ),
    Fault("constant", {"D06"}, put("wt_t1", "q7_2", 3.0, rows=slice(None)), says=("constant (3)",)),
    Fault(
        "variable missing, other case",
        {"D07"},
        lambda made: made["wt_t1"].rename("q7_2", "Q7_2"),
        says=("did you mean 'Q7_2'",),
    ),
    Fault(
        "label drifted",
        {"D08"},
        lambda made: made["wt_t1"].change("q7_2", label="Dakloos"),
        says=("'Dakloos'",),
    ),
    Fault(
        "mojibake label",
        {"D09"},
        lambda made: made["wt_t1"].add("extra", "FinanciÃ«n", np.arange(20.0)),
        says=("'FinanciÃ«n'", "'Financiën'"),
    ),
    Fault(
        "mojibake text",
        {"D09"},
        lambda made: made["wt_t1"].add("extra", "Wie", np.array(["cafÃ©"] * 20, object)),
        says=("texts of 'extra'", "count 20"),
    ),
    Fault("same rows", {"D10"}, same_rows, says=("wt_t2", "ekc_t2", "other way round")),
    Fault("one file inside another", {"D10"}, inside, says=("all rows of wt_t2 stand in ekc_t2",)),
    Fault(
        "declared missing without meaning",
        {"D11"},
        both(put("ekc_t0", "v12a", 96.0), declare("ekc_t0", "v12a", 8.0, 9.0, 96.0)),
        says=("code 96", "count 3"),
    ),
    Fault(
        "declared range without meaning",
        {"D11"},
        both(put("ekc_t2", "fin", -7.0), declare("ekc_t2", "fin", (-np.inf, -1.0))),
        says=("code -7",),
    ),
    Fault(
        "declared missing, valid in the crosswalk",
        {"D12"},
        declare("wt_t1", "q7_1", 5.0, 8.0),
        says=("code 5",),
    ),
    Fault("waves out of order", {"D13"}, late, says=("before", "count 20")),
    Fault(
        "two waves on one date",
        {"D13"},
        lambda made: made["ekc_t2"].columns.update(datum=made["ekc_t1"].columns["datum"].copy()),
        says=("one date",),
    ),
    Fault(
        "no rule",
        {"X01"},
        tables=swap("sources.csv", "prob_psy;T0;WT;not_asked;;;;;B05\n", ""),
        says=("prob_psy", "T0", "WT"),
    ),
    Fault(
        "two rules",
        {"X02"},
        tables=swap("sources.csv", "age;T1 T2;*", "age;*;*"),
        says=("two rules", "age", "T0"),
    ),
    Fault(
        "unknown list",
        {"X03"},
        tables=swap("sources.csv", "gesl;sex_ekc", "gesl;sex_ekk"),
        says=("did you mean 'sex_ekc'",),
    ),
    Fault("unknown decision", {"X03"}, tables=swap("sources.csv", ";B06\n", ";B66\n"), says=("B66",)),
    Fault(
        "unknown column",
        {"X04"},
        tables=swap("variables.csv", "structural", "structurel"),
        says=("did you mean 'structural'",),
    ),
    Fault(
        "empty target",
        {"X05"},
        tables=swap("codes.csv", "sex_ekc;9;wil niet zeggen;.r", "sex_ekc;9;wil niet zeggen;"),
        says=("sex_ekc", "no target: 9"),
    ),
    Fault(
        "code twice",
        {"X06"},
        tables=swap("codes.csv", "sex_ekc;1;man;1;\n", "sex_ekc;1;man;1;\nsex_ekc;1;man;2;\n"),
        says=("stands twice",),
    ),
    Fault("interval over a code", {"X06"}, tables=swap("codes.csv", "support;0..10", "support;0..88")),
    Fault("tag not allowed", {"X07"}, tables=swap("variables.csv", "sex;r q s", "sex;q s"), says=(".r",)),
    Fault(
        "index over different items",
        {"X08"},
        tables=swap("derived.csv", ";asked;;B07", ";;;"),
        says=("wave T0 WT: 3 of 4", "on_uneven"),
    ),
    Fault(
        "index over different items, option but no decision",
        {"X08"},
        tables=swap("derived.csv", ";asked;;B07", ";asked;;"),
    ),
    Fault(
        "forgotten reversal",
        {"T01"},
        tables=both(
            swap("sources.csv", "regie;agree51", "regie;agree15"),
            lambda texts: texts.update({"examples.csv": texts["examples.csv"] + "2006;T0;control;4\n"}),
        ),
        says=("line 5", "another value", "count 1"),
    ),
    Fault(
        "stray identifier",
        {"K02", "K06"},
        put("ekc_t1", "respnr", " ek-3 ", rows=2),
        says=("id_rule [case, leading_blanks, inner_zeros]", "count 1"),
    ),
    Fault(
        "stray identifier, the study says in what identifiers may differ",
        {"K01"},
        put("ekc_t1", "respnr", " ek-3 ", rows=2),
        tables=state("case", "leading_blanks", "inner_zeros"),
        says=("count 1", "decision B08"),
    ),
    Fault(
        "two identifiers of one file that the rule makes one",
        {"K01", "K07", "D04"},
        put("ekc_t1", "respnr", "ek-004", rows=2),
        tables=state("case"),
        says=("different identifiers in one file", "count 1"),
    ),
    Fault(
        "identifiers too long for a number",
        {"K02", "K08"},
        put("ekc_t0", "respnr", 2.0**53, rows=2),
        says=("2^53", "as text"),
    ),
    Fault("rule of identifiers without a decision", {"X04"}, tables=state("case", decision="")),
    Fault("unknown rule of identifiers", {"X03"}, tables=state("casing"), says=("did you mean 'case'",)),
    Fault(
        "key of other columns in one file",
        {"X04"},
        tables=swap("study.yaml", "ekc_t1.sav, id: respnr", "ekc_t1.sav, id: [respnr, gezin]"),
        says=("another number of columns",),
    ),
    Fault("unknown identifier", {"K02"}, put("ekc_t0", "respnr", 9999.0, rows=2), says=("key table",)),
    Fault(
        "later wave without the first",
        {"K03"},
        lambda made: made["ekc_t0"].columns.update({k: v[:-1] for k, v in made["ekc_t0"].columns.items()}),
    ),
    Fault(
        "key twice",
        {"K04"},
        tables=lambda texts: texts.update({"keys.csv": texts["keys.csv"] + "ekc_t1;EK-003;1003\n"}),
    ),
    Fault(
        "key twice by the rule",
        {"K04"},
        tables=both(
            lambda texts: texts.update({"keys.csv": texts["keys.csv"] + "ekc_t1;ek-003;1003\n"}),
            state("case"),
        ),
        says=("id_rule: case",),
    ),
    Fault(
        "two spellings in the key table",
        set(),
        tables=lambda texts: texts.update({"keys.csv": texts["keys.csv"] + "ekc_t1;ek-003;1003\n"}),
    ),
    Fault(
        "labelled missing, not declared",
        {"W01"},
        declare("ekc_t0", "v12a", 9.0, 99.0),
        says=("'weet niet'", "taken as .w"),
    ),
    Fault(
        "label never seen nor listed",
        {"W02"},
        relabel("wt_t1", "regie", 7.0, "anders"),
        says=("code 7", "'regie'"),
    ),
    Fault("numbers as text", {"W03"}, as_text(decimal_comma=False), says=("text variable",)),
    Fault(
        "decimal comma",
        {"D16"},
        as_text(decimal_comma=True),
        says=("no number_form", "comma (19 of 19)", "count 19"),
    ),
    Fault(
        "decimal comma, stated",
        {"W03"},
        as_text(decimal_comma=True),
        tables=stated_form("number_form", "comma"),
        says=("number_form comma",),
    ),
    Fault(
        "another form of numbers than stated",
        {"D16"},
        as_text(decimal_comma=True),
        tables=stated_form("number_form", "point"),
        says=("number_form 'point' does not read", "comma (19 of 19)"),
    ),
    Fault(
        "number for a date",
        {"D15"},
        both(
            put("wt_t1", "datum", 20201001.0, rows=slice(None)),
            lambda made: made["wt_t1"].change("datum", format="F8.0"),
        ),
        says=("format F8.0", "yyyymmdd (20 of 20)", "count 20"),
    ),
    Fault(
        "dates in another order",
        {"D15"},
        both(
            lambda made: made["wt_t1"].columns.update(datum=np.array(["13/10/2020"] * 20, object)),
            lambda made: made["wt_t1"].change("datum", format="A10", width=10),
        ),
        says=("texts of 'datum'", "dd/mm/yyyy (20 of 20)"),
    ),
    Fault(
        "form that contradicts the format",
        {"D15"},
        tables=stated_form("date_form", "yyyymmdd", variable="day"),
        says=("dates by their format", "'yyyymmdd'"),
    ),
    Fault("unknown form of dates", {"X04"}, tables=stated_form("date_form", "dd-mm-yy", variable="day")),
    Fault("texts cut", {"W04"}, cut, cut_book, says=("width of 6",)),
    Fault("item against its scale", {"W05"}, reversed_item, says=("item-rest correlation -", "prob_fam")),
]


def found(fault: Fault, folder: Any) -> list[Any]:
    texts = tables()
    fault.tables(texts)
    codebook, findings = examine_codebook(write_codebook(folder, texts))
    made = drafts()
    fault.files(made)
    if findings or codebook is None:
        return list(findings)
    return list(harmonise(codebook, files(made), strict=False).findings)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_fault_is_found_by_its_code_and_nothing_else_is(fault, tmp_path):
    findings = found(fault, tmp_path)
    assert {finding.code for finding in findings} == fault.codes, [str(finding) for finding in findings]
    words = "\n".join(str(finding) for finding in findings)
    for part in fault.says:
        assert part in words
    for finding in findings:
        assert finding.action
        assert finding.expected


def test_missing_file_is_named(tmp_path):
    codebook, _ = examine_codebook(write_codebook(tmp_path))
    given = files()
    del given["wt_t2"]
    with pytest.raises(StudyError) as caught:
        harmonise(codebook, given)
    assert {finding.code for finding in caught.value.findings} == {"D00"}
    assert "wt_t2.sav" in str(caught.value)


def test_all_errors_come_at_once(tmp_path):
    codebook, _ = examine_codebook(write_codebook(tmp_path))
    made = drafts()
    put("ekc_t0", "v12a", 7.0)(made)
    made["wt_t1"].rename("q7_2", "Q7_2")
    copy_row(made)
    with pytest.raises(StudyError) as caught:
        harmonise(codebook, files(made))
    assert {finding.code for finding in caught.value.findings} == {"D01", "D07", "D04"}


def test_no_message_holds_an_identifier_or_an_answer(tmp_path):
    codebook, _ = examine_codebook(write_codebook(tmp_path))
    made = drafts()
    put("ekc_t0", "lft", 143.0)(made)
    put("ekc_t1", "respnr", "EK-911", rows=4)(made)
    messages = "\n".join(str(finding) for finding in harmonise(codebook, files(made), strict=False).findings)
    assert messages
    assert "143" not in messages
    assert "911" not in messages.casefold()


@pytest.mark.parametrize(
    ("person", "expected"), [("2006", "3.625"), ("2006777", "2.25")], ids=["other value", "no such person"]
)
def test_a_worked_example_that_fails_names_its_line_and_nothing_of_the_person(person, expected, tmp_path):
    texts = tables()
    texts["examples.csv"] += f"{person};T0;control;{expected}\n"
    codebook, _ = examine_codebook(write_codebook(tmp_path, texts))
    (finding,) = harmonise(codebook, files(), strict=False).findings
    assert (finding.code, finding.variable, finding.wave, finding.count) == ("T01", "control", "T0", 1)
    assert finding.expected == "the value on line 5 of examples.csv"
    assert set(re.findall(r"\d+", str(finding).replace("T01", "").replace("T0", ""))) == {"5", "1"}


def test_shifted_shares_are_noticed(tmp_path):
    codebook, _ = examine_codebook(write_codebook(tmp_path))
    made = drafts(n=20)
    made["wt_t0"].columns["regie"] = np.where(np.arange(20) % 2, 5.0, 4.0)
    made["wt_t1"].columns["regie"] = np.where(np.arange(20) % 2, 4.0, 5.0)
    findings = harmonise(codebook, files(made), strict=False).findings
    assert {(finding.code, finding.variable) for finding in findings} == {("W06", "control")}
    assert {finding.wave for finding in findings} == {"T1"}


def test_a_quantity_in_another_unit_is_noticed(tmp_path):
    """Marks of 0-10 that one file holds divided by three: possible values, and none fits the wave before."""
    codebook, _ = examine_codebook(write_codebook(tmp_path))
    made = drafts(n=20)
    made["ekc_t0"].columns["steun"] = 7.0 + np.arange(20) % 4
    made["ekc_t1"].columns["steun"] = np.floor((7.0 + np.arange(20) % 4) / 3)
    findings = harmonise(codebook, files(made), strict=False).findings
    found = {(finding.code, finding.variable, finding.wave) for finding in findings}
    assert ("W06", "support", "T1") in found
    assert {code for code, _, _ in found} == {"W06"}


def test_one_odd_number_is_no_shift(tmp_path):
    """A single value outside its bounds is D03; inside them it is nobody's fault."""
    codebook, _ = examine_codebook(write_codebook(tmp_path))
    made = drafts()
    made["ekc_t1"].columns["steun"][5] = 0.0
    assert harmonise(codebook, files(made), strict=False).findings == ()


def test_ordinary_change_between_waves_raises_no_alarm():
    rng = np.random.default_rng(6)
    for change in (0.0, 0.25, 0.5):
        pairs = ((rng.normal(5, 2, 50).round(), rng.normal(5 + change, 2, 45).round()) for _ in range(200))
        assert not any(gap >= JUMP_SHARE and p < JUMP_P for gap, p in (shift(*pair) for pair in pairs))


def test_linking_policies_set_aside_by_decision(tmp_path):
    texts = tables()
    texts["study.yaml"] += (
        "linking:\n  duplicate_identical: {do: set_aside, decision: B08}\n"
        "  unknown_key: {do: set_aside, decision: B09}\n  no_first_wave: {do: set_aside, decision: B10}\n"
    )
    codebook, findings = examine_codebook(write_codebook(tmp_path, texts))
    assert not findings
    made = drafts()
    copy_row(made)
    put("ekc_t0", "respnr", 9999.0, rows=2)(made)
    result = harmonise(codebook, files(made))
    aside = {tuple(row) for row in result.set_aside.itertuples(index=False)}
    assert aside == {
        ("ekc_t0", "unknown_key", 1),
        ("ekc_t1", "duplicate_identical", 1),
        ("ekc_t1", "no_first_wave", 1),
        ("ekc_t2", "no_first_wave", 1),
    }
    assert {finding.code for finding in result.findings} == {"D04", "K02", "K03"}
    assert (result.flow["rows_in"] == result.flow["used"] + result.flow["set_aside"]).all()
    assert len(result.panel) == result.flow["used"].sum() == 117


def twice(**changes: float) -> Callable[[Files], None]:
    """Give one person of ekc_t1 a second interview, with other answers."""

    def change(made: Files) -> None:
        copy_row(made)
        for name, value in changes.items():
            put("ekc_t1", name, value, rows=20)(made)

    return change


# the day of that person's first interview in the wave
DAY = float((np.datetime64("2020-01-01") - ORIGIN).astype(int) + 203) * 86_400.0


@pytest.mark.parametrize(
    ("policy", "change", "kept"),
    [
        ("keep_last", twice(steun=9.0), 9.0),
        ("keep_first", twice(steun=9.0), None),
        ("keep_last, by: datum", twice(steun=9.0, datum=DAY + 40 * 86_400), 9.0),
        ("keep_first, by: datum", twice(steun=9.0, datum=DAY - 40 * 86_400), 9.0),
        ("keep_last, by: datum", twice(steun=9.0, datum=DAY - 40 * 86_400), None),
        ("keep_most_complete", twice(steun=88.0), None),
        ("keep_most_complete", twice(regie=8.0, steun=9.0), None),
    ],
)
def test_one_of_two_interviews_is_kept_by_decision(policy, change, kept, tmp_path):
    """The other is counted; a declared missing code does not make an interview more complete."""
    texts = tables()
    texts["study.yaml"] += f"linking:\n  duplicate_different: {{do: {policy}, decision: B08}}\n"
    codebook, findings = examine_codebook(write_codebook(tmp_path, texts))
    assert not findings
    made = drafts()
    made["ekc_t1"].columns["steun"][3], made["ekc_t1"].columns["regie"][3] = 4.0, 2.0
    change(made)
    result = harmonise(codebook, files(made), strict=False)
    (finding,) = result.findings
    assert (finding.code, finding.severity, finding.count) == ("D04", "warning", 1)
    assert policy.split(",")[0] in finding.what
    rows = result.panel.query("person == '1004' and visit == 'T1'")
    assert rows["support"].tolist() == [4.0 if kept is None else kept]
    assert result.set_aside.to_numpy().tolist() == [["ekc_t1", "duplicate_different", 1]]


@pytest.mark.parametrize(
    ("policy", "change"),
    [
        ("keep_last, by: datum", twice(steun=9.0)),
        ("keep_last, by: datum", twice(steun=9.0, datum=np.nan)),
        ("keep_last, by: volgnummer", twice(steun=9.0)),
        ("keep_most_complete", twice(steun=9.0)),
    ],
)
def test_what_a_decision_does_not_settle_stays_an_error(policy, change, tmp_path):
    texts = tables()
    texts["study.yaml"] += f"linking:\n  duplicate_different: {{do: {policy}, decision: B08}}\n"
    codebook, findings = examine_codebook(write_codebook(tmp_path, texts))
    assert not findings
    made = drafts()
    made["ekc_t1"].columns["steun"][3], made["ekc_t1"].columns["regie"][3] = 4.0, 2.0
    change(made)
    (finding,) = harmonise(codebook, files(made), strict=False).findings
    assert (finding.code, finding.severity, finding.count) == ("D04", "error", 2)
    assert "does not say which" in finding.what


def test_policy_without_decision_is_refused(tmp_path):
    texts = tables()
    texts["study.yaml"] += "linking: {unknown_key: set_aside}\n"
    _, findings = examine_codebook(write_codebook(tmp_path, texts))
    assert [finding.code for finding in findings] == ["X04"]
    assert replace(findings[0]) == findings[0]
