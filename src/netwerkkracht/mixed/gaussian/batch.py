"""Many responses of one design with one random intercept (or slope): all refits at once.

The design does not change, so neither do the eigenvectors of Z'MZ, with M the projection off the fixed
columns. In them the restricted likelihood of the variance ratio gamma falls apart,

    -2 log L_R = sum_k m_k log(1 + gamma d_k) + nu log( sum_k h_k / (1 + gamma d_k) ) + constant,

where h_k is the sum of squares of the response along the eigenvectors with eigenvalue d_k (m_k of them). A
panel has few distinct d_k, so one evaluation for thousands of responses is a handful of array operations, the
root of the derivative is searched for all of them together, and the sign of the derivative at gamma = 0 says
which variances are exactly zero. Estimates, standard errors and degrees of freedom follow from the same
eigenvectors.

Source: Patterson & Thompson (1971); Kang et al. (2008) and Lippert et al. (2011) for the eigenvectors;
Kenward & Roger (1997).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array, Codes, Mask
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.gaussian.batch_root import Criterion
from netwerkkracht.mixed.gaussian.moments import sum_by

# responses per round: what fits in the cache of a processor
ROUND = 2048


@dataclass(frozen=True)
class Spectrum:
    """What the design alone determines.

    ``d`` (K) are the distinct eigenvalues with multiplicity ``m``, the last one 0; ``owner`` says to which
    each of the e eigenvectors belongs. ``from_sums`` (e, J) and turn group sums of the residual into
    coordinates. ``cross`` (e, p) is ``Q'Z Z'`` along the eigenvectors, the only way in which they touch the
    fixed effects. ``R`` is the triangle X = Q R. ``ml_d`` and ``ml_counts`` are eigenvalues of ZZ' and their
    multiplicities.
    """

    design: Design
    Q: Array
    R: Array
    d: Array
    m: Array
    owner: Codes
    from_sums: Array
    cross: Array
    QZZQ: Array
    ml_d: Array
    ml_counts: Array
    order: Codes | None
    starts: Codes


def spectrum(design: Design) -> Spectrum:
    """Decompose a design with one random term of one column.

    Raises
    ------
    StudyError
        BATCH when the design has another random part.
    """
    if len(design.random) != 1 or design.random[0].Z.shape[1] != 1:
        raise fail(
            "BATCH",
            "refitting all at once is made for one random intercept",
            expected="one random part with one column",
            action="use fit() for each response",
        )
    term = design.random[0]
    z, codes, J = term.Z[:, 0], term.codes, term.n_levels
    Q, R = np.linalg.qr(design.X)
    ZZ = np.bincount(codes, weights=z * z, minlength=J)
    QZ = sum_by(Q * z[:, None], codes, J)  # J by p: Z'Q
    values, vectors = np.linalg.eigh(np.diag(ZZ) - QZ @ QZ.T)
    kept = values > 1e-9 * max(float(values.max(initial=0.0)), 1e-300)
    values, vectors = values[kept], vectors[:, kept]
    rounded = np.round(values / values.max(initial=1.0), 9)
    _, first, owner, counts = np.unique(rounded, return_index=True, return_inverse=True, return_counts=True)
    d = np.append(values[first], 0.0)
    rest = design.n_rows - Q.shape[1] - counts.sum()
    from_sums = (vectors / np.sqrt(values)).T
    cross = (vectors * np.sqrt(values)).T @ QZ
    cross[np.abs(cross) < 1e-11 * max(float(np.abs(QZ).max(initial=0.0)), 1e-300)] = 0.0
    ml_d, ml_counts = np.unique(np.round(ZZ, 12), return_counts=True)
    ordered = bool(np.all(np.diff(codes) >= 0))
    order = None if ordered else np.argsort(codes, kind="stable")
    starts = np.concatenate([[0], np.cumsum(np.bincount(codes, minlength=J))[:-1]])
    return Spectrum(
        design, Q, R, d, np.append(counts, rest).astype(float), owner, from_sums, cross,
        QZ.T @ QZ, np.asarray(ml_d, np.float64), ml_counts.astype(float), order, starts,
    )  # fmt: skip


@dataclass(frozen=True)
class Fits:
    """Fits of m responses: arrays of length m, or m by p.

    ``ratio`` is the variance of the random effect over the residual variance; ``loglik`` the restricted
    log-likelihood for REML. ``se`` and ``df`` follow the method asked for. ``status`` is ``ok``,
    ``boundary``, ``not_identified`` (a response that is fitted exactly or not finite) or ``not_converged``.
    """

    names: tuple[str, ...]
    estimates: Array
    se: Array
    df: Array
    sd: Array
    sigma: Array
    ratio: Array
    loglik: Array
    status: NDArray[np.str_]

    @property
    def statistic(self) -> Array:
        """Estimates in standard errors."""
        return self.estimates / self.se


def fit_many(
    design: Design | Spectrum,
    Y: Array,
    *,
    reml: bool = True,
    df: str | None = None,
    precision: float = 1e-10,
) -> Fits:
    """Fit one design with one random intercept to each column of Y.

    Parameters
    ----------
    design
        A design, or its `spectrum` where many calls share it.
    Y
        Responses, rows of the design by m. Offsets of the design are subtracted.
    df
        ``kenward-roger`` (REML; standard errors adjusted), ``satterthwaite``, or None for none.

    Source
    ------
    Equals lmerTest::lmer and pbkrtest for each response.
    """
    known = design if isinstance(design, Spectrum) else spectrum(design)
    rounds = [
        _fit_round(known, Y[:, start : start + ROUND], reml, df, precision)
        for start in range(0, max(Y.shape[1], 1), ROUND)
    ]
    if len(rounds) == 1:
        return rounds[0]
    parts = {
        name: np.concatenate([getattr(one, name) for one in rounds])
        for name in Fits.__annotations__
        if name != "names"
    }
    return Fits(known.design.names, **parts)


def _fit_round(s: Spectrum, Y: Array, reml: bool, df: str | None, precision: float) -> Fits:
    """Fit a few thousand responses."""
    if s.design.offset.any():
        Y = Y - s.design.offset[:, None]
    finite = np.isfinite(Y).all(axis=0)
    if not finite.all():
        Y = np.where(finite, Y, 0.0)
    along = s.Q.T @ Y
    residual = Y - s.Q @ along
    total = np.einsum("nm,nm->m", residual, residual)
    size = total + (along**2).sum(axis=0)
    eta = s.from_sums @ _group_sums(s, residual)  # coordinates along the eigenvectors
    h = np.empty((len(s.d), Y.shape[1]))
    squares = eta**2
    for k in range(len(s.d) - 1):
        h[k] = squares[s.owner == k].sum(axis=0)
    h[-1] = np.maximum(total - h[:-1].sum(axis=0), 0)
    usable = finite & (total > 1e-24 * np.maximum(size, 1e-300)) & (total > 0)
    h[:, ~usable] = 1.0
    criterion = Criterion(s.d, s.m, s.ml_d, s.ml_counts, h, s.design.n_rows, s.Q.shape[1], reml)
    gamma, converged = criterion.root(precision)
    return _results(s, criterion, gamma, _Responses(along, eta, usable, converged), df)


def _group_sums(s: Spectrum, residual: Array) -> Array:
    """Z' times the residuals: J by m."""
    z = s.design.random[0].Z
    weighted = residual if bool(np.all(z == 1)) else residual * z
    ordered = weighted if s.order is None else weighted[s.order]
    return np.asarray(np.add.reduceat(ordered, s.starts, axis=0))


