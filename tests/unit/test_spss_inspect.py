"""The inspection: JSON for a program, a table that fits for a person."""

import json

import pandas as pd
import pytest
from spss_samples import sample, small

from netwerkkracht.core.errors import StudyError
from netwerkkracht.spss import SpssVariable, from_artifacts, inspect, read, to_artifacts
from netwerkkracht.spss.inspection import table
from netwerkkracht.spss.inspection.facts import counts_sha, value_counts
from netwerkkracht.spss.writing.writer import Extras, to_bytes


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "proef.sav"
    file.write_bytes(sample())
    return file


def test_the_json_says_all(path):
    known = json.loads(inspect(path, as_json=True).text)
    assert (known["n_rows"], known["n_vars"], known["weight"]) == (7, 9, "gewicht_van_de_persoon")
    answer = known["variables"]["vraag"]
    assert answer["missing"] == {"values": [9.0], "ranges": [["LOWEST", -1.0]]}
    assert answer["value_labels"] == {"1": "één", "2": "twee", "9": "weet niet", "99": ""}
    assert answer["value_counts"] == {"-100": 1, "1": 1, "2": 1, "9": 1, "151": 1, "152": 1, ".": 1}
    assert (answer["n_sysmis"], answer["n_user_missing"]) == (1, 2)
    assert known["variables"]["kort"]["missing"]["values"] == ["b", "c"]
    assert known["variables"]["kort"]["n_user_missing"] == 2
    assert known["variables"]["datum"]["first"] == "2019-01-01"
    assert known["variables"]["datum"]["value_counts"]["13765680000"] == 1
    assert known["variables"]["tijd"]["last"] == "26:00:00"
    assert list(known["variables"]) == [variable.name for variable in read(path).variables]


def test_the_checksum_as_it_is_defined():
    """Worked out by hand from the definition, not by the code under test."""
    import hashlib

    frame = pd.DataFrame({"B": [1.5, -0.0, float("nan")], "a": ["x ", "", "x"]})
    variables = (SpssVariable("B"), SpssVariable("a", width=2))
    counts = {v.name: value_counts(frame[v.name], v) for v in variables}
    text = "a\t\t1\na\tx\t2\nb\t.\t1\nb\t0\t1\nb\t1.5\t1\n"
    assert counts_sha(counts) == hashlib.sha256(text.encode()).hexdigest()[:16]


def test_the_table_says_that_a_weight_is_on_and_what_a_set_counts(path):
    shown = " ".join(inspect(path, width=100).text.split())
    assert "weight: gewicht_van_de_persoon (SPSS counts rows by it; the counts below do not)" in shown
    assert "set $keuze (dichotomies, counted value 1): Réeks vraag reeks" in shown
    assert "set $alles (categories): vraag reeks" in shown


def test_a_table_without_a_weight_says_nothing_of_one(tmp_path):
    file = tmp_path / "n.sav"
    file.write_bytes(small())
    assert "weight" not in inspect(file, width=100).text


def test_many_values_are_not_listed(tmp_path):
    values = pd.DataFrame({"a": [float(i) for i in range(16)], "b": [float(i % 15) for i in range(16)]})
    file = tmp_path / "m.sav"
    file.write_bytes(to_bytes(values, (SpssVariable("a"), SpssVariable("b")), Extras()))
    variables = json.loads(inspect(file, as_json=True).text)["variables"]
    assert "value_counts" not in variables["a"]
    assert variables["a"]["n_distinct"] == 16
    assert len(variables["b"]["value_counts"]) == 15


def test_values_that_differ_beyond_the_sixth_decimal_are_different(tmp_path):
    values = pd.DataFrame({"gewicht": [1 + i / 1e8 for i in range(20)] + [float("nan")]})
    file = tmp_path / "d.sav"
    file.write_bytes(to_bytes(values, (SpssVariable("gewicht"),), Extras()))
    fact = json.loads(inspect(file, as_json=True).text)["variables"]["gewicht"]
    # system-missing counts as one
    assert fact["n_distinct"] == 21
    assert "value_counts" not in fact


def test_a_variable_of_many_values_shows_its_range_and_its_missing_codes(tmp_path):
    """A code that nobody declared, such as 999, and a declared one that occurs are both seen."""
    values = pd.DataFrame({"inkomen": [float(i) for i in range(1, 21)] + [999.0, -8.0, -8.0, -9.0]})
    variable = SpssVariable("inkomen", missing=((-9.0, -8.0),))
    file = tmp_path / "r.sav"
    file.write_bytes(to_bytes(values, (variable,), Extras()))
    fact = json.loads(inspect(file, as_json=True).text)["variables"]["inkomen"]
    assert (fact["lowest"], fact["highest"], fact["n_user_missing"]) == (1.0, 999.0, 3)
    shown = " ".join(inspect(file, width=100).text.split())
    assert "23 different values, 1 to 999, 3 declared missing" in shown


