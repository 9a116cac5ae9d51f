"""Takes the rows of each cell from its file: ordinary files whole, files of several cells by ``rows``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from netwerkkracht.core.errors import Finding, nearest
from netwerkkracht.harmonise.columns import SourceFile
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import fold, number
from netwerkkracht.study.codebook.types import FileSpec


def select_rows(
    codebook: Codebook, files: Mapping[str, SourceFile], findings: list[Finding]
) -> tuple[dict[str, Any], dict[str, int]]:
    """Return the rows per file entry, and per received file the number of rows that no entry takes.

    A file that is not given is D00, a missing identifier or selection column D07, rows of no cell K05.
    """
    chosen: dict[str, Any] = {}
    taken: dict[str, Any] = {}
    first: dict[str, str] = {}
    for spec in codebook.study.files:
        if spec.file not in files:
            findings.append(_not_given(spec))
            continue
        frame = files[spec.file].frame
        columns = (*spec.id, *(column for column, _ in spec.rows))
        absent = [column for column in columns if column not in frame.columns]
        findings += [
            missing_column(spec, column, frame.columns, "identifier or selection")
            for column in absent
            # an empty name was told when the codebook was read
            if column
        ]
        if absent:
            continue
        mask = np.ones(len(frame), dtype=bool)
        for column, wanted in spec.rows:
            mask &= _holds(frame[column], wanted)
        chosen[spec.file] = frame if mask.all() else frame.loc[mask].reset_index(drop=True)
        taken[spec.path] = taken.get(spec.path, np.zeros(len(frame), dtype=bool)) | mask
        first.setdefault(spec.path, spec.file)
    rests = {first[path]: int((~mask).sum()) for path, mask in taken.items() if not mask.all()}
    for file, count in rests.items():
        findings.append(
            Finding(
                "K05",
                "error",
                "rows that belong to no wave and group",
                file=file,
                count=count,
                expected="every row taken by one of the file's entries in study.yaml",
                action="complete 'rows' of the entries of this file",
            )
        )
    return chosen, rests


def _holds(series: Any, wanted: tuple[str, ...]) -> Any:
    if wanted == ("present",):
        filled = series.notna()
        return np.asarray(filled if _numeric(series) else filled & (series.astype(str).str.strip() != ""))
    if _numeric(series):
        values = [number(word) for word in wanted]
        return np.asarray(series.isin([value for value in values if value is not None]))
    return np.asarray(series.map(lambda text: fold(str(text))).isin([fold(word) for word in wanted]))


def _numeric(series: Any) -> bool:
    import pandas as pd

    return bool(pd.api.types.is_numeric_dtype(series.dtype))


def _not_given(spec: FileSpec) -> Finding:
    return Finding(
        "D00",
        "error",
        "the file was not read",
        file=spec.file,
        wave=spec.wave,
        group=spec.group,
        expected=f"the file {spec.path}",
        action="put the file in the data folder",
    )


def missing_column(spec: FileSpec, column: str, held: Any, kind: str) -> Finding:
    """Return the finding for a column that the crosswalk names and the file does not have (D07)."""
    hint = nearest(column, [str(name) for name in held])
    return Finding(
        "D07",
        "error",
        f"the {kind} '{column}' is not in the file" + (f" ({hint})" if hint else ""),
        file=spec.file,
        variable=column,
        wave=spec.wave,
        group=spec.group,
        expected="the variables that the codebook names",
        action="correct the name in the codebook, or ask for the complete file",
    )
