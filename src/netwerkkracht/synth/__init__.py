"""Invent a study: a truth from declared assumptions, and the files a fieldwork would have made of it.

The generator reads a specification and never any microdata.
"""

from __future__ import annotations

from typing import Any

_HOME = {
    "Spec": "spec",
    "read_spec": "reading",
    "Truth": "truth",
    "make_truth": "truth",
    "truths": "truth",
    "outcomes": "truth",
    "design": "truth",
    "distort": "fieldwork",
    "synthesise": "run",
}
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
    if name not in _HOME:
        raise AttributeError(name)
    from importlib import import_module

    return getattr(import_module(f"netwerkkracht.synth.{_HOME[name]}"), name)
