"""Every YAML file of a study is read by one reader: what stands twice is refused, whoever reads it."""

import shutil
from pathlib import Path

import pytest

from netwerkkracht.core.errors import StudyError
from netwerkkracht.report import source, spec
from netwerkkracht.study.codebook.study import load_yaml
from netwerkkracht.study.config import read_config
from netwerkkracht.synth.reading import read_spec

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "data" / "codebook" / "synthetic"
TWICE = "\nsaid_twice: 1\nsaid_twice: 2\n"


def recipe(folder):
    shutil.copytree(RECIPE, folder / "recipe")
    path = folder / "recipe" / "structure.yaml"
    path.write_text(path.read_text(encoding="utf-8") + TWICE, encoding="utf-8")
    read_spec(folder / "recipe")


def written(name, read):
    def reader(folder):
        (folder / name).write_text(TWICE, encoding="utf-8")
        read(folder / name)

    return reader


READERS = {
    "config.yaml": ("C02", written("config.yaml", read_config)),
    "study.yaml": ("X04", written("study.yaml", load_yaml)),
    "structure.yaml": ("S01", recipe),
    "numbers.yaml": ("R01", lambda _: spec.read_spec(TWICE, ("nl", "en"))),
    "meta.yaml": ("R30", lambda _: source.read_yaml({"meta.yaml": TWICE.encode()}, "meta.yaml")),
    "tables.yaml": ("R30", lambda _: source.table_files({"tables.yaml": TWICE.encode()})),
}


@pytest.mark.parametrize("name", READERS)
def test_what_stands_twice_is_refused(name, tmp_path):
    code, read = READERS[name]
    with pytest.raises(StudyError) as caught:
        read(tmp_path)
    (finding,) = caught.value.findings
    assert (finding.code, finding.file) == (code, name)
    assert "the key 'said_twice' stands twice (line " in finding.what


def test_words_that_look_like_switches_stay_words():
    assert source.read_yaml({"t.yaml": b"say: {no: [yes, 010, 12:30, 2019-01-01]}"}, "t.yaml") == {
        "say": {"no": ["yes", "010", "12:30", "2019-01-01"]}
    }
