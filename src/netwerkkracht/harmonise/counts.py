"""Counts that account for every row and every missing value: flow, set aside, missing, trace."""

from __future__ import annotations

from typing import Any

import numpy as np

from netwerkkracht.harmonise.linked import WHAT, Linking
from netwerkkracht.harmonise.reasons import CODE, UNKNOWN, VALID, Reasons, from_column
from netwerkkracht.harmonise.selection import NO_CELL, NO_INTERVIEW, Selection
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import REASONS, SourceRule


def set_aside_table(codebook: Codebook, linking: Linking, selection: Selection) -> Any:
    """Return file, reason, count of every row that is not in the panel. No identifiers."""
    import pandas as pd

    rows = [
        (file, reason, int((held.aside == reason).sum()))
        for file, held in linking.files.items()
        for reason in WHAT
        if (held.aside == reason).any()
    ]
    named = (*(rule.name for rule in codebook.study.leave_out), NO_INTERVIEW, NO_CELL)
    rows += [
        (file, reason, counts[reason])
        for file, counts in selection.aside.items()
        for reason in named
        if counts[reason]
    ]
    return pd.DataFrame(rows, columns=["file", "reason", "count"])


def flow_table(linking: Linking, selection: Selection) -> Any:
    """Return per file the rows in, used and set aside; the first is the sum of the other two.

    Rows of a received file that no entry takes are in no row of this table (K05 stops a run for them).
    """
    import pandas as pd

    aside = {file: counts.total() - counts[NO_CELL] for file, counts in selection.aside.items()}
    rows = [
        (
            file,
            held.spec.wave,
            held.spec.group,
            len(held.aside) + aside[file],
            int(held.kept.sum()),
            int((~held.kept).sum()) + aside[file],
        )
        for file, held in linking.files.items()
    ]
    return pd.DataFrame(rows, columns=["file", "wave", "group", "rows_in", "used", "set_aside"])


def trace_row(file: str, rule: SourceRule, reasons: Reasons) -> tuple[Any, ...]:
    """Return one line of the trace: what was done for a variable in a file, and what came out."""
    return (
        rule.variable,
        rule.wave,
        rule.group,
        file,
        rule.rule,
        " ".join(rule.sources),
        " ".join(dict.fromkeys(rule.codes)),
        rule.decision,
        len(reasons),
        int((reasons == VALID).sum()),
        int((reasons > VALID).sum()),
        int((reasons == UNKNOWN).sum()),
    )


TRACE = (
    "variable",
    "wave",
    "group",
    "file",
    "rule",
    "source",
    "codes",
    "decision",
    "rows",
    "valid",
    "missing",
    "not_covered",
)


def observed(codebook: Codebook, panel: Any) -> Any:
    """Return the rows with an interview: not every variable is missing for the reason "no interview"."""
    absent = np.full(len(panel), bool(codebook.harmonised))
    for name in codebook.harmonised:
        absent &= from_column(panel[f"{name}__reason"]) == CODE["m"]
    return ~absent


def count_missing(codebook: Codebook, panel: Any) -> Any:
    """Count valid and missing values per variable, wave, group and reason.

    Parameters
    ----------
    codebook, panel
        The study and its panel (with or without rows for persons without an interview).

    Returns
    -------
    DataFrame
        variable, wave, group, reason (empty = valid), count; only counts above 0. Persons of a group who
        have no interview in a wave are counted under ``m`` for every variable.
    """
    import pandas as pd

    study = codebook.study
    panel = panel[observed(codebook, panel)]
    cells = [(wave, group) for wave in study.waves for group in study.groups]
    place = pd.MultiIndex.from_tuples(cells).get_indexer(
        pd.MultiIndex.from_arrays([panel[study.wave].astype(str), panel[study.group].astype(str)])
    )
    roster = panel.groupby(study.group, observed=True)[study.person].nunique()
    held = np.bincount(place, minlength=len(cells))
    absent = [int(roster.get(group, 0)) - int(held[n]) for n, (_, group) in enumerate(cells)]
    rows = []
    for name in codebook.columns:
        codes = from_column(panel[f"{name}__reason"]).astype(np.int64)
        counts = np.bincount(place * len(REASONS) + codes, minlength=len(cells) * len(REASONS))
        table = counts.reshape(len(cells), len(REASONS))
        table[:, CODE["m"]] += absent
        rows += [
            (name, wave, group, reason, int(table[n, code]))
            for n, (wave, group) in enumerate(cells)
            for code, reason in enumerate(REASONS)
            if table[n, code]
        ]
    return pd.DataFrame(rows, columns=["variable", "wave", "group", "reason", "count"])
