"""Marginal means and their contrasts, as emmeans makes them.

A reference grid holds every combination of the factors, covariates at their mean; a marginal mean averages
the linear predictor over the grid with equal weights for the levels of the other factors. Covariates with two
values stand in the grid with both, as in emmeans (``cov.keep = "2"``). An offset stands at its mean
in the data, also where it is a function of a column.

Source: Searle, Speed & Milliken (1980); Lenth, emmeans 1.8.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.arrays import Array, Mask
from netwerkkracht.mixed.engine import Engine, Tests, has_inference
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.inference.adjust import adjusted_p, check_adjustment, critical
from netwerkkracht.mixed.inference.tables import interval_table
from netwerkkracht.mixed.status import Method
from netwerkkracht.mixed.tails import quantile

KINDS = ("pairwise", "revpairwise", "reference")


@dataclass(frozen=True)
class Choice:
    """Options of `Fit.contrasts`."""

    adjust: str = "holm"
    kind: str = "pairwise"
    interaction: bool = False
    level: float = 0.95
    method: Method | None = None


@dataclass(frozen=True)
class Grid:
    """Cells of marginal means: their levels (by first) and the row of fixed columns that each mean takes.

    ``whole`` has a row for each mean over all fixed columns, those dropped for rank included.
    """

    design: Design

    by: tuple[str, ...]
    term: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    whole: Array
    offset: Array

    def combine(self, K: Array | None = None) -> Array:
        """Combine the means by the rows of K, as columns of the design; NaN where the data leave it open.

        A difference can be determined where both its means are not, so that this is asked of each row of K.
        """
        rows = self.whole if K is None else K @ self.whole
        return np.where(_estimable(self.design, rows)[:, None], rows[:, list(self.design.kept)], np.nan)


def split(text: str | None) -> tuple[str, ...]:
    """Names in ``a:b``."""
    return tuple(part.strip() for part in text.split(":")) if text else ()


def reference_grid(design: Design, term: str, by: str | None = None) -> Grid:
    """Average the grid over all factors but those of `term` and `by`."""
    values = _grid_values(design)
    asked = (*split(by), *split(term))
    for name in asked:
        if name not in values:
            raise fail(
                "TERM",
                f"'{name}' is not a variable of the fixed part of the model",
                expected=f"one of {', '.join(values)}. {nearest(name, values)}"
                if values
                else "a fixed part with a variable; this one is an intercept",
                action="ask for means of a variable in the model",
                variable=name,
            )
    grid = pd.DataFrame(list(product(*values.values())), columns=list(values))
    whole = _rows(design, grid)
    keys = [tuple(_show(v) for v in row) for row in grid[list(asked)].itertuples(index=False)]
    cells = tuple(dict.fromkeys(product(*([_show(v) for v in values[name]] for name in asked))))
    places = {cell: i for i, cell in enumerate(cells)}
    average = np.zeros((len(cells), len(grid)))
    for row, key in enumerate(keys):
        average[places[key], row] = 1.0
    average /= average.sum(1, keepdims=True)
    # a model stopped by an infinite value has no means: NaN, without a warning
    with np.errstate(invalid="ignore"):
        rows, offset = average @ whole, float(np.mean(design.offset)) if design.n_rows else 0.0
    return Grid(design, split(by), split(term), cells, rows, np.full(len(cells), offset))


def _show(value: object) -> str:
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _grid_values(design: Design) -> dict[str, list[object]]:
    """Values of each column in the grid: all levels, both of two values, or the mean."""
    found: dict[str, list[object]] = {}
    labels = dict.fromkeys(label for term in design.formula.terms for label in term)
    for label in labels:
        variable, column = design.formula.variables[label], design.columns[label]
        if variable.name in found:
            continue
        if column.levels is not None:
            numeric = variable.function == "factor"
            found[variable.name] = [float(v) if numeric and _is_number(v) else v for v in column.levels]
        else:
            raw = _raw(design, variable.name, label)
            distinct = np.unique(raw)
            with np.errstate(invalid="ignore"):
                found[variable.name] = (
                    [float(v) for v in distinct] if len(distinct) <= 2 else [float(np.mean(raw))]
                )
    return found


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _raw(design: Design, name: str, label: str) -> Array:
    """Values of a covariate before its function: read where it stands plain, else by the inverse function."""
    plain = design.columns.get(name)
    if plain is not None:
        return np.asarray(plain.values, np.float64)
    variable, values = design.formula.variables[label], np.asarray(design.columns[label].values, np.float64)
    inverse: dict[str | None, Any] = {
        "log": np.exp, "log2": np.exp2, "log10": lambda v: 10.0**v, "log1p": np.expm1,
        "exp": np.log, "sqrt": np.square,
    }  # fmt: skip
    if variable.function in inverse:
        return np.asarray(inverse[variable.function](values))
    if variable.function == "I" and (variable.power % 2 == 1 or (values >= 0).all()):
        return np.sign(values) * np.abs(values) ** (1 / variable.power)
    return values


def _rows(design: Design, grid: pd.DataFrame) -> Array:
    """Build the fixed columns of the grid, those dropped for rank included."""
    frame = grid.copy()
    for label in design.factors:
        name = design.formula.variables[label].name
        if design.formula.variables[label].function is None:
            frame[name] = pd.Categorical(frame[name].astype(str), categories=list(design.factors[label]))
    return design.whole_matrix(frame)


def _estimable(design: Design, L: Array) -> Mask:
    """Rows that are combinations of the rows of the data: those the data determine."""
    if not design.dropped_columns:
        return np.ones(len(L), bool)
    _, size, directions = np.linalg.svd(np.linalg.qr(design.whole_matrix_of_data(), mode="r"))
    null = directions[int((size > 1e-9 * size.max()).sum()) :]
    return np.asarray(np.abs(L @ null.T).max(axis=1) <= 1e-7)


def means(engine: Engine, term: str, by: str | None, level: float, method: Method | None) -> pd.DataFrame:
    """Marginal means on the link scale and on the response scale; see `Fit.means`."""
    grid = reference_grid(engine.design, term, by)
    L = grid.combine()
    tests = _tests(engine, L, method)
    tests = Tests(tests.estimate + grid.offset, tests.se, tests.df)
    link = interval_table(engine, tests, level)[["estimate", "se", "df", "lower", "upper"]]
    names = [*grid.by, *grid.term]
    frame = pd.concat([pd.DataFrame(list(grid.cells), columns=names), link], axis=1)
    if engine.family.linear:
        for new, old in (("", "estimate"), ("_se", "se"), ("_lower", "lower"), ("_upper", "upper")):
            frame[f"response{new}"] = frame[old]
        return frame
    response = engine.response_means(np.nan_to_num(L), grid.offset)
    frame = frame.iloc[response.row].reset_index(drop=True)
    if response.category is not None:
        frame.insert(len(names), "category", list(response.category))
    lost = np.asarray(np.isnan(L).any(axis=1))[response.row]
    estimate = np.where(lost, np.nan, response.estimate)
    se = (
        np.sqrt(np.maximum(np.diag(response.cov), 0))
        if has_inference(engine)
        else np.full(len(frame), np.nan)
    )
    lower, upper = engine.family.link.limits(estimate, se, float(quantile(level, np.inf)))
    return frame.assign(response=estimate, response_se=se, response_lower=lower, response_upper=upper)


def _tests(engine: Engine, L: Array, method: Method | None) -> Tests:
    """Test rows over the fixed columns; rows with NaN give NaN."""
    lost = np.isnan(L).any(axis=1)
    tests = engine.tests(engine.lift(np.nan_to_num(L)), method or engine.default_method)
    if not lost.any():
        return tests
    return Tests(*(np.where(lost, np.nan, part) for part in (tests.estimate, tests.se, tests.df)))


def contrasts(engine: Engine, term: str, by: str | None, choice: Choice) -> pd.DataFrame:
    """Differences of marginal means; see `Fit.contrasts`."""
    check_adjustment(choice.adjust)
    if choice.kind not in KINDS:
        raise fail(
            "OPTION",
            f"the kind of contrast '{choice.kind}' is not known",
            expected=f"one of {', '.join(KINDS)}. {nearest(choice.kind, KINDS)}",
            action="correct the option kind",
        )
    grid = reference_grid(engine.design, term, by)
    if choice.interaction:
        return _interaction(engine, grid, choice)
    n_by = len(grid.by)
    parts = []
    for group in dict.fromkeys(cell[:n_by] for cell in grid.cells):
        rows = [i for i, cell in enumerate(grid.cells) if cell[:n_by] == group]
        names = [" ".join(grid.cells[i][n_by:]) for i in rows]
        labels, K = _differences(names, choice.kind)
        L = grid.combine(K @ np.eye(len(grid.cells))[rows])
        table = _family(engine, L, choice, len(rows))
        table.insert(0, "contrast", labels)
        for place, name in enumerate(grid.by):
            table.insert(place, name, group[place])
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def _family(engine: Engine, L: Array, choice: Choice, n_means: int) -> pd.DataFrame:
    """Test one family of contrasts, adjusted."""
    tests = _tests(engine, L, choice.method)
    table = interval_table(engine, tests, choice.level)
    if has_inference(engine):
        half = critical(tests.df, choice.level, choice.adjust, n_means, len(L)) * tests.se
        p = adjusted_p(tests.p, tests.statistic, tests.df, choice.adjust, n_means)
        table = table.assign(p=p, lower=tests.estimate - half, upper=tests.estimate + half)
    return table


def _differences(names: list[str], kind: str) -> tuple[list[str], Array]:
    """Labels and matrix of the differences between named means."""
    k = len(names)
    if kind == "reference":
        pairs = [(i, 0) for i in range(1, k)]
    else:
        pairs = list(combinations(range(k), 2))
        if kind == "revpairwise":
            pairs = [(b, a) for b in range(k) for a in range(b)]
    K = np.zeros((len(pairs), k))
    for row, (a, b) in enumerate(pairs):
        K[row, a], K[row, b] = 1.0, -1.0
    return [f"{names[a]} - {names[b]}" for a, b in pairs], K


def _interaction(engine: Engine, grid: Grid, choice: Choice) -> pd.DataFrame:
    """Contrasts of contrasts: differences between levels of `by` in the differences of `term`."""
    if not grid.by:
        raise fail(
            "OPTION",
            "an interaction contrast needs the option by",
            expected="contrasts(term, by=..., interaction=True)",
            action="name the second factor",
        )
    n_by = len(grid.by)
    groups = list(dict.fromkeys(cell[:n_by] for cell in grid.cells))
    inner = list(dict.fromkeys(cell[n_by:] for cell in grid.cells))
    own, K = _differences([" ".join(cell) for cell in inner], choice.kind)
    other, M = _differences([" ".join(cell) for cell in groups], choice.kind)
    # cells run by first, term fastest
    L = grid.combine(np.asarray(np.kron(M, K), np.float64))
    table = _family(engine, L, choice, len(L))
    table.insert(0, "contrast", own * len(other))
    table.insert(1, ":".join(grid.by), [label for label in other for _ in own])
    return table
