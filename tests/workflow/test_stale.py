"""The table of edits: each reruns exactly what depends on it, and a comment reruns nothing.

The steps are played by a program that only makes their files, so that the table is about the workflow alone.
"""

import os

import pytest
from project import copy_project, jobs, pretend, snakemake

MODELS = ("n_prob_change", "support_change")
EXHIBITS = ("figure-2", "figure-3", "figure-4", "table-3")
# what hangs on any released exhibit
END = {"numbers", "compare", "report nl", "report en", "manifest", "release_check"}
FITS = {f"fit {model}" for model in MODELS}
DRAWN = {
    f"{step} {exhibit}"
    for exhibit in EXHIBITS
    for step in ("exhibit", "figure" if exhibit.startswith("figure") else "table")
}
AFTER_PANEL = {"recover"} | FITS | DRAWN | END
ALL = {"ingest", "harmonise"} | AFTER_PANEL


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = copy_project(tmp_path_factory.mktemp("stale") / "project", models=MODELS, exhibits=EXHIBITS)
    settings = pretend(folder)
    assert jobs(snakemake(folder, settings=settings)) == ALL
    return folder, settings


def replace(name, before, after):
    def edit(folder):
        path = folder / name
        text = path.read_text(encoding="utf-8")
        assert before in text, name
        path.write_text(text.replace(before, after, 1), encoding="utf-8")
        return path, text.encode("utf-8")

    return edit


def append(name, text):
    def edit(folder):
        path = folder / name
        kept = path.read_bytes()
        path.write_bytes(kept + text.encode("utf-8"))
        return path, kept

    return edit


def older_bytes(folder):
    """Change an input and give it a time long before the results."""
    path = next((folder / "data" / "synthetic").glob("*.sav"))
    kept = path.read_bytes()
    path.write_bytes(kept[:-1] + bytes([kept[-1] ^ 1]))
    os.utime(path, (1_000_000_000, 1_000_000_000))
    return path, kept


def upgrade(library):
    """Put a newer version of a library first on the path."""

    def edit(folder):
        place = folder / "src" / f"{library}-99.0.dist-info"
        place.mkdir()
        (place / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {library}\nVersion: 99.0\n")
        return place / "METADATA", None

    return edit


SRC = "src/netwerkkracht"
OF_MODEL = {"fit support_change", "exhibit figure-4", "figure figure-4"} | END
OF_FOREST = {"exhibit figure-4", "figure figure-4"} | END
# the module of a kind holds its data and its drawing
PICTURES = {name for name in DRAWN if " figure-" in name}
TABLE = {
    "a comment in a module": (append(f"{SRC}/harmonise/recode.py", "\n# why\n"), set()),
    "a docstring": (
        replace(f"{SRC}/harmonise/recode.py", '"""', '"""Reworded: '),
        set(),
    ),
    "a comment in the configuration": (append("config.yaml", "# why\n"), set()),
    "a comment in a rule": (append("rules/models.smk", "# why\n"), set()),
    "an edit in a module that harmonise imports": (
        append(f"{SRC}/harmonise/recode.py", "\nCHANGED = 1\n"),
        {"harmonise"} | AFTER_PANEL,
    ),
    "an edit in one kind of exhibit": (append(f"{SRC}/exhibits/forest.py", "\nCHANGED = 1\n"), OF_FOREST),
    "an edit in the engine of the models": (
        append(f"{SRC}/mixed/formula/design.py", "\nCHANGED = 1\n"),
        FITS | {"exhibit figure-3", "figure figure-3"} | OF_FOREST,
    ),
    "one changed model": (replace("config.yaml", "sup010 ~ group * wave", "sup010 ~ group + wave"), OF_MODEL),
    "another title of one figure": (
        replace("config.yaml", "Number of problems over the waves", "Problems over the waves"),
        {"exhibit figure-3", "figure figure-3"} | END,
    ),
    "a row of the codebook": (append("data/codebook/decisions.csv", "\n"), {"harmonise"} | AFTER_PANEL),
    "another recipe of the synthetic study": (
        append("data/codebook/synthetic/answers.csv", "\n"),
        END,
    ),
    "an input changed under an older time": (older_bytes, ALL),
    "a newer drawing library": (upgrade("matplotlib"), PICTURES | END),
    "a newer library of the models": (
        upgrade("statsmodels"),
        FITS | {"exhibit figure-3", "figure figure-3"} | OF_FOREST,
    ),
    "the source of the report": (
        append("reports/source/report.typ", "\n// words\n"),
        {"report nl", "report en", "manifest", "release_check"},
    ),
}


@pytest.mark.workflow
@pytest.mark.parametrize("name", TABLE)
def test_an_edit_reruns_exactly_what_depends_on_it(made, name):
    folder, settings = made
    edit, expected = TABLE[name]
    path, kept = edit(folder)
    try:
        found = jobs(snakemake(folder, "--dry-run", settings=settings))
    finally:
        if kept is None:
            path.unlink()
            path.parent.rmdir()
        else:
            path.write_bytes(kept)
            os.utime(path, (1_000_000_000, 1_000_000_000))
    assert found == expected
