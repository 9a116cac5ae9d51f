"""What Python lacks on Windows is taken away from our processes, and the same work gives the same bytes.

No Windows is needed, so each change is tried here. docs/enclave.md says what was seen with a Windows Python.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from project import command, copy_project, surroundings

HERE = Path(__file__).parent / "windows"
MODEL, FIGURE, TABLE = "n_prob_change", "figure-4", "table-3"
TARGETS = (
    "results/aggregate/recovery.json",
    f"reports/figures/{FIGURE}.csv",
    f"reports/tables/{TABLE}.csv",
)
NOTEBOOK = """
from pathlib import Path
from netwerkkracht.notebooks.execute import execute
text = "# %%\\nimport pandas as pd\\npd.DataFrame({'n': [1, 2]})\\n"
print(execute(text, name="x.py", folder=Path()).cells[0].outputs)
"""
LOCKED = """
import os
from pathlib import Path
from netwerkkracht.core import io
path = Path("x.csv")
io.write_text(path, "old")
with path.open():
    io.write_text(path, "new")
"""
pytestmark = [
    pytest.mark.slow,
    pytest.mark.workflow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="takes away what Linux has"),
]


def pretending(folder):
    settings = surroundings(folder)
    path = os.pathsep.join([str(HERE), settings["PYTHONPATH"]])
    return settings | {"PYTHONPATH": path, "NK_PRETEND": "1"}


def made_files(folder):
    """Return what a run made, but for what tells of the run itself: times and what it was told."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for place in ("results", "reports")
        for path in sorted((folder / place).rglob("*"))
        if path.is_file()
        and path.name != "run.lock"
        and path.is_relative_to(folder / "reports" / "source") is False
    }


@pytest.fixture(scope="module")
def both(tmp_path_factory):
    """The same part of the workflow, here and where much is lacking."""
    found = []
    for name, chosen in (("here", surroundings), ("there", pretending)):
        folder = copy_project(
            tmp_path_factory.mktemp(name) / "project", models=(MODEL,), exhibits=(FIGURE, TABLE)
        )
        done = command(folder, "run", "--cores", "2", *TARGETS, settings=chosen(folder))
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        found.append(made_files(folder))
    return found


def test_a_process_of_ours_lacks_what_windows_lacks(tmp_path):
    code = "import os, signal; print(hasattr(os, 'fork'), hasattr(signal, 'SIGKILL')); import fcntl"
    done = subprocess.run(
        [sys.executable, "-c", code], env=pretending(tmp_path), capture_output=True, text=True, check=False
    )
    assert done.stdout == "False False\n"
    assert "no such thing on Windows" in done.stderr


def test_the_same_work_gives_the_same_bytes(both):
    here, there = both
    assert set(here) == set(there)
    assert [name for name in here if here[name] != there[name]] == []
    assert any(name.endswith(".png") for name in here)
    assert any(name.startswith("results/restricted/ingest/") for name in here)


def test_names_and_paths_fit(both):
    names = list(both[0])
    assert len({name.casefold() for name in names}) == len(names)
    # a path on Windows has 260 characters, and the study lies in a folder of its own
    assert max(map(len, names)) < 120
    assert not any(set(name) & set('<>:"|?*') for name in names)


def test_a_notebook_runs_over_a_port_of_the_machine(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", NOTEBOOK],
        cwd=tmp_path,
        env=pretending(Path(__file__).parents[2]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "text/html" in done.stdout


def test_a_file_that_is_open_is_named_as_that(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", LOCKED],
        cwd=tmp_path,
        env=pretending(Path(__file__).parents[2]),
        capture_output=True,
        text=True,
        check=False,
    )
    assert "another program holds it open" in done.stderr
    assert (tmp_path / "x.csv").read_text() == "old"
