"""The whole road in a copy of the project: report, verdicts, resumption, the same bytes everywhere."""

import contextlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import pytest
from project import ROOT, command, copy_project, surroundings

from netwerkkracht.provenance.fingerprint import sha256
from netwerkkracht.run.lock import only_run

pytestmark = [pytest.mark.workflow, pytest.mark.slow]
TARGETS = ["results/aggregate/models/n_prob_change.json", "reports/tables/table-1.csv"]


@pytest.fixture(scope="session")
def finished(tmp_path_factory):
    """A finished run on two cores, in a folder whose name has a space and an accent."""
    folder = copy_project(tmp_path_factory.mktemp("end to énd") / "map é met spatie")
    done = command(folder, "run", "--cores", "2")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return folder, done.stdout


def released(folder):
    manifest = json.loads((folder / "reports" / "manifest.json").read_text(encoding="utf-8"))
    return {name: line["sha256"] for name, line in manifest["files"].items()}


def test_the_run_ends_with_the_report_and_one_line_per_check(finished):
    folder, said = finished
    for check in ("recovery", "models", "release", "verify"):
        assert re.search(rf"^{check} +passed ", said, re.MULTILINE), said[-2000:]
    assert "NOT PASSED" not in said
    assert re.search(r"^open +reports/report\.", said, re.MULTILINE)
    for lang in ("nl", "en"):
        assert (folder / "reports" / f"report.{lang}.html").stat().st_size > 50_000
        assert (folder / "reports" / f"report.{lang}.pdf").read_bytes().startswith(b"%PDF")


def test_progress_says_which_stage_and_how_many_of_how_many(finished):
    _, said = finished
    shown = re.findall(r"^\[ *(\d+)/(\d+)\] (\w+)", said, re.MULTILINE)
    assert {total for _, total, _ in shown} == {shown[-1][0]}
    # data and drawing in one job wherever that saves work
    assert int(shown[-1][0]) <= 80
    assert shown[-1][2] == "release_check"
    assert {"ingest", "harmonise", "fit", "figure", "table", "report"} <= {step for _, _, step in shown}


def test_every_released_file_has_its_line_and_is_what_the_line_says(finished):
    folder, _ = finished
    lines = released(folder)
    assert lines
    for name, known in lines.items():
        assert sha256(folder / name) == known
    whole = (folder / "reports" / "manifest.json").read_text(encoding="utf-8")
    assert str(folder) not in whole
    assert "map é" not in whole


def test_no_job_copies_what_another_made(finished):
    """Data come once: what two jobs wrote is the same only where a table prints counts as they are."""
    folder, _ = finished
    made = {}
    for path in sorted((folder / "results" / "provenance").rglob("*.json")):
        for record in json.loads(path.read_text(encoding="utf-8")):
            made |= {
                name: (record["step"], record["item"], known) for name, known in record["outputs"].items()
            }
    twice = [
        {name, other}
        for name, (*job, known) in made.items()
        for other, (*another, same) in made.items()
        if name < other and known == same and job != another
    ]
    assert all(any(name.startswith("reports/tables/") for name in pair) for pair in twice), twice
    assert len(twice) <= 3
    assert not (folder / "results" / "aggregate" / "exhibits").exists()


def test_a_picture_was_made_from_its_data_and_the_data_from_the_rest(finished):
    folder, _ = finished
    for name, costly in (("figure-2", False), ("figure-12", True)):
        said = {}
        for kind in ("exhibit", "figure"):
            path = folder / "results" / "provenance" / kind / f"{name}.json"
            for record in json.loads(path.read_text(encoding="utf-8")) if path.is_file() else ():
                said |= dict.fromkeys(record["outputs"], record)
        picture, data = said[f"reports/figures/{name}.nl.png"], said[f"reports/figures/{name}.csv"]
        assert f"reports/figures/{name}.csv" in picture["inputs"]
        assert "results/restricted/panel.csv" not in picture["inputs"]
        assert "results/restricted/panel.csv" in data["inputs"]
        assert (picture["command"] != data["command"]) == costly


