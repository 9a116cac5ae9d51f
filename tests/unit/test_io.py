"""Files are written whole, once, in canonical form; a kill at any point leaves no half file."""

import errno
import json
import math
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError

WRITE = """
import sys, pathlib, pandas
from netwerkkracht.core import io
path = pathlib.Path(sys.argv[2])
{
    "bytes": lambda: io.write_bytes(path, b"new" * 1000),
    "text": lambda: io.write_text(path, "new" * 1000),
    "json": lambda: io.write_json(path, {"new": list(range(500))}),
    "csv": lambda: io.write_csv(path, pandas.DataFrame({"new": range(500)})),
    "private": lambda: io.write_private_text(path, "new"),
    "file": lambda: io.write_via(path, lambda temporary: temporary.write_bytes(b"new" * 1000)),
}[sys.argv[1]]()
"""
# a private file and one filled by another program are written by their own writer: no point inside it
POINTS = [
    (writer, point)
    for writer in ("bytes", "text", "json", "csv")
    for point in ("during-write", "before-fsync", "before-rename")
] + [(writer, point) for writer in ("private", "file") for point in ("before-fsync", "before-rename")]


@pytest.mark.skipif(os.name != "posix", reason="kills a process by signal")
def test_a_kill_at_any_point_leaves_the_old_file_whole(tmp_path):
    running = []
    for writer, point in POINTS:
        path = tmp_path / f"{writer}-{point}.txt"
        path.write_text("old")
        settings = {**os.environ, "NK_FAULT": f"{writer}:{point}"}
        words = [sys.executable, "-c", WRITE, writer, str(path)]
        running.append((path, subprocess.Popen(words, env=settings)))
        if len(running) % 2 == 0:
            running[-1][1].wait()
    for path, process in running:
        assert process.wait() == -signal.SIGKILL, path.name
        assert path.read_text() == "old", path.name


def test_without_a_fault_the_same_program_writes(tmp_path):
    path = tmp_path / "x.txt"
    subprocess.run([sys.executable, "-c", WRITE, "json", str(path)], check=True)
    assert json.loads(path.read_text())["new"][-1] == 499
    assert [item.name for item in tmp_path.iterdir()] == ["x.txt"]


def test_a_writer_that_fails_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("old")

    def broken(temporary):
        temporary.write_text("half")
        raise OSError(28, "No space left on device")

    with pytest.raises(StudyError) as caught:
        io.write_via(path, broken)
    finding = caught.value.findings[0]
    assert finding.code == "F01"
    assert "No space left" in finding.what
    assert finding.file == "x.csv"
    assert path.read_text() == "old"
    assert len(list(tmp_path.iterdir())) == 1


