"""The gate: the whole panel equals the truth for any seed, and the comparison sees what it should see."""

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import pytest
from synth_samples import as_read

from netwerkkracht import spss
from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
from netwerkkracht.harmonise import harmonise
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.synth import distort, make_truth, read_spec, recovery
from netwerkkracht.synth.run import record

ROOT = Path(__file__).resolve().parents[2]
CODEBOOK, DATA = ROOT / "data" / "codebook", ROOT / "data" / "synthetic"
STANDARD = 20191001


@lru_cache(maxsize=1)
def codebook():
    return read_codebook(CODEBOOK)


@lru_cache(maxsize=1)
def spec():
    return read_spec(CODEBOOK / "synthetic")


@lru_cache(maxsize=1)
def made(seed):
    truth = make_truth(spec(), seed)
    fieldwork = distort(truth)
    harmonised = harmonise(codebook(), {name: as_read(file) for name, file in fieldwork.files.items()})
    return truth, fieldwork, harmonised


def compared(seed, *, panel=None, truth=None, findings=None, set_aside="given"):
    true, fieldwork, harmonised = made(seed)
    return recovery.compare(
        harmonised.panel if panel is None else panel,
        true.panel if truth is None else truth,
        record(true, fieldwork),
        harmonised.findings if findings is None else findings,
        harmonised.set_aside if isinstance(set_aside, str) else set_aside,
    )


@pytest.mark.parametrize("seed", [1, 2, STANDARD])
def test_every_cell_is_recovered(seed):
    result = compared(seed)
    assert result.differing == {}
    assert (result.rows_truth, result.rows_panel, result.rows_common) == (205, 205, 205)
    assert result.cells == result.equal == 205 * len(spec().variables)
    assert [(fault.fault, fault.reported) for fault in result.faults] == [
        ("stray_key", True),
        ("row_without_first", True),
        ("duplicate_row", True),
    ]
    assert result.complete
    assert result.require() is result


def test_the_committed_files_read_from_disk_are_recovered():
    files = {entry.file: spss.read(DATA / entry.path) for entry in codebook().study.files}
    harmonised = harmonise(codebook(), files)
    result = recovery.compare(
        harmonised.panel,
        io.read_csv(DATA / "truth.csv"),
        io.read_json(DATA / "planted.json"),
        [dict(vars(finding)) for finding in harmonised.findings],
        harmonised.set_aside,
    )
    assert result.complete
    # nothing but what was planted is reported for the standard study
    assert sorted(finding.code for finding in harmonised.findings) == ["D04", "K01", "K02"]


def test_one_changed_value_is_counted_by_variable():
    panel = made(STANDARD)[2].panel.copy()
    row = panel.index[panel.sev_fin.notna()][3]
    panel.loc[row, "sev_fin"] = panel.loc[row, "sev_fin"] + 1
    result = compared(STANDARD, panel=panel)
    assert result.differing == {"sev_fin": 1}
    with pytest.raises(StudyError) as caught:
        result.require()
    finding = caught.value.findings[0]
    assert (finding.code, finding.variable, finding.count) == ("Z01", "sev_fin", 1)


def test_a_wrong_reason_differs_though_both_are_missing():
    panel = made(STANDARD)[2].panel.copy()
    name = "prob_just__reason"
    row = panel.index[panel[name].astype(str) == "w"][0]
    panel[name] = panel[name].astype(str)
    panel.loc[row, name] = "r"
    assert compared(STANDARD, panel=panel).differing == {"prob_just": 1}


def test_a_missing_row_and_a_doubled_row_are_not_complete():
    panel = made(STANDARD)[2].panel
    for changed in (panel.iloc[1:], panel.iloc[[0, *range(len(panel))]]):
        result = compared(STANDARD, panel=changed)
        assert not result.complete
        with pytest.raises(StudyError, match="Z02"):
            result.require()


def test_row_order_does_not_matter():
    panel = made(STANDARD)[2].panel
    assert compared(STANDARD, panel=panel.iloc[::-1]).complete


def test_a_variable_on_one_side_only_differs_everywhere():
    true = made(STANDARD)[0].panel
    lost = true.drop(columns=["n_prob", "n_prob__reason"])
    assert compared(STANDARD, truth=lost).differing == {"n_prob": 205}
    panel = made(STANDARD)[2].panel.drop(columns=["n_prob", "n_prob__reason"])
    assert compared(STANDARD, panel=panel).differing == {"n_prob": 205}


def test_an_unreported_fault_is_named():
    findings = [finding for finding in made(STANDARD)[2].findings if finding.code != "K01"]
    result = compared(STANDARD, findings=findings)
    assert [fault.fault for fault in result.faults if not fault.reported] == ["stray_key"]
    with pytest.raises(StudyError, match="stray blanks"):
        result.require()


def test_an_unplanned_row_set_aside_is_an_error():
    aside = made(STANDARD)[2].set_aside.copy()
    aside.loc[0, "count"] = 3
    result = compared(STANDARD, set_aside=aside)
    assert result.unplanned == 2
    with pytest.raises(StudyError, match="Z04"):
        result.require()


