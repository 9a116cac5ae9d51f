"""From data frame columns to numbers: variables, factors and R's model matrix.

Factors get treatment contrasts with the first level as reference. Where a lower-order term is missing, R
codes the factor by indicators of all its levels; `codings` is that rule.

Source: R's model.matrix (stats/src/model.c, TermCode); Chambers & Hastie (1992, section 2.4.1).
"""

from __future__ import annotations

import numbers
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.arrays import Array, Codes, Mask
from netwerkkracht.mixed.formula.syntax import Variable

_FUNCTIONS: dict[str, Any] = {
    "log": np.log, "log2": np.log2, "log10": np.log10, "log1p": np.log1p,
    "exp": np.exp, "sqrt": np.sqrt, "abs": np.abs,
}  # fmt: skip


@dataclass(frozen=True)
class Column:
    """One variable, read: numbers, or codes into `levels` (-1 where missing).

    ``levels`` is None for a numeric covariate; ``logical`` factors print ``FALSE`` and ``TRUE`` as R does.
    """

    label: str
    values: Array | Codes
    levels: tuple[str, ...] | None = None

    @property
    def is_factor(self) -> bool:
        """Whether the variable enters by its levels."""
        return self.levels is not None

    @property
    def missing(self) -> Mask:
        """Rows without a value."""
        return self.values < 0 if self.is_factor else np.isnan(self.values)

    def take(self, rows: Mask) -> Column:
        """Keep rows; a factor forgets the levels that no longer occur, as R's model.frame does here."""
        if self.levels is None:
            return Column(self.label, self.values[rows])
        codes = self.values[rows]
        used = np.bincount(codes, minlength=len(self.levels)) > 0
        if used.all():
            return Column(self.label, codes, self.levels)
        renumber = np.cumsum(used) - 1
        return Column(self.label, renumber[codes], tuple(np.array(self.levels, object)[used]))


def read_column(frame: pd.DataFrame, variable: Variable, levels: tuple[str, ...] | None = None) -> Column:
    """Read one variable of a formula from a frame.

    Numbers stay numbers; text, booleans and categoricals are factors with sorted levels (a categorical keeps
    its own order). With ``levels`` given, values are placed among those.

    Raises
    ------
    StudyError
        COLUMN when the frame has no such column, or a value is not among ``levels``.
    """
    if variable.name not in frame.columns:
        raise fail(
            "COLUMN",
            f"the formula names a column '{variable.name}' that the data do not have",
            expected=f"one of {len(frame.columns)} columns. {nearest(variable.name, map(str, frame))}",
            action="correct the formula or add the column",
            variable=variable.name,
        )
    series = frame[variable.name]
    if levels is not None:
        return _place(series, variable, levels)
    dtype = series.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        names = tuple(text_of(level) for level in dtype.categories)
        return Column(variable.label, series.cat.codes.to_numpy(np.intp), names)
    if isinstance(dtype, np.dtype) and dtype.kind in "iuf":
        return _numeric(series, variable)
    values = series.to_numpy(object)
    kinds = {type(value) for value in values[~pd.isna(values)]}
    if kinds and all(issubclass(kind, numbers.Number) and kind not in _BOOLEANS for kind in kinds):
        return _numeric(pd.to_numeric(series), variable)
    return _factor(values, variable.label)


_BOOLEANS: tuple[type, ...] = (bool, np.bool_)


def _numeric(series: pd.Series, variable: Variable) -> Column:
    plain = isinstance(series.dtype, np.dtype) and series.dtype.kind in "iuf"
    values = series.to_numpy(np.float64) if plain else series.to_numpy(dtype=np.float64, na_value=np.nan)
    if variable.function == "factor":
        return _factor(values, variable.label)
    if variable.function == "I":
        values = values**variable.power
    elif variable.function is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            changed = _FUNCTIONS[variable.function](values)
        # a logarithm of a negative number is no missing value: let it be found as not finite
        values = np.where(np.isnan(changed) & ~np.isnan(values), np.inf, changed)
    return Column(variable.label, values)


def text_of(level: object) -> str:
    """Print a level as R does: TRUE for booleans, 1 for 1.0."""
    if isinstance(level, bool | np.bool_):
        return "TRUE" if level else "FALSE"
    if isinstance(level, float | np.floating) and float(level).is_integer():
        return str(int(level))
    return str(level)


