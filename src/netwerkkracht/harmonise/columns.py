"""One column of a received file, folded to its distinct values, so that rules work on those only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from netwerkkracht.harmonise.reasons import Floats
from netwerkkracht.spss.model import declared_missing
from netwerkkracht.study.codebook.forms import text_number


class SourceVariable(Protocol):
    """What harmonising needs to know about one variable of a file (see ``netwerkkracht.spss``)."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def label(self) -> str | None: ...  # noqa: D102
    @property
    def format(self) -> str: ...  # noqa: D102
    @property
    def value_labels(self) -> Mapping[Any, str]: ...  # noqa: D102
    @property
    def missing(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def width(self) -> int: ...  # noqa: D102


class SourceFile(Protocol):
    """What harmonising needs of a file: values as stored, SYSMIS as NaN, and the declarations."""

    @property
    def name(self) -> str: ...  # noqa: D102
    @property
    def variables(self) -> Sequence[Any]: ...  # noqa: D102
    @property
    def frame(self) -> Any: ...  # noqa: D102
    @property
    def weight_variable(self) -> str | None: ...  # noqa: D102


@dataclass(frozen=True)
class Column:
    """Distinct values with their counts.

    ``index`` gives for each row the position in ``uniques``; system-missing and the empty text have the
    position one past the end, so that lookups need no branch. ``counts`` has one entry more than ``uniques``.
    """

    name: str
    label: str
    format: str
    value_labels: Mapping[Any, str]
    missing: tuple[Any, ...]
    width: int
    numeric: bool
    uniques: Any
    index: npt.NDArray[np.int32]
    counts: npt.NDArray[np.int64]

    @property
    def n_empty(self) -> int:
        """Rows that are system-missing or hold the empty text."""
        return int(self.counts[-1])

    def declares(self, value: Any) -> bool:
        """Whether the file declares a value user-missing."""
        return declared_missing(self.missing, value)


def make_column(variable: SourceVariable, series: Any) -> Column:
    """Fold a series of a file (numbers, or text) to its distinct values."""
    import pandas as pd

    numeric = bool(pd.api.types.is_numeric_dtype(series.dtype))
    if numeric:
        index, uniques = pd.factorize(series.to_numpy(dtype=np.float64, copy=False))
    else:
        index, uniques = _fold_text(series)
    index = index.astype(np.int32)
    index[index < 0] = len(uniques)
    return Column(
        name=variable.name,
        label=variable.label or "",
        format=variable.format,
        value_labels=variable.value_labels,
        missing=tuple(variable.missing),
        width=variable.width,
        numeric=numeric,
        uniques=uniques,
        index=index,
        counts=np.bincount(index, minlength=len(uniques) + 1),
    )


def _fold_text(series: Any) -> tuple[Any, Any]:
    """Factorise texts without surrounding blanks; an empty text is no value (-1)."""
    import pandas as pd

    index, raw = pd.factorize(series.to_numpy(dtype=object))
    stripped = np.array([str(value).strip() or None for value in raw], dtype=object)
    again, uniques = pd.factorize(stripped)
    if len(uniques) == len(raw):
        return index, stripped
    lookup = np.append(again, -1)
    return lookup[index], uniques


def as_numbers(column: Column, form: str = "") -> Floats:
    """Return the distinct values as numbers; NaN where a text is none in the form stated (see ``forms``)."""
    if column.numeric:
        return np.asarray(column.uniques, dtype=np.float64)
    read = (text_number(text, form) for text in column.uniques)
    return np.array([np.nan if value is None else value for value in read], dtype=np.float64)