def test_no_released_page_holds_a_path_of_the_machine(finished):
    folder, _ = finished
    for path in (folder / "reports").rglob("*.html"):
        assert str(folder.parent) not in path.read_text(encoding="utf-8")
    assert not list(folder.rglob(".*.tmp"))


def test_a_second_run_finds_nothing_to_do(finished):
    folder, _ = finished
    before = {path: path.stat().st_mtime_ns for path in (folder / "reports").rglob("*.csv")}
    done = command(folder, "run", "--cores", "2")
    assert done.returncode == 0
    assert done.stdout.startswith("nothing to do")
    assert {path: path.stat().st_mtime_ns for path in before} == before


@pytest.mark.parametrize(("place", "differs"), [("first decimal", ["figure-3"]), ("last digit", [])])
def test_one_digit_turns_exactly_that_exhibit_red(finished, place, differs):
    folder, _ = finished
    path = folder / "reports" / "figures" / "figure-3.csv"
    kept = path.read_bytes()
    number = re.search(rb"\d\.\d{6,}", kept)
    at = number.start() + 2 if place == "first decimal" else number.end() - 1
    digit = int(kept[at : at + 1])
    path.write_bytes(kept[:at] + str(digit + 1 if digit < 9 else digit - 1).encode() + kept[at + 1 :])
    try:
        done = command(folder, "verify", "--quiet")
    finally:
        path.write_bytes(kept)
    # a change within the tolerance is no other result, but no file of the run either
    assert done.returncode == 1
    assert "figure-3.csv: not the file that the run made" in done.stdout
    assert re.findall(r"^([\w-]+): differs", done.stdout, re.MULTILINE) == differs
    assert command(folder, "verify").returncode == 0


@pytest.mark.parametrize("what", ["figure-2", "table-1", "number"])
def test_every_exhibit_and_number_answers_where_it_comes_from(finished, what):
    folder, _ = finished
    numbers = json.loads((folder / "reports" / "numbers.json").read_text(encoding="utf-8"))
    name = next(key for key, number in numbers.items() if number["file"]) if what == "number" else what
    done = command(folder, "why", name)
    assert done.returncode == 0
    assert "netwerkkracht ingest" in done.stdout
    for place, line, name in re.findall(r"^  made at  (src/\S+):(\d+)-\d+ (\w+)$", done.stdout, re.MULTILINE):
        assert (
            (folder / place)
            .read_text(encoding="utf-8")
            .splitlines()[int(line) - 1]
            .startswith(f"def {name}(")
        )
    assert done.stdout.count("  made at  ") >= 6
    assert re.search(r"^  data/synthetic/\w+\.sav +sha256 [0-9a-f]{12}", done.stdout, re.MULTILINE)


def test_why_offers_the_nearest_name(finished):
    done = command(finished[0], "why", "figur-2")
    assert done.returncode == 1
    assert "did you mean 'figure-2'?" in done.stderr


def test_one_core_another_folder_locale_and_zone_give_the_same_bytes(finished, tmp_path):
    folder = copy_project(tmp_path / "elsewhere")
    settings = surroundings(folder, LC_ALL="C", TZ="Pacific/Auckland", PYTHONHASHSEED="7", HOME=str(tmp_path))
    # the pages of notebooks are held to equal bytes by their own test
    wanted = {name: known for name, known in released(finished[0]).items() if "/notebooks/" not in name}
    done = command(folder, "run", "--cores", "1", *wanted, settings=settings)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert len(wanted) > 100
    assert {name: sha256(folder / name) for name in wanted} == wanted


def test_jobs_that_import_for_themselves_give_the_same_bytes(finished, tmp_path):
    folder = copy_project(tmp_path / "without helper")
    targets = [*TARGETS, "reports/figures/figure-2.nl.svg", "reports/figures/figure-2.nl.png"]
    done = command(folder, "run", "--cores", "2", "--no-warm", *targets)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for name in targets:
        assert sha256(folder / name) == sha256(finished[0] / name)


