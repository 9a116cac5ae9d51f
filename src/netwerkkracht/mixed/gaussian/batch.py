"""Many responses of one design with one random intercept (or slope): all refits at once.

The design does not change, so neither do the eigenvectors of Z'MZ, with M the projection off the fixed
columns. In them the restricted likelihood of the variance ratio gamma falls apart,

    -2 log L_R = sum_k m_k log(1 + gamma d_k) + nu log( sum_k h_k / (1 + gamma d_k) ) + constant,

where h_k is the sum of squares of the response along the eigenvectors with eigenvalue d_k (m_k of them). A
panel has few distinct d_k, so one evaluation for thousands of responses is a handful of array operations, the
root of the derivative is searched for all of them together, and the sign of the derivative at gamma = 0 says
which variances are exactly zero. Estimates, standard errors and degrees of freedom follow from the same
eigenvectors.

With ``psi = (tau, sigma^2)``, tau the variance of the random effect and gamma = tau / sigma^2, the variance
of an estimate is ``v = sigma^2 c(gamma)``, where c has closed forms in the eigenvectors of `Spectrum`:

    c(gamma) = l'l + gamma l'Q'ZZ'Q l - sum_i gamma^2 / (1 + gamma d_i) (l'x_i)^2

Kenward-Roger's and Satterthwaite's df are both ``2 v^2 / (v' A v')`` with v' the gradient by psi and A the
inverse information, expected for the one and observed for the other; the adjusted variance is ``v - sum_ij
W_ij d2v / d psi_i d psi_j``.

Source: Patterson & Thompson (1971); Kang et al. (2008) and Lippert et al. (2011) for the eigenvectors;
Kenward & Roger (1997), eqs. 4-7; Satterthwaite (1946).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array, Codes, Mask
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.gaussian.moments import sum_by

# -- the criterion -------------------------------------------------------------------------------------------

LOG_2PI = float(np.log(2 * np.pi))
# a slope at zero of this share of the two terms that it is the difference of is rounding, and so is its sign
ROUNDING = 1e-9


@dataclass(frozen=True)
class Criterion:
    """The profiled criterion of the variance ratio gamma for m responses at once; ``h`` is K by m."""

    d: Array
    m: Array
    ml_d: Array
    ml_counts: Array
    h: Array
    n: int
    p: int
    reml: bool

    @property
    def nu(self) -> int:
        """Divisor of the residual sum of squares."""
        return self.n - self.p if self.reml else self.n

    def rss(self, gamma: Array) -> Array:
        """Residual sum of squares y'P0 y."""
        return np.asarray(np.einsum("km,km->m", self.h, 1 / (1 + np.multiply.outer(self.d, gamma))))

    def _log_terms(self) -> tuple[Array, Array]:
        return (self.d, self.m) if self.reml else (self.ml_d, self.ml_counts)

    def deviance(self, gamma: Array) -> Array:
        """Return the criterion, constants included but for log |R|^2."""
        d, m = self._log_terms()
        logdet = m @ np.log1p(np.multiply.outer(d, gamma))
        return np.asarray(logdet + self.nu * (1 + LOG_2PI + np.log(self.rss(gamma) / self.nu)))

    def slopes(self, gamma: Array) -> tuple[Array, Array]:
        """First and second derivative by gamma."""
        d, m = self._log_terms()
        share = d[:, None] / (1 + np.multiply.outer(d, gamma))
        w = 1 / (1 + np.multiply.outer(self.d, gamma))
        hw = self.h * w
        dw = self.d[:, None] * w
        s0, hd = hw.sum(axis=0), hw * dw
        s1, s2 = hd.sum(axis=0), (hd * dw).sum(axis=0)
        first = m @ share - self.nu * s1 / s0
        second = -(m @ share**2) + self.nu * (2 * s2 / s0 - (s1 / s0) ** 2)
        return first, second

    def root(self, precision: float) -> tuple[Array, Mask]:
        """Minimise over gamma >= 0 for every response: bracketed Newton steps in log(1 + gamma d).

        A derivative at zero that is not negative makes the variance exactly zero.
        """
        count = self.h.shape[1]
        top = float(self.d.max(initial=1.0)) or 1.0
        gamma = np.zeros(count)
        at_zero, _ = self.slopes(gamma)
        d, m = self._log_terms()
        open_ = np.flatnonzero(at_zero < -ROUNDING * (m @ d))
        done = np.ones(count, bool)
        if not len(open_):
            return gamma, done
        gamma[open_], done[open_] = _bracketed(self.only(open_), top, precision)
        return gamma, done

    def only(self, which: Codes) -> Criterion:
        """Return the criterion of some of the responses."""
        return replace(self, h=self.h[:, which])


