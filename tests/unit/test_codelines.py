"""The lines that a page names really hold the function that it names."""

import importlib
import inspect
from pathlib import Path

import pytest

from netwerkkracht.exhibits.registry import kind_of, modules
from netwerkkracht.provenance.codelines import KIND_PARTS, MAKERS, kind_function, locate, places
from netwerkkracht.run.cli import STEPS

ROOT = Path(__file__).parents[2]
SPECS = [(step, {}) for step in STEPS] + [
    (step, {"exhibit": {"kind": kind}}) for kind in modules() for step in ("exhibit", kind_of(kind).form)
]


@pytest.mark.parametrize(("step", "spec"), SPECS, ids=str)
def test_the_first_line_named_holds_the_function_named(step, spec):
    found = places(step, spec)
    assert found[0].name == "run"
    assert len(found) >= 1 + len(MAKERS.get(step, ())) + bool(spec)
    for place in found:
        lines = (ROOT / place.file).read_text(encoding="utf-8").splitlines()
        assert lines[place.first - 1].startswith(f"def {place.name}(")
        assert place.last > place.first
        after = lines[place.last] if place.last < len(lines) else ""
        assert not after.startswith((" ", ")")), "the last line named is the last of the function"


@pytest.mark.parametrize("kind", modules())
def test_the_functions_of_a_kind_are_the_ones_that_run(kind):
    known = kind_of(kind)
    for part, function in (("data", known.data), (known.form, known.draw or known.table)):
        module, _, name = kind_function(kind, KIND_PARTS.get(part, part)).partition(":")
        own = inspect.unwrap(function)
        assert getattr(importlib.import_module(module), name) is own
        assert locate(f"{module}:{name}").first == inspect.getsourcelines(own)[1]


@pytest.mark.parametrize("step", MAKERS)
def test_a_step_imports_what_is_said_to_do_its_work(step):
    text = (ROOT / "src" / "netwerkkracht" / "run" / "steps" / f"{step.replace('-', '_')}.py").read_text()
    for maker in MAKERS[step]:
        module, _, name = maker.partition(":")
        assert f"from netwerkkracht.{module} import" in text
        assert name in text.split(f"from netwerkkracht.{module} import", 1)[1].splitlines()[0]


@pytest.mark.parametrize("name", ["netwerkkracht.nowhere:run", "netwerkkracht.core.io:nothing", "json:dumps"])
def test_what_is_not_there_has_no_place(name):
    assert locate(name) is None


def test_a_function_is_followed_through_imports():
    assert (
        locate("netwerkkracht.study.config:read_config").file == "src/netwerkkracht/study/config/reading.py"
    )
