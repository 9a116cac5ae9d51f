"""The releasable form of an exhibit, between computing it and writing it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwerkkracht.exhibits.kinds import Exhibit, Material

OPEN = "open"


def releasable(frame: Any, exhibit: Exhibit, material: Material, release: Mapping[str, Any]) -> Any:
    """Return the table of an exhibit as the profile of the study lets it leave; ``open`` leaves it as it is.

    Raises
    ------
    StudyError
        ``G10`` for a kind or a column without a role.
    """
    if release["profile"] == OPEN:
        return frame
    from netwerkkracht.exhibits.roles import SHEETS
    from netwerkkracht.release.context import gather
    from netwerkkracht.release.treatments import release_frame

    context = gather(
        limits(release), material.facts, exhibit.options, material.panel, material.models, material.specs
    )
    return release_frame(exhibit.kind, frame, SHEETS, context)


def preparer(release: Mapping[str, Any], waves: int) -> Callable[[str, Any], Any]:
    """Return what turns a file of the analysis into what the report may print of it."""
    if release["profile"] == OPEN:
        return lambda _name, content: content
    from netwerkkracht.release.sources import prepare

    rules = limits(release)
    return lambda name, content: prepare(name, content, rules, waves)


def waves_of(codebook: str) -> int:
    """Return the number of waves of the study."""
    from pathlib import Path

    from netwerkkracht.codebook.problems import Problems
    from netwerkkracht.codebook.study import read_study

    return len(read_study(Path(codebook), Problems()).waves)


def limits(release: Mapping[str, Any]) -> Any:
    """Return the rules of the profile."""
    from netwerkkracht.release.rules import Rules

    return Rules(release["min_cell"], release["round_to"])
