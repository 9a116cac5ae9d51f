"""Moments of a model with several grouping factors, nested or crossed.

The factor with most levels is summed over level by level (`OneFactor`), with the random columns Z2 of all
other factors beside the data columns; then Z2 is eliminated:

    V0 = V1 + Z2 G2 Z2'      V0^-1 = V1^-1 - V1^-1 Z2 W Z2' V1^-1      W = G2 (I + S_zz G2)^-1

so that only matrices as large as the smaller factors have to be inverted. This is the blocked elimination of
a mixed model's equations.

Source: Bates et al. (2015), section 3; Henderson & Searle (1981), eq. 17.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array, Codes
from netwerkkracht.mixed.gaussian.moments import Moments, OneFactor


@dataclass(frozen=True)
class Places:
    """Where entry i of gamma stands in the covariance of Z2: rows ``a`` against rows ``b``."""

    a: Codes
    b: Codes

    def times(self, M: Array) -> Array:
        """E_i M."""
        made = np.zeros_like(M)
        made[self.a] = M[self.b]
        if self.a[0] != self.b[0]:
            made[self.b] = M[self.a]
        return made


@dataclass(frozen=True)
class Crossed:
    """A first factor and the columns of the others.

    ``first`` and ``rest`` say which entries of gamma belong to which; ``first_terms`` which terms.
    """

    inner: OneFactor
    q2: int
    first: Codes
    rest: Codes
    first_terms: tuple[int, ...]
    places: tuple[Places, ...]

    def moments(self, gamma: Array, G: list[Array]) -> Moments:
        """Compute the moments: eliminate the first factor, then the others."""
        z, d = slice(0, self.q2), slice(self.q2, None)
        one = self.inner.moments(gamma[self.first], [G[t] for t in self.first_terms])
        S_zz, S_zd = one.S[z, z], one.S[z, d]
        G2 = self.covariance(gamma[self.rest])
        inner = np.eye(self.q2) + S_zz @ G2
        both = np.linalg.solve(inner, np.hstack([S_zz, S_zd]))
        # Z2'V0^-1 Z2 and Z2'V0^-1 D
        H, U = np.asarray(both[:, z], np.float64), np.asarray(both[:, d], np.float64)
        W = G2 - G2 @ H @ G2
        C = np.vstack([-G2 @ U, np.eye(S_zd.shape[1])])  # V0^-1 D = V1^-1 [Z2 D] C
        C_z = np.vstack([np.eye(self.q2) - G2 @ H, np.zeros((S_zd.shape[1], self.q2))])
        S = one.S[d, d] - S_zd.T @ G2 @ U
        logdet = one.logdet + float(np.linalg.slogdet(inner)[1])
        r, m = len(gamma), S.shape[0]
        P, Q = np.empty((r, m, m)), np.empty((r, r, m, m))
        t, tt = np.empty(r), np.empty((r, r))
        PC = [P_i @ C for P_i in one.P]
        for i, at in enumerate(self.first):
            P[at] = C.T @ PC[i]
            t[at] = one.t[i] - np.sum(W * one.P[i][z, z])
            WP = W @ one.P[i][z, z]
            for j, to in enumerate(self.first):
                Q[at, to] = C.T @ one.Q[i, j] @ C - PC[i][z].T @ W @ PC[j][z]
                cross = np.sum(WP * (W @ one.P[j][z, z]).T)
                tt[at, to] = one.tt[i, j] - 2 * np.sum(W * one.Q[i, j][z, z]) + cross
        EU = [place.times(U) for place in self.places]
        EH = [place.times(H) for place in self.places]
        for i, at in enumerate(self.rest):
            P[at] = U.T @ EU[i]
            t[at] = np.trace(EH[i])
            for j, to in enumerate(self.rest):
                Q[at, to] = EU[i].T @ H @ EU[j]
                tt[at, to] = np.sum(EH[i] * EH[j].T)
            for j, to in enumerate(self.first):
                PC_z = one.P[j] @ C_z
                Q[to, at] = PC[j].T @ C_z @ EU[i]
                Q[at, to] = Q[to, at].T
                tt[at, to] = tt[to, at] = np.trace(self.places[i].times(C_z.T @ PC_z))
        return Moments(one.n, gamma, S, logdet, P, t, Q, tt)

    def covariance(self, gamma: Array) -> Array:
        """Write out G2 from its entries of gamma."""
        made = np.zeros((self.q2, self.q2))
        for value, place in zip(gamma, self.places, strict=True):
            made[place.a, place.b] = made[place.b, place.a] = value
        return made


def other_columns(
    n: int, parts: Sequence[tuple[Codes, int, Sequence[Array]]]
) -> tuple[Array, list[list[Places]]]:
    """Write out the random columns of the smaller factors.

    Parameters
    ----------
    parts
        For each factor: level of each row, number of levels, and Z (n, k) of each of its terms.

    Returns
    -------
    Z2, places
        Z2 is n by q2 (a column for each level and random column); places has a list for each factor, entries
        in theta's order.
    """
    blocks, places, at = [], [], 0
    for codes, levels, terms in parts:
        own = []
        for Z in terms:
            starts = []
            for column in Z.T:
                block = np.zeros((n, levels))
                block[np.arange(n), codes] = column
                blocks.append(block)
                starts.append(np.arange(at, at + levels))
                at += levels
            own += [Places(starts[a], starts[b]) for b in range(len(starts)) for a in range(b, len(starts))]
        places.append(own)
    return np.hstack(blocks), places
