"""What the helper of a run has ready is never older than the files that a job sees."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from crosswalk_study import tables, write_codebook

from netwerkkracht.core.errors import StudyError
from netwerkkracht.run import runner, warm
from netwerkkracht.run.prepared import prepare
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.config import read_config

ROOT = Path(__file__).parents[2]


def test_a_codebook_is_read_once_and_anew_when_a_byte_changes(tmp_path):
    texts = tables()
    folder = write_codebook(tmp_path, texts)
    first = read_codebook(folder)
    assert read_codebook(folder) is first
    variables = folder / "variables.csv"
    text = variables.read_text(encoding="utf-8")
    assert "Age" in text
    variables.write_text(text.replace("Age", "Years"), encoding="utf-8")
    assert read_codebook(folder).label("age", "en") == "Years"
    assert first.label("age", "en") == "Age"
    variables.write_text(text.replace("variable;", "variabel;"), encoding="utf-8")
    for _ in range(2):  # a mistake is not remembered as a codebook
        with pytest.raises(StudyError):
            read_codebook(folder)


def test_the_helper_prepares_the_study_of_its_folder_and_leaves_mistakes_to_the_steps(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    prepare()  # nothing here
    (tmp_path / "config.yaml").write_text("study: [\n", encoding="utf-8")
    prepare()
    monkeypatch.chdir(ROOT)
    prepare()
    assert read_config(Path("config.yaml")) is read_config(Path("config.yaml"))


def loaded(rules):
    """Return the top packages that a new process holds after it loaded what jobs of these rules need."""
    program = (
        "import sys\nfrom importlib import import_module\nfrom netwerkkracht.run import warm\n"
        f"for name in warm.needed({rules!r}):\n    import_module(name.partition(':')[0])\n"
        "print(*{name.partition('.')[0] for name in sys.modules})"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_the_helper_loads_what_the_planned_jobs_need_and_no_more():
    shows = {"matplotlib", "pandas", "typst"}
    computes = {"scipy", "statsmodels"}
    notebooks = {"jupytext", "nbclient"}
    every = shows | computes | notebooks
    assert loaded(["all", "draw", "report"]) & every == shows
    assert loaded(["all", "fit", "figure"]) & every == shows | computes
    assert loaded([]) >= every


def test_rules_are_known_by_the_names_that_the_workflow_gives_them():
    rules = "\n".join(path.read_text(encoding="utf-8") for path in (ROOT / "rules").glob("*.smk"))
    named = set(re.findall(r"^rule (\w+):", rules, re.MULTILINE))
    assert warm.SHOWING - {"all"} <= named
    assert "notebook" in named


@pytest.mark.parametrize("finished", [True, False])
def test_the_helper_starts_at_once_where_no_run_was_finished(tmp_path, monkeypatch, finished):
    started = []

    class Helper:
        def __init__(self, wanted):
            assert wanted
            self.settings = {}

        def __enter__(self):
            return self

        def __exit__(self, *_):
            pass

        def start(self, _settings, _rules):
            started.append(len(said))

    class Process:
        stdout = ("Building DAG of jobs...\n", "Nothing to be done (all requested files are present).\n")

        def __init__(self, *_, **__):
            said.append("snakemake")

        def wait(self):
            return 0

        def poll(self):
            return 0

    said = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(runner, "Helper", Helper)
    monkeypatch.setattr(runner.subprocess, "Popen", Process)
    monkeypatch.setattr(runner.signal, "signal", lambda *_: None)
    if finished:
        (tmp_path / "reports").mkdir()
        (tmp_path / "reports" / "manifest.json").write_text("{}", encoding="utf-8")
    assert runner.work(runner.Order(tmp_path / "Snakefile", "2", False, (), 0)) == 0
    assert started == ([] if finished else [0])
