"""The releasable form of an exhibit, between computing it and writing it."""

from __future__ import annotations

from collections.abc import Mapping
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
