"""SPSS files: read them in a process of their own, write them byte for byte the same, look inside them."""

from __future__ import annotations

from netwerkkracht.spss.model import Limits, MultipleResponseSet, SpssFile, SpssVariable

__all__ = [
    "Limits",
    "MultipleResponseSet",
    "SpssFile",
    "SpssVariable",
    "from_artifacts",
    "read",
    "to_artifacts",
    "write",
]


def __getattr__(name: str) -> object:
    """Import the reader and the writer when they are first used; they bring numpy and more."""
    if name in {"to_artifacts", "from_artifacts"}:
        from netwerkkracht.spss import artifacts as module
    elif name == "read":
        from netwerkkracht.spss import reader as module  # type: ignore[no-redef]
    elif name == "write":
        from netwerkkracht.spss import writer as module  # type: ignore[no-redef]
    else:
        raise AttributeError(name)
    return getattr(module, name)
