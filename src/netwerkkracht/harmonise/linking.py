"""Links the rows of all files to persons; who is not linked is set aside with a reason, or is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.identifiers import stored
from netwerkkracht.harmonise.identity import (
    fold,
    key_index,
    large,
    numbered,
    own_keys,
    places,
    proposed,
    spelling,
)
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FileSpec

Mask = npt.NDArray[np.bool_]

WHAT: Mapping[str, tuple[str, str]] = {
    "empty_id": ("D04", "rows without an identifier"),
    "unknown_key": ("K02", "rows whose identifier is not in the key table"),
    "duplicate_identical": ("D04", "rows that stand twice (equal in every column but the identifier)"),
    "duplicate_different": ("D04", "rows of one person in one wave that differ from one another"),
    "both_groups": ("D05", "rows of persons who stand in more than one group"),
    "no_first_wave": ("K03", "rows of persons who have a later wave but not the first"),
}
ACTION: Mapping[str, str] = {
    "empty_id": "complete the identifier in the source",
    "unknown_key": "add the identifier to the key table",
    "duplicate_identical": "remove the copy at the source",
    "duplicate_different": "find out which row is right and remove the other at the source",
    "both_groups": "correct the key table or the file",
    "no_first_wave": "find the person's first interview, or keep the row by decision",
}


@dataclass(frozen=True)
class Rows:
    """One file as rows.

    ``persons`` holds the number of each row's person in ``Linking.people`` (-1 where unknown), ``aside`` the
    reason why the row is set aside (empty when it is kept).
    """

    spec: FileSpec
    persons: npt.NDArray[np.int64]
    aside: Any

    @property
    def kept(self) -> Mask:
        """Rows that go into the panel."""
        return np.asarray(self.aside == "", dtype=bool)


@dataclass
class Linking:
    """Rows per file, the sorted names of all persons, and the findings made on the way."""

    files: dict[str, Rows] = field(default_factory=dict)
    people: Any = None
    findings: list[Finding] = field(default_factory=list)


def link(codebook: Codebook, frames: Mapping[str, Any]) -> Linking:
    """Link rows to persons.

    Parameters
    ----------
    codebook
        The study, with its key table, its rule of identifiers and its linking policies.
    frames
        Rows per file (key of ``files`` in study.yaml), as stored.

    Returns
    -------
    Linking
        Rows in are rows kept plus rows set aside, by reason. Policies that say ``error`` give findings of
        severity error. Identifiers are equal as stored, after trailing blanks, or by ``id_rule`` (K01 when
        that was needed, K07 when it made identifiers of one file equal); K06 proposes rules.
    """
    result = Linking()
    specs = [
        spec
        for spec in codebook.study.files
        if spec.file in frames and all(column in frames[spec.file].columns for column in spec.id)
    ]
    held = {spec.file: stored(frames[spec.file], spec.id) for spec in specs}
    keys = key_index(codebook, result.findings)
    result.findings += proposed(codebook, held, keys)
    keys = own_keys(codebook, held) if keys is None else keys
    result.people, keys = numbered(keys)
    for spec in specs:
        frame = frames[spec.file]
        result.findings += large(codebook, spec, frame)
        texts = held[spec.file]
        written, persons = places(fold(codebook, texts), keys[spec.file])
        result.files[spec.file] = _persons(spec, frame, texts, persons)
        result.findings += spelling(codebook, spec, texts, written)
    _set_aside_across(codebook, result)
    _report(codebook, result)
    return result


def _persons(spec: FileSpec, frame: Any, texts: Any, persons: Any) -> Rows:
    """Set rows without a person aside, and rows of a person who stands twice."""
    import pandas as pd

    aside = np.full(len(frame), "", dtype=object)
    aside[persons < 0] = "unknown_key"
    aside[np.asarray(pd.isna(texts), dtype=bool)] = "empty_id"
    _mark_duplicates(spec, frame, persons, aside)
    return Rows(spec, persons, aside)


def _mark_duplicates(spec: FileSpec, frame: Any, persons: Any, aside: Any) -> None:
    """Mark rows of one person in one file: copies of an equal row, or all rows when they differ."""
    import pandas as pd

    double = pd.Index(persons).duplicated(keep=False) & (aside == "")
    if not double.any():
        return
    who = persons[double]
    others = frame.loc[double].drop(columns=list(spec.id)).reset_index(drop=True)
    rows = pd.concat([pd.Series(who, name="\x00person"), others], axis=1)
    repeated = rows.duplicated().to_numpy()
    distinct = pd.Series(~repeated).groupby(who).transform("sum").to_numpy()
    marks = np.where(distinct > 1, "duplicate_different", np.where(repeated, "duplicate_identical", ""))
    aside[double] = marks


def _set_aside_across(codebook: Codebook, result: Linking) -> None:
    """Mark persons in both groups and persons without a first wave, over all files."""
    study = codebook.study
    # one place more, for rows without a person
    homes = np.zeros(len(result.people) + 1, dtype=np.int64)
    for group in study.groups:
        held = np.zeros(len(homes), dtype=bool)
        for rows in result.files.values():
            if rows.spec.group == group:
                held[rows.persons[rows.kept]] = True
        homes += held
    if (homes > 1).any():
        for rows in result.files.values():
            rows.aside[rows.kept & (homes[rows.persons] > 1)] = "both_groups"
    opening = [rows for rows in result.files.values() if rows.spec.wave == study.waves[0]]
    if not opening or study.linking["no_first_wave"].do == "keep":
        return
    first = np.zeros(len(homes), dtype=bool)
    for rows in opening:
        first[rows.persons[rows.kept]] = True
    for rows in result.files.values():
        if rows.spec.wave != study.waves[0]:
            rows.aside[rows.kept & ~first[rows.persons]] = "no_first_wave"


def _report(codebook: Codebook, result: Linking) -> None:
    study = codebook.study
    # who has no first wave cannot be judged while rows of the first wave are in error
    unsure = any(
        (rows.aside == reason).any() and study.linking[reason].do == "error"
        for rows in result.files.values()
        if rows.spec.wave == study.waves[0]
        for reason in WHAT
        if reason != "no_first_wave"
    )
    for rows in result.files.values():
        for reason, (code, what) in WHAT.items():
            count = int((rows.aside == reason).sum())
            policy = study.linking[reason]
            if not count or policy.do == "keep" or (unsure and reason == "no_first_wave"):
                continue
            stop = policy.do == "error"
            said = "" if stop else f"; set aside by decision {policy.decision}"
            result.findings.append(
                Finding(
                    code,
                    "error" if stop else "warning",
                    f"{what}{said}",
                    file=rows.spec.file,
                    wave=rows.spec.wave,
                    group=rows.spec.group,
                    count=count,
                    expected="each person once per wave, in one group, from the first wave on",
                    action=ACTION[reason]
                    + (f", or write linking.{reason} with a decision in study.yaml" if stop else ""),
                )
            )
