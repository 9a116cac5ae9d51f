"""Help for the one who writes a codebook: skeleton, check, canonical form, exports."""

from __future__ import annotations

from typing import Any

__all__ = [
    "run_check",
    "run_export",
    "run_fmt",
    "run_scaffold",
    "scaffold",
]


def __getattr__(name: str) -> Any:
    """Import the tools when they are first used; they bring pandas."""
    if name == "run_check":
        from netwerkkracht.codebook_tools import checking as module
    elif name == "run_export":
        from netwerkkracht.codebook_tools import exports as module  # type: ignore[no-redef]
    elif name == "run_fmt":
        from netwerkkracht.codebook_tools import formatting as module  # type: ignore[no-redef]
    elif name == "run_scaffold":
        from netwerkkracht.codebook_tools import scaffold_files as module  # type: ignore[no-redef]
    elif name == "scaffold":
        from netwerkkracht.codebook_tools import scaffolding as module  # type: ignore[no-redef]
    else:
        raise AttributeError(name)
    return getattr(module, name)
