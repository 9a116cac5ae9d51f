"""Find the module of a kind of exhibit: one module each, so that an edit of one redraws that one only."""

from __future__ import annotations

import re
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwerkkracht.errors import fail, nearest

if TYPE_CHECKING:
    from netwerkkracht.exhibits.kinds import Kind

_FOLDER = Path(__file__).resolve().parent.parent / "exhibits"
_DECLARED = re.compile(r'^KIND = Kind\(\s*(?:name=)?"([a-z][a-z0-9_-]*)"', re.MULTILINE)


@cache
def modules() -> dict[str, str]:
    """Return the module of every kind: the one that declares ``KIND = Kind("name", ...)``."""
    found = {}
    for path in sorted(_FOLDER.glob("*.py")):
        declared = _DECLARED.search(path.read_text(encoding="utf-8"))
        if declared:
            found[declared[1]] = f"netwerkkracht.exhibits.{path.stem}"
    return found


def module_of(kind: str) -> str:
    """Return the module of a kind.

    Raises
    ------
    StudyError
        ``C08`` for an unknown kind, with the nearest one.
    """
    if kind not in modules():
        hint = nearest(kind, modules())
        raise fail(
            "C08",
            f"there is no kind of exhibit '{kind}'" + (f"; {hint}" if hint else ""),
            file="config.yaml",
            expected=", ".join(modules()),
            action="choose one of these as `kind`",
        )
    return modules()[kind]


def find_kind(kind: str) -> Kind:
    """Return what a kind offers: its data, its picture or table, its words."""
    found: Any = import_module(module_of(kind))
    made: Kind = found.KIND
    return made
