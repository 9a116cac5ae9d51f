"""The notebooks after a run: they teach on its numbers, say the same twice, and their exercises are right.

A folder with a finished run is named by NK_RUN; without one the notebooks' own run is made.
"""

import os
import re
import sys
from pathlib import Path

import pytest
from project import ROOT, command, copy_project

sys.path.insert(0, str(ROOT / "tests"))
NAMES = sorted(path.stem for path in (ROOT / "notebooks").glob("*.py"))
pytestmark = [pytest.mark.slow, pytest.mark.workflow]


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """A folder in which the numbers of the report stand, and everything that notebooks open."""
    if given := os.environ.get("NK_RUN"):
        return Path(given).resolve()
    folder = copy_project(tmp_path_factory.mktemp("notebooks") / "project")
    made = command(folder, "run", "--cores", "2", "reports/numbers.json")
    assert made.returncode == 0, made.stdout[-3000:] + made.stderr[-3000:]
    return folder


def pages(folder, name, place):
    targets = [str(place / f"{name}.{lang}.html") for lang in ("nl", "en")]
    given = {
        "--record": place / f"{name}.json",
        "--notebook": name,
        "--notebooks": ROOT / "notebooks",
        "--panel": "results/restricted/panel.csv",
        "--numbers": "reports/numbers.json",
        "--codebook": "data/codebook",
    }
    words = [str(word) for pair in given.items() for word in pair]
    made = command(folder, "notebook", *words, "--pages", *targets)
    assert made.returncode == 0, made.stderr
    return [Path(target).read_bytes() for target in targets]


@pytest.fixture
def answers_here(finished, monkeypatch):
    monkeypatch.chdir(finished)


@pytest.mark.parametrize("name", NAMES)
def test_each_runs_on_the_run_and_makes_two_clean_pages(finished, tmp_path, name):
    for lang, page in zip(("nl", "en"), pages(finished, name, tmp_path), strict=True):
        text = page.decode("utf-8")
        assert f'<html lang="{lang}">' in text
        assert str(finished) not in text
        assert "ipykernel" not in text
        assert re.search(r'(?:src|href)="(?:https?:)?//|url\(', text) is None
        assert all(re.search(r'alt="[^"]{30,}"', image) for image in re.findall(r"<img[^>]*>", text))


def test_two_executions_are_byte_identical(finished, tmp_path):
    places = [tmp_path / "one", tmp_path / "two"]
    made = []
    for place in places:
        place.mkdir()
        made.append(pages(finished, NAMES[1], place))
    assert made[0] == made[1]


def test_right_answers_are_right_and_wrong_ones_are_not(finished, answers_here):
    from notebook_answers import DECIMALS, answers

    from netwerkkracht.notebooks.teaching import check, open_study

    found = answers(open_study().panel)
    listed = ROOT / "notebooks" / "answers.csv"
    asked = {
        question
        for name in NAMES
        for question in re.findall(
            r'check\("([^"]+)"', (ROOT / "notebooks" / f"{name}.py").read_text("utf-8")
        )
    }
    assert set(found) == asked == set(DECIMALS)
    for question, value in found.items():
        assert check(question, float(value), answers=listed), question
        assert check(question, round(float(value), DECIMALS[question]), answers=listed), question
        assert not check(question, float(value) + 10 ** -DECIMALS[question] * 2, answers=listed), question
        assert not check(question, ..., answers=listed)
