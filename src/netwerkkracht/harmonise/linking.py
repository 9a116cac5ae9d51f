"""Links the rows of all files to persons; who is not linked is set aside with a reason, or is an error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.identifiers import altered, comparable, to_objects, written
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FileSpec, KeyRow

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
        The study, with its key table and linking policies.
    frames
        Rows per file (key of ``files`` in study.yaml), as stored.

    Returns
    -------
    Linking
        Rows in are rows kept plus rows set aside, by reason. Policies that say ``error`` give findings of
        severity error. Identifiers are compared without case, blanks and leading zeros (K01 when needed).
    """
    result = Linking()
    keys = _key_index(codebook, result)
    if keys is None:
        keys = _own_keys(codebook, frames)
        tabled = False
    else:
        tabled = True
    result.people, keys = _numbered(keys)
    for spec in codebook.study.files:
        if spec.file in frames and spec.id in frames[spec.file].columns:
            result.files[spec.file] = _persons(spec, frames[spec.file], keys, tabled, result)
    _set_aside_across(codebook, result)
    _report(codebook, result)
    return result


def _key_index(codebook: Codebook, result: Linking) -> dict[str, tuple[Any, Any, Any]] | None:
    """Return per file the compared identifiers, the written ones and the persons of the key table."""
    rows = codebook.study.keys
    if rows is None:
        return None
    import pyarrow as pa

    found = {}
    groups: dict[str, set[str]] = {}
    for spec in codebook.study.files:
        mine: list[KeyRow] = [row for row in rows if row.file == spec.file]
        source = pa.array([row.source_id for row in mine], type=pa.string())
        folded = to_objects(comparable(source))
        doubles = len(mine) - len(set(folded.tolist()))
        if doubles:
            result.findings.append(_key_finding(spec.file, doubles))
        found[spec.file] = (folded, to_objects(source), np.array([row.person_id for row in mine], object))
        for row in mine:
            groups.setdefault(row.person_id, set()).add(spec.group)
    double = sum(1 for held in groups.values() if len(held) > 1)
    if double:
        result.findings.append(
            Finding(
                "D05",
                "error",
                "persons whom the key table places in more than one group",
                count=double,
                expected="each person in one group",
                action="correct the key table",
            )
        )
    return found


def _key_finding(file: str, count: int) -> Finding:
    return Finding(
        "K04",
        "error",
        "identifiers that stand twice in the key table (case, blanks and leading zeros ignored)",
        file=file,
        count=count,
        expected="each identifier of a file once",
        action="remove the double lines from the key table",
    )


def _own_keys(codebook: Codebook, frames: Mapping[str, Any]) -> dict[str, tuple[Any, Any, Any]]:
    """Without a key table a person is named by the identifier, spelled as the first file that has it."""
    import pandas as pd

    parts = []
    for spec in codebook.study.files:
        if spec.file in frames and spec.id in frames[spec.file].columns:
            texts = written(frames[spec.file][spec.id])
            parts.append(pd.DataFrame({"key": to_objects(comparable(texts)), "as": to_objects(texts)}))
    if not parts:
        return {}
    # within a file the smallest spelling, so that the order of rows does not matter
    parts = [part.dropna().sort_values("as").drop_duplicates("key") for part in parts]
    table = pd.concat(parts).drop_duplicates("key")
    entry = (table["key"].to_numpy(object), table["as"].to_numpy(object), table["as"].to_numpy(object))
    return {spec.file: entry for spec in codebook.study.files}


def _numbered(keys: Mapping[str, tuple[Any, Any, Any]]) -> tuple[Any, dict[str, tuple[Any, Any, Any]]]:
    """Give each person a number in the order of the names, so that rows are compared as numbers."""
    import pandas as pd

    everyone = np.concatenate([np.array([], dtype=object), *(entry[2] for entry in keys.values())])
    names = pd.Index(everyone, dtype=object).unique().sort_values()
    if len({id(entry) for entry in keys.values()}) == 1:
        folded, spelled, people = next(iter(keys.values()))
        shared = (folded, spelled, names.get_indexer(pd.Index(people, dtype=object)))
        return names.to_numpy(), dict.fromkeys(keys, shared)
    return names.to_numpy(), {
        file: (folded, spelled, names.get_indexer(pd.Index(people, dtype=object)))
        for file, (folded, spelled, people) in keys.items()
    }


def _persons(
    spec: FileSpec, frame: Any, keys: Mapping[str, tuple[Any, Any, Any]], tabled: bool, result: Linking
) -> Rows:
    import pandas as pd

    texts = written(frame[spec.id])
    blank = np.array([], object)
    folded, spelled, people = keys.get(spec.file, (blank, blank, np.array([], np.int64)))
    first = ~pd.Index(folded, dtype=object).duplicated()
    if not first.all():
        folded, spelled, people = folded[first], spelled[first], people[first]
    place = pd.Index(folded, dtype=object).get_indexer(pd.Index(to_objects(comparable(texts)), dtype=object))
    empty = np.asarray(texts.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    known = (place >= 0) & ~empty
    persons = np.full(len(frame), -1, dtype=np.int64)
    persons[known] = people[place[known]]
    raw = to_objects(texts)
    changed = altered(frame[spec.id]) & known
    changed[known] |= raw[known] != spelled[place[known]]
    if changed.any():
        result.findings.append(
            Finding(
                "K01",
                "warning",
                "identifiers that match only after dropping blanks, case or leading zeros",
                file=spec.file,
                count=int(changed.sum()),
                expected="the spelling of the key table" if tabled else "one spelling in all files",
                action="nothing to do for the result; mend the spelling at the source",
            )
        )
    aside = np.full(len(frame), "", dtype=object)
    aside[~known] = "unknown_key"
    aside[empty] = "empty_id"
    _mark_duplicates(spec, frame, persons, aside)
    return Rows(spec, persons, aside)


def _mark_duplicates(spec: FileSpec, frame: Any, persons: Any, aside: Any) -> None:
    """Mark rows of one person in one file: copies of an equal row, or all rows when they differ."""
    import pandas as pd

    double = pd.Index(persons).duplicated(keep=False) & (aside == "")
    if not double.any():
        return
    who = persons[double]
    others = frame.loc[double].drop(columns=spec.id).reset_index(drop=True)
    rows = pd.concat([pd.Series(who, name="\x00person"), others], axis=1)
    repeated = rows.duplicated().to_numpy()
    distinct = pd.Series(~repeated).groupby(who).transform("sum").to_numpy()
    marks = np.where(distinct > 1, "duplicate_different", np.where(repeated, "duplicate_identical", ""))
    aside[double] = marks


def _set_aside_across(codebook: Codebook, result: Linking) -> None:
    """Mark persons in both groups and persons without a first wave, over all files."""
    study = codebook.study
    homes = np.zeros(len(result.people), dtype=np.int64)
    for group in study.groups:
        held = np.zeros(len(result.people), dtype=bool)
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
    first = np.zeros(len(result.people), dtype=bool)
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
