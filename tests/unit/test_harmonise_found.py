"""Codes found in files: every answer counted once, nothing of a person listed."""

import numpy as np
import pytest
from crosswalk_study import drafts, files, tables, write_codebook

from netwerkkracht.analysis.describe.crosswalk import decisions, matrix
from netwerkkracht.harmonise import harmonise
from netwerkkracht.harmonise.found import OTHERS, VALUES, codes_by_variable, codes_found
from netwerkkracht.study.codebook import read_codebook

LINE = ["variable", "file", "source"]


@pytest.fixture
def book(tmp_path):
    return read_codebook(write_codebook(tmp_path))


def counts(found, **where):
    for name, value in where.items():
        found = found[found[name] == value]
    return {(row.code, row.target): row.count for row in found[["code", "target", "count"]].itertuples(False)}


def test_every_row_of_a_file_is_counted_once_per_source(book):
    found = codes_by_variable(book, files())
    assert set(found.groupby(LINE)["count"].sum()) == {20}
    used = {
        (name, spec.file, source)
        for name in book.harmonised
        for spec in book.study.files
        for source in book.rules[(name, spec.wave, spec.group)].sources
    }
    assert {tuple(line) for line in found[LINE].drop_duplicates().to_numpy()} == used


def test_counts_agree_with_the_panel(book):
    """One source, nobody set aside: codes become the valid values, or the reasons."""
    found, panel = codes_by_variable(book, files()), harmonise(book, files()).panel
    here = panel[(panel["visit"] == "T2") & (panel["arm"] == "WT")]
    made = counts(found, variable="prob_fin", file="wt_t2")
    for (code, target), count in made.items():
        if target.startswith("."):
            assert (here["prob_fin__reason"] == target[1:]).sum() == sum(
                n for (_, other), n in made.items() if other == target
            ), code
        else:
            assert (here["prob_fin"] == float(target)).sum() == count


def test_quantities_dates_and_texts_are_counted_and_not_listed(book):
    found = codes_by_variable(book, files())
    assert counts(found, variable="day", file="ekc_t0") == {(VALUES, ""): 20}
    ages = counts(found, variable="age", file="ekc_t0")
    assert set(ages) <= {("(numbers)", "="), ("999", ".r"), ("SYSMIS", ".s")}
    support = counts(found, variable="support", file="ekc_t0")
    assert {target for _, target in support} <= {"=", ".w", ".n", ".s"}
    assert len(support) > 5


def test_an_identifier_with_few_values_is_not_listed(tmp_path):
    """Twelve interviewers have numbers below fifteen: still no code of a questionnaire."""
    texts = tables()
    texts["variables.csv"] += "asker;Interviewer;Interviewer;id;;;;s;;\n"
    texts["sources.csv"] += "asker;*;*;direct;intv;;;Interviewer;\n"
    made = drafts()
    for draft in made.values():
        draft.add("intv", "Interviewer", np.tile([1, 2, 3, 4], 5), {1: "Jan"})
    found = codes_by_variable(read_codebook(write_codebook(tmp_path, texts)), files(made))
    mine = found[found["variable"] == "asker"]
    assert set(mine["code"]) == {VALUES}
    assert set(mine["label"]) == {""}


def test_other_options_of_a_question_with_several_answers_are_counted_together(tmp_path):
    texts = tables()
    texts["variables.csv"] += "by_phone;Telefoon;Phone;yesno;;;;s;;\n"
    texts["sources.csv"] = texts["sources.csv"].replace("rule;source;codes;", "rule;source;codes;option;")
    lines = texts["sources.csv"].splitlines()
    lines[1:] = [";".join([*line.split(";")[:6], "", *line.split(";")[6:]]) for line in lines[1:]]
    lines.append("by_phone;*;*;multi;m1 m2;way;2;;Weg 1 | Weg 2;")
    texts["sources.csv"] = "\n".join(lines) + "\n"
    texts["codes.csv"] += "way;1..5;;=;\nway;SYSMIS;;.s;\n"
    made = drafts()
    for draft in made.values():
        draft.add("m1", "Weg 1", np.tile([1, 2, 3, 4], 5))
        draft.add("m2", "Weg 2", [np.nan] * 15 + [2.0] * 5)
    found = codes_by_variable(read_codebook(write_codebook(tmp_path, texts)), files(made))
    first = counts(found, variable="by_phone", file="wt_t1", source="m1")
    assert first == {("2", "="): 5, (OTHERS, "="): 15}
    second = counts(found, variable="by_phone", file="wt_t1", source="m2")
    assert second == {("2", "="): 5, ("SYSMIS", ".s"): 15}


