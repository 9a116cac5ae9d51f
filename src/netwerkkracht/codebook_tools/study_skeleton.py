"""Writes the study.yaml of a codebook skeleton."""

from __future__ import annotations

from collections.abc import Mapping, Sequence


def study_text(
    study: str,
    files: Sequence[str],
    cells: Sequence[tuple[str, str]],
    paths: Sequence[str],
    ids: Mapping[str, str],
) -> str:
    """Return study.yaml with waves, groups and files as given."""
    waves = list(dict.fromkeys(wave for wave, _ in cells))
    groups = list(dict.fromkeys(group for _, group in cells))
    lines = [
        f"study: {_quoted(study)}",
        f"title: {{nl: {_quoted(study)}, en: {_quoted(study)}}}",
        f"waves: [{', '.join(_quoted(wave) for wave in waves)}]",
        "groups:",
        *(f"  {_quoted(group)}: {{nl: {_quoted(group)}, en: {_quoted(group)}}}" for group in groups),
        "person: person_id",
        "group: group",
        "wave: wave",
        "# keys: keys.csv        # needed when a person has another identifier in each file",
        "# examples: ../data/real/examples.csv  # where worked examples of real persons lie: beside the data",
        "# date: interview_date  # the date variable that must follow the order of the waves",
        "files:",
    ]
    for file, (wave, group), path in zip(files, cells, paths, strict=True):
        lines.append(
            f"  - {{file: {_quoted(file)}, wave: {_quoted(wave)}, group: {_quoted(group)}, "
            f"path: {_quoted(path)}, id: {_quoted(ids[file])}}}"
        )
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
