"""The gate in front of what leaves: fed with planted leaks, each is found by its code."""

import pytest

from netwerkkracht.core import io
from netwerkkracht.exhibits import registry
from netwerkkracht.provenance.fingerprint import sha256
from netwerkkracht.release import disclosure

SHEETS = registry.sheets(registry.modules())
OPEN = {
    "status": "synthetic",
    "person": "pid",
    "ids": ["PERSON-0042"],
    "release": {"profile": "open", "min_cell": 10, "round_to": 5},
    "waves": 2,
    "exhibits": [
        {"id": "figure-1", "kind": "reliability", "options": {}},
        {"id": "table-2", "kind": "outcomes", "options": {}},
        {"id": "table-3", "kind": "baseline", "options": {}},
        {"id": "figure-4", "kind": "influence", "options": {}},
        {"id": "figure-5", "kind": "shares", "options": {}},
    ],
}
STRICT = {**OPEN, "status": "real", "release": {**OPEN["release"], "profile": "strict10"}}

EXACT = {**STRICT, "release": {**STRICT["release"], "round_to": 1}}


@pytest.fixture
def reports(tmp_path):
    folder = tmp_path / "reports"
    io.write_text(
        folder / "figures" / "figure-1.csv",
        "scale,wave,group,n,alpha,release\na,1,a,15,0.7,rounded\nb,1,a,0,,rounded\n",
    )
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
    return [finding.code for finding in disclosure.check_files(reports, {"files": files}, part, SHEETS)]


@pytest.mark.parametrize("part", [OPEN, STRICT])
def test_clean_files_may_leave(reports, part):
    assert codes(reports, part) == []


PLANTED = {
    "a README that does not say what the data are": ("tables/table-1.README.md", "# x\n", OPEN, "G08"),
    "an identifier in a README": ("tables/table-1.README.md", "# PERSON-0042\n", STRICT, "G05"),
    "a row per person": ("tables/t.csv", "pid,age\nx,30\n", OPEN, "G04"),
    "reasons of missing values": ("tables/t.csv", "age,age__reason\n,w\n", OPEN, "G04"),
    "an identifier": ("tables/t.csv", "who,n\nPERSON-0042,12\n", OPEN, "G05"),
    "a small cell of real data": ("figures/figure-1.csv", "n,release\n9,rounded\n", STRICT, "G06"),
    "a count that is not rounded": ("figures/figure-1.csv", "n,release\n12,rounded\n", STRICT, "G06"),
    "a small count under another name": ("tables/table-2.csv", "missing,release\n3,rounded\n", STRICT, "G06"),
    "a small rest of a share": (
        "figures/figure-5.csv",
        "persons,total,share,release\n50,55,0.9091,rounded\n",
        STRICT,
        "G06",
    ),
    "a share of counts as they were": (
        "figures/figure-5.csv",
        "persons,total,share,release\n20,55,0.3455,rounded\n",
        STRICT,
        "G11",
    ),
    "a share at the floor of a scale of few persons": (
        "tables/table-2.csv",
        "n,floor,release\n50,0.06,rounded\n",
        STRICT,
        "G06",
    ),
    "a mean of too few persons": ("tables/table-2.csv", "n,mean,release\n,4.5,hidden\n", STRICT, "G13"),
    "a quartile with few beyond": ("tables/table-2.csv", "n,p25,release\n35,3,rounded\n", STRICT, "G13"),
    "a mean with all its digits": (
        "tables/table-2.csv",
        "n,mean,release\n55,4.872727272727273,rounded\n",
        STRICT,
        "G15",
    ),
    "an extreme": ("figures/figure-4.csv", "part,low,release\nrange,-0.5,withheld\n", STRICT, "G14"),
    "a column that nobody declared": (
        "figures/figure-1.csv",
        "n,oldest,release\n15,103,rounded\n",
        STRICT,
        "G10",
    ),
    "a word among numbers": ("figures/figure-1.csv", "n,release\nfew,rounded\n", STRICT, "G10"),
    "a table that was not released": ("figures/figure-1.csv", "scale,n\na,15\n", STRICT, "G16"),
    "a table that is no exhibit": ("tables/t.csv", "arm,n\na,20\n", STRICT, "G10"),
    "an identifier in a page": ("tables/t.nl.html", "<p>PERSON-0042</p>", STRICT, "G05"),
    "vectors of real data": ("figures/f.nl.svg", "<svg>synthetic</svg>", STRICT, "G07"),
    "a picture without the mark": ("figures/f.nl.svg", "<svg></svg>", OPEN, "G08"),
    "a page without the mark": ("tables/t.nl.html", "<p></p>", OPEN, "G08"),
    "a workbook": ("tables/t.xlsx", "PK", OPEN, "G01"),
    "a data file": ("panel.sav", "$FL2", OPEN, "G01"),
    "a model": ("model.pkl", "x", OPEN, "G01"),
}


