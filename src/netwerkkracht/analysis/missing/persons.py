"""One row per person: group, the outcome in each wave, and covariates of the first wave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.study.facts import Facts, code_text

Vector = NDArray[np.float64]


@dataclass(frozen=True)
class Persons:
    """Everyone interviewed in the first wave.

    Attributes
    ----------
    ids
        Person keys, n values; never printed.
    group
        Position of the group in ``Facts.groups``, n integers.
    outcome
        n by waves; NaN where there is no valid answer.
    X
        n by p covariates of the first wave, coded variables as 0/1 columns without their first level; rows
        with a missing covariate have NaN.
    names
        Names of the columns of ``X``, ``variable`` or ``variable:code``.
    """

    ids: NDArray[np.str_]
    group: NDArray[np.intp]
    outcome: Vector
    X: Vector
    names: tuple[str, ...]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Persons without a missing covariate."""
        return np.asarray(~np.isnan(self.X).any(axis=1))

    @property
    def stayed(self) -> NDArray[np.bool_]:
        """Persons with a valid outcome in every wave."""
        return np.asarray(~np.isnan(self.outcome).any(axis=1))


def gather(panel: Any, facts: Facts, outcome: str, covariates: Sequence[str]) -> Persons:
    """Return the persons of the first wave with their outcome in all waves and covariates of the first.

    Parameters
    ----------
    panel
        Person by wave.
    outcome
        A numeric variable.
    covariates
        Numeric variables or coded ones (by the codebook or as categories); coded ones become 0/1 columns, the
        first level in use the reference.

    Raises
    ------
    StudyError
        ``M02`` when a variable is not in the panel.
    """
    for name in (outcome, *covariates):
        if name not in panel.columns:
            raise fail(
                "M02",
                "a variable asked for is not in the panel",
                variable=name,
                expected=nearest(name, panel.columns) or "a variable of the codebook",
                action="correct the exhibit's options in config.yaml",
            )
    waves = panel[facts.wave].map(code_text)
    first = panel[waves == facts.waves[0]].drop_duplicates(facts.person).set_index(facts.person)
    columns = []
    for wave in facts.waves:
        rows = panel[waves == wave].drop_duplicates(facts.person).set_index(facts.person)
        columns.append(pd.to_numeric(rows[outcome]).reindex(first.index).to_numpy(dtype=float))
    names: list[str] = []
    parts: list[Any] = []
    for name in covariates:
        for label, values in _columns(name, first[name], facts):
            names.append(label)
            parts.append(values)
    groups = first[facts.group].map(code_text)
    return Persons(
        first.index.to_numpy(dtype=str),
        np.array([facts.groups.index(group) for group in groups], dtype=np.intp),
        np.column_stack(columns),
        np.column_stack(parts) if parts else np.empty((len(first), 0)),
        tuple(names),
    )


def _columns(name: str, values: Any, facts: Facts) -> list[tuple[str, Any]]:
    known = facts.variable(name)
    classes = isinstance(values.dtype, pd.CategoricalDtype)
    if known.type != "code" and not classes:
        return [(name, pd.to_numeric(values).to_numpy(dtype=float))]
    texts = values.map(code_text, na_action="ignore")
    codes = list(values.cat.categories) if classes else [code for code, _ in known.codes]
    levels = [code for code in codes if (texts == code).any()]
    missing = texts.isna().to_numpy()
    made = []
    for level in levels[1:]:
        column = (texts == level).to_numpy(dtype=float)
        column[missing] = np.nan
        made.append((f"{name}:{level}", column))
    return made
