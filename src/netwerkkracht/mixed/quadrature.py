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
from typing import Any

import numpy as np

from netwerkkracht.mixed import negative_binomial
from netwerkkracht.mixed.families import Array, Cumulant, cumulant, value_and_mean
from netwerkkracht.mixed.glmm_rows import Block, cache_parts

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
class Shape:
    """What the kernels must know of a family: the cumulant, the number of coefficients, NB2 or not."""

    cumulant: Cumulant
    n_linear: int
    size: bool = False


@dataclass(frozen=True)
class Evaluation:
    """Log-likelihood (R,), gradient (R, P + 1) and, if asked, information (R, P + 1, P + 1).

    ``modes`` are the modes û per block, a start for the next evaluation.
    """

    loglik: Array
    gradient: Array
    information: Array | None
    modes: tuple[Array, ...]


@dataclass(frozen=True)
class _Piece:
    """One block at one set of parameters."""

    block: Block
    m: Array
    eta: Array
    sigma: Array


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
            u[:, part] = find_modes(piece, shape, u[:, part])
            _add_piece(piece, shape, psi, rule, u[:, part], (loglik, gradient, info))
        found.append(u)
    return Evaluation(loglik, gradient, info, tuple(found))


def prepare(block: Block, shape: Shape, psi: Array) -> _Piece:
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
    return _Piece(block, m, eta, psi[:, -1][:, None])


def find_modes(piece: _Piece, shape: Shape, start: Array) -> Array:
    """Return û (R, G): Newton on the concave f, kept inside its bracket by bisection."""
    z, y, m = piece.block.z, piece.block.y, piece.m
    sigma = piece.sigma
    u = start.copy()
    low, high = np.full(u.shape, -np.inf), np.full(u.shape, np.inf)
    previous = np.full(u.shape, np.inf)
    for _ in range(MODE_ITERATIONS):
        A = cumulant(shape.cumulant, piece.eta + (sigma * u)[..., None] * z)
        slope = sigma * (z * (y - m * A.first)).sum(axis=-1) - u
        curvature = 1.0 + sigma**2 * (z**2 * m * A.second).sum(axis=-1)
        low, high = np.where(slope > 0, u, low), np.where(slope <= 0, u, high)
        step = np.clip(slope / curvature, -LARGEST_MODE_STEP, LARGEST_MODE_STEP)
        moved = u + step
        stuck = (np.abs(slope) > 0.5 * previous) & np.isfinite(low) & np.isfinite(high)
        outside = ((moved < low) | (moved > high)) & (np.abs(step) > MODE_STEP)
        halve = (stuck & (np.abs(step) > MODE_STEP)) | outside
        with np.errstate(invalid="ignore"):
            u = np.where(halve, 0.5 * (low + high), moved)
        previous = np.where(halve, np.inf, np.abs(slope))
        if np.all(np.abs(step) < MODE_STEP):
            break
    return u


def _add_piece(
    piece: _Piece, shape: Shape, psi: Array, rule: Rule, u: Array, out: tuple[Array, Array, Array | None]
) -> None:
    """Add one piece's log-likelihood, gradient and information to the totals."""
    loglik, gradient, info = out
    block, sigma = piece.block, piece.sigma
    z, y, m = block.z, block.y, piece.m
    A = cumulant(shape.cumulant, piece.eta + (sigma * u)[..., None] * z)
    second, third = -m * A.second, -m * A.third
    h = 1.0 - sigma**2 * (z**2 * second).sum(axis=-1)
    tau = 1.0 / np.sqrt(h)
    at = u[..., None] + tau[..., None] * rule.nodes

    nodes = _at_nodes(piece, shape, psi, at)
    terms = nodes.log_density + (rule.log_weights + 0.5 * rule.nodes**2)
    peak = terms.max(axis=-1, keepdims=True)
    p = np.exp(terms - peak)
    total = p.sum(axis=-1, keepdims=True)
    p /= total
    weight = block.weight
    loglik += (weight * (np.log(tau) + peak[..., 0] + np.log(total[..., 0]))).sum(axis=-1)

    # how the approximation moves with û and τ (see the module text)
    slope = sigma[..., None] * nodes.z_score - at
    c_mode, c_scale = (p * slope).sum(axis=-1), (p * slope * rule.nodes).sum(axis=-1)
    f3 = sigma**3 * (z**3 * third).sum(axis=-1)
    b_curve = 0.5 * (1.0 + tau * c_scale) / h
    b_mode = c_mode / h + b_curve * f3 / h
    zs, zz = sigma[..., None] * z, (sigma**2)[..., None] * z**2
    first = y - np.matmul(nodes.trial_mean, p[..., None])[..., 0]
    row = first + b_mode[..., None] * zs * second + b_curve[..., None] * zz * third
    gradient[:, : shape.n_linear] += _times_design(block, weight[..., None] * row)
    score0 = (z * (y - m * A.first)).sum(axis=-1)
    z2 = (z**2 * second).sum(axis=-1)
    d_sigma = (p * at * nodes.z_score).sum(axis=-1)
    d_sigma += b_mode * (score0 + sigma * u * z2)
    d_sigma += b_curve * (2 * sigma * z2 + sigma**2 * u * (z**3 * third).sum(axis=-1))
    gradient[:, -1] += (weight * d_sigma).sum(axis=-1)
    if shape.size:
        moved = b_mode[..., None] * zs * A.first + b_curve[..., None] * zz * A.second
        size = negative_binomial.size_score(
            y, block.m, psi[:, shape.n_linear - 1], nodes.value_mean(p), moved
        )
        gradient[:, shape.n_linear - 1] += (weight * size).sum(axis=-1)
    if info is not None:
        info += _louis(piece, shape, psi, (at, p, nodes))


