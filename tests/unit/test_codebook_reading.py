"""The codebook is read strictly: every mistake is named, all at once, with what to do."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from crosswalk_study import tables, write_codebook

from netwerkkracht.core.errors import StudyError
from netwerkkracht.study.codebook import examine_codebook, read_codebook
from netwerkkracht.study.codebook.study import codebook_files

ROOT = Path(__file__).parents[2]


def findings(tmp_path, **changes):
    texts = tables()
    for name, (old, new) in changes.items():
        file = f"{name}.yaml" if name == "study" else f"{name}.csv"
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new)
    return examine_codebook(write_codebook(tmp_path, texts))[1]


def test_a_clean_codebook_reads(tmp_path):
    book = read_codebook(write_codebook(tmp_path))
    assert book.harmonised == (
        "day", "age", "sex", "prob_fin", "prob_home", "prob_fam", "prob_psy", "control", "support",
    )  # fmt: skip
    assert book.columns[-3:] == ("stack_n", "stack_sum", "stack")
    assert book.cells[0] == ("T0", "EKC")
    assert book.rule("control", "T0", "WT").codes == ("agree51",)
    assert book.label("age", "en") == "Age"
    assert book.value_labels("sex", "en") == {1.0: "man", 2.0: "woman"}
    assert book.is_text("day")
    assert not book.is_text("stack_n")
    with pytest.raises(dataclasses.FrozenInstanceError):
        book.study.name = "other"


def test_the_codebook_of_this_study_reads():
    book = read_codebook(ROOT / "data" / "codebook")
    assert len(book.rules) == len(book.harmonised) * len(book.cells)


@pytest.mark.parametrize(
    ("changes", "code", "part"),
    [
        ({"study": ("person: person", "persoon: person")}, "X04", "unknown key 'persoon'"),
        ({"study": ("wave: T1, group: EKC", "wave: T9, group: EKC")}, "X03", "unknown wave 'T9'"),
        ({"study": ("date: day", "date: dag")}, "X03", "did you mean 'day'"),
        ({"study": ("file: ekc_t1", "file: ekc_t0")}, "X04", "two files are called 'ekc_t0'"),
        ({"study": ("wave: T1, group: WT", "wave: T1, group: EKC")}, "X04", "claim the same wave and group"),
        ({"study": ("date: day", "label_drift: loud")}, "X04", "label_drift is 'loud'"),
        ({"study": ("date: day", "tags: {z: zzz}")}, "X04", "unknown tag 'z'"),
        ({"study": ("date: day", "linking: {unknown_keys: error}")}, "X04", "did you mean 'unknown_key'"),
        ({"variables": ("Age;integer", "Age;intager")}, "X03", "did you mean 'integer'"),
        ({"variables": ("12;99", "12;oud")}, "X04", "bound 'oud'"),
        ({"variables": ("2019-01-01", "1-1-2019")}, "X04", "yyyy-mm-dd"),
        ({"variables": ("age;Leeftijd", "Age;Leeftijd")}, "X04", "cannot be the name"),
        ({"variables": ("code;;;sex", "code;;;sexe")}, "X03", "did you mean 'sex'"),
        ({"targets": ("sex;2;", "sex;1;")}, "X06", "stands twice"),
        ({"sources": ("prob_fin;T2", "prob_fin;T5")}, "X03", "unknown wave 'T5'"),
        ({"sources": ("regie;agree51", "regie;agree15 agree51")}, "X04", "2 entries in 'codes'"),
        ({"sources": ("opvoeding | Relatieproblemen", "opvoeding")}, "X04", "source labels"),
        ({"codes": ("sex_wt;0;vrouw;2;", "sex_wt;0;vrouw;3;")}, "X04", "does not have"),
        ({"codes": ("sex_wt;0;vrouw;2;", "sex_wt;0;vrouw;.z;")}, "X03", "unknown tag '.z'"),
        ({"codes": ("age;12..99", "age;99..12")}, "X04", "backwards"),
        ({"codes": ("support;88;weet niet;.w;", "support;88;;.w;B77")}, "X03", "unknown decision 'B77'"),
        ({"derived": ("count_from", "count_form")}, "X03", "did you mean 'count_from'"),
        ({"derived": ("at_least;stack_n", "at_least;stack_m")}, "X03", "did you mean 'stack_sum'"),
        ({"derived": (";3;3;.s;asked", ";3;9;.s;asked")}, "X04", "min_valid is larger"),
        ({"decisions": ("Reden 1;Reason 1;RT", ";;RT")}, "X04", "lacks reason"),
        ({"decisions": ("B01;2019-05-01", "B01;May 2019")}, "X04", "date of decision"),
        ({"examples": ("T0;sex", "T0;sexe")}, "X03", "did you mean 'sex'"),
        ({"keys": ("ekc_t0;1001", "ekc_t9;1001")}, "X03", "unknown file 'ekc_t9'"),
        ({"keys": ("ekc_t0;1001;1001", "ekc_t0;1001;")}, "K04", "without an identifier"),
    ],
)  # fmt: skip
def test_each_mistake_has_its_message(changes, code, part, tmp_path):
    found = findings(tmp_path, **changes)
    hits = [finding for finding in found if part in str(finding)]
    assert hits, [str(finding) for finding in found]
    assert hits[0].code == code
    assert hits[0].expected
    assert hits[0].action
    assert hits[0].file


def test_all_mistakes_come_at_once(tmp_path):
    texts = tables()
    texts["variables.csv"] = texts["variables.csv"].replace("structural", "structurel")
    texts["sources.csv"] = texts["sources.csv"].replace("gesl;sex_ekc", "gesl;sex_ekk")
    texts["codes.csv"] = texts["codes.csv"].replace("age;999;wil niet zeggen;.r", "age;999;wil niet zeggen;")
    with pytest.raises(StudyError) as caught:
        read_codebook(write_codebook(tmp_path, texts))
    assert {finding.code for finding in caught.value.findings} >= {"X03", "X04", "X05"}


def test_worked_examples_may_lie_beside_the_data_and_are_read_anew_when_they_change(tmp_path):
    texts = tables()
    held = texts["examples.csv"]
    texts["study.yaml"] += "examples: ../data/real/examples.csv\n"
    folder = write_codebook(tmp_path / "codebook", texts | {"examples.csv": held.splitlines()[0] + "\n"})
    with pytest.raises(StudyError, match=r"F02[\s\S]*examples\.csv"):
        read_codebook(folder)
    place = tmp_path / "data" / "real" / "examples.csv"
    place.parent.mkdir(parents=True)
    place.write_text(held, encoding="utf-8")
    assert place.samefile(codebook_files(folder)[-1])
    first = read_codebook(folder)
    assert len(first.examples) == len(held.splitlines()) - 1
    place.write_text("\n".join(held.splitlines()[:-1]) + "\n", encoding="utf-8")
    assert read_codebook(folder).examples == first.examples[:-1]


def test_the_files_of_a_codebook_are_its_own_when_no_other_is_named(tmp_path):
    folder = write_codebook(tmp_path, tables())
    assert codebook_files(folder) == sorted(folder.glob("*.*"))
    (folder / "study.yaml").write_text("study: [\n", encoding="utf-8")
    assert codebook_files(folder) == sorted(folder.glob("*.*"))


def test_a_key_given_twice_in_yaml_is_refused(tmp_path):
    texts = tables()
    texts["study.yaml"] += "person: other\n"
    with pytest.raises(StudyError, match="stands twice"):
        read_codebook(write_codebook(tmp_path, texts))


def test_a_missing_table_is_named(tmp_path):
    (write_codebook(tmp_path) / "sources.csv").unlink()
    with pytest.raises(StudyError, match=r"F02.*sources\.csv|sources\.csv"):
        read_codebook(tmp_path)


def test_reading_needs_no_pandas(tmp_path):
    import subprocess
    import sys

    write_codebook(tmp_path)
    code = (
        "import sys; from pathlib import Path; from netwerkkracht.study.codebook import read_codebook; "
        f"read_codebook(Path({str(tmp_path)!r})); print('pandas' in sys.modules, 'numpy' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
