"""The table of edits: each reruns exactly what depends on it, and a comment reruns nothing.

The steps are played by a program that only makes their files, so that the table is about the workflow alone.
"""

import os

import pytest
from project import copy_project, jobs, pretend, snakemake

MODELS = ("n_prob_change", "support_change")
# figure-16 is of a kind whose data take long: they have a job of their own
EXHIBITS = ("figure-2", "figure-3", "figure-4", "figure-16", "table-3", "table-12")
# what hangs on any released exhibit, and what hangs on its pictures alone
REPORT = {"report nl", "report en", "manifest", "release_check"}
END = {"numbers", "compare"} | REPORT
FITS = {f"fit {model}" for model in MODELS}
FIGURES = {"figure figure-2", "figure figure-3", "figure figure-4", "draw figure-16"}
TABLES = {"table table-3", "table table-12"}
COSTLY = {"data figure-16"}
DRAWN = FIGURES | TABLES | COSTLY
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
OF_MODEL = {"fit support_change", "figure figure-4"} | END
OF_FOREST = {"figure figure-4"} | END
# a job that reads a costly figure's data anew draws it anew
OF_DATA = COSTLY | {"draw figure-16"}
TABLE = {
    "a comment in a module": (append(f"{SRC}/harmonise/recode.py", "\n# why\n"), set()),
    "a docstring": (
        replace(f"{SRC}/harmonise/recode.py", '"""', '"""Reworded: '),
        set(),
    ),
    "a comment in the configuration": (append("config.yaml", "# why\n"), set()),
    "a comment in a rule": (append("rules/models.smk", "# why\n"), set()),
    "a definition that nobody uses": (append(f"{SRC}/harmonise/recode.py", "\nCHANGED = 1\n"), set()),
    "an edit in a module that harmonise imports": (
        append(f"{SRC}/harmonise/recode.py", "\nprint()\n"),
        {"harmonise"} | AFTER_PANEL,
    ),
    "an edit in one kind of exhibit": (
        replace(
            f"{SRC}/exhibits/figures/forest.py",
            "def data(exhibit: Exhibit[Options], material: Material) -> Any:",
            "def data(exhibit: Exhibit[Options], material: Material, _: int = 0) -> Any:",
        ),
        OF_FOREST,
    ),
    # bounds: words of one kind, a colour of all figures, a class of all tables, the style of their pages
    "a word of one kind of figure": (
        replace(f"{SRC}/exhibits/words/en.yaml", "Forest plot of", "A forest plot of"),
        OF_FOREST,
    ),
    "a colour": (
        replace(f"{SRC}/exhibits/style.py", 'BLUE, VERMILION = "#0072B2"', 'BLUE, VERMILION = "#0072B3"'),
        FIGURES | END,
    ),
    "the drawing of a costly figure": (
        append(f"{SRC}/exhibits/drawing.py", "\ndraw = draw\n"),
        FIGURES | END,
    ),
    "a class of the tables": (replace(f"{SRC}/exhibits/table_model.py", "class=", "class ="), TABLES | END),
    "the style of the page of a table": (
        replace(f"{SRC}/run/table_page.py", "margin:1.5rem", "margin:1.6rem"),
        TABLES | END,
    ),
    "the style of the report": (append(f"{SRC}/report/assets/report.css", "\na{}\n"), REPORT),
    "a word of the frame of the report": (
        append(f"{SRC}/report/words/en.yaml", "\nnew: x\n"),
        # the numbers of the text read words of the same file
        END,
    ),
    "an edit in the engine of the models": (
        append(f"{SRC}/mixed/formula/design.py", "\nprint()\n"),
        FITS | {"figure figure-3"} | OF_DATA | OF_FOREST,
    ),
    "one changed model": (replace("config.yaml", "sup010 ~ group * wave", "sup010 ~ group + wave"), OF_MODEL),
    "another title of one figure": (
        replace("config.yaml", "Number of problems over the waves", "Problems over the waves"),
        {"figure figure-3"} | END,
    ),
    "a row of the codebook": (append("data/codebook/decisions.csv", "\n"), {"harmonise"} | AFTER_PANEL),
    "another recipe of the synthetic study": (
        append("data/codebook/synthetic/answers.csv", "\n"),
        END,
    ),
    "an input changed under an older time": (older_bytes, ALL),
    "a newer drawing library": (upgrade("matplotlib"), FIGURES | END),
    "a newer library of the models": (
        upgrade("statsmodels"),
        FITS | {"figure figure-3"} | OF_DATA | OF_FOREST,
    ),
    "the source of the report": (append("reports/source/report.typ", "\n// words\n"), REPORT),
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