def test_a_killed_run_resumes_by_itself(finished, tmp_path):
    folder = copy_project(tmp_path / "killed")
    running = subprocess.Popen(
        [sys.executable, "-m", "netwerkkracht", "run", "--cores", "2", *TARGETS],
        cwd=folder,
        env=surroundings(folder),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not (folder / "results" / "restricted" / "ingest").is_dir() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    time.sleep(0.5)
    done = command(folder, "run", "--cores", "2", *TARGETS)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    for name in TARGETS:
        assert sha256(folder / name) == sha256(finished[0] / name)


def test_a_second_run_at_once_is_refused_in_words(finished):
    folder, _ = finished
    with only_run(folder / "results" / "run.lock"):
        done = command(folder, "run")
    assert done.returncode == 1
    assert "another run is at work in this folder" in done.stderr
    assert "wait until it is ready" in done.stderr
    assert "Traceback" not in done.stderr


def truncate(folder):
    path = folder / "data" / "synthetic" / "ekc_w1.sav"
    path.write_bytes(path.read_bytes()[:20_000])


def truncate_unregistered(folder):
    path = folder / "config.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r", received: [^,}]+", "", text), encoding="utf-8")
    truncate(folder)


def remove(folder):
    (folder / "data" / "synthetic" / "wt_w2.sav").unlink()


def misspell(folder):
    path = folder / "config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("seed:", "sead:"), encoding="utf-8")


def forget_codes(folder):
    path = folder / "data" / "codebook" / "codes.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(lines[:-40]), encoding="utf-8")


BROKEN = {
    "a file other than the one received": (truncate, "I01", "ekc_w1.sav"),
    "a truncated file": (truncate_unregistered, "D00", "ekc_w1.sav"),
    "a missing file": (remove, "C07", "wt_w2.sav"),
    "a misspelt key": (misspell, "C03", "did you mean 'seed'?"),
    "a codebook with holes": (forget_codes, "X", "to do:"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_mistake_stops_with_a_message_and_leaves_earlier_results(finished, tmp_path, name):
    spoil, code, words = BROKEN[name]
    folder = tmp_path / "broken"
    shutil.copytree(finished[0], folder)
    before = released(folder)
    spoil(folder)
    done = command(folder, "run", "--cores", "2")
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert re.search(rf"^{code}\w* error: ", said, re.MULTILINE), said[-2000:]
    assert words in said
    assert "Traceback" not in said
    assert {file: sha256(folder / file) for file in before} == before


def test_a_second_study_runs_through_the_same_workflow(tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(ROOT / "tests" / "second_study", folder)
    settings = surroundings(ROOT)
    made = command(folder, "synthesise", "--out", "data", settings=settings)
    assert made.returncode == 0, made.stderr
    words = ["run", "--cores", "2", "--snakefile", str(ROOT / "Snakefile")]
    done = command(folder, *words, settings=settings)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert re.search(r"^recovery +passed ", done.stdout, re.MULTILINE)
    page = (folder / "reports" / "report.en.html").read_text(encoding="utf-8")
    for word in ("Eigen Kracht", "wijkteam", "n_prob"):
        assert word not in page


def test_a_failed_step_says_what_it_failed_on_and_keeps_values_out(finished, tmp_path):
    folder = tmp_path / "canary"
    shutil.copytree(finished[0], folder)
    panel = folder / "results" / "restricted" / "panel.csv"
    rows = panel.read_text(encoding="utf-8").splitlines()
    panel.write_text("\n".join([rows[0], "CANARY-98765" + rows[1][4:] + ",surplus", *rows[2:]]) + "\n")
    words = ["--model", "n_prob_change", "--panel", "results/restricted/panel.csv"]
    done = command(folder, "fit", *words, "--codebook", "data/codebook", "--out", "x.json")
    with contextlib.suppress(FileNotFoundError):
        assert not (folder / "x.json").exists()
    assert done.returncode in {1, 70}
    assert "CANARY" not in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    kept = folder / "results" / "restricted" / "tracebacks" / "fit.txt"
    assert kept.stat().st_mode & 0o077 == 0
