"""Adaptive Gauss-Hermite quadrature for one random coefficient, many data sets at once.

For group g with rows i and one random effect b = σ u, u ~ N(0, 1), the likelihood contribution is

    L_g = ∫ exp(f(u)) du / √(2π),   f(u) = Σ_i [y_i η_i − m_i A(η_i)] − u²/2,   η_i = x_i'β + o_i + σ z_i u.

With the mode û, h = −f''(û) and τ = h^{−1/2}, and standard normal nodes t_k with weights w_k,

    log L_g ≈ log τ + log Σ_k w_k exp(f(û + τ t_k) + t_k²/2);

one node is the Laplace approximation. The gradient is that of this approximation itself, the movement of û
and τ with the parameters included, so that the maximum is the maximum of what is reported. The information
is Louis' identity evaluated at the same nodes: exact up to quadrature error, and what Newton steps need.

All arrays have a leading axis of replicates: one fit is a batch of one.

Source: Liu and Pierce (1994), Biometrika 81, 624-629; Pinheiro and Bates (1995), JCGS 4, 12-35;
Louis (1982), JRSS B 44, 226-233. Equals ``lme4::glmer(nAGQ = nodes)`` and ``ordinal::clmm(nAGQ = nodes)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import negative_binomial
from netwerkkracht.mixed.families.cumulants import cumulant, mean_and_curvature
from netwerkkracht.mixed.glmm.louis import louis
from netwerkkracht.mixed.glmm.nodes import Piece, Shape, at_nodes
from netwerkkracht.mixed.glmm.rows import Block, cache_parts

MODE_STEP = 1e-9
MODE_ITERATIONS = 100
LARGEST_MODE_STEP = 4.0


@dataclass(frozen=True)
class Rule:
    """Nodes and log-weights of ∫ g(t) φ(t) dt, t standard normal."""

    nodes: Array
    log_weights: Array


def gauss_hermite(n: int) -> Rule:
    """Return the n-point rule for the standard normal distribution (weights sum to one)."""
    if n < 1:
        raise ValueError("a quadrature rule needs at least one node")
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return Rule(nodes, np.log(weights) - 0.5 * np.log(2 * np.pi))


@dataclass(frozen=True)
class Evaluation:
    """Log-likelihood (R,), gradient (R, P + 1) and, if asked, information (R, P + 1, P + 1).

    ``modes`` are the modes û per block, a start for the next evaluation.
    """

    loglik: Array
    gradient: Array
    information: Array | None
    modes: tuple[Array, ...]


def evaluate(
    blocks: list[Block],
    shape: Shape,
    psi: Array,
    rule: Rule,
    *,
    information: bool = False,
    modes: tuple[Array, ...] | None = None,
) -> Evaluation:
    """Evaluate the marginal log-likelihood of R data sets at R parameter vectors.

    Parameters
    ----------
    blocks
        Groups; y, m, weight with or without a replicate axis.
    psi
        (R, P + 1): internal linear coefficients (log θ last for NB2), then σ (any sign: the likelihood is
        even in σ).
    rule
        Quadrature nodes; one node is Laplace.
    information
        Whether to return Louis' information.
    modes
        Modes of an earlier evaluation.

    Returns
    -------
    Evaluation
        Without data-only constants and without the threshold term of the ordinal family.
    """
    n_rep, n_par = psi.shape
    loglik = np.zeros(n_rep)
    gradient = np.zeros((n_rep, n_par))
    info = np.zeros((n_rep, n_par, n_par)) if information else None
    found = []
    for number, block in enumerate(blocks):
        u = np.zeros((n_rep, len(block.groups))) if modes is None else modes[number].copy()
        for part, piece_block in cache_parts(block, len(rule.nodes), n_rep):
            piece = prepare(piece_block, shape, psi)
            u[:, part] = find_modes(piece, u[:, part])
            _add_piece(piece, rule, u[:, part], loglik, gradient, info)
        found.append(u)
    return Evaluation(loglik, gradient, info, tuple(found))


def prepare(block: Block, shape: Shape, psi: Array) -> Piece:
    """Return trials and fixed-part predictors of a block for each replicate."""
    linear = psi[:, : shape.n_linear]
    *_, groups, width, n_linear = block.X.shape
    if block.X.ndim == 4:
        eta = np.matmul(block.X.reshape(len(psi), -1, n_linear), linear[:, :, None])[..., 0]
    else:
        eta = (block.X.reshape(-1, n_linear) @ linear.T).T
    eta = eta.reshape(len(psi), groups, width) + block.offset
    m = block.m
    if shape.size:
        m = m * (block.y + np.exp(linear[:, -1])[:, None, None])
    return Piece(block, m, eta, psi[:, -1][:, None], shape, linear[:, -1])


def find_modes(piece: Piece, start: Array) -> Array:
    """Return û (R, G): Newton on the concave f, kept inside its bracket by bisection."""
    z, y, m = piece.block.z, piece.block.y, piece.m
    sigma = piece.sigma
    u = start.copy()
    low, high = np.full(u.shape, -np.inf), np.full(u.shape, np.inf)
    previous = np.full(u.shape, np.inf)
    zy, zm, zzm = (z * y).sum(axis=-1), z * m, z * z * m
    for _ in range(MODE_ITERATIONS):
        mean, bend = mean_and_curvature(piece.shape.cumulant, piece.eta + (sigma * u)[..., None] * z)
        slope = sigma * (zy - np.einsum("...s,...s->...", zm, mean)) - u
        curvature = 1.0 + sigma**2 * np.einsum("...s,...s->...", zzm, bend)
        step = np.clip(slope / curvature, -LARGEST_MODE_STEP, LARGEST_MODE_STEP)
        small = np.abs(step) < MODE_STEP
        if small.all():
            return np.asarray(u + step)
        np.copyto(low, u, where=slope > 0)
        np.copyto(high, u, where=slope <= 0)
        moved = u + step
        stuck = (np.abs(slope) > 0.5 * previous) & np.isfinite(low) & np.isfinite(high)
        halve = (stuck | (moved < low) | (moved > high)) & ~small
        previous = np.abs(slope)
        if halve.any():
            with np.errstate(invalid="ignore"):
                moved = np.where(halve, 0.5 * (low + high), moved)
            previous[halve] = np.inf
        u = moved
    return u


def _add_piece(
    piece: Piece, rule: Rule, u: Array, loglik: Array, gradient: Array, info: Array | None
) -> None:
    """Add one piece's log-likelihood, gradient and information to the totals."""
    block, sigma, n_linear = piece.block, piece.sigma, piece.shape.n_linear
    z, y, m, weight = block.z, block.y, piece.m, block.weight
    A = cumulant(piece.shape.cumulant, piece.eta + (sigma * u)[..., None] * z)
    second, third = -m * A.second, -m * A.third
    z2, z3 = (z**2 * second).sum(axis=-1), (z**3 * third).sum(axis=-1)
    h = 1.0 - sigma**2 * z2
    tau = 1.0 / np.sqrt(h)
    nodes = at_nodes(
        piece, u[..., None] + tau[..., None] * rule.nodes, rule.log_weights + 0.5 * rule.nodes**2
    )
    loglik += (weight * (np.log(tau) + nodes.log_sum)).sum(axis=-1)

    # how the approximation moves with û and τ (see the module text)
    p = nodes.p
    slope = sigma[..., None] * nodes.z_score - nodes.at
    c_mode, c_scale = (p * slope).sum(axis=-1), np.matmul((p * slope), rule.nodes)
    b_curve = 0.5 * (1.0 + tau * c_scale) / h
    b_mode = c_mode / h + b_curve * sigma**3 * z3 / h
    by_mode, by_curve = (
        b_mode[..., None] * sigma[..., None] * z,
        b_curve[..., None] * (sigma[..., None] * z) ** 2,
    )
    row = y - nodes.average(nodes.trial_mean) + by_mode * second + by_curve * third
    gradient[:, :n_linear] += _times_design(block, weight[..., None] * row)
    d_sigma = (p * nodes.at * nodes.z_score).sum(axis=-1)
    d_sigma += b_mode * ((z * (y - m * A.first)).sum(axis=-1) + sigma * u * z2)
    d_sigma += b_curve * (2 * sigma * z2 + sigma**2 * u * z3)
    gradient[:, -1] += (weight * d_sigma).sum(axis=-1)
    if piece.shape.size:
        moved = by_mode * A.first + by_curve * A.second
        size = negative_binomial.size_score(y, block.m, piece.last, nodes.average(nodes.value) + moved)
        gradient[:, n_linear - 1] += (weight * size).sum(axis=-1)
    if info is not None:
        louis(piece, nodes, info)


def _times_design(block: Block, row: Array) -> Array:
    """Return X' row for each replicate: (R, P)."""
    flat = row.reshape(len(row), -1)
    if block.X.ndim == 4:
        return np.asarray(np.matmul(flat[:, None, :], block.X.reshape(len(row), -1, block.X.shape[-1]))[:, 0])
    return np.asarray(flat @ block.X.reshape(-1, block.X.shape[-1]))
