"""What an earlier configuration released and this one does not is removed when it is ours and untouched."""

import json
from pathlib import Path

import pytest

from netwerkkracht.provenance.fingerprint import sha256
from netwerkkracht.run.leftovers import remove_leftovers
from netwerkkracht.study.config.reading import parse_config

TITLE = {"nl": "titel", "en": "title"}


def configuration(*, languages=("nl", "en"), tables=("table-1",)):
    given = {
        "study": {"codebook": "c", "data": "d", "status": "synthetic", "truth": "t"},
        "seed": 1,
        "exhibits": [
            {"id": name, "kind": "dictionary", "order": 1, "title": TITLE, "options": {}} for name in tables
        ],
        "report": {"source": "r", "languages": list(languages)},
    }
    return parse_config(json.dumps(given))


@pytest.fixture
def earlier(tmp_path, monkeypatch):
    """Leave the files and records of a run with two tables in two languages."""
    monkeypatch.chdir(tmp_path)
    for table in ("table-1", "table-2"):
        names = [f"reports/tables/{table}.{end}" for end in ("csv", "nl.html", "en.html")]
        names.append(f"results/aggregate/models/{table}.json")
        for name in names:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_text(name)
        record = {"step": "table", "item": table, "command": "", "spec": {}, "inputs": {}}
        record["outputs"] = {name: sha256(Path(name)) for name in names}
        path = Path(f"results/provenance/table/{table}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps([record]))
    return tmp_path


def test_nothing_goes_while_everything_is_asked_for(earlier):
    assert remove_leftovers(configuration(tables=("table-1", "table-2"))) == []


def test_a_table_and_a_language_that_are_no_longer_asked_for_go(earlier):
    gone = remove_leftovers(configuration(languages=("en",)))
    assert gone == [
        "reports/tables/table-1.nl.html",
        "reports/tables/table-2.csv",
        "reports/tables/table-2.en.html",
        "reports/tables/table-2.nl.html",
    ]
    assert not any(Path(name).exists() for name in gone)
    assert Path("reports/tables/table-1.csv").is_file()
    assert Path("results/aggregate/models/table-2.json").is_file()


def test_what_was_touched_or_is_not_ours_stays_for_the_release_check(earlier):
    Path("reports/tables/table-2.csv").write_text("notes of a person")
    Path("reports/tables/mine.csv").write_text("x")
    gone = remove_leftovers(configuration())
    assert "reports/tables/table-2.csv" not in gone
    assert Path("reports/tables/mine.csv").is_file()


def test_nothing_outside_the_released_files_goes(earlier):
    path = Path("results/provenance/table/table-2.json")
    [record] = json.loads(path.read_text())
    Path("precious.txt").write_text("p")
    record["outputs"] = {
        name: sha256(Path("precious.txt")) for name in ("precious.txt", "reports/../precious.txt")
    }
    path.write_text(json.dumps([record]))
    assert remove_leftovers(configuration()) == []
    assert Path("precious.txt").is_file()


def test_a_damaged_record_removes_nothing(earlier):
    Path("results/provenance/table/table-1.json").write_text("{")
    assert remove_leftovers(configuration(tables=())) == []