@dataclass(frozen=True)
class _Responses:
    """Coordinates of the responses: along the fixed columns (p, m) and the eigenvectors (e, m)."""

    along: Array
    eta: Array
    usable: Mask
    converged: Mask


def _results(s: Spectrum, criterion: Criterion, gamma: Array, found: _Responses, df: str | None) -> Fits:
    """Estimates, standard errors and degrees of freedom at the optimum."""
    from netwerkkracht.mixed.gaussian.batch_tests import Tests, coefficient_tests

    sigma2 = criterion.rss(gamma) / criterion.nu
    touching = np.flatnonzero(s.cross.any(axis=1))
    weights = gamma / (1 + np.multiply.outer(s.d[s.owner[touching]], gamma))
    b = found.along - s.cross[touching].T @ (weights * found.eta[touching])
    estimates = np.linalg.solve(s.R, b).T
    tests: Tests = coefficient_tests(s, criterion, gamma, sigma2, df)
    log_r = 2 * np.log(np.abs(np.diag(s.R))).sum() if criterion.reml else 0.0
    loglik = -0.5 * (criterion.deviance(gamma) + log_r)
    status = np.where(gamma == 0, "boundary", "ok").astype("<U14")
    status[~found.converged] = "not_converged"
    status[~found.usable] = "not_identified"
    bad = ~(found.usable & found.converged)
    se, sd, sigma = tests.se, np.sqrt(gamma * sigma2), np.sqrt(sigma2)
    for array in (estimates, se, tests.df):
        array[bad] = np.nan
    for array in (sd, sigma, loglik):
        array[bad] = np.nan
    return Fits(s.design.names, estimates, se, tests.df, sd, sigma, gamma, loglik, status)
