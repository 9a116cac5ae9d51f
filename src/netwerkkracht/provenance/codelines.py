"""Where in the code a result was made: the functions behind a step or an exhibit, with their file and lines.

Lines are looked up in the source when somebody asks, and enter no fingerprint: a comment that moves a
function makes nothing anew.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from netwerkkracht.provenance.fingerprint import PACKAGE, ROOT, source_file, step_module

# what each step calls to do its work; a test holds that the step imports it
MAKERS: Final[dict[str, tuple[str, ...]]] = {
    "ingest": ("spss.reading.reader:read",),
    "harmonise": ("harmonise.assemble:harmonise",),
    "recover": ("synth.recovery:compare",),
    "fit": ("analysis.models.fit:fit_model",),
    "operate": ("analysis.operating.replicates:replicate", "analysis.operating.characteristics:summarise"),
    "numbers": ("report.inputs:collect_numbers",),
    "compare": ("run.verify:compare_run",),
    "report": ("report.build:build",),
    "notebook": ("notebooks.execute:execute",),
    "manifest": ("provenance.records:manifest",),
    "release-check": ("release.disclosure:check_files",),
}
# which function of a kind of exhibit a step calls
KIND_PARTS: Final = {"exhibit": "data", "figure": "draw", "table": "table"}


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
    kind = spec.get("exhibit", {}).get("kind") if isinstance(spec, dict) else None
    names = [f"{step_module(step)}:run", *(f"{PACKAGE}.{name}" for name in MAKERS.get(step, ()))]
    if kind is not None and step in KIND_PARTS:
        names += [name for name in (kind_function(kind, KIND_PARTS[step]),) if name]
    return tuple(place for place in map(locate, names) if place is not None)


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


@cache
def kind_function(kind: str, part: str) -> str | None:
    """Return ``module:function`` of one part of a kind of exhibit; None where it has no such part."""
    from netwerkkracht.exhibits.registry import kind_of, modules

    function = getattr(kind_of(kind), part) if kind in modules() else None
    return f"{function.__module__}:{function.__qualname__}" if function else None


@cache
def _tree(module: str) -> ast.Module | None:
    file = source_file(module)
    return ast.parse(file.read_bytes(), filename=file.name) if file else None
