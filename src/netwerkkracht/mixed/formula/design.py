"""The design of a mixed model: response, fixed columns, random columns, and what was left out.

A `Design` is made once from a formula and a frame and then never changes; every engine reads it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array, Codes, Mask
from netwerkkracht.mixed.formula.columns import Column, ModelMatrix, model_matrix, read_column
from netwerkkracht.mixed.formula.syntax import Variable
from netwerkkracht.mixed.formula.terms import Formula, RandomPart, parse

# a column with less than this share of its spread outside the earlier columns depends on them (R's 1e-7)
RANK_TOLERANCE = 1e-7


@dataclass(frozen=True)
class RandomTerm:
    """One random term: row i belongs to level ``codes[i]``; its columns ``Z`` (n by k) have `names`."""

    group: str
    factors: tuple[str, ...]
    codes: Codes
    levels: tuple[str, ...]
    Z: Array
    model: ModelMatrix

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns as R prints them."""
        return self.model.names

    @property
    def n_levels(self) -> int:
        """Number of levels of the grouping factor."""
        return len(self.levels)


@dataclass(frozen=True)
class Design:
    """Everything an engine needs to know of the data.

    Attributes
    ----------
    y
        Response, n values; codes 0, 1, ... into ``response_levels`` where the response is a factor.
    X
        n by p float64, without the columns that depend on earlier ones; ``names`` are R's names.
    assign
        Term number of each column, 0 for the intercept; number i is ``formula.terms[i - 1]``.
    dropped_columns
        Names of columns left out because they depend on others (rank deficiency).
    random
        Random terms, most levels first, as lme4 orders them.
    offset
        Sum of the offsets, n values.
    rows
        Mask of the rows used, length of the frame; ``n_dropped`` counts the others.
    trials
        Number of trials per row for binomial counts, else None.
    columns
        The variables read, by label, rows used only.
    """

    formula: Formula
    y: Array
    response_levels: tuple[str, ...] | None
    X: Array
    fixed: ModelMatrix
    kept: tuple[int, ...]
    random: tuple[RandomTerm, ...]
    offset: Array
    rows: Mask
    trials: Array | None
    columns: Mapping[str, Column] = field(repr=False)

    @property
    def n_rows(self) -> int:
        """Number of rows used."""
        return len(self.y)

    @property
    def n_dropped(self) -> int:
        """Number of rows left out because a value was missing."""
        return int(len(self.rows) - self.rows.sum())

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the columns of X."""
        return tuple(self.fixed.names[i] for i in self.kept)

    @cached_property
    def assign(self) -> tuple[int, ...]:
        """Term number of each column of X."""
        return tuple(self.fixed.assign[i] for i in self.kept)

    @cached_property
    def dropped_columns(self) -> tuple[str, ...]:
        """Names of the columns left out for rank."""
        return tuple(name for i, name in enumerate(self.fixed.names) if i not in set(self.kept))

    @property
    def factors(self) -> Mapping[str, tuple[str, ...]]:
        """Levels of the factors in the fixed part, reference level first."""
        return self.fixed.levels

    @property
    def terms(self) -> tuple[str, ...]:
        """Labels of the fixed terms as R prints them, ``group:wave``."""
        return tuple(":".join(term) for term in self.formula.terms)

    def columns_of(self, term: str) -> tuple[int, ...]:
        """Columns of X that belong to a term, given by its label (``(Intercept)`` for the intercept)."""
        number = 0 if term == "(Intercept)" else self.terms.index(term) + 1
        return tuple(i for i, owner in enumerate(self.assign) if owner == number)

    def without(self, columns: Sequence[int]) -> Design:
        """Leave out columns of X."""
        left = [i for i in range(self.X.shape[1]) if i not in set(columns)]
        return replace(self, X=self.X[:, left], kept=tuple(self.kept[i] for i in left))

    def matrix(self, frame: pd.DataFrame) -> Array:
        """Build X for other rows, coded as in this design. A missing value gives a row of NaN."""
        return self.whole_matrix(frame)[:, list(self.kept)]

    def whole_matrix(self, frame: pd.DataFrame) -> Array:
        """Build the fixed columns for other rows, those dropped for rank included."""
        labels = dict.fromkeys(label for term in self.formula.terms for label in term)
        read = {
            label: read_column(frame, self.formula.variables[label], self.factors.get(label))
            for label in labels
        }
        rows = {"": Column("", np.zeros(len(frame)))} | read
        made = self.fixed.matrix(rows)
        for column in read.values():
            made[column.missing] = np.nan
        return made

    def whole_matrix_of_data(self) -> Array:
        """Build the fixed columns of the data, those dropped for rank included."""
        return self.fixed.matrix({"": Column("", np.zeros(self.n_rows))} | dict(self.columns))

    def offset_of(self, frame: pd.DataFrame) -> Array:
        """Sum the offsets for other rows."""
        total = np.zeros(len(frame))
        for label in self.formula.offsets:
            total = total + _numbers(read_column(frame, self.formula.variables[label]))
        return total


def make_design(formula: str | Formula, frame: pd.DataFrame, trials: str | None = None) -> Design:
    """Read a formula and a frame into a design; rows with any missing value are left out and counted.

    Raises
    ------
    StudyError
        FORMULA, COLUMN: the formula cannot be read or names unknown columns.
    """
    parsed = formula if isinstance(formula, Formula) else parse(formula)
    read = {label: read_column(frame, variable) for label, variable in parsed.variables.items()}
    if trials is not None:
        read[f"trials {trials}"] = read_column(frame, Variable(f"trials {trials}", trials))
    rows = np.ones(len(frame), bool)
    for column in read.values():
        rows &= ~column.missing
    whole = bool(rows.all())
    used = read if whole else {label: column.take(rows) for label, column in read.items()}
    used = {
        label: column.take(np.ones(len(column.values), bool)) if whole else column
        for label, column in used.items()
    }
    response = used[parsed.response]
    n = len(response.values)
    fixed_labels = dict.fromkeys(label for term in parsed.terms for label in term)
    fixed = model_matrix(parsed.intercept, parsed.terms, {label: used[label] for label in fixed_labels})
    X = fixed.matrix({"": Column("", np.zeros(n))} | used)
    kept = independent_columns(X, centred=parsed.intercept) if n else tuple(range(X.shape[1]))
    terms = [_random_term(part, used, n) for part in parsed.random]
    offset = np.zeros(n)
    for label in parsed.offsets:
        offset = offset + _numbers(used[label])
    return Design(
        formula=parsed,
        y=np.asarray(response.values, np.float64),
        response_levels=response.levels,
        X=X if len(kept) == X.shape[1] else np.ascontiguousarray(X[:, kept]),
        fixed=fixed,
        kept=kept,
        random=tuple(sorted(terms, key=lambda term: -term.n_levels)),
        offset=offset,
        rows=rows,
        trials=_numbers(used[f"trials {trials}"]) if trials is not None else None,
        columns=used,
    )


def _numbers(column: Column) -> Array:
    if column.levels is not None:
        raise fail(
            "COLUMN",
            f"'{column.label}' is text where a number is needed",
            expected="a numeric column",
            action="give a numeric column as offset or trials",
            variable=column.label,
        )
    return np.asarray(column.values, np.float64)


def _random_term(part: RandomPart, columns: Mapping[str, Column], n: int) -> RandomTerm:
    """Read the grouping factor of a random part (combined levels where it is g:h) and its columns."""
    codes, levels = _grouping(columns[part.group[0]])
    for label in part.group[1:]:
        other, names = _grouping(columns[label])
        combined, codes = np.unique(codes * len(names) + other, return_inverse=True)
        levels = tuple(f"{levels[pair // len(names)]}:{names[pair % len(names)]}" for pair in combined)
    terms = tuple(term for term in part.terms if term)
    labels = dict.fromkeys(label for term in terms for label in term)
    model = model_matrix(() in part.terms, terms, {label: columns[label] for label in labels})
    Z = model.matrix({"": Column("", np.zeros(n))} | dict(columns))
    return RandomTerm(part.name, part.group, codes, levels, Z, model)


def _grouping(column: Column) -> tuple[Codes, tuple[str, ...]]:
    if column.levels is not None:
        return np.asarray(column.values, np.intp), column.levels
    found, codes = np.unique(column.values, return_inverse=True)
    return codes, tuple(str(int(v)) if float(v).is_integer() else str(v) for v in found)


def independent_columns(X: Array, *, centred: bool) -> tuple[int, ...]:
    """Return the columns that do not depend on earlier ones, in order (R's rule for dropping columns).

    With an intercept, the size of a column is its spread, so that a covariate around 1e9 is no constant.
    """
    kept = tuple(range(X.shape[1]))
    if not kept or not np.isfinite(X).all():
        return kept
    size = np.linalg.norm(X - X.mean(0), axis=0) if centred else np.linalg.norm(X, axis=0)
    whole = np.linalg.norm(X, axis=0)
    size = np.where(size > 1e-12 * whole, size, whole)
    while kept:
        R = np.linalg.qr(X[:, kept], mode="r") if len(kept) <= len(X) else _tall(X[:, kept])
        weak = np.abs(np.diag(R)) <= RANK_TOLERANCE * size[list(kept)]
        weak |= size[list(kept)] == 0
        if not weak.any():
            return kept
        kept = tuple(k for i, k in enumerate(kept) if i != int(np.argmax(weak)))
    return kept


def _tall(X: Array) -> Array:
    """Triangle of a matrix with more columns than rows, the columns beyond the rows counted as dependent."""
    R = np.linalg.qr(X, mode="r")
    return np.vstack([R, np.zeros((X.shape[1] - len(R), X.shape[1]))])
