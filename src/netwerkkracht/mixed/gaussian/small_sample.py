"""Degrees of freedom and covariance for small samples: Satterthwaite and Kenward-Roger.

Both follow from the moments at the optimum, for any covariance that is linear in its parameters
``psi = (sigma^2 gamma, sigma^2)``:

    d Phi / d psi_i           = Phi P_i Phi
    d2 Phi / d psi_i d psi_j  = Phi (P_i Phi P_j + P_j Phi P_i - Q_ij - Q_ji) Phi

with Phi the covariance of the fixed effects, ``P_i = X'V^-1 V_i V^-1 X``, ``Q_ij = X'V^-1 V_i V^-1 V_j V^-1
X``.

Source: Kenward & Roger (1997); Halekoh & Hojsgaard (2014), pbkrtest; Kuznetsova, Brockhoff & Christensen
(2017), lmerTest; Fai & Cornelius (1996) for F tests of several rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import FTest, Tests
from netwerkkracht.mixed.gaussian.workspace import Point, forms
from netwerkkracht.mixed.status import Method
from netwerkkracht.mixed.tails import chi_square_or_f


@dataclass(frozen=True)
class SmallSample:
    """Covariances and their derivatives at a fitted point, in the scaled units of its workspace.

    L below is in scaled units too: a row l of the data's coefficients is ``l R^-1``.
    """

    point: Point

    @cached_property
    def Phi(self) -> Array:  # noqa: N802 - the letter of the papers
        """Covariance of the fixed effects, sigma^2 C."""
        return self.point.sigma2 * self.point.C

    @cached_property
    def _extended(self) -> tuple[Array, Array, Array, Array, Array, Array]:
        """P and Q of X with the residual as last parameter, and the forms of `workspace.forms`."""
        moments = self.point.moments.with_residual()
        p = self.point.space.p
        found = forms(moments, self.point.C, self.point.a, reml=self.point.reml)
        return (moments.P[:, :p, :p], moments.Q[..., :p, :p], *found)

    @cached_property
    def dPhi(self) -> Array:  # noqa: N802 - the letter of the papers
        """Derivative of Phi by psi, (r + 1, p, p)."""
        C = self.point.C
        return np.asarray(C @ self._extended[0] @ C)

    # -- Kenward and Roger ----------------------------------------------------------------------------

    @cached_property
    def W(self) -> Array:  # noqa: N802 - the letter of the papers
        """Covariance of psi: twice the inverse of tr(P V_i P V_j), the expected REML information."""
        information = self._extended[5]
        return 2 * self.point.sigma2**2 * _inverse(information)

    @cached_property
    def adjusted(self) -> Array:
        """Kenward-Roger's covariance of the fixed effects."""
        P, Q, *_ = self._extended
        C = self.point.C
        PCP = np.einsum("iab,bc,jcd->ijad", P, C, P, optimize=True)
        U = np.einsum("ij,ijab->ab", self.W, Q - PCP)
        return np.asarray(self.Phi + 2 * C @ (0.5 * (U + U.T)) @ C / self.point.sigma2)

    def _a1_a2(self, L: Array) -> tuple[float, float]:
        """Kenward and Roger's A1 and A2 for the rows of L."""
        inner = np.linalg.inv(L @ self.Phi @ L.T)
        M = inner @ (L @ self.dPhi @ L.T)
        traces = np.trace(M, axis1=1, axis2=2)
        a1 = float(traces @ self.W @ traces)
        a2 = float(np.einsum("ij,iab,jba->", self.W, M, M))
        return a1, a2

    # -- Satterthwaite --------------------------------------------------------------------------------

    @cached_property
    def _varpar(self) -> tuple[Array, Array]:
        """Covariance of (theta, sigma), and the derivative of Phi by them; as lmerTest takes them.

        At a variance of zero the derivative by theta vanishes, so that it counts as known.
        """
        *_, y1, y2, t1, t2 = self._extended
        point, s2 = self.point, self.point.sigma2
        template, theta = point.space.template, point.theta
        r, sigma = len(theta), np.sqrt(s2)
        gradient = t1 / s2 - y1 / s2**2
        hessian = (-t2 + 2 * y2 / s2) / s2**2
        gamma = point.moments.gamma
        inner = template.jacobian(theta)
        J = np.zeros((r + 1, r + 1))
        J[:r, :r], J[:r, r], J[r, r] = s2 * inner, 2 * sigma * gamma, 2 * sigma
        H = J.T @ hessian @ J
        H[:r, :r] += s2 * template.curvature(gradient[:r])
        mixed = 2 * sigma * inner.T @ gradient[:r]
        H[:r, r] += mixed
        H[r, :r] += mixed
        H[r, r] += 2 * gradient[:r] @ gamma + 2 * gradient[r]
        return 2 * _inverse(H, positive=True), np.einsum("ki,kab->iab", J, self.dPhi)

    def _satterthwaite(self, rows: Array) -> Array:
        """Degrees of freedom of each row, 2 v^2 / Var(v)."""
        A, d = self._varpar
        v = np.einsum("ma,ab,mb->m", rows, self.Phi, rows)
        slopes = np.einsum("ma,iab,mb->mi", rows, d, rows)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(2 * v**2 / np.einsum("mi,ij,mj->m", slopes, A, slopes))

    # -- tests ----------------------------------------------------------------------------------------

    def covariance(self, method: Method) -> Array:
        """Covariance of the fixed effects that a method uses."""
        return self.adjusted if method == "kenward-roger" else self.Phi

    def tests(self, L: Array, estimate: Array, method: Method) -> Tests:
        """Test each row of L, given its estimate in scaled units."""
        se = np.sqrt(np.maximum(np.einsum("ma,ab,mb->m", L, self.covariance(method), L), 0))
        if method == "asymptotic":
            df = np.full(len(L), np.inf)
        elif method == "satterthwaite":
            df = self._satterthwaite(L)
        else:
            v = np.einsum("ma,ab,mb->m", L, self.Phi, L)
            slopes = np.einsum("ma,iab,mb->mi", L, self.dPhi, L)
            with np.errstate(divide="ignore", invalid="ignore"):
                # Kenward-Roger's df of one row reduces to this
                df = 2 * v**2 / np.einsum("mi,ij,mj->m", slopes, self.W, slopes)
        empty = ~L.any(axis=1)
        return Tests(estimate, np.where(empty, 0.0, se), np.where(empty, np.nan, df))

    def f_test(self, L: Array, b: Array, method: Method) -> FTest:
        """Test ``L b = 0`` with all rows of L together; dependent rows count once."""
        values, vectors = np.linalg.eigh(L @ self.Phi @ L.T)
        kept = values > max(np.sqrt(np.finfo(float).eps) * values.max(initial=0.0), 0)
        q = int(kept.sum())
        if not q:
            return FTest(0, float("nan"), float("nan"), float("nan"))
        rows, variances = vectors.T[kept] @ L, values[kept]
        if method == "kenward-roger":
            return self._kenward_roger_f(rows, b)
        statistic = float(np.sum((rows @ b) ** 2 / variances) / q)
        df = float("inf") if method == "asymptotic" else fai_cornelius(self._satterthwaite(rows))
        return FTest(q, df, statistic, chi_square_or_f(statistic, q, df))

    def _kenward_roger_f(self, L: Array, b: Array) -> FTest:
        """Kenward and Roger's scaled F test (1997, section 2; pbkrtest's KRmodcomp)."""
        q = len(L)
        a1, a2 = self._a1_a2(L)
        B = (a1 + 6 * a2) / (2 * q)
        g = ((q + 1) * a1 - (q + 4) * a2) / ((q + 2) * a2)
        base = 3 * q + 2 * (1 - g)
        c1, c2, c3 = g / base, (q - g) / base, (q + 2 - g) / base
        v0, v1, v2 = 1 + c1 * B, 1 - c2 * B, 1 - c3 * B
        v0 = 0.0 if abs(v0) < 1e-10 else v0
        ratio = 1.0 if abs(1 - a2 / q) < 1e-14 and abs(v1) < 1e-14 else (1 - a2 / q) / v1
        rho = ratio**2 * v0 / v2 / q
        df = 4 + (q + 2) / (q * rho - 1)
        scaling = 1.0 if abs(df - 2) < 0.01 else df * (1 - a2 / q) / (df - 2)
        Lb = L @ b
        statistic = scaling * float(Lb @ np.linalg.solve(L @ self.adjusted @ L.T, Lb)) / q
        return FTest(q, df, statistic, chi_square_or_f(statistic, q, df))


def fai_cornelius(df: Array) -> float:
    """Denominator df of an F test from the df of its independent rows (lmerTest's get_Fstat_ddf)."""
    if len(df) == 1 or np.all(np.abs(np.diff(df)) < 1e-8):
        return float(df.mean())
    if np.any(df <= 2):
        return 2.0
    total = float(np.sum(df / (df - 2)))
    return 2 * total / (total - len(df))


def _inverse(M: Array, *, positive: bool = False) -> Array:
    """Inverse of a symmetric matrix; directions without information are left out (a generalised inverse)."""
    unit = np.sqrt(np.maximum(np.abs(np.diag(M)), 1e-300))
    values, vectors = np.linalg.eigh(0.5 * (M + M.T) / np.outer(unit, unit))
    floor = 1e-10 * max(float(np.abs(values).max(initial=0.0)), 1e-300)
    kept = values > floor if positive else np.abs(values) > floor
    scaled = vectors[:, kept] / unit[:, None]
    return np.asarray(scaled / values[kept] @ scaled.T)