FULL = """
import resource, sys, pathlib, signal
from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    io.write_text(pathlib.Path(sys.argv[1]), "new" * 1000)
except StudyError as error:
    sys.exit(f"{error}")
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="limits the size of files")
def test_a_full_disk_is_named_and_leaves_nothing(tmp_path):
    path = tmp_path / "x.txt"
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(path)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert "F01" in done.stderr
    assert "x.txt" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("number", "why", "to_do"),
    [
        (errno.ENOSPC, "the disk is full", "make room"),
        (errno.EDQUOT, "the disk is full", "quota"),
        (errno.EROFS, "read-only", "copy the study"),
        (errno.EACCES, "you do not have the right", "ask for that right"),
        (errno.EIO, "the system refused", "another folder"),
    ],
)
def test_the_cause_is_told_truly(tmp_path, number, why, to_do):
    def broken(temporary):
        raise OSError(number, os.strerror(number))

    with pytest.raises(StudyError) as caught:
        io.write_via(tmp_path / "x.csv", broken)
    finding = caught.value.findings[0]
    assert why in finding.what
    assert os.strerror(number) in finding.what
    assert to_do in finding.action
    assert ("room" in finding.action) == (number in (errno.ENOSPC, errno.EDQUOT))


class Windows:
    """The module os as it is seen where open files cannot be replaced."""

    name = "nt"

    def __getattr__(self, key):
        return getattr(os, key)


@pytest.fixture
def windows(monkeypatch):
    monkeypatch.setattr(io, "os", Windows())
    waited = []
    monkeypatch.setattr(io.time, "sleep", waited.append)
    return waited


@pytest.mark.parametrize("refusals", [0, 2, 5])
def test_a_file_that_is_held_for_a_moment_is_replaced_a_moment_later(
    tmp_path, monkeypatch, windows, refusals
):
    tries, replace = [], Path.replace

    def held(self, target):
        tries.append(target)
        if len(tries) <= refusals:
            raise PermissionError(errno.EACCES, "Access is denied", str(target))
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", held)
    io.write_text(tmp_path / "x.csv", "new")
    assert (tmp_path / "x.csv").read_text() == "new"
    assert len(windows) == refusals


def test_a_file_that_stays_open_elsewhere_is_named_as_that_and_not_as_a_full_disk(
    tmp_path, monkeypatch, windows
):
    def held(self, target):
        raise PermissionError(errno.EACCES, "Access is denied", str(target))

    (tmp_path / "x.csv").write_text("old")
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(StudyError) as caught:
        io.write_text(tmp_path / "x.csv", "new")
    finding = caught.value.findings[0]
    assert "another program holds it open" in finding.what
    assert "close it in Excel" in finding.action
    assert 0.8 < sum(windows) < 2
    assert [item.name for item in tmp_path.iterdir()] == ["x.csv"]
    assert (tmp_path / "x.csv").read_text() == "old"


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_room_with_persons_is_its_owners_only_and_stays_out_of_version_control(tmp_path):
    panel = tmp_path / "my study" / "results" / "restricted" / "ingest" / "x.csv"
    panel.parent.mkdir(parents=True)  # as Snakemake does before a job
    io.write_text(panel, "1")
    room = panel.parents[1]
    assert (room / ".gitignore").read_text() == "*\n"
    for path in (room, panel.parent):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    assert stat.S_IMODE(panel.stat().st_mode) == 0o600
    io.write_text(room.parent / "aggregate" / "x.json", "1")
    assert stat.S_IMODE((room.parent / "aggregate").stat().st_mode) & 0o055
    assert stat.S_IMODE((room.parent / "aggregate" / "x.json").stat().st_mode) & 0o044
    (room / ".gitignore").write_text("")
    io.write_text(room / "panel.csv", "1")
    assert (room / ".gitignore").read_text() == "*\n"


def test_a_folder_that_cannot_be_written_is_named():
    # a file stands where the folder should be: root is stopped by this as well
    with pytest.raises((StudyError, OSError)):
        io.write_text(Path(sys.executable) / "x.txt", "new")


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_a_private_file_is_its_owners_only_and_others_follow_the_umask(tmp_path):
    io.write_private_text(tmp_path / "private.txt", "x")
    io.write_text(tmp_path / "open.txt", "x")
    assert stat.S_IMODE((tmp_path / "private.txt").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "open.txt").stat().st_mode) & 0o044


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (math.nan, ""),
        (True, "true"),
        (np.bool_(False), "false"),
        (2.0, "2"),
        (-0.5, "-0.5"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1e+300"),
        (np.float64(3), "3"),
        (np.int64(7), "7"),
        ("a,b", "a,b"),
        (pd.NA, ""),
        (pd.NaT, ""),
    ],
)
def test_a_cell_has_one_form(value, text):
    assert io.cell_text(value) == text


def test_csv_has_one_form_and_reads_back_equal(tmp_path):
    frame = pd.DataFrame(
        {
            "id": ["007", "NA"],
            "x": [0.1, math.nan],
            "n": [1, 2],
            "flag": [True, False],
            "t": ['a "b"', "c\nd"],
        }
    )
    path = tmp_path / "x.csv"
    io.write_csv(path, frame)
    first = path.read_bytes()
    assert b"\r" not in first
    assert first.startswith(b"id,x,n,flag,t\n007,0.1,1,true,")
    back = io.read_csv(path, text=["id", "t"])
    assert back["id"].tolist() == ["007", "NA"]
    assert back["n"].tolist() == [1, 2]
    assert back["flag"].tolist() == [True, False]
    io.write_csv(path, back)
    assert path.read_bytes() == first


def test_json_has_one_form(tmp_path):
    path = tmp_path / "x.json"
    io.write_json(path, {"b": np.float64(0.1), "a": [math.nan, np.int64(3), Path("x/y"), math.inf], "é": "ü"})
    text = path.read_text(encoding="utf-8")
    assert text == '{\n  "a": [\n    null,\n    3,\n    "x/y",\n    null\n  ],\n  "b": 0.1,\n  "é": "ü"\n}\n'
    assert io.read_json(path)["b"] == 0.1


@pytest.mark.parametrize(("content", "code"), [(None, "F02"), (b"{", "F03"), (b"", "F03"), (b"\xff", "F03")])
def test_json_that_cannot_be_read_is_one_clear_error(tmp_path, content, code):
    path = tmp_path / "x.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudyError, match=code):
        io.read_json(path)


@pytest.mark.parametrize(
    ("content", "code"), [(None, "F02"), (b"a;b\n1;2;3\n", "F04"), ("a;b\né;1\n".encode("latin-1"), "F04")]
)
def test_rows_that_cannot_be_read_are_one_clear_error(tmp_path, content, code):
    path = tmp_path / "x.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(StudyError, match=code):
        io.read_rows(path, separator=";")


def test_rows_are_text_whatever_the_program_that_saved_them(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("\ufeffa;b\r\n007;\r\n".encode())
    assert io.read_rows(path, separator=";") == [{"a": "007", "b": ""}]
    path.write_bytes(b"")
    assert io.read_rows(path) == []


def test_a_folder_that_cannot_be_made_is_told_like_a_file_that_cannot(tmp_path):
    (tmp_path / "taken").write_text("a file where a folder is needed")
    with pytest.raises(StudyError, match=r"F01[\s\S]*another folder"):
        io.write_text(tmp_path / "taken" / "more" / "x.txt", "x")
