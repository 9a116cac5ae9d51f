"""Rows of one person in one wave: copies, and interviews that differ, of which a decision may keep one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netwerkkracht.harmonise.columns import SourceFile, make_column
from netwerkkracht.harmonise.linked import Linking, Rows
from netwerkkracht.study.codebook.book import Codebook

PERSON = "\x00person"


def choose_repeated(
    codebook: Codebook,
    cell: Sequence[Rows],
    files: Mapping[str, SourceFile],
    frames: Mapping[str, Any],
    result: Linking,
) -> None:
    """Mark rows of persons who stand more than once in the files of one wave and group.

    Copies that are equal in every column are marked, and the first stays. Of rows that differ the policy
    ``duplicate_different`` keeps the first, the last (by a numeric column, else in the order of the files) or
    the most complete one; where it does not say which, all are marked and counted as undecided.
    """
    import pandas as pd

    persons = np.concatenate([np.array([], dtype=np.int64), *(rows.persons for rows in cell)])
    aside = np.concatenate([np.array([], dtype=object), *(rows.aside for rows in cell)])
    double = pd.Index(persons).duplicated(keep=False) & (aside == "")
    if not double.any():
        return
    sizes = [len(rows.persons) for rows in cell]
    parts = np.split(double, np.cumsum(sizes)[:-1])
    held = [frames[rows.spec.file].loc[part] for rows, part in zip(cell, parts, strict=True)]
    who = persons[double]
    others = pd.concat(held, ignore_index=True)
    table = pd.concat([pd.Series(who, name=PERSON), others], axis=1)
    repeated = table.duplicated().to_numpy()
    distinct = pd.Series(~repeated).groupby(who).transform("sum").to_numpy()
    marks = np.where(distinct > 1, "duplicate_different", np.where(repeated, "duplicate_identical", ""))
    policy = codebook.study.linking["duplicate_different"]
    stuck = np.zeros(len(marks), dtype=bool)
    if policy.do.startswith("keep_"):
        # copies were dealt with: of each different row the first
        choose = (distinct > 1) & ~repeated
        scores = np.concatenate(
            [
                _scores(policy.do, policy.by, files[rows.spec.file], part)
                for rows, part in zip(cell, held, strict=True)
            ]
        )
        if policy.do != "keep_most_complete" and not policy.by:
            scores = np.arange(len(marks), dtype=np.float64)
        kept, stuck = _best(who, np.where(choose, scores, np.nan), choose, lowest=policy.do == "keep_first")
        marks[kept] = ""
    aside[double] = marks
    undecided = np.zeros(len(aside), dtype=bool)
    undecided[double] = stuck
    bounds = np.cumsum(sizes)[:-1]
    for rows, part, open_ in zip(cell, np.split(aside, bounds), np.split(undecided, bounds), strict=True):
        rows.aside[:] = part
        if open_.any():
            result.stuck[rows.spec.file, "duplicate_different"] = int(open_.sum())


def _scores(do: str, by: str, source: SourceFile, frame: Any) -> Any:
    """Return by what repeated rows are compared, NaN where that is not known."""
    import pandas as pd

    if do == "keep_most_complete":
        answers = np.zeros(len(frame))
        for variable in source.variables:
            column = make_column(variable, frame[variable.name])
            valid = [not column.declares(value) for value in column.uniques.tolist()]
            answers += np.array([*valid, False], dtype=bool)[column.index]
        return answers
    if by in frame.columns and pd.api.types.is_numeric_dtype(frame[by].dtype):
        return frame[by].to_numpy(dtype=np.float64)
    return np.full(len(frame), np.nan)


def _best(who: Any, scores: Any, choose: Any, *, lowest: bool) -> tuple[Any, Any]:
    """Return the rows that win for each person, and all rows of persons for whom none does."""
    import pandas as pd

    ranked = pd.DataFrame({"who": who, "score": -scores if lowest else scores, "choose": choose})
    top = ranked[choose].groupby("who")["score"].transform("max").reindex(ranked.index)
    wins = choose & (ranked["score"].to_numpy() == top.to_numpy())
    several = pd.Series(wins).groupby(who).transform("sum").to_numpy() != 1
    unknown = pd.Series(choose & np.isnan(scores)).groupby(who).transform("any").to_numpy()
    open_ = pd.Series(choose).groupby(who).transform("any").to_numpy() & (several | unknown)
    return wins & ~open_, open_
