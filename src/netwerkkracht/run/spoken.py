"""Whether all that a report needs is said in its languages: the program's words and the codebook's texts."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.core.words import Section
from netwerkkracht.study.config import Config

# every layer that says something to a reader
LAYERS: Final = (
    "core.languages",
    "study.codebook.words",
    "exhibits.words",
    "report.words",
    "notebooks.words",
)


def language_faults(config: Config) -> list[Finding]:
    """Return what a language of the report lacks, before any job.

    Returns
    -------
    list of Finding
        ``L03`` for a layer of the program without words in it; ``X10`` for a file of the codebook whose texts
        are in other languages only.
    """
    from netwerkkracht.study.codebook import read_codebook
    from netwerkkracht.study.codebook.spoken import codebook_faults

    faults = word_faults(config.report.languages)
    # a mistake in the codebook is told by the step that works with it
    with suppress(StudyError, OSError):
        faults += codebook_faults(read_codebook(Path(config.study.codebook)), config.report.languages)
    return faults


def word_faults(languages: Sequence[str]) -> list[Finding]:
    """Return ``L03`` for each layer without a file of words in a language."""
    return [
        Finding(
            "L03",
            "error",
            f"there are no words in '{lang}'",
            file=f"{layer.replace('.', '/')}/{lang}.yaml",
            expected=f"one of: {', '.join(known)}",
            action="choose one of these languages for the report, or write the file from that of another one",
        )
        for layer in LAYERS
        for known in (Section(f"netwerkkracht.{layer}").languages,)
        for lang in languages
        if lang not in known
    ]
