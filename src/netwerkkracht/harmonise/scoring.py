"""Computes the derived indices of a panel from the fixed set of rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netwerkkracht.harmonise.derived_values import (
    Items,
    Scored,
    finish,
    score_areas,
    score_classes,
    score_combine,
    score_flag,
    score_items,
    score_logic,
    score_mean_present,
)
from netwerkkracht.harmonise.loneliness import score_loneliness
from netwerkkracht.harmonise.reasons import CODE, VALID, Floats, Reasons, from_column, to_categorical
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.derived import COMPOSITE, DATE_RULES, asked_items, split_item
from netwerkkracht.study.codebook.types import Derived

DAYS_PER_MONTH = 30.4375
BLOCK = 65_536
SCORERS: Mapping[str, Callable[[Derived, Items], Scored]] = {
    **dict.fromkeys(("count_from", "count_upto", "sum", "mean", "max", "min"), score_items),
    **dict.fromkeys(("all_of", "any_of"), score_logic),
    **dict.fromkeys(("at_least", "at_most", "greater", "equals"), score_flag),
    **dict.fromkeys(("djg_total", "djg_emotional", "djg_social"), score_loneliness),
    "classes": score_classes,
    "combine": score_combine,
    "areas": score_areas,
    "mean_present": score_mean_present,
}


class Source:
    """The panel as a source of items: values by name, and ``name@wave`` of the same person."""

    def __init__(self, codebook: Codebook, panel: Any) -> None:
        """Keep the panel's columns and the rows of each person per wave."""
        self.codebook = codebook
        study = codebook.study
        self.columns: dict[str, Any] = {}
        self.reasons: dict[str, Reasons] = {}
        self.panel = panel
        self.waves = panel[study.wave].astype(str).to_numpy()
        self.groups = panel[study.group].astype(str).to_numpy()
        self.n = len(panel)
        self.absent = self._absent()

    def _absent(self) -> Any:
        """Rows that stand for a person without an interview: every variable is missing for that reason."""
        mask = np.full(self.n, bool(self.codebook.harmonised))
        for name in self.codebook.harmonised:
            mask &= from_column(self.panel[f"{name}__reason"]) == CODE["m"]
        return mask

    def get(self, item: str) -> Scored:
        """Return values and reasons of an item."""
        name, wave = split_item(item)
        if name not in self.columns:
            column = self.panel[name]
            text = self.codebook.is_text(name)
            self.columns[name] = column.to_numpy(dtype=object if text else np.float64)
            self.reasons[name] = from_column(self.panel[f"{name}__reason"])
        values, reasons = self.columns[name], self.reasons[name]
        if wave is None:
            return values, reasons
        place = self.rows_in(wave)
        held = place >= 0
        blank = None if values.dtype == object else np.nan
        taken: Any = np.where(held, values[place], blank)
        return taken, np.where(held, reasons[place], np.int8(CODE["m"])).astype(np.int8)

    def rows_in(self, wave: str) -> Any:
        """Return for each row the position of the same person's row in a wave, -1 where there is none."""
        import pandas as pd

        there = np.flatnonzero((self.waves == wave) & ~self.absent)
        people = self.panel[self.codebook.study.person].to_numpy(dtype=object)
        found = pd.Index(people[there]).get_indexer(pd.Index(people))
        return np.where(found >= 0, there[found] if len(there) else -1, -1)

    def put(self, name: str, scored: Scored) -> None:
        """Add an index, so that later ones can use it."""
        self.columns[name], self.reasons[name] = scored


def score(codebook: Codebook, panel: Any) -> Any:
    """Return the panel with all derived indices computed.

    Parameters
    ----------
    codebook
        The study.
    panel
        Person x wave rows with the canonical variables and their ``__reason`` columns. Derived columns that
        are already there are computed anew.

    Returns
    -------
    DataFrame
        Key columns, canonical variables and indices, each with its reason column, in codebook order. Rows
        without an interview (every variable missing for that reason) keep that reason in every index.
    """
    import pandas as pd

    source = Source(codebook, panel)
    columns: dict[str, Any] = {name: panel[name] for name in codebook.study.key_columns}
    for name in codebook.harmonised:
        columns[name], columns[f"{name}__reason"] = panel[name], panel[f"{name}__reason"]
    for name, derived in codebook.derived.items():
        values, reasons = _score_one(codebook, derived, source)
        if derived.rule != "in_wave":
            reasons = np.where(source.absent, np.int8(CODE["m"]), reasons).astype(np.int8)
        empty = None if values.dtype == object else np.nan
        values = np.asarray(np.where(reasons == VALID, values, empty))
        source.put(name, (values, reasons))
        columns[name] = pd.Series(values, index=panel.index, dtype=values.dtype)
        columns[f"{name}__reason"] = pd.Series(to_categorical(reasons), index=panel.index)
    return pd.DataFrame(columns, copy=False)