def _factor(values: NDArray[Any], label: str) -> Column:
    codes, found = pd.factorize(values)
    order = sorted(range(len(found)), key=found.__getitem__)
    rank = np.empty(len(order) + 1, np.intp)
    rank[order] = np.arange(len(order))
    rank[-1] = -1  # the code of a missing value, which indexes the last place
    return Column(label, rank[codes], tuple(text_of(found[i]) for i in order))


def _place(series: pd.Series, variable: Variable, levels: tuple[str, ...]) -> Column:
    place = {level: i for i, level in enumerate(levels)}
    codes = np.array([-1 if pd.isna(v) else place.get(text_of(v), -2) for v in series], np.intp)
    if (codes == -2).any():
        raise fail(
            "LEVEL",
            f"'{variable.name}' holds a level the model has not seen",
            expected=f"one of {', '.join(levels[:10])}",
            action="predict only for levels in the data of the fit",
            variable=variable.name,
            count=int((codes == -2).sum()),
        )
    return Column(variable.label, codes, levels)


@dataclass(frozen=True)
class ModelMatrix:
    """Terms with their coding, so that the same columns can be made for other rows.

    ``full`` says per term which of its variables are coded by all levels; ``levels`` hold the factors.
    ``names`` are R's column names and ``assign`` the term of each column (0 is the intercept).
    """

    intercept: bool
    terms: tuple[tuple[str, ...], ...]
    full: tuple[frozenset[str], ...]
    levels: Mapping[str, tuple[str, ...]]
    names: tuple[str, ...]
    assign: tuple[int, ...]

    def matrix(self, columns: Mapping[str, Column]) -> Array:
        """Build the matrix, n rows by ``len(names)`` columns, for the variables given by label."""
        n = len(next(iter(columns.values())).values) if columns else 0
        blocks = [np.ones((n, 1))] if self.intercept else []
        for term, full in zip(self.terms, self.full, strict=True):
            block = np.ones((n, 1))
            for label in term:
                part = _code(columns[label], full=label in full)
                # the first variable of a term runs fastest, as in R
                block = (part[:, :, None] * block[:, None, :]).reshape(n, part.shape[1] * block.shape[1])
            blocks.append(block)
        return np.ascontiguousarray(np.hstack(blocks)) if blocks else np.empty((n, 0))


def _code(column: Column, *, full: bool) -> Array:
    """Code one variable: itself, or indicators of its levels, without the first one unless `full`."""
    if column.levels is None:
        return np.asarray(column.values, np.float64)[:, None]
    kept = np.arange(0 if full else 1, len(column.levels))
    return np.asarray(np.equal.outer(column.values, kept), np.float64)


def codings(
    intercept: bool, terms: Sequence[tuple[str, ...]], factors: Iterable[str]
) -> list[frozenset[str]]:
    """Say for each term which factors are coded by all their levels.

    A factor of a term has contrasts when the rest of the term is contained in an earlier term; the first
    factor of a model without intercept has all its levels.
    """
    factors = set(factors)
    found = []
    for place, term in enumerate(terms):
        rests = {label: set(term) - {label} for label in term if label in factors}
        found.append(
            {
                label
                for label, rest in rests.items()
                if rest and not any(rest <= set(earlier) for earlier in terms[:place])
            }
        )
    if not intercept:
        first = next(((i, v) for i, term in enumerate(terms) for v in term if v in factors), None)
        if first:
            found[first[0]].add(first[1])
    return [frozenset(full) for full in found]


def model_matrix(
    intercept: bool, terms: Sequence[tuple[str, ...]], columns: Mapping[str, Column]
) -> ModelMatrix:
    """Decide coding and column names of a set of terms."""
    levels = {label: column.levels for label, column in columns.items() if column.levels is not None}
    full = codings(intercept, terms, levels)
    names, assign = (["(Intercept)"], [0]) if intercept else ([], [])
    for number, (term, wide) in enumerate(zip(terms, full, strict=True), start=1):
        parts = [""]
        for label in term:
            own = (
                [label + level for level in levels[label][0 if label in wide else 1 :]]
                if label in levels
                else [label]
            )
            parts = [f"{left}:{right}" if left else right for right in own for left in parts]
        names += parts
        assign += [number] * len(parts)
    return ModelMatrix(intercept, tuple(terms), tuple(full), levels, tuple(names), tuple(assign))
