"""Links the rows of all files to persons; who is not linked is set aside with a reason, or is an error."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.columns import SourceFile
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
from netwerkkracht.harmonise.linked import ACTION, WHAT, Linking, Rows
from netwerkkracht.harmonise.repeated import choose_repeated
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FileSpec, Policy


def link(codebook: Codebook, files: Mapping[str, SourceFile], frames: Mapping[str, Any]) -> Linking:
    """Link rows to persons.

    Parameters
    ----------
    codebook
        The study, with its key table, its rule of identifiers and its linking policies.
    files
        The received files per entry of study.yaml, for what they declare missing.
    frames
        The rows of each entry, as stored.

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
        result.findings += large(codebook, spec, frames[spec.file])
        texts = held[spec.file]
        written, persons = places(fold(codebook, texts), keys[spec.file])
        result.files[spec.file] = _persons(codebook, spec, texts, persons)
        result.findings += spelling(codebook, spec, texts, written)
    for cell in codebook.cells:
        mine = [rows for rows in result.files.values() if (rows.spec.wave, rows.spec.group) == cell]
        choose_repeated(codebook, mine, files, frames, result)
    _set_aside_across(codebook, result)
    _report(codebook, result)
    return result


def _persons(codebook: Codebook, spec: FileSpec, texts: Any, persons: Any) -> Rows:
    """Set rows without a person aside."""
    import pandas as pd

    aside = np.full(len(texts), "", dtype=object)
    aside[persons < 0] = "unknown_key"
    aside[np.asarray(pd.isna(texts), dtype=bool)] = "empty_id"
    group = list(codebook.study.groups).index(spec.group)
    return Rows(spec, persons, aside, np.full(len(texts), group, dtype=np.int64))


def _set_aside_across(codebook: Codebook, result: Linking) -> None:
    """Mark persons in both groups and persons without a first wave, over all files."""
    study = codebook.study
    _settle_groups(codebook, result)
    opening = [rows for rows in result.files.values() if rows.spec.wave == study.waves[0]]
    if not opening or study.linking["no_first_wave"].do == "keep":
        return
    first = np.zeros(len(result.people) + 1, dtype=bool)
    for rows in opening:
        first[rows.persons[rows.kept]] = True
    for rows in result.files.values():
        if rows.spec.wave != study.waves[0]:
            rows.aside[rows.kept & ~first[rows.persons]] = "no_first_wave"


def _settle_groups(codebook: Codebook, result: Linking) -> None:
    """Set persons of several groups aside, or count them in the group of their first or last wave.

    Who stands in two groups in one wave has no such group, and stays an error.
    """
    study = codebook.study
    groups = list(study.groups)
    # one place more, for rows without a person
    held = np.zeros((len(result.people) + 1, len(study.waves), len(groups)), dtype=bool)
    for rows in result.files.values():
        wave, group = study.waves.index(rows.spec.wave), groups.index(rows.spec.group)
        held[rows.persons[rows.kept], wave, group] = True
    several = held.any(axis=1).sum(axis=1) > 1
    policy = study.linking["both_groups"]
    moved = np.zeros(len(several), dtype=bool)
    if policy.do in {"as_first", "as_last"}:
        moved = several & (held.sum(axis=2) <= 1).all(axis=1)
        waves = held if policy.do == "as_first" else held[:, ::-1]
        there = waves.any(axis=2).argmax(axis=1)
        homes = waves[np.arange(len(waves)), there].argmax(axis=1)
        for rows in result.files.values():
            rows.groups[moved[rows.persons]] = homes[rows.persons][moved[rows.persons]]
    for rows in result.files.values():
        stuck = rows.kept & (several & ~moved)[rows.persons]
        rows.aside[stuck] = "both_groups"
        if stuck.any() and policy.do in {"as_first", "as_last"}:
            result.stuck[rows.spec.file, "both_groups"] = int(stuck.sum())
    if moved.any():
        which = "first" if policy.do == "as_first" else "last"
        result.findings.append(
            Finding(
                "D05",
                "warning",
                f"persons of more than one group, counted in that of their {which} wave by decision "
                f"{policy.decision}",
                count=int(moved.sum()),
                expected="each person in one group",
                action="nothing to do when the decision is right",
            )
        )


def _report(codebook: Codebook, result: Linking) -> None:
    study = codebook.study
    # who has no first wave cannot be judged while rows of the first wave are in error
    unsure = any(
        (rows.aside == reason).any()
        and (study.linking[reason].do == "error" or (rows.spec.file, reason) in result.stuck)
        for rows in result.files.values()
        if rows.spec.wave == study.waves[0]
        for reason in WHAT
        if reason != "no_first_wave"
    )
    for rows in result.files.values():
        for reason in WHAT:
            count = int((rows.aside == reason).sum())
            stuck = result.stuck.get((rows.spec.file, reason), 0)
            if study.linking[reason].do == "keep" or (unsure and reason == "no_first_wave"):
                continue
            if stuck:
                result.findings.append(_told(rows.spec, reason, study.linking[reason], stuck, stuck=True))
            if count - stuck:
                result.findings.append(_told(rows.spec, reason, study.linking[reason], count - stuck))


def _told(spec: FileSpec, reason: str, policy: Policy, count: int, *, stuck: bool = False) -> Finding:
    """Return the finding for rows set aside for one reason, as the policy says."""
    stop = stuck or policy.do == "error"
    by = f" by {policy.by}" if policy.by else ""
    done = f"{policy.do}{by}" if policy.do.startswith("keep_") else "set aside"
    said = "" if stop else f"; {done} by decision {policy.decision}"
    if stuck:
        said = f"; {policy.do}{by} does not say which: the order is not known, or it is the same"
    code, what = WHAT[reason]
    way_out = "" if stuck or not stop else f", or write linking.{reason} with a decision in study.yaml"
    return Finding(
        code,
        "error" if stop else "warning",
        f"{what}{said}",
        file=spec.file,
        wave=spec.wave,
        group=spec.group,
        count=count,
        expected="each person once per wave, in one group, from the first wave on",
        action=ACTION[reason] + way_out,
    )
