"""SPSS files: read them in a process of their own, write them byte for byte the same, look inside them.

A library of its own: it imports nothing of the rest of the package but ``core.errors`` and ``core.io``, and
needs numpy, pandas and pyreadstat. What it offers is named here. The folders are named after the work
(``reading``, ``writing``, ``inspection``), because ``read``, ``write`` and ``inspect`` are functions.
"""

from __future__ import annotations

from importlib import import_module

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

# imported when they are first used, because they bring numpy and more. By name, so that whoever needs a type
# does not rest on reader, writer and inspection; the package itself imports these from where they are
_LATE = {
    "Extras": "writing.writer",
    "from_artifacts": "artifacts",
    "inspect": "inspection.inspect",
    "read": "reading.reader",
    "to_artifacts": "artifacts",
    "write": "writing.writer",
}


def __getattr__(name: str) -> object:
    """Import what is offered when it is first used."""
    if name not in _LATE:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
