"""The lines that a page names really hold the function that it names."""

import importlib
import inspect
from pathlib import Path

import pytest

from netwerkkracht.exhibits.registry import kind_of, modules
from netwerkkracht.provenance.codelines import (
    calls,
    declared,
    entries,
    kind_function,
    kind_value,
    locate,
    places,
)
from netwerkkracht.run.step import STEPS, find

ROOT = Path(__file__).parents[2]
SPECS = [(step, {}) for step in STEPS] + [
    (step, {"exhibit": {"kind": kind}}) for kind in modules() for step in ("data", "draw", "figure", "table")
]


@pytest.mark.parametrize(("step", "spec"), SPECS, ids=str)
def test_the_first_line_named_holds_the_function_named(step, spec):
    found = places(step, spec)
    assert found[0].name == "run"
    assert len(found) == 1 + len(find(step).calls) + len(find(step).kind) * bool(spec)
    for place in found:
        lines = (ROOT / place.file).read_text(encoding="utf-8").splitlines()
        assert lines[place.first - 1].startswith(f"def {place.name}(")
        assert place.last > place.first
        after = lines[place.last] if place.last < len(lines) else ""
        assert not after.startswith((" ", ")")), "the last line named is the last of the function"


@pytest.mark.parametrize("kind", modules())
def test_what_is_read_of_a_kind_is_what_it_declares(kind):
    known = kind_of(kind)
    shown = "draw" if known.form == "figure" else "table"
    for field, function in (("data", known.data), (shown, getattr(known, shown))):
        module, _, name = kind_function(kind, field).partition(":")
        own = inspect.unwrap(function)
        assert getattr(importlib.import_module(module), name) is own
        assert locate(f"{module}:{name}").first == inspect.getsourcelines(own)[1]
    assert kind_value(kind, "needs", ()) == known.needs
    assert kind_value(kind, "costly", False) == known.costly
    # the rules know costly figures only: a table is laid out where its data are made
    assert known.form == "figure" or not known.costly


@pytest.mark.parametrize("kind", modules())
def test_data_and_drawing_of_a_kind_are_counted_apart(kind):
    spec = {"exhibit": {"kind": kind}}
    known = kind_of(kind)
    data, drawing, both = (set(entries(step, spec)) for step in ("data", "draw", known.form))
    assert data | drawing == both
    assert f"{modules()[kind]}:data" in data - drawing
    for function in (known.draw, known.table, known.alt):
        if function is not None:
            assert f"{modules()[kind]}:{function.__name__}" in drawing - data
    assert not entries("fit", {"model": {}})


@pytest.mark.parametrize("step", STEPS)
def test_what_is_read_of_a_step_is_what_it_declares(step):
    known = find(step)
    assert declared(step, "calls") == known.calls
    assert declared(step, "kind") == known.kind
    assert all(locate(name) is not None for name in calls(step))


@pytest.mark.parametrize("name", ["netwerkkracht.nowhere:run", "netwerkkracht.core.io:nothing", "json:dumps"])
def test_what_is_not_there_has_no_place(name):
    assert locate(name) is None


def test_a_function_is_followed_through_imports():
    assert (
        locate("netwerkkracht.study.config:read_config").file == "src/netwerkkracht/study/config/reading.py"
    )