def _bracketed(criterion: Criterion, top: float, precision: float) -> tuple[Array, Mask]:
    """Newton steps on u = log(1 + top * gamma), kept within a bracket of the sign change."""
    count = criterion.h.shape[1]
    found, settled = np.ones(count), np.zeros(count, bool)
    active = np.arange(count)
    u, low, high = np.ones(count), np.zeros(count), np.full(count, np.inf)
    for _ in range(100):
        e = np.exp(u)
        first, second = criterion.slopes((e - 1) / top)
        slope, curve = first * e / top, second * (e / top) ** 2 + first * e / top
        low, high = np.where(slope < 0, u, low), np.where(slope < 0, high, u)
        newton = u - slope / np.where(curve > 0, curve, np.inf)
        middle = np.where(np.isinf(high), 2 * u + 1, 0.5 * (low + high))
        inside = (curve > 0) & (newton > low) & (newton < high) & (newton < 2 * u + 2)
        new = np.where(inside, newton, middle)
        near = np.abs(new - u) <= precision * (1 + u)
        # beyond this the variance ratio has no limit
        u = np.where(u > 60, u, new)
        if near.mean() < 0.5 and not near.all():
            continue
        found[active], settled[active] = u, near
        if near.all():
            break
        # a few slow ones must not hold up the others
        criterion, active = criterion.only(np.flatnonzero(~near)), active[~near]
        u, low, high = u[~near], low[~near], high[~near]
    return np.expm1(found) / top, settled


# -- tests ---------------------------------------------------------------------------------------------------


class _Inference(NamedTuple):
    """Standard errors and degrees of freedom, m by p."""

    se: Array
    df: Array


def coefficient_tests(
    s: Spectrum, criterion: Criterion, gamma: Array, sigma2: Array, method: str | None
) -> _Inference:
    """Compute standard error and df of every coefficient of every response."""
    rows = np.asarray(np.linalg.inv(s.R), np.float64)
    c, c1, c2 = _variance_and_slopes(s, rows, gamma, second=method is not None)
    v = sigma2 * c
    if method is None:
        return _Inference(np.sqrt(v).T, np.full(v.T.shape, np.nan))
    # derivatives of v = sigma^2 c(tau / sigma^2) by tau and sigma^2
    by_tau, by_s = c1, c - gamma * c1
    expected, observed = _information(criterion, gamma, sigma2)
    if method == "kenward-roger":
        W = _inverse_pair(*expected)
        tt, ts, ss = c2 / sigma2, -gamma * c2 / sigma2, gamma**2 * c2 / sigma2
        adjusted = v - (W[0] * tt + 2 * W[1] * ts + W[2] * ss)
        df = 2 * v**2 / (W[0] * by_tau**2 + 2 * W[1] * by_tau * by_s + W[2] * by_s**2)
        return _Inference(np.sqrt(np.maximum(adjusted, 0)).T, df.T.copy())
    A = _inverse_pair(*observed)
    spread = A[0] * by_tau**2 + 2 * A[1] * by_tau * by_s + A[2] * by_s**2
    # at zero lmerTest's theta = sqrt(gamma) has no slope: only sigma is unknown
    at_zero = 4 * sigma2**2 / (2 * criterion.nu) * c**2 * np.ones_like(v)
    return _Inference(np.sqrt(v).T, (2 * v**2 / np.where(gamma == 0, at_zero, spread)).T)


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


# -- the design and the fits ---------------------------------------------------------------------------------

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
    from netwerkkracht.mixed.gaussian.batch import coefficient_tests

    sigma2 = criterion.rss(gamma) / criterion.nu
    touching = np.flatnonzero(s.cross.any(axis=1))
    weights = gamma / (1 + np.multiply.outer(s.d[s.owner[touching]], gamma))
    b = found.along - s.cross[touching].T @ (weights * found.eta[touching])
    estimates = np.linalg.solve(s.R, b).T
    tests = coefficient_tests(s, criterion, gamma, sigma2, df)
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