def test_result_survives_json(tmp_path):
    result = compared(STANDARD)
    io.write_json(tmp_path / "recovery.json", result.as_dict())
    read = io.read_json(tmp_path / "recovery.json")
    assert read["complete"] is True
    assert (read["seed"], read["attempt"]) == (STANDARD, 1)
    assert read["cells"] == read["equal"]
    assert read["faults"][0]["fault"] == "stray_key"


MISTAKES = [
    # (file, line as it starts, text, text by mistake, variables that have to differ)
    ("sources.csv", "sev_wrk;1;EKC;", ";4..1;", ";1..4;", {"sev_wrk", "sev_mean"}),
    ("sources.csv", "ask_reluct;1;WT;", "five_turned_wt1", "five_wt1", {"ask_reluct"}),
    ("sources.csv", "n_prob_native;1;WT;", " Q12n;", ";", {"n_prob_native"}),
    ("sources.csv", "net_src_friend;2;WT;", "helper_wt2;1;", "helper_wt2;6;", {"net_src_friend"}),
    (
        "sources.csv",
        "prior_src_gp;1;WT;",
        "Q31_1 Q31_anders;ticked other_helper;1 1;",
        "Q31_1;ticked;1;",
        {"prior_src_gp"},
    ),
    ("sources.csv", "household;1;WT;", "household_wt", "household_ekc", {"household"}),
    ("variables.csv", "zrm_dag;", ";low", ";high", {"zrm_dag", "zrm_sum"}),
    ("codes.csv", "mark0_wt2;0..10;", "0..10", "0..7", set()),
    ("derived.csv", "n_prob;", " prob_just;", ";", {"n_prob"}),
    ("derived.csv", "djg_soc;", "yes_high", "yes_low", {"djg_soc"}),
]


def with_mistakes(folder, mistakes):
    """Copy the codebook, without its worked examples and expected labels, and make mistakes in it."""
    for name in ("study.yaml", "keys.csv", "targets.csv", "decisions.csv"):
        (folder / name).write_text((CODEBOOK / name).read_text(encoding="utf-8"), encoding="utf-8")
    (folder / "examples.csv").write_text("person_id;wave;variable;expected\n", encoding="utf-8")
    for name in ("sources.csv", "variables.csv", "codes.csv", "derived.csv"):
        lines = (CODEBOOK / name).read_text(encoding="utf-8").splitlines()
        for file, start, text, wrong, _ in mistakes:
            if file == name:
                place = next(number for number, line in enumerate(lines) if line.startswith(start))
                assert text in lines[place]
                lines[place] = lines[place].replace(text, wrong, 1)
        if name == "codes.csv":
            cells = [line.split(";") for line in lines[1:]]
            lines[1:] = [";".join([*row[:2], "", *row[3:]]) for row in cells]
        if name == "sources.csv":
            cells = [line.split(";") for line in lines[1:]]
            lines[1:] = [";".join([*row[:10], "", *row[11:]]) for row in cells]
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return read_codebook(folder)


def test_the_truth_finds_mistakes_in_the_codebook(tmp_path):
    """Without labels and examples to help, each mistake shows in its own variables and in no others."""
    silent = [mistake for mistake in MISTAKES if mistake[-1]]
    fieldwork = made(STANDARD)[1]
    files = {name: as_read(file) for name, file in fieldwork.files.items()}
    harmonised = harmonise(with_mistakes(tmp_path, silent), files)
    result = compared(STANDARD, panel=harmonised.panel)
    expected = set().union(*(mistake[-1] for mistake in silent))
    assert expected <= set(result.differing)
    assert set(result.differing) <= expected | {"multi2", "multi3", "zrm_nprob"}
    assert not result.complete


def test_a_valid_mark_left_out_of_the_code_list_stops_the_run(tmp_path):
    """8 and 9 are answers on a 0-10 scale: a list that ends at 7 is refused, not recoded."""
    fieldwork = made(STANDARD)[1]
    book = with_mistakes(tmp_path, [mistake for mistake in MISTAKES if not mistake[-1]])
    with pytest.raises(StudyError) as caught:
        harmonise(book, {name: as_read(file) for name, file in fieldwork.files.items()})
    assert {finding.variable for finding in caught.value.findings} == {"sup010"}
    assert "D01" in {finding.code for finding in caught.value.findings}


@pytest.mark.parametrize("variable", ["sev_fin", "djg1"])
def test_a_forgotten_reversal_is_caught_by_the_worked_examples(variable):
    """Reversal shows in no label and no range: only an example worked out by hand sees it."""
    book = codebook()
    rule = next(
        rule
        for rule in book.rules.values()
        if (rule.variable, rule.wave, rule.group) == (variable, "1", "EKC")
    )
    if rule.scales:
        wrong = replace(rule, scales=tuple((last, first) for first, last in rule.scales))
    else:
        wrong = replace(rule, codes=("djg_ekc2",))
    rules = {key: wrong if value is rule else value for key, value in book.rules.items()}
    fieldwork = made(STANDARD)[1]
    with pytest.raises(StudyError) as caught:
        harmonise(replace(book, rules=rules), {name: as_read(file) for name, file in fieldwork.files.items()})
    assert "T01" in {finding.code for finding in caught.value.findings}
