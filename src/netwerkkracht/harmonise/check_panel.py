"""Checks the harmonised panel: constants (D06), dates out of order (D13), reversals (W05), jumps (W06)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import numpy as np

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.reasons import VALID, Reasons, from_column
from netwerkkracht.harmonise.scoring import to_days
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FIXED_RULES, number_text

LEAST_PERSONS = 10
RARE = 1e-3
"""A constant is worth a word when chance, given the other cells, explains it less often than this."""
JUMP_SHARE = 0.4
JUMP_P = 1e-6
ITEM_REST_P = 0.01


class Cells:
    """Values of the panel per wave and group."""

    def __init__(self, codebook: Codebook, panel: Any) -> None:
        """Find the rows of each cell once."""
        study = codebook.study
        self.codebook, self.panel = codebook, panel
        waves = panel[study.wave].astype(str).to_numpy()
        groups = panel[study.group].astype(str).to_numpy()
        self.rows = {
            (wave, group): np.flatnonzero((waves == wave) & (groups == group))
            for wave, group in codebook.cells
        }
        # one variable at a time, so that a long panel is not held twice
        self._arrays: dict[str, tuple[Any, Reasons]] = {}
        self.file = {(spec.wave, spec.group): spec.file for spec in codebook.study.files}

    def arrays(self, name: str) -> tuple[Any, Reasons]:
        """Return values and reason codes of a variable."""
        if name not in self._arrays:
            reasons = from_column(self.panel[f"{name}__reason"])
            self._arrays = {name: (self.panel[name].to_numpy(), reasons)}
        return self._arrays[name]

    def valid(self, name: str, cell: tuple[str, str]) -> Any:
        """Return the valid values of a variable in a cell."""
        values, reasons = self.arrays(name)
        rows = self.rows[cell]
        return values[rows[reasons[rows] == VALID]]

    def find(self, code: str, cell: tuple[str, str], name: str, what: str, **more: Any) -> Finding:
        """Return a warning about one variable in one cell."""
        return Finding(code, "warning", what, self.file.get(cell), name, wave=cell[0], group=cell[1], **more)


def check_panel(codebook: Codebook, panel: Any) -> Iterator[Finding]:
    """Yield findings that need the harmonised values of all files."""
    cells = Cells(codebook, panel)
    yield from _constants(cells)
    yield from _jumps(cells)
    yield from _item_rest(cells)
    if codebook.study.date:
        yield from _dates(codebook, panel, codebook.study.date)


def _constants(cells: Cells) -> Iterator[Finding]:
    """D06: a variable with one value in a file where the other files make that unlikely (or all have it)."""
    book = cells.codebook
    for name in book.harmonised:
        variable = book.variables[name]
        if variable.type in {"text", "date"}:
            continue
        held = {}
        for wave, group in book.cells:
            rule = book.rules.get((name, wave, group))
            if rule is None or rule.rule in (*FIXED_RULES, "constant") or group in variable.structural:
                continue
            held[(wave, group)] = cells.valid(name, (wave, group))
        whole = np.concatenate(list(held.values())) if held else np.array([])
        if len(whole) >= LEAST_PERSONS and (whole == whole[0]).all():
            # an option that nobody names is no fault of the files
            if variable.type != "yesno" or whole[0] == 1:
                yield Finding(
                    "D06",
                    "warning",
                    "the variable has one value in all files",
                    variable=name,
                    count=len(whole),
                    expected="different values",
                    action="check the crosswalk; a value fixed by design belongs in 'structural'",
                )
            continue
        for cell, values in held.items():
            if len(values) < LEAST_PERSONS or (values != values[0]).any():
                continue
            others = [held[other] for other in held if other != cell and len(held[other])]
            pooled = np.concatenate(others) if others else np.array([], dtype=values.dtype)
            share = float((pooled == values[0]).mean()) if len(pooled) else 0.0
            if share ** len(values) < RARE:
                shown = number_text(float(values[0])) if variable.type in {"code", "yesno"} else "one value"
                yield cells.find(
                    "D06",
                    cell,
                    name,
                    f"the variable is constant ({shown}) in this file",
                    count=len(values),
                    expected="different values, as in the other files",
                    action="check the source; a value fixed by design belongs in 'structural'",
                )


def _jumps(cells: Cells) -> Iterator[Finding]:
    """W06: answers differ between waves far more than answers do (shifted codes, another unit or scale)."""
    book = cells.codebook
    for name in book.harmonised:
        measure = JUMPS.get(book.variables[name].type)
        if measure is None:
            continue
        for group in book.study.groups:
            previous: tuple[tuple[str, str], Any] | None = None
            for wave in book.study.waves:
                if (wave, group) not in cells.rows:
                    continue
                values = cells.valid(name, (wave, group)).astype(float)
                if len(values) < LEAST_PERSONS:
                    continue
                if previous is not None and group not in book.variables[name].structural:
                    gap, p = measure(previous[1], values)
                    if gap >= JUMP_SHARE and p < JUMP_P:
                        yield cells.find(
                            "W06",
                            (wave, group),
                            name,
                            f"at least {round(100 * gap)} % of the answers would have to move to give those "
                            f"of wave {previous[0][0]}",
                            count=len(values),
                            expected="answers that resemble those of the wave before",
                            action="check whether codes shifted or turned, or the unit changed, in this file",
                        )
                previous = ((wave, group), values)


def jump(first: Any, second: Any) -> tuple[float, float]:
    """Return how far the shares of codes lie apart (0 to 1) and the chi-squared p-value of that.

    Source
    ------
    Total variation distance; Pearson's chi-squared test of homogeneity.
    """
    from scipy.stats import chi2

    codes = np.unique(np.concatenate([first, second]))
    counts = np.array([[float((part == code).sum()) for code in codes] for part in (first, second)])
    gap = float(np.abs(counts[0] / counts[0].sum() - counts[1] / counts[1].sum()).sum() / 2)
    if len(codes) < 2:
        return gap, 1.0
    expected = counts.sum(axis=0) * counts.sum(axis=1, keepdims=True) / counts.sum()
    statistic = float(((counts - expected) ** 2 / expected).sum())
    return gap, float(chi2.sf(statistic, len(codes) - 1))


def shift(first: Any, second: Any) -> tuple[float, float]:
    """Return how far the distributions of a quantity lie apart (0 to 1) and the p-value of that.

    Source
    ------
    Two-sample Kolmogorov-Smirnov distance with its asymptotic p-value, conservative with ties.
    """
    from scipy.special import kolmogorov

    values, place = np.unique(np.concatenate([first, second]), return_inverse=True)
    parts = (place[: len(first)], place[len(first) :])
    below = [np.bincount(part, minlength=len(values)).cumsum() / len(part) for part in parts]
    gap = float(np.abs(below[0] - below[1]).max())
    size = len(first) * len(second) / (len(first) + len(second))
    return gap, float(kolmogorov(np.sqrt(size) * gap))


JUMPS: Final = {"code": jump, "yesno": jump, "integer": shift, "number": shift}


def _item_rest(cells: Cells) -> Iterator[Finding]:
    """W05: an item of a scale that goes against the rest of it (forgotten reversal)."""
    from netwerkkracht.harmonise.scales import item_rest, scale_items

    book = cells.codebook
    for derived in book.derived.values():
        if not derived.scale:
            continue
        names, signs = scale_items(derived)
        if any(name not in book.variables for name in names):
            continue
        whole = cells.panel[list(names)].to_numpy(dtype=float) * signs
        for cell, rows in cells.rows.items():
            values = whole[rows]
            for name, r, n, p in item_rest(values, names):
                if r < 0 and p < ITEM_REST_P:
                    yield cells.find(
                        "W05",
                        cell,
                        name,
                        f"the item goes against the rest of '{derived.name}' (item-rest correlation {r:.2f})",
                        count=n,
                        expected="a positive item-rest correlation",
                        action="check the direction of its code list in this file",
                    )


def _dates(codebook: Codebook, panel: Any, name: str) -> Iterator[Finding]:
    """D13: persons whose later wave lies before an earlier one, or on the same day."""
    import pandas as pd

    study = codebook.study
    frame = pd.DataFrame(
        {
            "person": panel[study.person].to_numpy(),
            "wave": panel[study.wave].astype(str).to_numpy(),
            "day": to_days(panel[name].to_numpy(dtype=object)),
        }
    ).dropna()
    wide = frame.pivot_table(index="person", columns="wave", values="day")
    waves = [wave for wave in study.waves if wave in wide.columns]
    for n, later in enumerate(waves[1:], start=1):
        before = wide[waves[:n]].max(axis=1)
        for mask, what in (
            (wide[later] < before, "persons whose date lies before that of an earlier wave"),
            (wide[later] == before, "persons with two waves on one date"),
        ):
            if mask.any():
                yield Finding(
                    "D13",
                    "error",
                    what,
                    variable=name,
                    wave=later,
                    count=int(mask.sum()),
                    expected="dates that follow the order of the waves",
                    action="check the dates and the key table: perhaps files or keys are exchanged",
                )
