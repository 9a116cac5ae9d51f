"""The relative covariance of the random effects: from theta to G and back, with derivatives.

A random term with k columns has the covariance ``sigma^2 G`` with ``G = L L'`` and L lower triangular; theta
stacks the lower triangles of all terms, columns first, as in lme4. The entries of G are linear parameters of
V, those of L are not: `Template` holds the chain rule between the two.

G does not change when a column of L changes sign, so theta is free: no bounds are needed in a search, and a
variance of zero is an ordinary point at which the deviance is flat.

Source: Bates, Maechler, Bolker & Walker (2015), section 2.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netwerkkracht.mixed.arrays import Array


@dataclass(frozen=True)
class Template:
    """Shape of theta for random terms of the given sizes; r is the number of entries of theta (and of G)."""

    sizes: tuple[int, ...]

    @cached_property
    def entries(self) -> tuple[tuple[int, int, int], ...]:
        """Term, row and column of each entry of theta; the same place of G is the parameter gamma."""
        return tuple((t, a, b) for t, k in enumerate(self.sizes) for b in range(k) for a in range(b, k))

    @property
    def r(self) -> int:
        """Number of entries of theta."""
        return len(self.entries)

    @cached_property
    def diagonal(self) -> Array:
        """Mask of the entries on a diagonal of L."""
        return np.array([a == b for _, a, b in self.entries], bool)

    def identity(self) -> Array:
        """Theta of identity matrices, lme4's starting point."""
        return self.diagonal.astype(np.float64)

    def factors(self, theta: Array) -> list[Array]:
        """L of each term."""
        made = [np.zeros((k, k)) for k in self.sizes]
        for value, (t, a, b) in zip(theta, self.entries, strict=True):
            made[t][a, b] = value
        return made

    def covariances(self, theta: Array) -> list[Array]:
        """G of each term."""
        return [L @ L.T for L in self.factors(theta)]

    def gamma(self, theta: Array) -> Array:
        """Entries of G, in the order of theta."""
        G = self.covariances(theta)
        return np.array([G[t][a, b] for t, a, b in self.entries])

    def jacobian(self, theta: Array) -> Array:
        """Differentiate gamma by theta, r by r."""
        L = self.factors(theta)
        made = np.zeros((self.r, self.r))
        for i, (t, a, b) in enumerate(self.entries):
            for j, (u, c, d) in enumerate(self.entries):
                if t == u:
                    made[i, j] = (a == c) * L[t][b, d] + (b == c) * L[t][a, d]
        return made

    def curvature(self, weights: Array) -> Array:
        """Second derivative of ``weights @ gamma`` by theta, r by r; it does not depend on theta."""
        made = np.zeros((self.r, self.r))
        place = {entry: i for i, entry in enumerate(self.entries)}
        for i, (t, c, d) in enumerate(self.entries):
            for j, (u, e, f) in enumerate(self.entries):
                if t == u and d == f:
                    made[i, j] = weights[place[t, max(c, e), min(c, e)]] * (2 if c == e else 1)
        return made

    def canonical(self, theta: Array) -> Array:
        """Return the theta with a nonnegative diagonal that gives the same G, zero columns last."""
        made = [_semidefinite_factor(G) for G in self.covariances(theta)]
        return np.array([made[t][a, b] for t, a, b in self.entries])

    def rescale(self, theta: Array, scales: Sequence[Array]) -> Array:
        """Theta of columns multiplied by `scales`: row a of L times ``scales[term][a]``."""
        return np.array([value * scales[t][a] for value, (t, a, _) in zip(theta, self.entries, strict=True)])


def _semidefinite_factor(G: Array) -> Array:
    """Factor a positive semidefinite matrix; a pivot that is only rounding error counts as zero."""
    k = len(G)
    L = np.zeros_like(G)
    for b in range(k):
        pivot = G[b, b] - L[b, :b] @ L[b, :b]
        if pivot <= 1e-13 * max(G[b, b], 1e-300):
            continue
        L[b, b] = np.sqrt(pivot)
        L[b + 1 :, b] = (G[b + 1 :, b] - L[b + 1 :, :b] @ L[b, :b]) / L[b, b]
    return L
