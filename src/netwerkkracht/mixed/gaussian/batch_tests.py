"""Standard errors and degrees of freedom for many responses of one design with one random intercept.

With ``psi = (tau, sigma^2)``, tau the variance of the random effect and gamma = tau / sigma^2, the variance
of an estimate is ``v = sigma^2 c(gamma)``, where c has closed forms in the eigenvectors of `batch.Spectrum`:

    c(gamma) = l'l + gamma l'Q'ZZ'Q l - sum_i gamma^2 / (1 + gamma d_i) (l'x_i)^2

Kenward-Roger's and Satterthwaite's df are both ``2 v^2 / (v' A v')`` with v' the gradient by psi and A the
inverse information, expected for the one and observed for the other; the adjusted variance is ``v - sum_ij
W_ij d2v / d psi_i d psi_j``.

Source: Kenward & Roger (1997), eqs. 4-7; Satterthwaite (1946).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from netwerkkracht.mixed.arrays import Array

if TYPE_CHECKING:
    from netwerkkracht.mixed.gaussian.batch import Spectrum
    from netwerkkracht.mixed.gaussian.batch_root import Criterion


class Tests(NamedTuple):
    """Standard errors and degrees of freedom, m by p."""

    se: Array
    df: Array


def coefficient_tests(
    s: Spectrum, criterion: Criterion, gamma: Array, sigma2: Array, method: str | None
) -> Tests:
    """Compute standard error and df of every coefficient of every response."""
    rows = np.asarray(np.linalg.inv(s.R), np.float64)
    c, c1, c2 = _variance_and_slopes(s, rows, gamma, second=method is not None)
    v = sigma2 * c
    if method is None:
        return Tests(np.sqrt(v).T, np.full(v.T.shape, np.nan))
    # derivatives of v = sigma^2 c(tau / sigma^2) by tau and sigma^2
    by_tau, by_s = c1, c - gamma * c1
    expected, observed = _information(criterion, gamma, sigma2)
    if method == "kenward-roger":
        W = _inverse_pair(*expected)
        tt, ts, ss = c2 / sigma2, -gamma * c2 / sigma2, gamma**2 * c2 / sigma2
        adjusted = v - (W[0] * tt + 2 * W[1] * ts + W[2] * ss)
        df = 2 * v**2 / (W[0] * by_tau**2 + 2 * W[1] * by_tau * by_s + W[2] * by_s**2)
        return Tests(np.sqrt(np.maximum(adjusted, 0)).T, df.T.copy())
    A = _inverse_pair(*observed)
    spread = A[0] * by_tau**2 + 2 * A[1] * by_tau * by_s + A[2] * by_s**2
    # at zero lmerTest's theta = sqrt(gamma) has no slope: only sigma is unknown
    at_zero = 4 * sigma2**2 / (2 * criterion.nu) * c**2 * np.ones_like(v)
    return Tests(np.sqrt(v).T, (2 * v**2 / np.where(gamma == 0, at_zero, spread)).T)


def _variance_and_slopes(
    s: Spectrum, rows: Array, gamma: Array, *, second: bool
) -> tuple[Array, Array, Array]:
    """c(gamma) and its two derivatives for the rows l of the coefficients: p by m each."""
    touching = np.flatnonzero(s.cross.any(axis=1))
    along = (s.cross[touching] @ rows.T) ** 2  # (l'x_i)^2, eigenvectors by coefficients
    # eigenvectors with the same eigenvalue act as one
    owners, place = np.unique(s.owner[touching], return_inverse=True)
    merged = np.zeros((len(owners), len(rows)))
    np.add.at(merged, place, along)
    d = s.d[owners]
    u = 1 / (1 + np.multiply.outer(d, gamma))
    straight = np.einsum("la,ab,lb->l", rows, s.QZZQ, rows)
    base = np.einsum("la,la->l", rows, rows)
    c = base[:, None] + np.multiply.outer(straight, gamma) - merged.T @ (gamma**2 * u)
    if not second:
        return c, c, c
    # gamma^2 u = gamma / d - (1 - u) / d^2, so its derivatives are (1 - u^2) / d and 2 u^3
    c1 = straight[:, None] - (merged / d[:, None]).T @ (1 - u**2)
    return c, c1, -2 * merged.T @ u**3


def _information(
    criterion: Criterion, gamma: Array, sigma2: Array
) -> tuple[tuple[Array, Array, Array], tuple[Array, Array, Array]]:
    """Return the expected REML information and half the observed Hessian, both by (tau, sigma^2)."""
    w = 1 / (1 + np.multiply.outer(criterion.d, gamma))
    m, d = criterion.m, criterion.d
    s4 = sigma2**2
    expected = ((m * d**2) @ w**2 / s4, (m * d) @ w**2 / s4, m @ w**2 / s4)
    log_d, log_m = (d, m) if criterion.reml else (criterion.ml_d, criterion.ml_counts)
    lw = w if criterion.reml else 1 / (1 + np.multiply.outer(log_d, gamma))
    extra = 0 if criterion.reml else criterion.n - log_m.sum()
    traces = ((log_m * log_d**2) @ lw**2, (log_m * log_d) @ lw**2, log_m @ lw**2 + extra)
    hw3 = criterion.h * w**3
    squares = (d**2 @ hw3, d @ hw3, hw3.sum(axis=0))
    observed = tuple((-t + 2 * q / sigma2) / s4 for t, q in zip(traces, squares, strict=True))
    return expected, (observed[0], observed[1], observed[2])


def _inverse_pair(a: Array, b: Array, c: Array) -> tuple[Array, Array, Array]:
    """Twice the inverse of the symmetric matrices ((a, b), (b, c))."""
    det = a * c - b * b
    return 2 * c / det, -2 * b / det, 2 * a / det
