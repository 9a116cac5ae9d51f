"""The profiled criterion of one variance ratio for many responses, and its minimum for all of them together.

See `batch` for the eigenvalues d and the sums of squares h in which the criterion falls apart.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array, Codes, Mask

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
