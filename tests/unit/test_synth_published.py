"""Every published statement has a recipe that the panel can carry out, and a base that fits."""

from pathlib import Path

import pytest

from netwerkkracht.core import io
from netwerkkracht.study.codebook import read_codebook

ROOT = Path(__file__).resolve().parents[2]
ROWS = io.read_rows(ROOT / "data" / "codebook" / "published.csv", separator=";")
KINDS = {
    *(
        "persons",
        "share",
        "share_any",
        "rank",
        "mean_difference",
        "change_difference",
        "mean_difference_by",
        "none",
    ),
}
# percentages of the 45 team clients seen twice, each from exactly one count
COUNTS = {"O4": 38, "O7": 33, "O9": 19, "O10": 27, "O12a": 18, "O12b": 13, "O13a": 10, "O13b": 3}


@pytest.fixture(scope="module")
def panel():
    frame = io.read_csv(ROOT / "data" / "synthetic" / "truth.csv", text=["wave"]).copy()
    frame["both"] = frame.groupby("person_id")["wave"].transform("size") == 2
    return frame


@pytest.fixture(scope="module")
def book():
    return read_codebook(ROOT / "data" / "codebook")


def test_all_statements_are_there():
    wanted = {f"O{number}" for number in range(1, 14)} | {f"D{number}" for number in range(1, 13)}
    assert {row["id"] for row in ROWS} == wanted
    assert len({(row["id"], row["part"]) for row in ROWS}) == len(ROWS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"] + row["part"])
def test_the_recipe_names_what_exists(row, book):
    assert row["kind"] in KINDS
    assert row["statistic_nl"]
    assert row["statistic_en"]
    assert row["source"]
    if row["kind"] == "none":
        return
    known = set(book.harmonised) | set(book.derived)
    assert set(row["variable"].split()) <= known
    assert set(row["by"].split()) <= known
    assert set(row["wave"].split()) <= set(book.study.waves)
    assert set(row["group"].split()) <= {"*", *book.study.groups}
    assert row["set"] in {"panel", "all"}
    assert bool(row["value"]) == (row["unit"] in {"persons", "percent"})


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_one_count_alone_gives_the_published_percentage(name):
    row = next(row for row in ROWS if row["id"] + row["part"] == name)
    fits = [count for count in range(46) if round(100 * count / 45) == int(row["value"])]
    assert fits == [COUNTS[name]]
    assert row["base"] == "45"


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_the_synthetic_counterpart_is_that_count(name, panel):
    row = next(row for row in ROWS if row["id"] + row["part"] == name)
    inside = panel[(panel.group == row["group"]) & (panel.wave == row["wave"]) & panel.both]
    codes = [float(code) for code in row["equals"].split()]
    assert inside[row["variable"]].isin(codes).sum() == COUNTS[name]
