"""The form in which results may leave, by the profile of the study: exhibits, and what the report reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwerkkracht.exhibits.material import Exhibit, Material

OPEN = "open"


def releasable(frame: Any, exhibit: Exhibit[Any], material: Material, release: Mapping[str, Any]) -> Any:
    """Return the table of an exhibit as the profile of the study lets it leave; ``open`` leaves it as it is.

    Raises
    ------
    StudyError
        ``G10`` for a kind or a column without a role.
    """
    if release["profile"] == OPEN:
        return frame
    from netwerkkracht.exhibits.registry import kind_of
    from netwerkkracht.release.context import gather
    from netwerkkracht.release.rules import Rules
    from netwerkkracht.release.treatments import release_frame

    rules = Rules(release["min_cell"], release["round_to"])
    context = gather(rules, material.facts, exhibit.given, material.panel, material.models, material.specs)
    return release_frame(kind_of(exhibit.kind).sheet, frame, context)


def preparer(release: Mapping[str, Any], codebook: str) -> Callable[[str, Any], Any]:
    """Return what turns a file of the analysis into what may be printed of it; ``open`` leaves it as it is.

    Parameters
    ----------
    release
        Profile, ``min_cell`` and ``round_to``.
    codebook
        Folder of the codebook, for the number of waves.
    """
    if release["profile"] == OPEN:
        return lambda _name, content: content
    from pathlib import Path

    from netwerkkracht.release.rules import Rules
    from netwerkkracht.release.sources import prepare
    from netwerkkracht.study.codebook.problems import Problems
    from netwerkkracht.study.codebook.study import read_study

    rules = Rules(release["min_cell"], release["round_to"])
    waves = len(read_study(Path(codebook), Problems()).waves)
    return lambda name, content: prepare(name, content, rules, waves)
