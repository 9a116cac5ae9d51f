"""Random terms in coordinates where neither units nor a covariate far from zero disturb the search."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.covariance import Template
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


def template_of(terms: Sequence[Term]) -> Template:
    """Return the shape of θ, the internal factors Λ of the terms."""
    return Template(tuple(term.Z.shape[1] for term in terms))
