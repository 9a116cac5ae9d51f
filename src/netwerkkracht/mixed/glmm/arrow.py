"""The matrix H = I + Λ'Z'WZΛ of several random terms: an arrow of small blocks.

The grouping factor with most levels (persons) gives a block per level; all other random effects (teams,
interviewers) form a dense border:

    H = [A  B]   A block diagonal (G blocks of q),  S = C − B'A⁻¹B the Schur complement.
        [B' C]

Everything the Laplace approximation needs of H⁻¹ are solutions and, per row of the data, the little square
over the random effects of that row. Cost is linear in G.

Source: Golub and Van Loan (2013), section 4.5; Bates et al. (2015), JSS 67(1), section 3, for what lme4 does
with sparse Cholesky instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import linalg, sparse

from netwerkkracht.mixed.arrays import Array

# rows x border columns up to which a dense border is faster than a sparse one
DENSE_CELLS = 1_000_000


@dataclass(frozen=True)
class Layout:
    """Where the random effects of each row sit.

    Attributes
    ----------
    codes
        (N,) level of the block factor per row.
    n_levels, width
        Levels and random effects per level of the block factor.
    columns
        (N, Q2) border column of each further random effect of the row.
    n_border
        Number of border columns.
    indicator
        (G, N) sparse: sums rows by level.
    """

    codes: np.ndarray
    n_levels: int
    width: int
    columns: np.ndarray
    n_border: int
    indicator: sparse.csr_matrix

    @classmethod
    def make(cls, codes: np.ndarray, n_levels: int, width: int, columns: np.ndarray, n_border: int) -> Layout:
        """Make a layout; the indicator follows from the codes."""
        n = len(codes)
        indicator = sparse.csr_matrix((np.ones(n), (codes, np.arange(n))), shape=(n_levels, n))
        return cls(codes, n_levels, width, columns, n_border, indicator)

    def sums(self, loads: Array) -> tuple[Array, Array]:
        """Sum row vectors (N, Q) over the random effects they belong to: (G, q) and (border,)."""
        block = np.asarray(self.indicator @ loads[:, : self.width])
        border = np.zeros(self.n_border)
        for k in range(self.columns.shape[1]):
            border += np.bincount(self.columns[:, k], loads[:, self.width + k], self.n_border)
        return block, border

    def rows(self, block: Array, border: Array) -> Array:
        """Give each row the random effects it has: (N, Q)."""
        return np.hstack((block[self.codes], border[self.columns]))


@dataclass(frozen=True)
class Arrow:
    """H with what is needed of its inverse."""

    layout: Layout
    inverse_a: Array
    a_inverse_b: Array
    inverse_s: Array
    logdet: float

    def solve(self, block: Array, border: Array) -> tuple[Array, Array]:
        """Return H⁻¹ (block, border)."""
        left = np.einsum("gij,gj->gi", self.inverse_a, block)
        if not self.layout.n_border:
            return left, border
        right = self.inverse_s @ (border - np.einsum("gik,gi->k", self.a_inverse_b, block))
        return left - self.a_inverse_b @ right, right

    def local(self) -> Array:
        """Return per row the square of H⁻¹ over the row's random effects: (N, Q, Q)."""
        layout = self.layout
        q, extra = layout.width, layout.columns.shape[1]
        if not extra:
            return np.asarray(self.inverse_a[layout.codes])
        corner = -self.a_inverse_b @ self.inverse_s
        block = self.inverse_a - np.einsum("gik,gjk->gij", corner, self.a_inverse_b)
        found = np.empty((len(layout.codes), q + extra, q + extra))
        found[:, :q, :q] = block[layout.codes]
        for k in range(extra):
            column = layout.columns[:, k]
            found[:, :q, q + k] = found[:, q + k, :q] = corner[layout.codes, :, column]
            found[:, q:, q + k] = self.inverse_s[layout.columns, column[:, None]]
        return found


def arrow(layout: Layout, loads: Array, weight: Array) -> Arrow:
    """Form and factor H for row vectors ``loads`` (N, Q) and weights (N,) ≥ 0."""
    q, n_border = layout.width, layout.n_border
    first = loads[:, :q]
    squares = (weight[:, None, None] * first[:, :, None] * first[:, None, :]).reshape(len(weight), -1)
    A = np.asarray(layout.indicator @ squares).reshape(-1, q, q) + np.eye(q)
    inverse_a: Array = 1.0 / A if q == 1 else np.asarray(np.linalg.inv(A), np.float64)
    logdet = float(np.log(A[:, 0, 0]).sum() if q == 1 else np.linalg.slogdet(A)[1].sum())
    if not n_border:
        return Arrow(layout, inverse_a, np.empty((0, 0, 0)), np.empty((0, 0)), logdet)
    B, C = _border(layout, loads, weight)
    a_inverse_b = np.matmul(inverse_a, B)
    flat = B.reshape(-1, n_border)
    S = C - flat.T @ a_inverse_b.reshape(-1, n_border)
    factor = linalg.cho_factor(S, lower=True)
    logdet += float(2 * np.log(np.diag(factor[0])).sum())
    return Arrow(layout, inverse_a, a_inverse_b, linalg.cho_solve(factor, np.eye(n_border)), logdet)


def _border(layout: Layout, loads: Array, weight: Array) -> tuple[Array, Array]:
    """Return B (G, q, border) and C (border, border)."""
    q, n_border, n = layout.width, layout.n_border, len(weight)
    first = loads[:, :q]
    if n * n_border <= DENSE_CELLS:
        wide = np.zeros((n, n_border))
        for k in range(layout.columns.shape[1]):
            wide[np.arange(n), layout.columns[:, k]] += loads[:, q + k]
        weighted = weight[:, None] * wide
        parts = [layout.indicator @ (first[:, [a]] * weighted) for a in range(q)]
        return np.stack(parts, axis=1), wide.T @ weighted + np.eye(n_border)
    pointers = np.arange(0, layout.columns.size + 1, layout.columns.shape[1])
    border = sparse.csr_matrix((loads[:, q:].ravel(), layout.columns.ravel(), pointers), shape=(n, n_border))
    heavy = border.multiply(weight[:, None]).tocsr()
    parts = [(layout.indicator @ heavy.multiply(first[:, [a]]).tocsr()).toarray() for a in range(q)]
    return np.stack(parts, axis=1), (border.T @ heavy).toarray() + np.eye(n_border)
