"""What the helper of a run has ready for every job: the configuration, the codebook, the places of code."""

from __future__ import annotations

from pathlib import Path


def prepare() -> None:
    """Read configuration and codebook of this folder, and where the code of its exhibits stands.

    Whoever asks later, in this process or in a copy of it, finds them known.
    """
    from contextlib import suppress

    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.provenance.codelines import places
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.config import read_config

    # a mistake is told by the step that meets it
    with suppress(StudyError, OSError):
        config = read_config(Path("config.yaml"))
        for exhibit in config.exhibits:
            for step in ("data", "draw", "figure", "table"):
                places(step, {"exhibit": {"kind": exhibit.kind}})
        read_codebook(Path(config.study.codebook))
