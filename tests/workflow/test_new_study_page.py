"""docs/new-study.md is followed to the letter: its files are written, its commands are run, in its order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from netwerkkracht import spss
from netwerkkracht.spss import SpssVariable

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "new-study.md"
BLOCK = re.compile(r"^```(\w+)(?: ([^\n]*))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
AGREE = {1.0: "helemaal oneens", 2.0: "oneens", 3.0: "neutraal", 4.0: "eens", 5.0: "helemaal eens"}
NEVER = {9.0: "wil niet zeggen"}
DAY = 86_400.0


def blocks():
    return [(kind, mark or "", text) for kind, mark, text in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def foreign_files(folder):
    """Write the two files of the page as somebody else would: other names, codes and directions."""
    rng = np.random.default_rng(12)
    n = 160
    person, arm = np.arange(1.0, n + 1), np.tile([1.0, 2.0], n // 2)
    trait = rng.normal(size=n)
    first = (np.datetime64("2023-01-09") - np.datetime64("1582-10-14")).astype(int)
    stress = np.clip(np.round(6 + 2 * trait + rng.normal(size=n)), 0, 10)
    grip = 1.0 + np.searchsorted([-1, -0.3, 0.4, 1.2], -trait + rng.normal(size=n))
    stress[1], grip[0] = 88.0, 2.0
    help_ = np.where(rng.random(n) < 0.5, 1.0, 2.0)
    help_[5], grip[7] = 8.0, 9.0
    day = (first + rng.integers(0, 60, n)) * DAY
    intake = {"klantnr": person, "arm": arm, "datum": day, "v1": stress, "v2": help_, "v3": grip}
    labels = {
        "klantnr": ("Klantnummer", {}, ()),
        "arm": ("Arm", {1.0: "project", 2.0: "gewone hulp"}, ()),
        "datum": ("Datum gesprek", {}, ()),
        "v1": ("Hoeveel spanning geeft geld u?", {88.0: "weet niet"}, (88.0,)),
        "v2": ("Hulp van familie of vrienden", {1.0: "ja", 2.0: "nee", 8.0: "weet niet"}, (8.0,)),
        "v3": ("Ik heb overzicht over mijn geld", {**AGREE, **NEVER}, (9.0,)),
    }
    store(folder / "intake.sav", intake, labels)
    later = np.clip(np.round(5 + 2 * trait - (arm == 1) + rng.normal(size=n)), 0, 10)
    turned = 1.0 + np.searchsorted([-1, -0.3, 0.4, 1.2], trait + rng.normal(size=n))
    turned[0] = 2.0
    helped = np.where(rng.random(n) < 0.6, 1.0, 0.0)
    helped[9] = 9.0
    back = (rng.random(n) < 0.85) | (person <= 2)
    when = (first + 200 + rng.integers(0, 60, n)) * DAY
    follow = {"klant": person, "groep": arm, "datum": when, "spanning": later, "hulp": helped}
    follow["overzicht"] = turned
    follow = {name: np.append(values[back], values[3]) for name, values in follow.items()}
    follow["klant"][-1] = 999.0  # a second interview without a first
    labels = {
        "klant": ("Klantnummer", {}, ()),
        "groep": ("Groep", {1.0: "project", 2.0: "gewone hulp"}, ()),
        "datum": ("Datum gesprek", {}, ()),
        "spanning": ("Hoeveel spanning geeft geld u?", {88.0: "weet niet"}, (88.0,)),
        "hulp": ("Hulp van familie of vrienden", {1.0: "ja", 0.0: "nee", 9.0: "weet niet"}, (9.0,)),
        "overzicht": ("Ik heb geen overzicht over mijn geld", {**AGREE, **NEVER}, (9.0,)),
    }
    store(folder / "followup.sav", follow, labels)


def store(path, columns, labels):
    variables = [
        SpssVariable(name, text, "DATE11" if name == "datum" else "F8.0", value_labels=codes, missing=missing)
        for name, (text, codes, missing) in labels.items()
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    spss.write(path, pd.DataFrame(columns), variables)


def type_in(line, folder):
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    words = shlex.split(line)
    if words[:2] == ["netwerkkracht", "run"]:
        # the page is typed in the repository, where the workflow lies; the test works in a folder of its own
        words += ["--snakefile", str(ROOT / "Snakefile"), "--cores", "1"]
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)


def follow_page(folder, upto=None):
    """Do what the page says, block by block; return what the commands printed."""
    foreign_files(folder / "mystudy" / "data")
    said = []
    for kind, mark, text in blocks():
        if mark.startswith("file="):
            path = folder / mark.removeprefix("file=")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        elif kind == "sh":
            for line in text.splitlines():
                if upto is not None and line.startswith(upto):
                    return said
                done = type_in(line, folder)
                wrong = done.returncode != (1 if mark == "expect-errors" else 0)
                assert not wrong, f"{line}\n{done.stdout}\n{done.stderr}"
                said.append(done.stdout)
    return said


def test_the_page_leads_from_foreign_files_to_a_checked_codebook(tmp_path):
    said = follow_page(tmp_path, upto="netwerkkracht run")
    registered, skeleton, opened, checked = said[0], said[3], said[4], said[5]
    assert "intake.sav: 160 rows" in registered
    assert "codes.csv" in skeleton
    assert "X05" in opened
    assert "0 errors" in checked
    assert "K03" in checked
    first = Path(tmp_path / "mystudy" / "codebook" / "matches.csv").read_text(encoding="utf-8")
    assert "v1;followup;spanning;Hoeveel spanning geeft geld u?;label" in first


@pytest.mark.slow
@pytest.mark.workflow
def test_the_page_leads_to_a_report(tmp_path):
    follow_page(tmp_path)
    reports = tmp_path / "mystudy" / "reports"
    for name in ("report.nl.html", "report.en.html", "report.nl.pdf", "report.en.pdf"):
        assert (reports / name).stat().st_size > 10_000
    text = (reports / "report.en.html").read_text(encoding="utf-8")
    # the warning of the check, the decision behind it, a rule of the codebook and the codes it was applied to
    assert "rows of persons who have a later wave but not the first" in text
    assert "Clients without an intake interview are set aside" in text
    assert "recode overzicht [agree_turned] B2" in text
    codes = pd.read_csv(reports / "tables" / "table-5.csv", dtype={"code": str})
    assert codes.loc[codes["code"] != "(values)", "count"].dropna().ge(10).all()
    panel = pd.read_csv(tmp_path / "mystudy" / "results" / "restricted" / "panel.csv", dtype={"client": str})
    assert "999" not in set(panel["client"])
    assert (
        "synthetic" not in (reports / "report.en.html").read_text(encoding="utf-8").split("<body")[1][:4000]
    )
