"""Fit one model to many studies of one design.

Persons are exchangeable within a group, so that two studies with equal numbers of persons per group and
pattern of answered waves have the same design once their persons are put in order. Studies are gathered by
design, and each design is refitted in one sweep.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netwerkkracht.mixed.families import family as lookup

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Drawn:
    """Many studies: the outcome everyone would have given, who was interviewed, and the group of each person.

    Attributes
    ----------
    values
        (studies, persons, waves); NaN where there is no valid answer.
    interviewed
        Mask of the same shape.
    group
        (persons,) positions in ``Names.groups``.
    """

    values: Vector
    interviewed: NDArray[np.bool_]
    group: NDArray[np.intp]

    def __len__(self) -> int:
        """Return the number of studies."""
        return len(self.values)

    def first(self, n: int) -> Drawn:
        """Return the first ``n`` studies."""
        return Drawn(self.values[:n], self.interviewed[:n], self.group)


@dataclass(frozen=True)
class Names:
    """Names of the columns and levels of the model; the first group and wave are the reference."""

    outcome: str
    person: str
    group: str
    wave: str
    groups: tuple[str, ...]
    waves: tuple[str, ...]

    @property
    def formula(self) -> str:
        """The model of every replicate: group by wave with an intercept per person."""
        return f"{self.outcome} ~ {self.group} * {self.wave} + (1 | {self.person})"

    @property
    def change(self) -> str:
        """Name of the coefficient: change to the last wave, second group minus first."""
        return f"{self.group}{self.groups[1]}:{self.wave}{self.waves[-1]}"


@dataclass(frozen=True)
class Estimates:
    """First minus second group in change to the last wave, one value per study; NaN where a fit failed."""

    estimate: Vector
    se: Vector
    df: Vector
    status: NDArray[np.str_]


def replicate(
    drawn: Drawn, names: Names, family: str, *, shuffle: np.random.Generator | None = None
) -> Estimates:
    """Fit the model to every study.

    Parameters
    ----------
    drawn
        The studies.
    family
        A family of :func:`netwerkkracht.mixed.fit`; Gaussian fits have Kenward-Roger's inference.
    shuffle
        Give persons a random group first, among persons with the same pattern of answered waves: a world
        without any difference between the groups, with the same numbers in each.
    """
    seen = drawn.interviewed & ~np.isnan(drawn.values)
    pattern = seen @ (1 << np.arange(len(names.waves)))
    group = np.broadcast_to(drawn.group, pattern.shape)
    if shuffle is not None:
        group = _shuffled(group, pattern, shuffle)
    n = len(drawn)
    nan = np.full(n, np.nan)
    made = Estimates(nan, nan.copy(), nan.copy(), np.full(n, "no_data", dtype="<U20"))
    for rows, frame, Y in _by_design(drawn.values, pattern, group, names, whole=lookup(family).ordered):
        found = _sweep(frame, Y, names, family)
        for mine, theirs in zip((made.estimate, made.se, made.df, made.status), found, strict=True):
            mine[rows] = theirs
    return made


def _shuffled(group: Any, pattern: Any, rng: np.random.Generator) -> Any:
    """Permute group labels among the persons of a study with an equal pattern.

    The sorted order of persons by (pattern, random key) meets the sorted order of labels by pattern.
    """
    by_pattern = np.argsort(pattern, axis=1, kind="stable")
    keys = rng.random(pattern.shape)
    drawn = np.stack([np.lexsort((key, own)) for key, own in zip(keys, pattern, strict=True)])
    made = np.empty(group.shape, dtype=np.intp)
    np.put_along_axis(made, drawn, np.take_along_axis(group, by_pattern, axis=1), axis=1)
    return made


def _by_design(
    values: Vector, pattern: Any, group: Any, names: Names, *, whole: bool
) -> Iterator[tuple[Any, pd.DataFrame, Vector]]:
    """Yield the studies of each design, its frame, and their responses (rows, studies).

    ``whole`` also keeps studies apart that use other answer categories.
    """
    bits = 1 << len(names.waves)
    key = group * bits + (bits - 1 - pattern)
    order = np.argsort(key, axis=1, kind="stable")
    signature = np.take_along_axis(key, order, axis=1)
    if whole:
        levels = np.unique(values[~np.isnan(values)])
        used = np.stack([np.isin(levels, study) for study in values.reshape(len(values), -1)])
        signature = np.column_stack([signature, used])
    # a row is compared as one piece of memory: the order of the designs does not matter
    rows_of_bytes = np.ascontiguousarray(signature).view(f"V{signature.shape[1] * signature.itemsize}")
    _, first, which = np.unique(rows_of_bytes[:, 0], return_index=True, return_inverse=True)
    for design, example in enumerate(first):
        rows = np.flatnonzero(which == design)
        own = signature[example, : key.shape[1]]
        mask = (((bits - 1 - own % bits)[:, None] >> np.arange(len(names.waves))) & 1).astype(bool)
        sorted_values = np.take_along_axis(values[rows], order[rows][:, :, None], axis=1)
        person, wave = np.nonzero(mask)
        frame = pd.DataFrame(
            {
                names.person: person.astype(str),
                names.group: pd.Categorical(
                    np.array(names.groups)[own // bits][person], categories=names.groups
                ),
                names.wave: pd.Categorical(np.array(names.waves)[wave], categories=names.waves),
            }
        )
        yield rows, frame, sorted_values[:, mask].T


def _sweep(frame: pd.DataFrame, Y: Vector, names: Names, family: str) -> tuple[Any, Any, Any, Any]:
    """Refit one design to all columns of Y; a column on which a first fit stands is looked for."""
    from netwerkkracht.mixed import fit
    from netwerkkracht.mixed.formula.design import make_design
    from netwerkkracht.mixed.gaussian.batch import fit_many

    nothing = np.full(Y.shape[1], np.nan)
    if not len(frame):
        return nothing, nothing, nothing, np.full(Y.shape[1], "no_data")
    if lookup(family).linear:
        many = fit_many(
            make_design(names.formula, frame.assign(**{names.outcome: Y[:, 0]})), Y, df="kenward-roger"
        )
        place = many.names.index(names.change)
        return -many.estimates[:, place], many.se[:, place], many.df[:, place], many.status
    status = np.full(Y.shape[1], "not_converged", dtype="<U20")
    for column in range(Y.shape[1]):
        first = fit(names.formula, frame.assign(**{names.outcome: Y[:, column]}), family=family)
        if first.has_inference:
            again = first.engine.refit_many(Y)
            place = again.names.index(names.change)
            return -again.estimates[:, place], again.se[:, place], np.full(Y.shape[1], np.inf), again.status
        status[column] = first.status
    return nothing, nothing, nothing, status
