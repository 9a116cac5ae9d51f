"""Whether the texts of a codebook are in the languages of the report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netwerkkracht.core.errors import Finding
from netwerkkracht.core.words import ByLanguage
from netwerkkracht.study.codebook.book import Codebook


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