def test_codes_of_a_file_of_two_cells_are_counted_per_cell(tmp_path):
    """A file that holds two groups counts each group's rows for that group."""
    texts = tables()
    texts["study.yaml"] = (
        texts["study.yaml"]
        .replace("path: wt_t0.sav, id: RESPNR}", 'path: ekc_t0.sav, id: respnr, rows: {half: ["2"]}}')
        .replace("path: ekc_t0.sav, id: respnr}", 'path: ekc_t0.sav, id: respnr, rows: {half: ["1"]}}')
    )
    texts["sources.csv"] = texts["sources.csv"].replace("WT;recode;GESL;sex_wt", "WT;recode;gesl;sex_ekc")
    made = drafts()
    made["ekc_t0"].add("half", "Helft", [1.0] * 12 + [2.0] * 8)
    held = files(made)
    held["wt_t0"] = held["ekc_t0"]
    book = read_codebook(write_codebook(tmp_path, texts))
    found = codes_by_variable(book, held)
    assert counts(found, variable="day", file="ekc_t0") == {(VALUES, ""): 12}
    assert counts(found, variable="day", file="wt_t0") == {(VALUES, ""): 8}
    open_ = codes_found(book, held)
    assert open_.groupby(["file", "source"])["count"].sum()["wt_t0", "steun"] == 8


def test_words_that_stand_only_in_a_file_are_not_listed(book):
    made = drafts()
    labels = made["ekc_t0"].variables["steun"].value_labels
    made["ekc_t0"].change("steun", value_labels={**labels, 5.0: "Jan Jansen belde"})
    made["ekc_t0"].columns["steun"][3:6] = 5.0
    found = codes_by_variable(book, files(made))
    mine = found[(found["variable"] == "support") & (found["file"] == "ekc_t0")].set_index("code")["label"]
    assert mine["5"] == ""
    assert mine["88"] == "weet niet"


def test_open_codes_are_listed_with_their_counts(book):
    made = drafts()
    made["ekc_t0"].columns["v12a"][:2] = 7.0
    found = codes_found(book, files(made))
    assert "respnr" not in set(found["source"])
    open_ = found[found["covered"] != "yes"]
    assert open_[["file", "source", "code", "count", "covered"]].to_numpy().tolist() == [
        ["ekc_t0", "v12a", "7", 2, "no"]
    ]


def test_matrix_has_one_rule_per_variable_and_file(book):
    view = matrix(book)
    assert len(view) == len(book.harmonised) * len(book.study.files)
    cell = view.set_index(["variable", "file"])
    assert cell.loc[("prob_fam", "ekc_t1"), ["rule", "detail", "decision"]].tolist() == [
        "worst", "q7_3 q7_4 [sev15]", "B04",
    ]  # fmt: skip
    assert cell.loc[("prob_psy", "wt_t0"), "rule"] == "not_asked"


def test_decisions_say_where_they_act_in_both_languages(book):
    made = decisions(book, ("nl", "en")).set_index("number")
    assert made.loc["B04", "used_in"] == "prob_fam"
    assert made.loc["B07", "used_in"] == "stack_n"
    assert made.loc["B04", ["decision_nl", "reason_en"]].tolist() == ["Besluit 4", "Reason 4"]