def _score_one(codebook: Codebook, derived: Derived, source: Source) -> Scored:
    if derived.rule == "in_wave":
        here = source.rows_in(derived.threshold[0]) >= 0
        return here.astype(float), np.zeros(source.n, dtype=np.int8)
    if derived.rule == "from_wave":
        return source.get(f"{derived.flat[0]}@{derived.threshold[0]}")
    if derived.rule in DATE_RULES:
        return _between(derived, source)
    # in blocks of rows, so that an index over many items does not hold them all at once
    blocks = [
        _score_block(codebook, derived, source, slice(start, start + BLOCK))
        for start in range(0, max(source.n, 1), BLOCK)
    ]
    values = np.concatenate([block[0] for block in blocks])
    reasons = np.concatenate([block[1] for block in blocks])
    if derived.only_if:
        gate, why = source.get(derived.only_if)
        closed = np.where(why == VALID, np.where(gate >= 1, VALID, CODE["n"]), why).astype(np.int8)
        reasons = np.where(closed == VALID, reasons, closed).astype(np.int8)
    return values, reasons


def _score_block(codebook: Codebook, derived: Derived, source: Source, block: slice) -> Scored:
    items, left_out = _items(codebook, derived, source, block)
    values, reasons = SCORERS[derived.rule](derived, items)
    return values, np.where(left_out, np.int8(CODE["x"]), reasons).astype(np.int8)


def _items(codebook: Codebook, derived: Derived, source: Source, block: slice) -> tuple[Items, Any]:
    """Return the items of an index in some rows, and the rows of cells that a decision leaves out."""
    names = tuple(dict.fromkeys(derived.flat))
    seen = [source.get(name) for name in names]
    values = np.array([part[0][block] for part in seen], dtype=np.float64)
    reasons = np.array([part[1][block] for part in seen])
    used = np.ones(values.shape, dtype=bool)
    left_out = np.zeros(values.shape[1], dtype=bool)
    if derived.on_uneven and derived.rule in COMPOSITE:
        cells = asked_items(codebook, derived)
        most = max((len(items) for items in cells.values()), default=0)
        common = set.intersection(*(set(items) for items in cells.values())) if cells else set()
        for (wave, group), asked in cells.items():
            rows = (source.waves[block] == wave) & (source.groups[block] == group)
            taking = common if derived.on_uneven == "common" else set(asked)
            for place, name in enumerate(names):
                used[place, rows] = name in taking
            if derived.on_uneven == "leave_out" and len(asked) < most:
                left_out |= rows
    return Items(names, values, reasons, used), left_out


def _between(derived: Derived, source: Source) -> Scored:
    """Time from the first to the second date: months of 30.4375 days, or completed years."""
    (first, why_first), (second, why_second) = (source.get(item) for item in derived.flat)
    start, end = to_days(first), to_days(second)
    if derived.rule == "months_between":
        result = (end - start) / DAYS_PER_MONTH
    else:
        result = completed_years(start, end)
    reasons = np.array([why_first, why_second])
    used = np.ones(reasons.shape, dtype=bool)
    items = Items(derived.flat, np.array([result, result]), reasons, used)
    return finish(derived, items, result, items.valid.all(axis=0))


def completed_years(start: Floats, end: Floats) -> Floats:
    """Return the years completed from one day to another: a year is complete on its anniversary.

    Parameters
    ----------
    start, end
        Days since 1970-01-01, NaN where missing (the result is then NaN).

    Returns
    -------
    array
        Whole numbers. Who was born on 29 February completes a year on 1 March where there is no such day.
        With ``end`` before ``start`` the years are counted back, and negative.

    Source
    ------
    DATEDIFF with unit "years" of SPSS and PSPP.
    """
    known = ~(np.isnan(start) | np.isnan(end))
    early, late = np.minimum(start, end)[known], np.maximum(start, end)[known]
    months, days = [], []
    for day in (early, late):
        date = day.astype(np.int64).astype("datetime64[D]")
        months.append(date.astype("datetime64[M]").astype(np.int64))
        days.append((date - date.astype("datetime64[M]")).astype(np.int64))
    full = months[1] - months[0] - (days[1] < days[0])
    result = np.full(len(start), np.nan)
    # plus zero, so that there is no minus zero
    result[known] = np.sign(end[known] - start[known]) * (full // 12) + 0.0
    return result


def to_days(texts: Any) -> Any:
    """Return days since 1970-01-01 of ISO dates; NaN where there is none."""
    import pandas as pd

    index, uniques = pd.factorize(np.asarray(texts, dtype=object))
    days = np.array([np.datetime64(text, "D") for text in uniques], dtype="datetime64[D]").astype(float)
    return np.append(days, np.nan)[index]
