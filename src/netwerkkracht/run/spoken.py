"""Whether all that a report needs is said in its languages: the program's words and the codebook's texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.core.words import ByLanguage, Section
from netwerkkracht.study.config import Config

if TYPE_CHECKING:
    from netwerkkracht.study.codebook import Codebook

# every layer that says something to a reader
LAYERS: Final = ("core.languages", "exhibits.words", "report.words")


def language_faults(config: Config) -> list[Finding]:
    """Return what a language of the report lacks, before any job.

    Returns
    -------
    list of Finding
        ``L03`` for a layer of the program without words in it; ``X10`` for a file of the codebook whose texts
        are in other languages only.
    """
    from netwerkkracht.study.codebook import read_codebook

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


def codebook_faults(codebook: Codebook, languages: Sequence[str]) -> list[Finding]:
    """Return ``X10`` for each file of a codebook whose texts are in other languages only.

    A single text that is not said in a language is said in the first one instead.
    """
    return [
        Finding(
            "X10",
            "error",
            f"there are no texts in '{lang}', a language of the report",
            file=file,
            expected=f"texts in {', '.join(languages)}",
            action="add them, such as a column label_LANGUAGE, or change 'report.languages'",
        )
        for file, texts in _texts(codebook).items()
        for lang in languages
        if any(texts) and not any(lang in text for text in texts)
    ]


def _texts(codebook: Codebook) -> Mapping[str, list[ByLanguage]]:
    study = codebook.study
    codes = [code.label for listed in codebook.targets.values() for code in listed]
    decided = [text for one in codebook.decisions.values() for text in (one.decision, one.reason)]
    return {
        "study.yaml": [study.title, *study.wave_labels.values(), *study.groups.values()],
        "variables.csv": [variable.label for variable in codebook.variables.values()],
        "targets.csv": codes,
        "derived.csv": [derived.label for derived in codebook.derived.values()],
        "decisions.csv": decided,
    }
