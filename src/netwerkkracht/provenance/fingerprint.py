"""Fingerprints that make a rule rerun when what it rests on has changed, and only then.

Snakemake sees neither an edit in an imported module, nor an upgraded library, nor a changed input with an
older time. Rules therefore carry three short texts as parameters: what the code of a step says, which
libraries it uses, and what its raw inputs hold. The code of a step is every definition that its function
``run`` can reach (:mod:`netwerkkracht.provenance.reach`), and no other.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Collection, Iterable
from functools import cache
from pathlib import Path

from netwerkkracht.provenance import reach
from netwerkkracht.provenance.reach import PACKAGE, closure, load_cache, said_of, save_cache

__all__ = ["code", "digest", "digest_text", "env", "files_of", "forget", "load_cache", "save_cache", "sha256"]

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
# files of words with a section per kind of exhibit, under the key `kinds`: a kind does not count the sections
# of others
SECTIONED = "exhibits/words/"


@cache
def code(step: str, *entries: str) -> str:
    """Return the fingerprint of all that the ``run`` of a step and further ``entries`` can reach.

    The syntax trees are hashed without docstrings: a comment, a docstring or a line break changes nothing,
    and neither does an edit in a definition that is not reached. Files beside a module (templates, style
    sheets) count whole where something that is reached opens them.

    Parameters
    ----------
    step
        Name of the step as the command line knows it.
    entries
        What the step finds by name: ``module:definition``, a whole ``module``, or, after ``=``, a text that
        counts as it is.
    """
    key = "\n".join(("code", step, *entries))
    made: str = reach.concluded(key, lambda: _code(step, entries))
    return f"{step} {made}"


def _code(step: str, entries: tuple[str, ...]) -> str:
    found = closure(f"{step_module(step)}:run", *_places(entries))
    lines = sorted(filter(None, map(said_of, found.symbols)))
    beside = [item for folder in sorted(found.beside) for item in _data_of(folder)]
    names = {item.relative_to(reach.ROOT).as_posix(): item for item in beside}
    kinds = {entry[1:].split(" ")[0] for entry in entries if entry.startswith("=")}
    for name, item in names.items():
        said = (
            words_of(item.read_text(encoding="utf-8"), kinds) if name.startswith(SECTIONED) else sha256(item)
        )
        lines.append(f"{name}:{said}")
    return digest_text("\n".join([*lines, *(entry for entry in entries if entry.startswith("="))]))


def _data_of(package: Path) -> list[Path]:
    """Return the data files of a package; those of a package inside it count for whoever reaches that one."""
    inner = [path.parent for path in package.rglob("__init__.py") if path.parent != package]
    return [
        item
        for item in files_of([package])
        if item.suffix != ".py" and not any(item.is_relative_to(folder) for folder in inner)
    ]


def words_of(text: str, kinds: Collection[str]) -> str:
    """Return what a file of words says to these kinds of exhibits: all but the sections of other kinds.

    Without a kind the whole file counts.
    """
    from netwerkkracht.exhibits.registry import modules

    # a section begins with a key at the start of a line or under `kinds`, and a comment belongs to none
    sections = re.split(r"^(?=(?:  )?[^\s#])", text, flags=re.MULTILINE)
    others = set(modules()) - set(kinds) if kinds else set()
    kept, above = [], ""
    for section in sections:
        key = section.partition(":")[0]
        above = above if key.startswith(" ") else key
        if above != "kinds" or not key.startswith(" ") or key.strip(" \"'") not in others:
            kept.append(section)
    return "".join(kept)


def _places(entries: tuple[str, ...]) -> list[str]:
    return [entry for entry in entries if not entry.startswith("=")]


@cache
def env(step: str, *entries: str) -> str:
    """Return the versions of Python and of the libraries that the code of a step uses."""
    key = "\n".join(("libraries", step, *entries))
    known = reach.concluded(key, lambda: _libraries(step, entries))
    used = set(known)
    for name in tuple(used):
        used.update(_IMPLIED.get(name, ()))
    versions = [f"{name} {_version(name)}" for name in sorted(used)]
    return ", ".join([f"python {sys.version_info.major}.{sys.version_info.minor}", *versions])


def _libraries(step: str, entries: tuple[str, ...]) -> list[str]:
    return sorted(closure(f"{step_module(step)}:run", *_places(entries)).libraries)


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


def forget() -> None:
    """Forget what was read of the package in this process, as after an edit."""
    code.cache_clear()
    env.cache_clear()
    reach.forget()
