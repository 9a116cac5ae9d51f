"""The gate in front of what leaves: fed with planted leaks, each is found by its code."""

import pytest

from netwerkkracht import disclosure, io
from netwerkkracht.fingerprint import sha256

OPEN = {
    "status": "synthetic",
    "person": "pid",
    "ids": ["PERSON-0042"],
    "release": {"profile": "open", "min_cell": 10, "round_to": 5},
}
STRICT = {**OPEN, "status": "real", "release": {**OPEN["release"], "profile": "strict10"}}


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    io.write_text(folder / "figures" / "figure-1.csv", "arm,n,mean\na,12,3.5\nb,0,\n")
    io.write_bytes(folder / "figures" / "figure-1.nl.png", b"\x89PNG")
    io.write_text(folder / "tables" / "table-1.nl.html", "<p>synthetische gegevens</p>")
    io.write_text(folder / "source" / "report.typ", "anything")
    io.write_text(folder / "reference" / "x.csv", "pid\nPERSON-0042\n")
    return folder


def codes(reports, part=OPEN, *, listed=True):
    files = {
        f"reports/{path.relative_to(reports).as_posix()}": {"sha256": sha256(path)}
        for path in reports.rglob("*")
        if path.is_file() and listed
    }
    return [finding.code for finding in disclosure.check_files(reports, {"files": files}, part)]


@pytest.mark.parametrize("part", [OPEN, STRICT])
def test_clean_files_may_leave(reports, part):
    assert codes(reports, part) == []


PLANTED = {
    "a row per person": ("tables/t.csv", "pid,age\nx,30\n", OPEN, "G04"),
    "reasons of missing values": ("tables/t.csv", "age,age__reason\n,w\n", OPEN, "G04"),
    "an identifier": ("tables/t.csv", "who,n\nPERSON-0042,12\n", OPEN, "G05"),
    "a small cell of real data": ("tables/t.csv", "arm,n\na,9\n", STRICT, "G06"),
    "a small count under another name": ("tables/t.csv", "arm,n_valid,count\na,20,3\n", STRICT, "G06"),
    "vectors of real data": ("figures/f.nl.svg", "<svg>synthetic</svg>", STRICT, "G07"),
    "a picture without the mark": ("figures/f.nl.svg", "<svg></svg>", OPEN, "G08"),
    "a page without the mark": ("tables/t.nl.html", "<p></p>", OPEN, "G08"),
    "a workbook": ("tables/t.xlsx", "PK", OPEN, "G01"),
    "a data file": ("panel.sav", "$FL2", OPEN, "G01"),
    "a model": ("model.pkl", "x", OPEN, "G01"),
}


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_leak_is_found(reports, name):
    path, content, part, code = PLANTED[name]
    io.write_text(reports / path, content)
    assert codes(reports, part) == [code]


def test_a_small_cell_of_synthetic_data_may_leave(reports):
    io.write_text(reports / "tables" / "t.csv", "arm,n\na,9\n")
    assert codes(reports, OPEN) == []


def test_a_file_without_a_line_in_the_manifest_stays(reports):
    assert set(codes(reports, listed=False)) == {"G02"}


def test_a_file_changed_after_the_run_stays(reports):
    name = "reports/figures/figure-1.csv"
    manifest = {"files": {name: {"sha256": sha256(reports / "figures" / "figure-1.csv")}}}
    (reports / "figures" / "figure-1.csv").write_text("arm,n\na,13\n")
    found = {finding.file: finding.code for finding in disclosure.check_files(reports, manifest, OPEN)}
    assert found[name] == "G03"


def test_a_message_names_the_file_and_a_count_and_no_identifier(reports):
    io.write_text(reports / "tables" / "t.csv", "who\nPERSON-0042\nPERSON-0042\n")
    manifest = {"files": {"reports/tables/t.csv": {"sha256": sha256(reports / "tables" / "t.csv")}}}
    found = [item for item in disclosure.check_files(reports, manifest, OPEN) if item.code == "G05"]
    assert found[0].count == 2
    assert "PERSON" not in str(found[0])


@pytest.mark.parametrize(("cell", "small"), [("0", 0), ("1", 1), ("9", 1), ("10", 0), ("", 0), ("3.5", 0)])
def test_the_limit_is_met_exactly(cell, small):
    assert disclosure.small_cells([{"n": cell, "mean": "3"}], 10) == small


def test_identifiers_that_occur_by_chance_are_not_searched_for():
    rows = [{"id": "12"}, {"id": "PERSON-0042"}, {"id": "PERSON-0042"}]
    assert disclosure.identifiers(rows, ["id"]) == ["PERSON-0042"]