SMALL_NUMBER = {"kind": "count", "raw": 3, "file": None, "column": None, "how": "", "uses": []}
NUMBERS = {
    "of a released table": {"file": "reports/figures/figure-1.csv", "column": "n"},
    "of a file of the analysis": {"file": "results/aggregate/flow.csv", "column": "set_aside"},
    "a sum of such a number": {"uses": ["other"]},
}


@pytest.mark.parametrize("name", NUMBERS)
def test_a_small_count_in_the_text_stays(reports, name):
    other = {**SMALL_NUMBER, "raw": 10, "file": "results/aggregate/flow.csv"}
    io.write_json(reports / "numbers.json", {"other": other, "n": {**SMALL_NUMBER, **NUMBERS[name]}})
    found, _ = disclosure.check_together(reports, STRICT, SHEETS)
    assert [(item.code, item.variable) for item in found] == [("G17", "n")]
    assert disclosure.check_together(reports, OPEN, SHEETS) == ([], {})


def test_numbers_that_are_no_persons_leave(reports):
    plain = {**SMALL_NUMBER, "file": "data/codebook/published.csv", "column": "value"}
    items = {**SMALL_NUMBER, "file": "reports/figures/figure-1.csv", "column": "items"}
    lines = {**SMALL_NUMBER, "file": "reports/figures/figure-1.csv", "column": "n", "how": "rows over 3 rows"}
    io.write_json(reports / "numbers.json", {"a": plain, "b": items, "c": {**plain, "raw": None}, "d": lines})
    assert disclosure.check_together(reports, STRICT, SHEETS)[0] == []


def test_a_count_that_two_tables_give_back_stays(reports):
    """Hidden in one exhibit, shown in another; each alone keeps every rule."""
    io.write_text(
        reports / "tables" / "table-3.csv",
        "variable,code,statistic,group,wave,value,n,count,missing,release\n"
        "help,1,share,a,1,,55,,0,hidden\nhelp,2,share,a,1,0.5455,55,30,0,rounded\n"
        "help,3,share,a,1,,55,,0,hidden\n",
    )
    shares = "variable,code,group,wave,persons,total,share,release\nhelp,1,a,1,10,55,0.1818,rounded\n"
    found, facts = disclosure.check_together(reports, EXACT, SHEETS)
    assert (found, facts["hidden"]) == ([], 2)
    io.write_text(reports / "figures" / "figure-5.csv", shares)
    found, _ = disclosure.check_together(reports, EXACT, SHEETS)
    assert [(item.code, item.file) for item in found] == [("G18", "table-3")]


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
    found = {
        finding.file: finding.code for finding in disclosure.check_files(reports, manifest, OPEN, SHEETS)
    }
    assert found[name] == "G03"


def test_a_message_names_the_file_and_a_count_and_no_identifier(reports):
    io.write_text(reports / "tables" / "t.csv", "who\nPERSON-0042\nPERSON-0042\n")
    manifest = {"files": {"reports/tables/t.csv": {"sha256": sha256(reports / "tables" / "t.csv")}}}
    found = [item for item in disclosure.check_files(reports, manifest, OPEN, SHEETS) if item.code == "G05"]
    assert found[0].count == 2
    assert "PERSON" not in str(found[0])


@pytest.mark.parametrize(("cell", "small"), [("0", 0), ("1", 1), ("9", 1), ("10", 0), ("", 0), ("3.5", 0)])
def test_the_limit_is_met_exactly(cell, small):
    assert disclosure.small_cells([{"n": cell, "mean": "3"}], 10) == small


def test_identifiers_that_occur_by_chance_are_not_searched_for():
    rows = [{"id": "12"}, {"id": "PERSON-0042"}, {"id": "PERSON-0042"}]
    assert disclosure.identifiers(rows, ["id"]) == ["PERSON-0042"]


def test_the_manifest_says_of_an_exhibit_what_the_steward_asks(reports):
    io.write_text(reports / "figures" / "figure-1.csv", "n,release\n15,rounded\n0,rounded\n,hidden\n")
    spec = {"exhibit": {"kind": "reliability"}}
    names = ["reports/figures/figure-1.nl.png", "reports/numbers.json"]
    lines = disclosure.describe({names[0]: {"spec": spec}, names[1]: {"spec": {}}}, reports.parent, SHEETS)
    assert lines[names[0]]["release"] == {
        "statbarn": "CorrelationCoefficients",
        "smallest_count": 15,
        "rows": {"hidden": 1, "rounded": 2},
    }
    assert lines[names[1]] == {"spec": {}}
