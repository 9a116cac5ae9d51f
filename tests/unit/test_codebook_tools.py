"""Skeleton, check, canonical form, views and exports for the one who writes a codebook."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pandas as pd
import pytest
from crosswalk_study import Draft, drafts, files, tables, write_codebook
from export_reading import read_export

from netwerkkracht import spss
from netwerkkracht.codebook_tools import (
    run_check,
    run_export,
    run_fmt,
    run_scaffold,
    scaffold,
)
from netwerkkracht.codebook_tools.exports import to_spss, write_export
from netwerkkracht.codebook_tools.scaffolding import spans
from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.io import write_csv
from netwerkkracht.harmonise import harmonise
from netwerkkracht.study.codebook import examine_codebook, read_codebook


def write_files(folder, made=None):
    folder.mkdir(exist_ok=True)
    for name, held in files(made).items():
        spss.write(folder / f"{name}.sav", held.frame, held.variables)
    return folder


BOTH = ("nl", "en")
CELLS = [("T0", "EKC"), ("T1", "EKC")]


def skeleton():
    held = files()
    chosen = {name: held[name] for name in ("ekc_t0", "ekc_t1")}
    return scaffold(chosen, CELLS, ["ekc_t0.sav", "ekc_t1.sav"], languages=BOTH, study="proef")


def test_skeleton_leaves_every_target_empty_and_check_says_so(tmp_path):
    texts = skeleton()
    lines = [line.split(";") for line in texts["codes.csv"].splitlines()[1:]]
    assert lines
    assert {cells[3] for cells in lines} == {""}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    _, found = examine_codebook(tmp_path)
    assert {finding.code for finding in found} == {"X05"}
    assert sum(finding.count for finding in found) == len(lines)


def test_skeleton_matches_by_label_and_proposes_types(tmp_path):
    texts = skeleton()
    matches = [line.split(";") for line in texts["matches.csv"].splitlines()[1:]]
    pairs = {(cells[0], cells[1], cells[2], cells[4]) for cells in matches}
    assert ("v12a", "ekc_t1", "q7_1", "label") in pairs
    assert ("regie", "ekc_t1", "regie", "name and label") in pairs
    kinds = {line.split(";")[0]: line.split(";")[3] for line in texts["variables.csv"].splitlines()[1:]}
    assert kinds["datum"] == "date"
    assert kinds["lft"] == "integer"
    assert kinds["v12a"] == "code"
    assert 'id: "respnr"' in texts["study.yaml"]
    assert "lft;T1;EKC;not_asked" in texts["sources.csv"]


def test_skeleton_holds_no_extreme_of_a_person():
    assert spans(np.array([18.0, 93.0]), set()) == [(0, 100)]
    assert spans(np.array([-3.0, 11.0]), set()) == [(-5, 20)]
    assert "lft;0..100;" in skeleton()["codes.csv"]


def test_intervals_of_a_skeleton_leave_room_for_the_codes_that_mean_missing():
    whole, broken = np.array([3.0, 990.0]), np.array([0.5, 9.5])
    assert spans(whole, {777.0, 888.0, 999.0}) == [(0, 776), (889, 998)]
    assert spans(np.array([0.0, 9.0, 10.0]), {8.0}) == [(0, 7), (9, 10)]
    assert spans(broken, {8.0, 99.0}) == [(0, 7.999999), (8.000001, 10)]
    assert spans(np.array([-2e-10, 5.0]), set())[0][0] < 0


def quantity(values, labels, missing):
    made = drafts()["ekc_t0"]
    made.add("bedrag", "Bedrag", np.resize(values, 20), labels, missing)
    return made.done()


@pytest.mark.parametrize(
    ("values", "labels", "missing"),
    [
        ([120, 940, 999], {999: "weet niet"}, (999.0,)),
        ([0, 3, 4, 6, 9], {0: "helemaal niet", 10: "helemaal wel"}, ()),
        ([0, 9, 8], {8: "weet niet"}, (8.0,)),
        ([-2e-10, 1e10, 3.5], {}, ()),
    ],
)
def test_a_filled_skeleton_of_a_quantity_has_no_code_twice(values, labels, missing, tmp_path):
    texts = scaffold({"a": quantity(values, labels, missing)}, [("T0", "EKC")], ["a.sav"], languages=BOTH)
    lines = [line.split(";") for line in texts["codes.csv"].splitlines()]
    for cells in lines[1:]:
        reason = cells[2] in {"weet niet", "wil niet zeggen", "niet van toepassing"}
        cells[3] = ".s" if cells[1] == "SYSMIS" else ".w" if reason else "="
    texts["codes.csv"] = "".join(";".join(cells) + "\n" for cells in lines)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    book, found = examine_codebook(tmp_path)
    assert found == ()
    assert harmonise(book, {"a": quantity(values, labels, missing)}).panel["bedrag"].notna().any()


def test_a_file_without_a_likely_identifier_asks_for_it(tmp_path):
    made = Draft("a.sav")
    made.add("vraag", "Vraag", np.repeat([1.0, 2.0], 10))
    texts = scaffold({"a": made.done()}, [("T0", "EKC")], ["a.sav"], languages=BOTH)
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    data = tmp_path / "data"
    data.mkdir()
    held = made.done()
    spss.write(data / "a.sav", held.frame, held.variables)
    done = run_check(tmp_path, data)
    assert any("empty 'id'" in finding.what for finding in done.findings)
    assert not any(finding.code == "D07" for finding in done.findings)


def test_a_completed_skeleton_harmonises(tmp_path):
    """Only targets are filled in: codes keep themselves, labelled reasons get their tag."""
    texts = skeleton()
    tags = {"weet niet": ".w", "wil niet zeggen": ".r", "niet van toepassing": ".n"}
    lines = [line.split(";") for line in texts["codes.csv"].splitlines()]
    for cells in lines[1:]:
        cells[3] = ".s" if cells[1] == "SYSMIS" else tags.get(cells[2], "=")
    texts["codes.csv"] = "".join(";".join(cells) + "\n" for cells in lines)
    # the second file has identifiers of its own; here both carry the same
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    made = drafts()
    made["ekc_t1"].columns["respnr"] = made["ekc_t0"].columns["respnr"].copy()
    result = harmonise(read_codebook(tmp_path), {name: made[name].done() for name in ("ekc_t0", "ekc_t1")})
    assert len(result.panel) == 40
    assert result.findings == ()
    assert result.panel["v12a"].notna().sum() > 30


def test_scaffold_writes_files_and_never_overwrites(tmp_path):
    data = write_files(tmp_path / "data")
    paths = [data / "ekc_t0.sav", data / "ekc_t1.sav"]
    written = run_scaffold(paths, tmp_path / "book", languages=BOTH, cells=["T0:EKC", "T1:EKC"], name="proef")
    assert {path.name for path in written} >= {"study.yaml", "sources.csv", "codes.csv", "matches.csv"}
    with pytest.raises(StudyError, match="holds a codebook already"):
        run_scaffold(paths, tmp_path / "book", languages=BOTH)
    with pytest.raises(StudyError, match="1 cells for 2 files"):
        run_scaffold(paths, tmp_path / "other", languages=BOTH, cells=["T0:EKC"])


def test_check_is_silent_on_a_clean_study(tmp_path):
    done = run_check(write_codebook(tmp_path / "book"), write_files(tmp_path / "data"))
    assert done.findings == ()
    assert done.text == "nothing to remark: codebook and files agree\n"


def test_check_names_mistakes_of_codebook_and_files_at_once(tmp_path):
    texts = tables()
    texts["codes.csv"] = texts["codes.csv"].replace(
        "sex_ekc;9;wil niet zeggen;.r", "sex_ekc;9;wil niet zeggen;"
    )
    texts["sources.csv"] = texts["sources.csv"].replace("prob_psy;T0;WT;not_asked;;;;;B05\n", "")
    texts["derived.csv"] += "bad;x;x;at_least;stack_m;2;;;;;\n"
    made = drafts()
    made["wt_t2"].columns["fin"][2:5] = 7.0
    made["wt_t1"].rename("q7_2", "Q7_2")
    data = write_files(tmp_path / "data", made)
    (data / "ekc_t2.sav").write_bytes(b"$FL2 not a file")
    codes = tmp_path / "codes.csv"
    done = run_check(write_codebook(tmp_path / "book", texts), data, codes=codes)
    found = {finding.code for finding in done.findings}
    assert {"X05", "X01", "X03", "D01", "D07"} <= found
    assert any(finding.file == "ekc_t2.sav" for finding in done.findings)
    assert done.errors == len([finding for finding in done.findings if finding.severity == "error"])
    assert "docs/findings.md" in done.text
    listed = pd.read_csv(codes, dtype=str, keep_default_na=False)
    row = listed[(listed["file"] == "wt_t2") & (listed["source"] == "fin") & (listed["code"] == "7")]
    assert row[["count", "covered"]].to_numpy().tolist() == [["3", "no"]]


def test_check_compares_the_files_with_their_register(tmp_path):
    from netwerkkracht.spss.register import register_file

    book, data = write_codebook(tmp_path / "book"), write_files(tmp_path / "data")
    register = data / "register.csv"
    for path in sorted(data.glob("*.sav"))[:-1]:
        register_file(register, path, received="2019-05-01", terms="none")
    first, *_, last = sorted(data.glob("*.sav"))
    first.write_bytes(first.read_bytes() + b" ")
    found = {(finding.code, finding.file) for finding in run_check(book, data, register).findings}
    assert {("I01", first.name), ("I02", last.name)} <= found
    assert {code for code, _ in found} == {"I01", "I02"}


def test_fmt_changes_what_is_not_canonical_and_only_once(tmp_path):
    folder = write_codebook(tmp_path)
    lines = (folder / "codes.csv").read_text(encoding="utf-8").splitlines()
    (folder / "codes.csv").write_text("\n".join([lines[0], *reversed(lines[1:])]) + "\n", encoding="utf-8")
    before = read_codebook(folder)
    assert "codes.csv" in run_fmt(folder, check=True)
    changed = run_fmt(folder)
    assert "codes.csv" in changed
    assert run_fmt(folder, check=True) == ()
    after = read_codebook(folder)
    assert {name: set(held.entries) for name, held in before.codes.items()} == {
        name: set(held.entries) for name, held in after.codes.items()
    }
    assert {key: rule.sources for key, rule in before.rules.items()} == {
        key: rule.sources for key, rule in after.rules.items()
    }


def test_export_refuses_what_it_cannot_hold(tmp_path):
    book = read_codebook(write_codebook(tmp_path))
    panel = harmonise(book, files()).panel
    panel.loc[2, "support"] = -95.0
    panel.loc[2, "support__reason"] = ""
    with pytest.raises(StudyError, match="P01"):
        to_spss(book, panel, "nl")
    with pytest.raises(StudyError, match="P02"):
        write_export(book, panel, tmp_path / "panel.xlsx", "nl")


def test_parquet_holds_the_panel_and_nothing_else(tmp_path):
    import pyarrow.parquet as pq

    book = read_codebook(write_codebook(tmp_path))
    panel = harmonise(book, files()).panel
    panel.attrs["secret"] = "interview by somebody"
    write_export(book, panel, tmp_path / "panel.parquet", "nl")
    content = (tmp_path / "panel.parquet").read_bytes()
    assert b"pandas" not in content
    assert b"secret" not in content
    meta = pq.ParquetFile(tmp_path / "panel.parquet").metadata
    assert meta.row_group(0).column(0).statistics is None


def test_run_export_reads_the_panel_of_a_run(tmp_path):
    folder = write_codebook(tmp_path / "book")
    panel = harmonise(read_codebook(folder), files()).panel
    write_csv(tmp_path / "panel.csv", panel)
    run_export(folder, tmp_path / "panel.csv", tmp_path / "panel.sav", "nl")
    back = read_export(read_codebook(folder), tmp_path / "panel.sav")
    pd.testing.assert_frame_equal(back, panel, check_exact=True)


@pytest.mark.pspp
@pytest.mark.skipif(shutil.which("pspp") is None, reason="PSPP is not installed")
def test_pspp_reads_the_labelled_export_equal(tmp_path):
    book = read_codebook(write_codebook(tmp_path / "book"))
    panel = harmonise(book, files()).panel
    write_export(book, panel, tmp_path / "panel.sav", "nl")
    (tmp_path / "read.sps").write_text(
        f"GET FILE='{tmp_path / 'panel.sav'}'.\n"
        f"SAVE TRANSLATE /OUTFILE='{tmp_path / 'panel.csv'}' /TYPE=CSV /FIELDNAMES /REPLACE.\n"
        "DISPLAY DICTIONARY /VARIABLES=prob_fin.\n",
        encoding="utf-8",
    )
    said = tmp_path / "said.csv"
    subprocess.run(["pspp", "-O", "format=csv", "-o", str(said), str(tmp_path / "read.sps")], check=True)
    text = said.read_text(encoding="utf-8")
    assert "-99 THRU -91" in text
    assert "-91[a],weet niet" in text
    seen = pd.read_csv(tmp_path / "panel.csv", dtype={"person": str}, keep_default_na=False)
    frame, _ = to_spss(book, panel, "nl")
    assert list(seen) == list(frame)
    for name in seen:
        if name != "day":
            expected = frame[name].to_numpy()
            # an empty number is system-missing, which the export never writes
            np.testing.assert_array_equal(seen[name].to_numpy(dtype=expected.dtype), expected)
    assert seen["arm"].tolist() == panel["arm"].tolist()
    moment = pd.to_datetime(seen["day"].str.replace("/", "-", regex=False))
    assert moment.dt.strftime("%Y-%m-%d").tolist() == panel["day"].tolist()
