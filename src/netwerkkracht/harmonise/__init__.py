"""Received files and a codebook become one panel in which every value and every gap is accounted for."""

from __future__ import annotations

from typing import Any

__all__ = ["Harmonised", "harmonise", "observed", "reliability", "restore", "score"]


def __getattr__(name: str) -> Any:
    """Import the parts when they are first used; they bring pandas."""
    if name in {"Harmonised", "harmonise"}:
        from netwerkkracht.harmonise import assemble as module
    elif name == "score":
        from netwerkkracht.harmonise import scoring as module  # type: ignore[no-redef]
    elif name == "observed":
        from netwerkkracht.harmonise import counts as module  # type: ignore[no-redef]
    elif name == "restore":
        from netwerkkracht.harmonise import panel as module  # type: ignore[no-redef]
    elif name == "reliability":
        from netwerkkracht.harmonise import scales as module  # type: ignore[no-redef]
    else:
        raise AttributeError(name)
    return getattr(module, name)
