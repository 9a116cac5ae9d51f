"""The Laplace approximation for any random part: slopes, nested and crossed factors.

With b = Λ(θ) u, u ~ N(0, I), the mode û of f(u) = Σ_i [y_i η_i − m_i A(η_i)] − |u|²/2 and H = I + Λ'Z'WZΛ,
W = m A'',

    log L ≈ f(û) − log|H| / 2.

The gradient is exact: the terms through û and through W(û) are carried by one solution with H. With the
row vectors l_i = Λ'z_i, v_i = l_i'H⁻¹l_i, e_i = v_i l'''_i / 2, a = H⁻¹ Σ e_i l_i and
ρ_i = l'_i + e_i + l''_i l_i'a,

    ∂/∂β = Σ ρ_i x_i,   ∂/∂Λ_rc = Σ z_ir (ρ_i û_ic + l'_i a_ic + l''_i (H⁻¹l_i)_c).

Source: Breslow and Clayton (1993), JASA 88, 9-25 (the approximation); Kristensen et al. (2016), JSS 70(5),
equations 3 to 6 (its gradient). Equals ``lme4::glmer(nAGQ = 1)``, ``glmmTMB`` and ``ordinal::clmm``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import negative_binomial
from netwerkkracht.mixed.families.canonical import Canonical
from netwerkkracht.mixed.families.cumulants import Derivatives
from netwerkkracht.mixed.families.ordinal import spacing
from netwerkkracht.mixed.glmm.arrow import Arrow, Layout, arrow

MODE_DECREMENT = 1e-20
MODE_ITERATIONS = 200


@dataclass(frozen=True)
class Effects:
    """The random terms of canonical rows.

    ``Z`` (N, Q) are the internal random columns with their sign, ``entries`` the (row, column) of Λ for each
    parameter θ (lower triangles of the terms, column by column).
    """

    layout: Layout
    Z: Array
    entries: tuple[tuple[int, int], ...]

    def factor(self, theta: Array) -> Array:
        """Return Λ (Q, Q), block lower triangular."""
        found = np.zeros((self.Z.shape[1], self.Z.shape[1]))
        for value, (row, column) in zip(theta, self.entries, strict=True):
            found[row, column] = value
        return found


@dataclass(frozen=True)
class Modes:
    """Modes û of the standardised random effects, by level and in the border."""

    block: Array
    border: Array


@dataclass(frozen=True)
class LaplaceValue:
    """Log-likelihood (no data constants), gradient (P + θ), the modes, and H there."""

    loglik: float
    gradient: Array
    modes: Modes
    arrow: Arrow


@dataclass(frozen=True)
class _State:
    """Rows at one parameter vector: offsets and fixed part, trials, row vectors l_i."""

    eta: Array
    m: Array
    loads: Array


def laplace(rows: Canonical, effects: Effects, psi: Array, start: Modes | None = None) -> LaplaceValue:
    """Return the Laplace log-likelihood and its exact gradient at internal parameters ``psi``."""
    n_linear = rows.X.shape[1]
    linear, theta = psi[:n_linear], psi[n_linear:]
    m = rows.m * (rows.y + np.exp(linear[-1])) if rows.size else rows.m
    state = _State(rows.offset + rows.X @ linear, m, effects.Z @ effects.factor(theta))
    modes = start or Modes(
        np.zeros((effects.layout.n_levels, effects.layout.width)), np.zeros(effects.layout.n_border)
    )
    modes, value = _find_modes(rows, effects.layout, state, modes)
    u = effects.layout.rows(modes.block, modes.border)
    A = rows.cumulant.derivatives(state.eta + (state.loads * u).sum(axis=1))
    second, third = -m * A.second, -m * A.third
    H = arrow(effects.layout, state.loads, -second)
    loglik = value - 0.5 * H.logdet
    inverse_loads = np.einsum("nij,nj->ni", H.local(), state.loads)
    v = (state.loads * inverse_loads).sum(axis=1)
    e = 0.5 * v * third
    a = effects.layout.rows(*H.solve(*effects.layout.sums(e[:, None] * state.loads)))
    first = rows.y - m * A.first
    along = (state.loads * a).sum(axis=1)
    rho = first + e + second * along
    V = rho[:, None] * u + first[:, None] * a + second[:, None] * inverse_loads
    slopes = effects.Z.T @ V
    by_theta = [slopes[row, column] for row, column in effects.entries]
    gradient = np.concatenate((rows.X.T @ rho, by_theta))
    loglik, gradient = _extra(rows, linear, (A.value, A.first, A.second), (v, along), loglik, gradient)
    return LaplaceValue(loglik, gradient, modes, H)


def _extra(
    rows: Canonical,
    linear: Array,
    kernel: tuple[Array, Array, Array],
    through: tuple[Array, Array],
    loglik: float,
    gradient: Array,
) -> tuple[float, Array]:
    """Add what NB2 (log θ in the trials) and the ordinal family (thresholds) have of their own."""
    if rows.size:
        value, mean, bend = kernel
        v, along = through
        log_theta = linear[-1:]
        y, real = rows.y[None, None], rows.m[None, None]
        loglik += float(negative_binomial.size_constant(y, real, log_theta).sum())
        moved = 0.5 * v * bend + along * mean
        score = negative_binomial.size_score(y, real, log_theta, value + moved)
        gradient[len(linear) - 1] += float(score.sum())
    if rows.n_thresholds > 1:
        to_thresholds = rows.transform[: rows.n_thresholds]
        assert rows.counts is not None
        extra, slope, _ = spacing((to_thresholds @ linear)[None], rows.counts)
        loglik += float(extra[0])
        gradient[: len(linear)] += slope[0] @ to_thresholds
    return loglik, gradient


def _find_modes(rows: Canonical, layout: Layout, state: _State, start: Modes) -> tuple[Modes, float]:
    """Newton's method with step halving on the concave f; return û and f(û)."""
    modes = start
    value, A = _penalised(rows, layout, state, modes)
    for _ in range(MODE_ITERATIONS):
        score = layout.sums((rows.y - state.m * A.first)[:, None] * state.loads)
        slope = (score[0] - modes.block, score[1] - modes.border)
        step = arrow(layout, state.loads, state.m * A.second).solve(*slope)
        decrement = float((slope[0] * step[0]).sum() + slope[1] @ step[1])
        length = 1.0
        while length > 1e-10:
            trial = Modes(modes.block + length * step[0], modes.border + length * step[1])
            new, A = _penalised(rows, layout, state, trial)
            if new >= value - 1e-12 * (1 + abs(value)):
                break
            length *= 0.5
        modes, value = trial, new
        if decrement < MODE_DECREMENT * max(1.0, abs(value)) or decrement < 1e-16:
            break
    return modes, value


def _penalised(rows: Canonical, layout: Layout, state: _State, modes: Modes) -> tuple[float, Derivatives]:
    u = layout.rows(modes.block, modes.border)
    eta = state.eta + (state.loads * u).sum(axis=1)
    A = rows.cumulant.derivatives(eta)
    value = float(rows.y @ eta - state.m @ A.value)
    return value - 0.5 * float((modes.block**2).sum() + modes.border @ modes.border), A