def test_a_variable_without_a_valid_number_has_no_range(tmp_path):
    values = pd.DataFrame(
        {"leeg": [float("nan")] * 3, "weg": [9.0] * 3, "oneindig": [float("inf"), float("-inf"), 9.0]}
    )
    variables = (SpssVariable("leeg"), *(SpssVariable(name, missing=(9.0,)) for name in values.columns[1:]))
    file = tmp_path / "l.sav"
    file.write_bytes(to_bytes(values, variables, Extras()))
    known = json.loads(inspect(file, as_json=True).text)["variables"]
    assert [(fact["lowest"], fact["highest"]) for fact in known.values()] == [(None, None)] * 3


@pytest.mark.parametrize("width", [60, 80, 100, 120])
def test_the_table_fits(tmp_path, width):
    labels = {1.0: "上海市" * 12, 2.0: "עברית " * 10, 3.0: "ganzelangewoordenzonderspaties" * 4}
    variables = (
        SpssVariable("变量" * 8, "城市" * 40, value_labels=labels, missing=((-99.0, -1.0), 88.0)),
        SpssVariable("שם", "e\u0301" * 60),
    )
    values = pd.DataFrame({variables[0].name: [1.0, 2.0], variables[1].name: [3.0, 4.0]})
    file = tmp_path / "w.sav"
    file.write_bytes(to_bytes(values, variables, Extras("label " * 10)))
    lines = inspect(file, width=width).text.splitlines()
    assert max(map(table.columns, lines)) <= width
    assert any("上海市" in line for line in lines)


def test_labels_cannot_steer_the_terminal(tmp_path):
    variables = (SpssVariable("a", "rood \x1b[31m", value_labels={1.0: "\u202eomgekeerd"}),)
    file = tmp_path / "h.sav"
    file.write_bytes(to_bytes(pd.DataFrame({"a": [1.0]}), variables, Extras()))
    shown = inspect(file, width=80).text
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_broken_file_is_one_clear_error(path):
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(StudyError) as caught:
        inspect(path)
    assert len(caught.value.findings) == 1


def test_other_encodings_are_shown_with_the_finding(tmp_path):
    from spss_samples import declare

    file = tmp_path / "e.sav"
    file.write_bytes(declare(small(), "windows-1252", 1252))
    shown = inspect(file, width=100).text
    assert "D09 error" in shown
    assert "D09" not in inspect(file, width=100, encoding="UTF-8").text


def test_the_artefacts_hold_everything(path, tmp_path):
    file = read(path)
    to_artifacts(file, tmp_path / "v.csv", tmp_path / "v.json")
    back = from_artifacts(tmp_path / "v.csv", tmp_path / "v.json")
    pd.testing.assert_frame_equal(file.frame, back.frame, check_exact=True)
    rest = {name: value for name, value in vars(file).items() if name != "frame"}
    assert rest == {name: value for name, value in vars(back).items() if name != "frame"}
    (tmp_path / "v.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(StudyError, match="I05"):
        from_artifacts(tmp_path / "v.csv", tmp_path / "v.json")


def test_texts_that_cannot_be_decoded_are_named_and_end_with_a_code_of_their_own(tmp_path, capsys):
    from spss_samples import declare

    from netwerkkracht.run.cli import run as main

    file = tmp_path / "u.sav"
    file.write_bytes(declare(small("windows-1252"), "UTF-8", 65001))
    assert main(["inspect", str(file)]) == 3
    shown = capsys.readouterr().out
    assert "D09 error" in shown
    assert "write 'encoding: windows-1252'" in " ".join(shown.split())
    assert main(["inspect", str(file), "--json"]) == 3
    known = json.loads(capsys.readouterr().out)
    # two labels and two values, and nothing of them is lost when the right encoding is given
    assert known["n_undecodable"] == 4
    assert main(["inspect", str(file), "--json", "--encoding", "windows-1252"]) == 0
    assert json.loads(capsys.readouterr().out)["n_undecodable"] == 0
    with pytest.raises(StudyError, match="D09"):
        read(file)


def test_texts_that_only_look_wrong_are_shown_and_end_well(tmp_path, capsys):
    from spss_samples import declare

    from netwerkkracht.run.cli import run as main

    file = tmp_path / "e.sav"
    file.write_bytes(declare(small(), "windows-1252", 1252))
    assert main(["inspect", str(file), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["findings"][0]["severity"] == "error"
