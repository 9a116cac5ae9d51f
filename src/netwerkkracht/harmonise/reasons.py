"""Reasons of missing values as small integers, and how reasons of several sources become one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.study.codebook.types import REASONS

Floats = npt.NDArray[np.float64]
Reasons = npt.NDArray[np.int8]

CODE = {reason: number for number, reason in enumerate(REASONS)}
VALID = 0
UNKNOWN = -1
"""A source value that no line of the code list covers; always reported as an error."""


def combine(parts: Sequence[Reasons], quiet: Iterable[str] = ("n",)) -> Reasons:
    """Make one reason of several: the same stays, quiet ones yield, different ones become mixed.

    Parameters
    ----------
    parts
        Reason codes of the sources, each of the same length; valid sources (0) say nothing.
    quiet
        Reasons that yield to every other one. Among quiet ones the last named yields first.

    Returns
    -------
    Reasons
        One code per row; 0 where all sources are valid; ``UNKNOWN`` where any source is.
    """
    yielding = [CODE[reason] for reason in quiet]
    result = np.zeros(len(parts[0]), dtype=np.int8)
    for part in parts:
        loud = (part > VALID) & ~np.isin(part, yielding)
        result = np.where(loud & (result == VALID), part, result)
        result = np.where(loud & (result != part), np.int8(CODE["g"]), result)
    for code in yielding:
        held = np.logical_or.reduce([part == code for part in parts])
        result = np.where((result == VALID) & held, np.int8(code), result)
    unknown = np.logical_or.reduce([part == UNKNOWN for part in parts])
    return np.where(unknown, np.int8(UNKNOWN), result).astype(np.int8)


def to_categorical(codes: Reasons) -> Any:
    """Return reason codes as the categorical column of the panel (unknown ones count as invalid)."""
    import pandas as pd

    shown = np.where(codes == UNKNOWN, np.int8(CODE["x"]), codes).astype(np.int8)
    return pd.Categorical.from_codes(shown, categories=list(REASONS))


def from_column(column: Any) -> Reasons:
    """Return the reason codes of a panel column, categorical or text (empty or NaN = valid)."""
    import pandas as pd

    if isinstance(column.dtype, pd.CategoricalDtype) and tuple(column.cat.categories) == REASONS:
        return np.asarray(column.cat.codes, dtype=np.int8)
    texts = column.astype(object).where(column.notna(), "")
    return np.asarray(pd.Categorical(texts, categories=list(REASONS)).codes, dtype=np.int8)
