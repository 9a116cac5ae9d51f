"""Checks whole files: wrong encoding in labels and texts (D09), one file that repeats another (D10)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.columns import SourceFile
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FileSpec

MOJIBAKE = re.compile(
    "[\u00c2\u00c3][\u0080-\u00bf\u20ac\u2018-\u203a\u0152-\u017e\u0192\u02c6\u02dc\u2122]|\u00e2\u20ac|\ufffd|[\u0080-\u009f]"
)
LEAST_ROWS = 8
LEAST_COLUMNS = 3
SAME_COLUMNS = 0.8


def repaired(text: str) -> str | None:
    """Return a text whose UTF-8 bytes were read as windows-1252, as it was meant; None when that fails."""
    try:
        return text.encode("windows-1252").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None


def check_encoding(spec: FileSpec, source: SourceFile, frame: Any) -> Iterator[Finding]:
    """D09: characters that show a file was read in the wrong encoding.

    Labels are shown with their mended form; texts of persons are only counted. What the reader of the file
    already said is not said again.
    """
    if any(finding.code == "D09" for finding in getattr(source, "findings", ())):
        return
    labels = 0
    sample = ""
    for variable in source.variables:
        for text in (variable.label or "", *variable.value_labels.values()):
            if MOJIBAKE.search(text):
                labels += 1
                sample = sample or text
    if labels:
        better = repaired(sample)
        meant = f", meant is perhaps '{better}'" if better else ""
        yield _wrong(
            spec, f"labels with characters of a wrong encoding, such as '{sample}'{meant}", labels, None
        )
    for variable in source.variables:
        if variable.name not in frame.columns or not variable.width:
            continue
        texts = frame[variable.name].dropna().astype(str)
        count = int(texts.str.contains(MOJIBAKE).sum())
        if count:
            yield _wrong(
                spec, f"texts of '{variable.name}' with characters of a wrong encoding", count, variable.name
            )


def _wrong(spec: FileSpec, what: str, count: int, variable: str | None) -> Finding:
    return Finding(
        "D09",
        "error",
        what,
        spec.file,
        variable,
        spec.wave,
        spec.group,
        count,
        "readable text",
        "try the other of UTF-8 and windows-1252: write 'encoding:' for this file in study.yaml",
    )


def check_weight(codebook: Codebook, spec: FileSpec, source: SourceFile) -> Iterator[Finding]:
    """D17: a file that was saved with a weight on, so that SPSS shows other numbers of it."""
    if not source.weight_variable:
        return
    policy = codebook.study.weights
    ignored = policy.do == "ignore" and bool(policy.decision)
    said = (
        f"ignored by decision {policy.decision}" if ignored else "the study does not say what to do with it"
    )
    yield Finding(
        "D17",
        "warning" if ignored else "error",
        f"the file is saved with the weight '{source.weight_variable}' on; {said}",
        spec.file,
        wave=spec.wave,
        group=spec.group,
        expected="an answer in study.yaml to weights",
        action="nothing; all results are unweighted"
        if ignored
        else "write 'weights: {do: ignore, decision: ...}' when unweighted results are right; weighting is "
        "not possible here",
    )


def check_same_rows(codebook: Codebook, frames: Mapping[str, Any]) -> Iterator[Finding]:
    """D10: a file whose rows all stand in another one, identifiers and dates left out.

    Compared are the columns that two files share by name (at least three), over files with at least eight
    different rows that mostly occur once. Cells of one received file are compared only where they are made
    from the same columns: a wide file has other columns for each wave.
    """
    specs = {spec.file: spec for spec in codebook.study.files}
    left_out = _identifying(codebook)
    names = [file for file in specs if file in frames]
    for n, first in enumerate(names):
        for second in names[n + 1 :]:
            if specs[first].path == specs[second].path and not _same_columns(
                codebook, specs[first], specs[second]
            ):
                continue
            small, large = sorted((first, second), key=lambda file: (len(frames[file]), names.index(file)))
            if _inside(frames[small], frames[large], left_out):
                equal = len(frames[small]) == len(frames[large])
                yield Finding(
                    "D10",
                    "error",
                    f"all rows of {small} stand in {large}"
                    + (" and the other way round" if equal else "")
                    + " (identifiers and dates left out)",
                    file=small,
                    wave=specs[small].wave,
                    group=specs[small].group,
                    count=len(frames[small]),
                    expected="other answers in another wave or group",
                    action="ask for the right file; one of the two is probably a copy",
                )


def _same_columns(codebook: Codebook, *specs: FileSpec) -> bool:
    """Whether two cells take nearly all they take from the same columns."""
    used: list[set[str]] = [set(), set()]
    for name in codebook.harmonised:
        for columns, spec in zip(used, specs, strict=True):
            rule = codebook.rules.get((name, spec.wave, spec.group))
            columns |= set(rule.sources if rule is not None else ())
    return len(used[0] & used[1]) >= SAME_COLUMNS * len(used[0] | used[1])


def _identifying(codebook: Codebook) -> set[str]:
    """Return the columns that hold identifiers and dates (lower case)."""
    found = {name.lower() for spec in codebook.study.files for name in spec.id}
    for rule in codebook.rules.values():
        variable = codebook.variables.get(rule.variable)
        if variable is not None and variable.type in {"id", "date"}:
            found |= {name.lower() for name in rule.sources}
    return found


def _inside(small: Any, large: Any, left_out: set[str]) -> bool:
    import pandas as pd

    by_lower = {str(name).lower(): name for name in large.columns}
    shared = [
        (name, by_lower[str(name).lower()])
        for name in small.columns
        if str(name).lower() in by_lower and str(name).lower() not in left_out
    ]
    if len(shared) < LEAST_COLUMNS:
        return False
    sides = []
    for frame, place in ((small, 0), (large, 1)):
        part = pd.DataFrame({str(pair[0]).lower(): _plain(frame[pair[place]]) for pair in shared}, copy=False)
        sides.append(pd.util.hash_pandas_object(part, index=False).to_numpy())
    ours, n_ours = np.unique(sides[0], return_counts=True)
    theirs, n_theirs = np.unique(sides[1], return_counts=True)
    if len(ours) < LEAST_ROWS or 2 * len(ours) < len(small):
        return False
    spot = np.minimum(np.searchsorted(theirs, ours), len(theirs) - 1)
    # rows that many persons share say nothing: most must be the only one of their kind
    alone = 2 * int((n_theirs[spot] == 1).sum()) >= len(ours)
    return alone and bool(((theirs[spot] == ours) & (n_theirs[spot] >= n_ours)).all())


def _plain(series: Any) -> Any:
    """Return a column for hashing, numbers as floats and texts as objects."""
    import pandas as pd

    if pd.api.types.is_numeric_dtype(series.dtype):
        return series.to_numpy(dtype=np.float64)
    return series.astype(object).where(series.notna(), "").astype(str).to_numpy(dtype=object)
