"""What every engine says of its random terms: the table of variances, names of parameters, modes.

A term here has ``group``, ``names`` and ``levels``; its covariance is q by q in the units of the data.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Variance

MODES = ("group", "level", "term", "mode", "sd")


class Named(Protocol):
    """A random term by its names."""

    @property
    def group(self) -> str:
        """Name of the grouping factor."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the random columns."""
        ...

    @property
    def levels(self) -> tuple[str, ...]:
        """Names of the levels."""
        ...


def variance_table(terms: Sequence[Named], covariances: Sequence[Array]) -> tuple[Variance, ...]:
    """Return the variance parts, in the order of the terms."""
    found = []
    for term, covariance in zip(terms, covariances, strict=True):
        sd = np.sqrt(np.diag(covariance))
        for k, name in enumerate(term.names):
            with np.errstate(invalid="ignore", divide="ignore"):
                r = covariance[k, 0] / (sd[k] * sd[0]) if k else float("nan")
            found.append(Variance(term.group, name, float(covariance[k, k]), float(sd[k]), float(r)))
    return tuple(found)


def parameter_names(terms: Sequence[Named]) -> tuple[str, ...]:
    """Return ``sd(term|group)`` and ``cor(b,a|group)`` of each term, in the order of `parameter_values`."""
    found: list[str] = []
    for term in terms:
        found += [f"sd({name}|{term.group})" for name in term.names]
        found += [f"cor({b},{a}|{term.group})" for i, a in enumerate(term.names) for b in term.names[i + 1 :]]
    return tuple(found)


def parameter_values(covariances: Sequence[Array]) -> list[float]:
    """Return the standard deviations and correlations of each term; NaN beside a variance of zero."""
    found: list[float] = []
    for covariance in covariances:
        sd = np.sqrt(np.diag(covariance))
        with np.errstate(divide="ignore", invalid="ignore"):
            R = covariance / np.outer(sd, sd)
        found += sd.tolist()
        found += [float(R[j, i]) for i in range(len(sd)) for j in range(i + 1, len(sd))]
    return found


def modes_table(terms: Sequence[Named], modes: Sequence[Array], sds: Sequence[Array]) -> pd.DataFrame:
    """Frame of group, level, term, mode, sd from arrays of levels by columns."""
    parts = [
        pd.DataFrame(
            dict(zip(MODES, (term.group, list(term.levels), name, mode[:, k], sd[:, k]), strict=True))
        )
        for term, mode, sd in zip(terms, modes, sds, strict=True)
        for k, name in enumerate(term.names)
    ]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(MODES))
