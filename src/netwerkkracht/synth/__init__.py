"""Invent a study: a truth from declared assumptions, and the files a fieldwork would have made of it.

The generator reads a specification and never any microdata.
"""

from __future__ import annotations

from typing import Any

__all__ = [
    "Spec",
    "Truth",
    "design",
    "distort",
    "make_truth",
    "outcomes",
    "read_spec",
    "synthesise",
    "truths",
]


def __getattr__(name: str) -> Any:
    """Import a part when it is first asked for; numpy and pandas come with it."""
    if name == "Spec":
        from netwerkkracht.synth import spec as module
    elif name == "read_spec":
        from netwerkkracht.synth import reading as module  # type: ignore[no-redef]
    elif name == "distort":
        from netwerkkracht.synth import fieldwork as module  # type: ignore[no-redef]
    elif name == "synthesise":
        from netwerkkracht.synth import run as module  # type: ignore[no-redef]
    elif name in __all__:
        from netwerkkracht.synth import truth as module  # type: ignore[no-redef]
    else:
        raise AttributeError(name)
    return getattr(module, name)
