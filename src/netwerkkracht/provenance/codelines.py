"""Where in the code a result was made: the functions behind a step or an exhibit, with their file and lines.

Lines are looked up in the source when somebody asks, and enter no fingerprint: a comment that moves a
function makes nothing anew. What a step calls and which functions a kind of exhibit has are read from their
declarations (``STEP = Step(...)``, ``Kind(...)``): nothing is imported for it.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, Final

from netwerkkracht.provenance.fingerprint import step_module
from netwerkkracht.provenance.reach import PACKAGE, ROOT, concluded, definition, source_file
from netwerkkracht.provenance.symbols import names_in

EXHIBITS: Final = f"{PACKAGE}.exhibits"
# what of a kind makes its data and what shows them; all else of it, which the release reads, serves both
SIDES: Final = {"data": ("data",), "drawing": ("draw", "table", "alt", "notes"), "sheet": ()}
# the functions of a side that a reader looks for
MAKERS: Final = {"data": ("data",), "drawing": ("draw", "table"), "sheet": ()}


@dataclass(frozen=True)
class Place:
    """One function: its name, the file that holds it, and its first and last line."""

    name: str
    file: str
    first: int
    last: int

    def __str__(self) -> str:
        """Return the place as an editor and a terminal understand it."""
        return f"{self.file}:{self.first}-{self.last} {self.name}"


def places(step: str, spec: Any) -> tuple[Place, ...]:
    """Return the functions that made the results of a job, from the general to the particular.

    Parameters
    ----------
    step
        Name of the step.
    spec
        The part of the configuration that the job saw; for an exhibit it names the kind.

    Returns
    -------
    tuple of Place
        The step itself, what it calls, and for an exhibit the function of its kind; what is not found is left
        out.
    """
    names = [f"{step_module(step)}:run", *calls(step)]
    kinds = kinds_of(spec) if isinstance(spec, dict) and "exhibit" in spec else ()
    for kind in kinds:
        names += [
            kind_function(kind, field) or "" for side in declared(step, "kind") for field in MAKERS[side]
        ]
    return tuple(place for place in map(locate, names) if place is not None)


def entries(step: str, spec: Any) -> tuple[str, ...]:
    """Return what a job runs besides its step: of each kind of exhibit it is about, the sides that it calls.

    These are the ``entries`` of the fingerprints of the job.
    """
    kinds = kinds_of(spec)
    found = (concluded(f"entries {step} {kind}", partial(_entries, step, kind)) for kind in kinds)
    return tuple(dict.fromkeys(entry for given in found for entry in given))


def _entries(step: str, kind: str) -> list[str]:
    sides = declared(step, "kind")
    if not sides:
        return []
    module = (kind_place(kind) or (EXHIBITS, ""))[0]
    other = {name for side, names in SIDES.items() if side not in sides for name in names}
    kept = {name: node for name, node in kind_fields(kind).items() if name not in other}
    found = [f"={kind} {name} {ast.dump(node)}" for name, node in sorted(kept.items())]
    call = _call(module, "KIND")
    # what declares a kind runs with it
    given = [*kept.values(), *([call.func] if call else [])]
    used = {name.lstrip("?").partition(".")[0] for name in names_in(given)}
    # by its own name a kind says where it stands, and nothing that it does
    return found + [f"{module}:{name}" for name in sorted(used - {"__name__"})]


def kinds_of(spec: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the kinds of the exhibits that a part of the configuration is about, in order of name."""
    given = [spec["exhibit"]] if "exhibit" in spec else spec.get("exhibits", [])
    kinds = {exhibit["kind"] for exhibit in given if isinstance(exhibit, Mapping)}
    return tuple(sorted(kind for kind in kinds if kind_place(kind) is not None))


def calls(step: str) -> tuple[str, ...]:
    """Return what a step says that it calls to do its work, as ``module:function``."""
    module = step_module(step)
    return tuple(definition(module, "run", name) or f"{module}:{name}" for name in declared(step, "calls"))


@cache
def declared(step: str, name: str) -> tuple[str, ...]:
    """Return one list of names in the declaration of a step; empty where there is none."""
    call = _call(step_module(step), "STEP")
    given = {word.arg: word.value for word in call.keywords} if call else {}
    return tuple(ast.literal_eval(given[name])) if name in given else ()


@cache
def locate(name: str) -> Place | None:
    """Return the place of ``module:function``, followed through imports; None where there is no such."""
    module, _, function = name.partition(":")
    tree = _tree(module)
    if tree is None:
        return None
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == function:
            file = source_file(module)
            inside = file.relative_to(ROOT).as_posix() if file else ""
            return Place(function, f"src/{PACKAGE}/{inside}", node.lineno, node.end_lineno or node.lineno)
        if isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                if (alias.asname or alias.name) == function and node.module.startswith(PACKAGE):
                    return locate(f"{node.module}:{alias.name}")
    return None


def kind_place(kind: str) -> tuple[str, str] | None:
    """Return module and name of the declaration of a kind of exhibit; None for an unknown kind."""
    from netwerkkracht.exhibits.registry import modules

    return (modules()[kind], "KIND") if kind in modules() else None


@cache
def kind_fields(kind: str) -> Mapping[str, ast.expr]:
    """Return what a kind of exhibit declares, by the name of the field."""
    place = kind_place(kind)
    call = _call(*place) if place else None
    if call is None:
        return {}
    return {word.arg: word.value for word in call.keywords if word.arg}


def kind_function(kind: str, field: str) -> str | None:
    """Return ``module:function`` of one field of a kind of exhibit; None where it has none."""
    place, given = kind_place(kind), kind_fields(kind).get(field)
    return f"{place[0]}:{given.id}" if place and isinstance(given, ast.Name) else None


def kind_value(kind: str, field: str, absent: Any) -> Any:
    """Return a plain value that a kind of exhibit declares, ``absent`` where it says nothing."""

    def read() -> Any:
        given = kind_fields(kind).get(field)
        return absent if given is None else ast.literal_eval(given)

    return concluded(f"value {kind} {field}", read)


def _call(module: str, name: str) -> ast.Call | None:
    """Return the call that a module assigns to a name."""
    tree = _tree(module)
    for node in tree.body if tree else ():
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        if name in [target.id for target in node.targets if isinstance(target, ast.Name)]:
            return node.value
    return None


@cache
def _tree(module: str) -> ast.Module | None:
    file = source_file(module)
    return ast.parse(file.read_bytes(), filename=file.name) if file else None
