"""What the report may read beside the exhibits, by the profile of the study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any


def preparer(release: Mapping[str, Any], codebook: str) -> Callable[[str, Any], Any]:
    """Return what turns a file of the analysis into what may be printed of it; ``open`` leaves it as it is.

    Parameters
    ----------
    release
        Profile, ``min_cell`` and ``round_to``.
    codebook
        Folder of the codebook, for the number of waves.
    """
    if release["profile"] == "open":
        return lambda _name, content: content
    from pathlib import Path

    from netwerkkracht.release.rules import Rules
    from netwerkkracht.release.sources import prepare
    from netwerkkracht.study.codebook.problems import Problems
    from netwerkkracht.study.codebook.study import read_study

    rules = Rules(release["min_cell"], release["round_to"])
    waves = len(read_study(Path(codebook), Problems()).waves)
    return lambda name, content: prepare(name, content, rules, waves)
