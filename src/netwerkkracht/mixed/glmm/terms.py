"""Random terms in coordinates where neither units nor a covariate far from zero disturb the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.formula.design import RandomTerm


@dataclass(frozen=True)
class Term:
    """A random term: level per observed row, natural columns Z (n, q), and b = back Λ u."""

    group: str
    names: tuple[str, ...]
    levels: tuple[str, ...]
    codes: np.ndarray
    Z: Array
    back: Array

    @property
    def internal(self) -> Array:
        """Columns of the internal random effects."""
        return np.asarray(self.Z @ self.back)


def make_terms(random: Sequence[RandomTerm]) -> tuple[Term, ...]:
    """Rescale or orthogonalise the columns of each random term."""
    terms = []
    for term in random:
        Z = np.asarray(term.Z, float)
        scale = np.sqrt(np.mean(Z**2, axis=0))
        scale[scale == 0] = 1.0
        back = np.diag(1 / scale)
        if Z.shape[1] > 1:
            R = np.linalg.qr(Z / scale, mode="r") / np.sqrt(len(Z))
            if np.abs(np.diag(R)).min() > 1e-8:
                back = np.linalg.inv(R) / scale[:, None]
        terms.append(Term(term.group, term.names, term.levels, np.asarray(term.codes), Z, back))
    return tuple(terms)


def theta_entries(terms: Sequence[Term]) -> tuple[tuple[int, int, int], ...]:
    """Return (term, row, column) of each θ: lower triangles, column by column."""
    return tuple(
        (t, row, column)
        for t, term in enumerate(terms)
        for column in range(term.Z.shape[1])
        for row in range(column, term.Z.shape[1])
    )


def factors(terms: Sequence[Term], entries: Sequence[tuple[int, int, int]], theta: Array) -> list[Array]:
    """Return the internal factor Λ of each term."""
    found = [np.zeros((term.Z.shape[1],) * 2) for term in terms]
    for value, (t, row, column) in zip(theta, entries, strict=True):
        found[t][row, column] = value
    return found
