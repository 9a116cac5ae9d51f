"""Fingerprints that make a rule rerun when what it rests on has changed, and only then.

Snakemake sees neither an edit in an imported module, nor an upgraded library, nor a changed input with an
older time. Rules therefore carry three short texts as parameters: what the code of a step says, which
libraries it uses, and what its raw inputs hold.
"""

from __future__ import annotations

import ast
import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

PACKAGE = "netwerkkracht"
ROOT = Path(__file__).resolve().parents[1]
LENGTH = 12
# import name -> name of the distribution, where they differ
_DISTRIBUTIONS = {"yaml": "PyYAML", "PIL": "pillow", "fontpkg": "fontpkg-noto-sans"}
# libraries that work through others: an upgrade of those changes results as well
_IMPLIED = {
    "pandas": ("numpy",),
    "scipy": ("numpy",),
    "statsmodels": ("numpy", "scipy", "pandas"),
    "matplotlib": ("numpy", "pillow"),
    "pyreadstat": ("pandas",),
}


@dataclass(frozen=True)
class Module:
    """What one module of the package contributes: a digest and what it imports."""

    name: str
    digest: str
    ours: frozenset[str]
    libraries: frozenset[str]


# where a run keeps what it found in source texts, in the folder of the study
KEPT = Path(".snakemake/fingerprints.json")
# what a source text says, by the hash of the text: parsing costs more than hashing
_said: dict[str, dict[str, Any]] = {}


def load_cache(path: Path = KEPT) -> None:
    """Read what earlier runs found in source texts, unless another Python or program found it."""
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return
    if kept.get("made_by") == _maker():
        _said.update(kept["said"])


def save_cache(path: Path = KEPT) -> None:
    """Write what is known of the source texts that are in use."""
    from netwerkkracht.core.io import write_json

    used = {sha256(file) for file in ROOT.rglob("*.py")}
    said = {key: value for key, value in _said.items() if key in used}
    write_json(path, {"made_by": _maker(), "said": said})


def _maker() -> str:
    return f"{sys.version} {sha256(Path(__file__))}"


@cache
def code(step: str, *modules: str) -> str:
    """Return the fingerprint of a step's module, of ``modules`` and of everything of ours they import.

    The syntax trees are hashed without docstrings: a comment, a docstring or a line break changes nothing.
    Files beside the modules of a package (templates, style sheets) count whole.

    Parameters
    ----------
    step
        Name of the step as the command line knows it.
    modules
        Further modules that the step finds by name, such as the kind of an exhibit.
    """
    names = closure((step_module(step), *modules))
    parts = [f"{name}:{_module(name).digest}" for name in sorted(names)]
    return f"{step} {digest_text(chr(10).join(parts))}"


@cache
def env(step: str, *modules: str) -> str:
    """Return the versions of Python and of the libraries that the code of a step imports."""
    used: set[str] = set()
    for name in closure((step_module(step), *modules)):
        used |= _module(name).libraries
    for name in tuple(used):
        used.update(_IMPLIED.get(name, ()))
    versions = [f"{name} {_version(name)}" for name in sorted(used)]
    return ", ".join([f"python {sys.version_info.major}.{sys.version_info.minor}", *versions])


def digest(*paths: Path | str) -> str:
    """Return one fingerprint of the content of files and folders, whatever their times say.

    A missing file counts as missing, so that its coming and going is seen.
    """
    lines = [f"{path.as_posix()}:{sha256(path)}" for path in files_of(paths)]
    return digest_text("\n".join(lines))


def files_of(paths: Iterable[Path | str]) -> list[Path]:
    """Return the files named, folders opened, in stable order, hidden files left out."""
    found: list[Path] = []
    for given in paths:
        path = Path(given)
        inside = sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]
        found += [
            item for item in inside if not item.name.startswith(".") and "__pycache__" not in item.parts
        ]
    return found


def sha256(path: Path) -> str:
    """Return the sha256 of a file, or ``missing``."""
    if not path.is_file():
        return "missing"
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def step_module(step: str) -> str:
    """Return the module of a step: ``release-check`` lives in ``run.steps.release_check``."""
    return f"{PACKAGE}.run.steps.{step.replace('-', '_')}"


def closure(modules: Iterable[str]) -> frozenset[str]:
    """Return the modules of the package that ``modules`` import, directly or through others."""
    return frozenset[str]().union(*map(_reached, modules))


@cache
def _reached(module: str) -> frozenset[str]:
    seen: set[str] = set()
    waiting = [module]
    while waiting:
        name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        waiting += [parent for parent in _parents(name) if parent not in seen]
        waiting += [other for other in _module(name).ours if other not in seen]
    return frozenset(seen)


def _parents(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def digest_text(text: str) -> str:
    """Return a short digest of a text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:LENGTH]


@cache
def _version(library: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(_DISTRIBUTIONS.get(library, library))
    except PackageNotFoundError:
        return "absent"


@cache
def source_file(name: str) -> Path | None:
    """Return the source file of a module of the package, None where there is no such module."""
    inner = name.split(".")[1:]
    plain = ROOT.joinpath(*inner).with_suffix(".py") if inner else ROOT / "__init__.py"
    package = ROOT.joinpath(*inner) / "__init__.py"
    return plain if plain.is_file() else package if package.is_file() else None


@cache
def _module(name: str) -> Module:
    path = source_file(name)
    if path is None:
        return Module(name, "absent", frozenset(), frozenset())
    text = path.read_bytes()
    key = hashlib.sha256(text).hexdigest()
    if key not in _said:
        tree = ast.parse(text, filename=path.name)
        names = sorted(_imports(tree))
        _said[key] = {"imports": names, "digest": digest_text(ast.dump(_without_docstrings(tree)))}
    said = _said[key]
    hashed = [said["digest"]]
    if path.name == "__init__.py" and name != PACKAGE:
        beside = [item for item in files_of([path.parent]) if item.suffix != ".py"]
        hashed += [f"{item.relative_to(ROOT).as_posix()}:{sha256(item)}" for item in beside]
    ours = {other for other in said["imports"] if _top(other) == PACKAGE and source_file(other) is not None}
    others = {_top(other) for other in said["imports"]} - {PACKAGE, "__future__"}
    return Module(
        name,
        digest_text("\n".join(hashed)),
        frozenset(ours),
        frozenset(others - set(sys.stdlib_module_names)),
    )


def _top(name: str) -> str:
    return name.split(".", 1)[0]


def forget() -> None:
    """Forget what was read of the package in this process, as after an edit."""
    for known in (code, env, _reached, _module, source_file):
        known.cache_clear()


def _statements(tree: ast.Module) -> Iterator[ast.AST]:
    """Yield a tree and all its statements; expressions hold neither imports nor docstrings."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        for field in ("body", "orelse", "finalbody", "handlers", "cases"):
            inner = getattr(node, field, None)
            if isinstance(inner, list):
                waiting += inner


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in _statements(tree):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and (
            node.body
            and isinstance(node.body[0], ast.Expr)
            and isinstance(node.body[0].value, ast.Constant)
            and isinstance(node.body[0].value.value, str)
        ):
            node.body = node.body[1:] or [ast.Pass()]
    return tree


def _imports(tree: ast.Module) -> set[str]:
    """Return every name a tree may import, late imports included: ``from a import b`` gives a and a.b."""
    names: set[str] = set()
    for node in _statements(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names.add(node.module)
            if _top(node.module) == PACKAGE:
                names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names
