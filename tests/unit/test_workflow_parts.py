"""The lock, the progress lines, and the helper that holds the libraries ready."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netwerkkracht.__main__ import ask
from netwerkkracht.core.errors import StudyError
from netwerkkracht.run.costs import write_cost
from netwerkkracht.run.lock import only_run
from netwerkkracht.run.progress import Progress
from netwerkkracht.run.runner import Order, command, environment

SAID = """Building DAG of jobs...
Job stats:
job          count
---------  -------
all              1
fit              2
ingest           1
total            4

[Sun Nov 22 11:00:00 2026]
rule ingest:
    input: a.sav
    log: logs/ingest.log
    jobid: 3
    reason: Missing output files

[Sun Nov 22 11:00:01 2026]
Finished jobid: 3 (Rule: ingest)
1 of 4 steps (25%) done

rule fit:
    input: panel.csv
    log: logs/fit/one.log
    jobid: 1
    wildcards: model=one

rule fit:
    input: panel.csv
    log: logs/fit/two.log
    jobid: 2
    wildcards: model=two
Finished jobid: 2 (Rule: fit)
2 of 4 steps (50%) done
Error in rule fit:
    message: None
    jobid: 1
    log: logs/fit/one.log (check log file(s) for error details)
"""


def test_each_finished_job_is_a_line_with_its_place():
    progress = Progress()
    shown = [line for line in (progress.read(text) for text in SAID.splitlines(keepends=True)) if line]
    assert shown == ["[1/3] ingest", "[2/3] fit two"]
    assert progress.begun
    assert progress.planned == {"all", "fit", "ingest"}
    assert not progress.nothing


def test_a_failed_job_is_kept_with_its_log():
    progress = Progress()
    for text in SAID.splitlines():
        progress.read(text)
    assert progress.failed == [("fit", "logs/fit/one.log")]


def test_a_run_with_nothing_to_do_starts_no_helper():
    progress = Progress()
    progress.read("Building DAG of jobs...")
    progress.read("Nothing to be done (all requested files are present and up to date).")
    assert progress.nothing
    assert not progress.begun


def test_the_lock_keeps_a_second_run_out_and_frees_itself(tmp_path):
    path = tmp_path / "results" / "run.lock"
    with only_run(path), pytest.raises(StudyError, match="another run is at work"), only_run(path):
        pass
    with only_run(path):
        pass


@pytest.mark.skipif(os.name != "posix", reason="kills a process by signal")
def test_a_killed_holder_leaves_no_lock(tmp_path):
    path = tmp_path / "run.lock"
    program = (
        "import pathlib, sys, time\nfrom netwerkkracht.run.lock import only_run\n"
        f"with only_run(pathlib.Path({str(path)!r})):\n    print('held', flush=True)\n    time.sleep(60)\n"
    )
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(StudyError), only_run(path):
        pass
    holder.kill()
    holder.wait()
    with only_run(path):
        pass


def test_snakemake_is_started_so_that_a_killed_run_resumes(tmp_path):
    words = command(Order(tmp_path / "Snakefile", "2", False, ("x.csv",), 3))
    assert {"--nolock", "--rerun-incomplete"} <= set(words)
    assert words[-1] == "x.csv"
    assert "--dry-run" not in words


def test_jobs_find_our_commands_and_use_one_thread(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    settings = environment()
    assert settings["PATH"].split(os.pathsep)[0] == str(Path(sys.executable).parent)
    assert settings["OMP_NUM_THREADS"] == "1"
    assert "PYTHONDONTWRITEBYTECODE" not in settings


def test_caches_lie_in_the_folder_of_the_study_unless_somebody_says_otherwise(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    monkeypatch.setenv("MPLCONFIGDIR", "elsewhere")
    settings = environment()
    assert Path(settings["XDG_CACHE_HOME"]).is_relative_to(tmp_path / ".snakemake")
    assert settings["MPLCONFIGDIR"] == "elsewhere"


def test_without_a_helper_a_job_does_its_own_work(tmp_path):
    assert ask(str(tmp_path / "none"), ["--help"]) is None


def test_a_job_says_what_itself_cost(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    begun = time.perf_counter()
    while time.process_time() < 0.01:
        pass
    for item, name in (("figure-2", "figure/figure-2.tsv"), (None, "figure.tsv")):
        write_cost(begun, "figure", item)
        head, line = (tmp_path / "benchmarks" / "jobs" / name).read_text(encoding="utf-8").splitlines()
        assert head.split("\t") == ["s", "user", "system", "max_rss"]
        cells = line.split("\t")
        assert all(float(cell) >= 0 for cell in cells[:3])
        assert cells[3] == "NA" or float(cells[3]) > 5


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_a_job_ends_with_its_client_and_the_helper_goes_on(tmp_path):
    address, pipe = str(tmp_path / "w"), tmp_path / "slow.yaml"
    os.mkfifo(pipe)
    settings = {**os.environ, "NK_WARM": address}
    helper = subprocess.Popen(
        [sys.executable, "-m", "netwerkkracht.run.warm", address], stdin=subprocess.PIPE
    )
    words = [sys.executable, "-m", "netwerkkracht"]
    try:
        wait_for(Path(address).exists)
        # a client that says nothing does no harm
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as line:
            line.connect(address)
        # a command that reads from a pipe to which nobody writes
        client = subprocess.Popen([*words, "check", "--config", str(pipe)], env=settings, cwd=tmp_path)
        ends = []
        wait_for(lambda: open_end(pipe, ends))
        client.kill()
        client.wait()
        wait_for(lambda: not heard(ends[0]))
        done = subprocess.run([*words, "--help"], env=settings, capture_output=True, check=False)
        assert done.returncode == 0
    finally:
        helper.stdin.close()
        helper.wait()


def wait_for(happened):
    deadline = time.monotonic() + 60
    while not happened() and time.monotonic() < deadline:
        time.sleep(0.05)
    assert happened()


def open_end(pipe, ends):
    """Open the end of a pipe that is written to, as soon as a process reads from it."""
    try:
        ends.append(os.open(pipe, os.O_WRONLY | os.O_NONBLOCK))
    except OSError:
        return bool(ends)
    return True


def heard(end):
    """Whether a process still reads what is written."""
    try:
        os.write(end, b" ")
    except BrokenPipeError:
        return False
    return True


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_the_helper_runs_a_command_in_our_folder_with_our_streams_and_ends_with_us(tmp_path):
    address = str(tmp_path / "w")
    settings = {**os.environ, "NK_WARM": address}
    words = [sys.executable, "-m", "netwerkkracht.run.warm", address]
    helper = subprocess.Popen(words, stdin=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 30
        while not Path(address).exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        client = [sys.executable, "-m", "netwerkkracht"]
        done = [
            subprocess.run(
                [*client, *given], cwd=tmp_path, env=settings, capture_output=True, text=True, check=False
            )
            for given in (["--help"], ["figre"], ["verify"])
        ]
    finally:
        helper.stdin.close()
        helper.wait(timeout=30)
    assert [item.returncode for item in done] == [0, 2, 1]
    assert "steps of the workflow" in done[0].stdout
    assert "did you mean 'figure'" in done[1].stderr
    assert "C01 error" in done[2].stderr
    assert (tmp_path / "results" / "restricted" / "tracebacks" / "verify.txt").is_file()
