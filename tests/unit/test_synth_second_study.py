"""A second, invented study with two arms and three visits runs through the same code."""

from pathlib import Path

import pytest

from netwerkkracht import spss
from netwerkkracht.core import io
from netwerkkracht.harmonise import harmonise
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.config import read_config
from netwerkkracht.synth import recovery
from netwerkkracht.synth.run import synthesise

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / "tests" / "second_study"


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    """Make the trial's files and harmonise them, from disk."""
    data = tmp_path_factory.mktemp("data")
    made = synthesise(HOME / "codebook", 77, data)
    book = read_codebook(HOME / "codebook")
    files = {entry.file: spss.read(data / entry.path) for entry in book.study.files}
    return made, book, harmonise(book, files), data


def test_every_cell_is_recovered_through_files_on_disk(study):
    made, _, harmonised, data = study
    assert (made.rows, len(made.files)) == (158, 6)
    result = recovery.compare(
        harmonised.panel,
        io.read_csv(data / "truth.csv"),
        io.read_json(data / "planted.json"),
        harmonised.findings,
        harmonised.set_aside,
    )
    assert result.require().cells == 158 * 19
    assert [finding.code for finding in harmonised.findings] == ["D04"]


def test_panel_has_its_own_keys_waves_and_targets(study):
    panel = study[2].panel
    assert list(panel.columns[:3]) == ["client", "arm", "visit"]
    seen = panel.groupby(["arm", "visit"]).size().to_dict()
    assert seen == {
        ("desk", "t0"): 29,
        ("desk", "t6"): 25,
        ("desk", "t12"): 22,
        ("buddy", "t0"): 31,
        ("buddy", "t6"): 27,
        ("buddy", "t12"): 24,
    }
    last = panel[(panel.arm == "buddy") & (panel.visit == "t12")]
    assert (last.support == 1).sum() == 12


def test_dates_run_forward(study):
    wide = study[2].panel.pivot(index="client", columns="visit", values="visit_day")
    both = wide.dropna()
    assert len(both) == 46
    assert (both["t0"] < both["t6"]).all()
    assert (both["t6"] < both["t12"]).all()


def test_its_configuration_is_valid_and_names_its_own_variables(study, monkeypatch):
    monkeypatch.chdir(HOME)
    config = read_config(Path("config.yaml"))
    columns = set(study[2].panel.columns)
    for model in config.models:
        outcome = model.formula.split("~")[0].strip()
        assert outcome in columns | set(model.indicators)
    assert config.study.codebook == "codebook"


def test_no_name_of_either_study_stands_in_the_source():
    """Groups, waves, variables and files are data: none of their names is a word of the code."""
    import ast

    words = set()
    for home in (ROOT / "data" / "codebook", HOME / "codebook"):
        book = read_codebook(home)
        words |= set(book.harmonised) | set(book.derived) | set(book.study.groups)
        words |= {entry.file for entry in book.study.files}
    # plain words that mean something else in the code
    words -= {"sex", "age", "letters", "control", "grip", "gender", "origin", "support", "years", "stress"}
    offenders = [
        f"{path.name}:{node.lineno} {node.value}"
        for path in sorted((ROOT / "src" / "netwerkkracht" / "synth").glob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and node.value in words
    ]
    assert offenders == []
