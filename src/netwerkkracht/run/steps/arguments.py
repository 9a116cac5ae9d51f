"""The shape of a step's command line: its configuration, what it reads, what it writes, what it is about."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

# the part of the configuration that a step may see
Part = dict[str, Any]


def add_common(parser: argparse.ArgumentParser) -> None:
    """Add what every step of the workflow has."""
    parser.add_argument("--config", type=Path, default=Path("config.yaml"), help="the configuration")
    parser.add_argument("--record", type=Path, help="write what was read and written to this file")
    # of a codebook only its own tables are read, not the recipe of a synthetic study beside them
    parser.set_defaults(item=None, sources=(), targets=(), flat=("codebook",))


def add_item(parser: argparse.ArgumentParser, flag: str, meaning: str) -> None:
    """Add the one model, exhibit or language that the step is about."""
    parser.add_argument(flag, dest="item", required=True, help=meaning)


def add_source(parser: argparse.ArgumentParser, flag: str, meaning: str, *, many: bool = False) -> None:
    """Add a file or folder that the step reads."""
    _add(parser, flag, meaning, many, "sources")


def add_target(parser: argparse.ArgumentParser, flag: str, meaning: str, *, many: bool = False) -> None:
    """Add a file that the step writes."""
    _add(parser, flag, meaning, many, "targets")


def _add(parser: argparse.ArgumentParser, flag: str, meaning: str, many: bool, role: str) -> None:
    if many:
        action = parser.add_argument(flag, type=Path, nargs="*", default=[], help=meaning)
    else:
        action = parser.add_argument(flag, type=Path, required=True, help=meaning)
    parser.set_defaults(**{role: (*parser.get_default(role), action.dest)})
