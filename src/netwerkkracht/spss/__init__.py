"""SPSS files: read them in a process of their own, write them byte for byte the same, look inside them.

A library of its own: it imports nothing of the rest of the package but ``core.errors`` and ``core.io``, and
needs numpy, pandas and pyreadstat. What it offers is named here. The folders are named after the work
(``reading``, ``writing``, ``inspection``), because ``read``, ``write`` and ``inspect`` are functions.
"""

from __future__ import annotations

from netwerkkracht.spss.model import Limits, MultipleResponseSet, SpssFile, SpssVariable

__all__ = [
    "Extras",
    "Limits",
    "MultipleResponseSet",
    "SpssFile",
    "SpssVariable",
    "from_artifacts",
    "inspect",
    "read",
    "to_artifacts",
    "write",
]


def __getattr__(name: str) -> object:
    """Import what is offered when it is first used; reader and writer bring numpy and more."""
    if name in {"to_artifacts", "from_artifacts"}:
        from netwerkkracht.spss import artifacts as module
    elif name == "read":
        from netwerkkracht.spss.reading import reader as module  # type: ignore[no-redef]
    elif name in {"write", "Extras"}:
        from netwerkkracht.spss.writing import writer as module  # type: ignore[no-redef]
    elif name == "inspect":
        from netwerkkracht.spss.inspection import inspect as module  # type: ignore[no-redef]
    else:
        raise AttributeError(name)
    return getattr(module, name)