@dataclass(frozen=True)
class _Nodes:
    """Values at the nodes: log-density f (R,G,K), A and m A' (R,G,rows,K), Σ z (y − m A') (R,G,K)."""

    log_density: Array
    value: Array
    trial_mean: Array
    z_score: Array
    mean: Array

    def value_mean(self, p: Array) -> Array:
        """Return the posterior mean of A per row."""
        return np.asarray(np.matmul(self.value, p[..., None])[..., 0])


def _at_nodes(piece: _Piece, shape: Shape, psi: Array, at: Array) -> _Nodes:
    z, y, m = piece.block.z, piece.block.y, piece.m
    sigma = piece.sigma[..., None]
    eta = piece.eta[..., None] + z[..., None] * (sigma * at)[..., None, :]
    value, mean = value_and_mean(shape.cumulant, eta)
    trial_mean = m[..., None] * mean
    zy = (z * y).sum(axis=-1)[..., None]
    log_density = (y * piece.eta).sum(axis=-1)[..., None] + sigma * at * zy - 0.5 * at**2
    log_density -= np.matmul(m[..., None, :], value)[..., 0, :]
    z_score = zy - np.matmul(z[..., None, :], trial_mean)[..., 0, :]
    if shape.size:
        constant = negative_binomial.size_constant(y, piece.block.m, psi[:, shape.n_linear - 1])
        log_density += constant.sum(axis=-1)[..., None]
    return _Nodes(log_density, value, trial_mean, z_score, mean)


def _times_design(block: Block, row: Array) -> Array:
    """Return X' row for each replicate: (R, P)."""
    flat = row.reshape(len(row), -1)
    if block.X.ndim == 4:
        return np.asarray(np.matmul(flat[:, None, :], block.X.reshape(len(row), -1, block.X.shape[-1]))[:, 0])
    return np.asarray(flat @ block.X.reshape(-1, block.X.shape[-1]))


def _louis(piece: _Piece, shape: Shape, psi: Array, at_nodes: tuple[Array, Array, _Nodes]) -> Array:
    """Return E[−f_ψψ] − Var(f_ψ) over the nodes, summed over groups: (R, P + 1, P + 1)."""
    at, p, nodes = at_nodes
    block, n_rep, n_linear = piece.block, len(psi), shape.n_linear
    z, weight = block.z, np.broadcast_to(block.weight, p.shape[:2])
    difference = np.moveaxis(block.y[..., None] - nodes.trial_mean, -1, -2)
    X = block.X
    score = np.empty((*p.shape, n_linear + 1))
    np.matmul(difference, X, out=score[..., :n_linear])
    score[..., n_linear] = at * nodes.z_score
    if shape.size:
        score[..., n_linear - 1] += negative_binomial.size_score_nodes(
            block.y, block.m, psi[:, n_linear - 1], nodes.value
        )
    mean = np.matmul(p[..., None, :], score)[..., 0, :]
    score -= mean[..., None, :]
    score *= np.sqrt(weight[..., None] * p)[..., None]
    flat = score.reshape(n_rep, -1, n_linear + 1)
    info = -np.matmul(np.swapaxes(flat, 1, 2), flat)

    curve = nodes.trial_mean if shape.cumulant == "poisson" else nodes.trial_mean * (1.0 - nodes.mean)
    moments = np.matmul(curve, np.stack((p, p * at, p * at**2), axis=-1)) * weight[..., None, None]
    design = X.reshape(n_rep, -1, n_linear) if X.ndim == 4 else X.reshape(-1, n_linear)
    first = moments[..., 0].reshape(n_rep, -1, 1)
    info[:, :n_linear, :n_linear] += np.matmul(np.swapaxes(design * first, 1, 2), design)
    cross = _times_design(block, z * moments[..., 1])
    info[:, :n_linear, n_linear] += cross
    info[:, n_linear, :n_linear] += cross
    info[:, n_linear, n_linear] += (z**2 * moments[..., 2]).sum(axis=(1, 2))
    if shape.size:
        theta_info: Any = negative_binomial.size_information(
            block, psi[:, n_linear - 1], (nodes.value, nodes.mean), (at, p, weight)
        )
        info += theta_info
    return info
