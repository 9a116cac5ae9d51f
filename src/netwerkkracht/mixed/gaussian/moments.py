"""All that a Gaussian mixed model needs of its data, at one value of the covariance: a few small matrices.

Write ``V = sigma^2 V0`` with ``V0 = I + sum_i gamma_i V_i``, ``V_i = Z E_i Z'``, and D = [X y]. Deviance,
gradient, Hessian, Satterthwaite's and Kenward-Roger's corrections and the likelihood profiles are algebra on

    S    = D' V0^-1 D                 P_i = D' V0^-1 V_i V0^-1 D          Q_ij = D' V0^-1 V_i V0^-1 V_j V0^-1
    D logdet = log |V0|                 t_i = tr(V0^-1 V_i)                 tt_ij = tr(V0^-1 V_i V0^-1 V_j)

For one grouping factor they are sums over its levels of q by q matrices. Levels with equal Z'Z share those,
so the sums are taken once per distinct Z'Z (`OneFactor`); further factors are eliminated after it
(`crossed`).

Source: Bates et al. (2015), eqs. 16-41; Henderson & Searle (1981) for the inverse of V0.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from netwerkkracht.mixed.arrays import Array, Codes


@dataclass(frozen=True)
class Moments:
    """The matrices above: m columns of D, r entries of gamma, n rows."""

    n: int
    gamma: Array
    S: Array
    logdet: float
    P: Array
    t: Array
    Q: Array
    tt: Array

    def with_residual(self) -> Moments:
        """Add the identity as last V_i. As ``I = V0 - sum gamma_i V_i``, that needs no further pass."""
        g = self.gamma
        P_e = self.S - np.einsum("i,ixy->xy", g, self.P)
        Q_ie = self.P - np.einsum("j,ijxy->ixy", g, self.Q)
        Q_ei = self.P - np.einsum("j,jixy->ixy", g, self.Q)
        Q_ee = P_e - np.einsum("i,ixy->xy", g, Q_ie)
        tt_ie = self.t - self.tt @ g
        t_e = self.n - self.t @ g
        r = len(g)
        Q = np.empty((r + 1, r + 1, *self.S.shape))
        Q[:r, :r], Q[:r, r], Q[r, :r], Q[r, r] = self.Q, Q_ie, Q_ei, Q_ee
        tt = np.empty((r + 1, r + 1))
        tt[:r, :r], tt[:r, r], tt[r, :r], tt[r, r] = self.tt, tt_ie, tt_ie, t_e - tt_ie @ g
        P = np.concatenate([self.P, P_e[None]])
        return Moments(self.n, np.append(g, 1.0), self.S, self.logdet, P, np.append(self.t, t_e), Q, tt)

    def columns(self, A: Array) -> Moments:
        """Moments of D A, for other columns that are combinations of these."""
        S, P, Q = (np.einsum("ax,...ab,by->...xy", A, M, A) for M in (self.S, self.P, self.Q))
        return Moments(self.n, self.gamma, S, self.logdet, P, self.t, Q, self.tt)


class Source(Protocol):
    """Something that gives the moments at the covariances of its random terms."""

    def moments(self, gamma: Array, G: list[Array]) -> Moments:
        """Compute the moments."""
        ...


@dataclass(frozen=True)
class NoFactor:
    """No random part: V0 is the identity."""

    n: int
    S0: Array

    def moments(self, gamma: Array, G: list[Array]) -> Moments:  # noqa: ARG002 - there is no G
        """Return D'D; there is no entry of gamma."""
        m = len(self.S0)
        none, nothing = np.empty((0, m, m)), np.empty((0, 0, m, m))
        return Moments(self.n, gamma, self.S0, 0.0, none, np.empty(0), nothing, np.empty((0, 0)))


