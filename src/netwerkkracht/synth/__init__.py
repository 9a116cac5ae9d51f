"""Invent a study: a truth from declared assumptions, and the files a fieldwork would have made of it.

The generator reads a specification and never any microdata.
"""

from __future__ import annotations

from importlib import import_module
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

# imported when they are first used, because they bring numpy and pandas. By name, so that the simulations,
# which draw and write no file, do not rest on the fieldwork and the writer
_LATE = {
    "Spec": "spec",
    "Truth": "truth",
    "design": "truth",
    "distort": "fieldwork",
    "make_truth": "truth",
    "outcomes": "truth",
    "read_spec": "reading",
    "synthesise": "run",
    "truths": "truth",
}


def __getattr__(name: str) -> Any:
    """Import what is offered when it is first used."""
    if name not in _LATE:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_LATE[name]}"), name)
