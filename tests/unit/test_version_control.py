"""What a study holds about persons, and what a run makes, never enters version control by `git add -A`."""

import shutil
import subprocess
from pathlib import Path

import pytest

from netwerkkracht.core import io

ROOT = Path(__file__).resolve().parents[2]
SHARED = (
    "config.yaml",
    "codebook/study.yaml",
    "codebook/variables.csv",
    "report/report.typ",
    "data/register.csv",
)
KEPT = (
    "data/intake.sav",
    "data/real/examples.csv",
    "data/real/keys.csv",
    "results/restricted/panel.csv",
    "results/restricted/ingest/intake.csv",
    "results/restricted/tracebacks/harmonise.txt",
    "results/aggregate/models/x.json",
    "reports/report.nl.html",
    "reports/figures/figure-1.csv",
    "logs/run.log",
    "benchmarks/jobs/ingest.tsv",
    ".snakemake/caches/x",
)
pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="needs git")


def staged(folder):
    """Return what `git add -A` takes, in a repository of its own that no settings of the user reach."""
    git = ["git", "-c", "core.excludesFile=", "-c", "init.defaultBranch=main"]
    for words in (["init", "--quiet"], ["add", "-A"], ["ls-files"]):
        done = subprocess.run([*git, *words], cwd=folder, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines())


@pytest.mark.parametrize("study", ["mystudy", "studies/2024/debts", "."])
def test_a_finished_study_in_the_repository_is_taken_without_persons_and_results(tmp_path, study):
    shutil.copy(ROOT / ".gitignore", tmp_path)
    for name in (*SHARED, *KEPT):
        io.write_text(tmp_path / study / name, "1")
    prefix = "" if study == "." else f"{study}/"
    assert staged(tmp_path) == {".gitignore", *(f"{prefix}{name}" for name in SHARED)}


def test_without_our_list_the_room_with_persons_keeps_itself_out(tmp_path):
    for name in (
        "results/restricted/panel.csv",
        "results/restricted/ingest/x.csv",
        "results/aggregate/x.json",
    ):
        io.write_text(tmp_path / name, "1")
    assert staged(tmp_path) == {"results/aggregate/x.json"}


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="a copy without its history")
def test_what_is_in_the_repository_is_not_what_it_ignores():
    words = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == ""