@dataclass(frozen=True)
class OneFactor:
    """Sufficient statistics of one grouping factor with q random columns.

    Levels with the same Z'Z form a class: ``A`` (C, q, q) holds Z'Z by class, ``counts`` its levels. Of the
    data only ``S0 = D'D`` and the sums over levels of ``(Z'D)_a (Z'D)_b'`` are needed: ``T`` (C, q, q, m, m)
    by class; where that would outgrow the data, ``B`` (J, q, m) by level instead.
    ``E`` (r, q, q) are the symmetric matrices with ``G = sum gamma_i E_i``.
    """

    n: int
    S0: Array
    A: Array
    counts: Array
    E: Array
    T: Array | None
    B: Array
    classes: Codes

    @classmethod
    def of(cls, Z: Array, D: Array, codes: Codes, levels: int, E: Array) -> OneFactor:
        """Summarise data: Z (n, q), D (n, m), and the level of each row."""
        q, m = Z.shape[1], D.shape[1]
        ZZ = sum_by(np.einsum("na,nb->nab", Z, Z).reshape(len(Z), -1), codes, levels).reshape(levels, q, q)
        B = sum_by(np.einsum("na,nx->nax", Z, D).reshape(len(Z), -1), codes, levels).reshape(levels, q, m)
        # 12 digits: sums in another order must not make another class
        rounded = np.round(ZZ.reshape(levels, -1), 12) + 0.0
        if q == 1:
            _, first, classes, counts = np.unique(
                rounded[:, 0], return_index=True, return_inverse=True, return_counts=True
            )
        else:
            _, first, classes, counts = np.unique(
                rounded, axis=0, return_index=True, return_inverse=True, return_counts=True
            )
        classes = classes.reshape(-1)
        T = None
        if len(first) * q * q * m * m <= max(2 * B.size, 10_000):
            T = np.zeros((len(first), q, q, m, m))
            for c in range(len(first)):
                own = B[classes == c]
                T[c] = np.einsum("jax,jby->abxy", own, own, optimize=len(own) > 1000)
        return cls(len(Z), D.T @ D, ZZ[first], counts.astype(float), E, T, B, classes)

    def _sum(self, M: Array) -> Array:
        """Sum over levels of B' M B, for w matrices M (C, w, q, q) by class: an array (w, m, m)."""
        C, w, q, _ = M.shape
        m = self.S0.shape[0]
        if self.T is not None:
            flat = np.moveaxis(M, 1, 0).reshape(w, C * q * q)
            return (flat @ self.T.reshape(C * q * q, m * m)).reshape(w, m, m)
        made = np.zeros((w, m, m))
        step = max(1, 2_000_000 // (q * m))
        for start in range(0, len(self.B), step):
            B, own = self.B[start : start + step], self.classes[start : start + step]
            flat = B.reshape(-1, m)
            for k in range(w):
                made[k] += flat.T @ (M[own, k] @ B).reshape(-1, m)
        return made

    def moments(self, gamma: Array, G: list[Array]) -> Moments:
        """Compute the moments at the block covariance of the factor's terms."""
        relative = block_diagonal(G)
        q, r = len(relative), len(self.E)
        inner = np.eye(q) + self.A @ relative
        R = np.linalg.inv(inner)  # Z'V0^-1 = R Z'
        H = R @ self.A  # Z'V0^-1 Z
        Rt = np.swapaxes(R, 1, 2)
        ER = self.E[None] @ R[:, None]  # E_i R
        HER = H[:, None] @ ER
        first = Rt[:, None] @ ER
        second = np.swapaxes(ER, 2, 3)[:, :, None] @ HER[:, None]
        flat = np.concatenate([(relative @ R)[:, None], first, second.reshape(len(R), r * r, q, q)], axis=1)
        sums = self._sum(flat)
        HE = H[:, None] @ self.E[None]
        n_c = self.counts
        logdet = float(n_c @ np.linalg.slogdet(inner)[1])
        t = n_c @ np.trace(HE, axis1=2, axis2=3)
        flat_he = HE.reshape(len(HE), r, q * q)
        turned = np.swapaxes(HE, 2, 3).reshape(len(HE), r, q * q)
        tt = np.einsum("c,cij->ij", n_c, flat_he @ np.swapaxes(turned, 1, 2))
        m = len(self.S0)
        Q = sums[1 + r :].reshape(r, r, m, m)
        return Moments(self.n, gamma, self.S0 - sums[0], logdet, sums[1 : 1 + r], t, Q, tt)


def sum_by(values: Array, codes: Codes, levels: int) -> Array:
    """Sum rows by level: values (n, w) to (levels, w)."""
    columns = [np.bincount(codes, weights=column, minlength=levels) for column in values.T]
    return np.ascontiguousarray(np.array(columns).T)


def block_diagonal(blocks: list[Array]) -> Array:
    """Put square matrices on one diagonal."""
    if len(blocks) == 1:
        return blocks[0]
    size = sum(len(block) for block in blocks)
    made, at = np.zeros((size, size)), 0
    for block in blocks:
        made[at : at + len(block), at : at + len(block)] = block
        at += len(block)
    return made


def symmetric_basis(sizes: list[int]) -> Array:
    """Matrices E_i of the entries of G for terms of these sizes within one factor, in theta's order."""
    q = sum(sizes)
    made, at = [], 0
    for k in sizes:
        for b in range(k):
            for a in range(b, k):
                E = np.zeros((q, q))
                E[at + a, at + b] = E[at + b, at + a] = 1.0
                made.append(E)
        at += k
    return np.array(made)
