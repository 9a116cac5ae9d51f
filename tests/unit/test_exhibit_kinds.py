"""What every kind of exhibit declares, and what is refused: a kind is one file, declared whole."""

import ast
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from exhibit_cases import OPTIONS, exhibit, material
from exhibit_cases import frame as made_of

from netwerkkracht.core.errors import StudyError
from netwerkkracht.exhibits import registry
from netwerkkracht.exhibits.figures import moves
from netwerkkracht.exhibits.kind import Column, names, require_declared, texts
from netwerkkracht.exhibits.style import STATES, state_colours
from netwerkkracht.release.attack import Known, NoCounts, no_counts
from netwerkkracht.release.readers import read_table
from netwerkkracht.release.roles import PERSONS, PLAIN
from netwerkkracht.release.rules import Rules
from netwerkkracht.release.treatments import TREATMENTS

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "netwerkkracht"
FOLDERS = tuple(f"{folder.__name__}." for folder in registry.FOLDERS)
WHOLE = [name for name, module in registry.modules().items() if module.startswith(FOLDERS)]
COUNTING = ("persons", "rows")


@pytest.mark.parametrize("kind", registry.modules())
def test_a_kind_is_declared_whole(kind):
    known = registry.kind_of(kind)
    assert known.name == kind
    assert known.output.treatment in TREATMENTS
    columns = {column.name for column in known.columns}
    output = known.output
    assert {*output.lines, *output.keep, *filter(None, (output.cells, output.total))} <= columns
    for column in known.columns:
        assert {column.role.part, column.role.whole, column.error_of} - {""} <= columns
    if known.form == "figure" and known.notes is None:
        assert "how" in known.words["en"]


@pytest.mark.parametrize("kind", registry.modules())
def test_counts_of_persons_are_read_by_the_attack_or_a_reason_is_given(kind):
    known = registry.kind_of(kind)
    if not any(column.role.name in COUNTING for column in known.columns):
        return
    if isinstance(known.counts, NoCounts):
        assert len(known.counts.why) > 20
        return
    told, rows = Known(), made_of(kind).astype(object).fillna("").astype(str).to_dict("records")
    read_table(told, known.sheet, "x", rows, OPTIONS[kind], Rules(1, 1))
    assert told.bounds


@pytest.mark.parametrize("kind", WHOLE)
def test_a_kind_is_what_its_module_holds_by_name(kind):
    known = registry.kind_of(kind)
    module = sys.modules[registry.modules()[kind]]
    assert known.module == module.__name__
    for part in ("data", "draw", "table", "alt", "notes", "counts"):
        own = getattr(known, part)
        if callable(own):
            assert own is getattr(module, part)


def test_listing_and_importing_the_kinds_loads_no_library():
    code = (
        "import sys; from netwerkkracht.exhibits import registry\n"
        f"assert not [name for name in sys.modules if name.startswith({FOLDERS})]\n"
        f"[registry.kind_of(name) for name in {WHOLE}]\n"
        "print([name for name in ('numpy', 'pandas', 'scipy', 'matplotlib') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_release_imports_no_exhibit():
    for path in (SRC / "release").glob("*.py"):
        assert "netwerkkracht.exhibits" not in path.read_text(encoding="utf-8"), path.name


@pytest.mark.parametrize("kind", WHOLE)
def test_the_columns_stand_in_the_order_of_the_table(kind):
    known = registry.kind_of(kind)
    chosen = list(OPTIONS[kind].get(known.named_by) or ()) if known.named_by else []
    made = [name for name in made_of(kind).columns if name not in chosen]
    assert made == names(known.columns, ("nl", "en"))


@pytest.mark.parametrize("kind", WHOLE)
def test_a_kind_names_no_language(kind):
    path = SRC.parent / Path(*registry.modules()[kind].split(".")).with_suffix(".py")
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Constant):
            assert node.value not in ("nl", "en"), f"line {node.lineno}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"counts": None}, "counts persons in 'persons'"),
        ({"needs": ("pannel",)}, "no part of the material"),
        ({"columns": (*moves.COLUMNS, *texts("item"))}, "column 'item' twice"),
        ({"columns": (*moves.COLUMNS, Column("depth", PLAIN))}, "'depth' without a unit"),
        ({"alt": None}, "is a figure"),
        ({"module": moves.__name__.replace("figures", "tables")}, "is a table"),
    ],
)
def test_a_kind_that_is_not_declared_whole_is_refused(change, said):
    with pytest.raises(StudyError, match=r"E04") as told:
        replace(moves.KIND, **change)
    assert said in str(told.value)


def test_a_reason_why_counts_are_not_read_is_no_empty_word():
    assert replace(moves.KIND, counts=no_counts("the same persons as in the table of moves")).counts.why
    with pytest.raises(ValueError, match="reason"):
        no_counts(" ")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        (lambda frame: frame.assign(oldest=103), "oldest"),
        (lambda frame: frame.drop(columns="total"), "total"),
    ],
)
def test_a_column_that_is_not_declared_or_not_made_is_refused(change, column):
    with pytest.raises(StudyError, match=column) as told:
        require_declared(moves.KIND, exhibit("moves"), change(made_of("moves")), ("nl", "en"))
    assert told.value.findings[0].code == "E04"


def test_the_simulated_and_the_coded_are_known_by_what_they_need():
    assert {name for name in OPTIONS if "operating" in registry.kind_of(name).needs} == {
        "operating",
        "operating-table",
    }
    assert {name for name in OPTIONS if "found" in registry.kind_of(name).needs} == {"codes"}


def test_every_state_of_an_alluvial_has_a_colour_of_its_own():
    states = [str(place) for place in range(len(STATES))]
    assert len(set(state_colours(states).values())) == len(states)
    with pytest.raises(StudyError, match="more colours than can be told apart"):
        state_colours([*states, "one more"])


def test_colours_of_exhibits_stand_in_one_file():
    for path in (SRC / "exhibits").rglob("*.py"):
        if path.name == "style.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                colour = node.value.startswith("#") and len(node.value) == 7
                assert not colour, f"{path.name} line {node.lineno}: {node.value}"


def test_panels_of_the_case_are_there():
    assert material().panel is not None
    assert PERSONS.name in COUNTING
