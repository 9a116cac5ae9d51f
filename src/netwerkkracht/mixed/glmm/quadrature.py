"""Adaptive Gauss-Hermite quadrature for one random coefficient, many data sets at once.

For group g with rows i and one random effect b = σ u, u ~ N(0, 1), the likelihood contribution is

    L_g = ∫ exp(f(u)) du / √(2π),   f(u) = Σ_i [y_i η_i − m_i A(η_i)] − u²/2,   η_i = x_i'β + o_i + σ z_i u.

With the mode û, h = −f''(û) and τ = h^{−1/2}, and standard normal nodes t_k with weights w_k,

    log L_g ≈ log τ + log Σ_k w_k exp(f(û + τ t_k) + t_k²/2);

one node is the Laplace approximation. The gradient is that of this approximation itself, the movement of û
and τ with the parameters included, so that the maximum is the maximum of what is reported. The information
is Louis' identity evaluated at the same nodes: exact up to quadrature error, and what Newton steps need.

All derivatives of a group's f are combinations of few numbers per node: y_i − m_i A'(η_i) of its rows, u
times the score of σ, and for NB2 the score of θ. Their covariance over the nodes is a small matrix C per
group, and the information is Σ_g X̃_g' C_g X̃_g with X̃_g the rows of the design and a unit row for σ (and θ).

All arrays have a leading axis of replicates: one fit is a batch of one.

Source: Liu and Pierce (1994), Biometrika 81, 624-629; Pinheiro and Bates (1995), JCGS 4, 12-35;
Louis (1982), JRSS B 44, 226-233. Equals ``lme4::glmer(nAGQ = nodes)`` and ``ordinal::clmm(nAGQ = nodes)``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import negative_binomial
from netwerkkracht.mixed.families.cumulants import Cumulant
from netwerkkracht.mixed.glmm.rows import Block, cache_parts
from netwerkkracht.mixed.hermite import Rule

# -- the integrand at the nodes: the only arrays as large as rows times nodes --------------------------------


@dataclass(frozen=True)
class Shape:
    """What the kernels must know of a family: the cumulant, the number of coefficients, NB2 or not."""

    cumulant: Cumulant
    n_linear: int
    size: bool = False


@dataclass(frozen=True)
class Piece:
    """One block at one set of parameters.

    ``m`` are trials (R or none, G, rows), ``eta`` fixed predictors (R, G, rows), ``sigma`` (R, 1), ``last``
    the last coefficient (log θ for NB2).
    """

    block: Block
    m: Array
    eta: Array
    sigma: Array
    shape: Shape
    last: Array


@dataclass(frozen=True)
class Nodes:
    """The integrand at the nodes.

    Attributes
    ----------
    at, p
        Nodes u and their posterior weights (R, G, K), the weights summing to one.
    log_sum
        Logarithm of the weighted sum (R, G).
    trial_mean, mean
        m A' and A' per row (R, G, rows, K); ``value`` is A, formed for NB2 only.
    z_score
        Σ z (y − m A') over the rows (R, G, K).
    """

    at: Array
    p: Array
    log_sum: Array
    trial_mean: Array
    mean: Array
    value: Array
    z_score: Array

    def average(self, table: Array) -> Array:
        """Return the posterior mean over the nodes (last axis) of a table per row."""
        return np.asarray(np.matmul(table, self.p[..., None])[..., 0])


def at_nodes(piece: Piece, at: Array, log_weights: Array) -> Nodes:
    """Evaluate the integrand of each group at the nodes ``at`` (R, G, K)."""
    block, z, y, m = piece.block, piece.block.z, piece.block.y, piece.m
    scaled = piece.sigma[..., None] * at
    zy = (z * y).sum(axis=-1)[..., None]
    log_density = (y * piece.eta).sum(axis=-1)[..., None] + scaled * zy - 0.5 * at**2
    eta = z[..., None] * scaled[..., None, :]
    eta += piece.eta[..., None]
    total, mean, value = piece.shape.cumulant.sum_over_rows(m, eta, value=piece.shape.size)
    log_density -= total
    if piece.shape.size:
        log_density += negative_binomial.size_constant(y, block.m, piece.last).sum(axis=-1)[..., None]
    plain = not piece.shape.size and (m == 1.0).all()
    trial_mean = mean if plain else m[..., None] * mean
    z_score = zy - np.matmul(z[..., None, :], trial_mean)[..., 0, :]
    terms = log_density + log_weights
    peak = terms.max(axis=-1, keepdims=True)
    p = np.exp(terms - peak)
    mass = p.sum(axis=-1, keepdims=True)
    p /= mass
    return Nodes(at, p, (peak + np.log(mass))[..., 0], trial_mean, mean, value, z_score)


# -- Louis' information: E[−f_ψψ] − Var(f_ψ), expectations over the posterior --------------------------------

# beyond this many rows per group the square of the rows is larger than nodes times coefficients
SQUARE_ROWS = 40


def louis(piece: Piece, nodes: Nodes, info: Array) -> None:
    """Add the information of one piece to ``info`` (R, P + 1, P + 1)."""
    block, size = piece.block, piece.shape.size
    rows, n_par = block.X.shape[-2], piece.shape.n_linear + 1
    weight = np.broadcast_to(block.weight, nodes.p.shape[:2])
    extra = 2 if size else 1
    score = np.empty((*nodes.mean.shape[:2], rows + extra, nodes.p.shape[-1]))
    np.subtract(block.y[..., None], nodes.trial_mean, out=score[..., :rows, :])
    np.multiply(nodes.at, nodes.z_score, out=score[..., rows, :])
    if size:
        score[..., rows + 1, :] = negative_binomial.size_score_nodes(
            block.y, block.m, piece.last, nodes.value
        )
    score -= nodes.average(score)[..., None]
    score *= np.sqrt(nodes.p)[..., None, :]
    X = _with_unit_rows(piece, extra, n_par)
    curve = _expected(piece, nodes, extra)
    if rows <= SQUARE_ROWS:
        square = -np.matmul(score, np.swapaxes(score, -1, -2))
        _add_expected(square, curve, rows)
        square *= weight[..., None, None]
        right = np.matmul(square, X)
        info += _outer(X, right, n_par)
        return
    combined = np.matmul(np.swapaxes(score, -1, -2), X) * np.sqrt(weight)[..., None, None]
    flat = combined.reshape(len(info), -1, n_par)
    info -= np.matmul(np.swapaxes(flat, 1, 2), flat)
    right = _times_expected(curve, X, rows) * weight[..., None, None]
    info += _outer(X, right, n_par)


def _outer(X: Array, right: Array, n_par: int) -> Array:
    """Return Σ_g X_g' right_g for each replicate."""
    left = X.reshape(len(right), -1, n_par) if X.ndim == 4 else X.reshape(-1, n_par)
    return np.asarray(np.matmul(np.swapaxes(left, -1, -2), right.reshape(len(right), -1, n_par)))


def _with_unit_rows(piece: Piece, extra: int, n_par: int) -> Array:
    """Return X̃: the design rows with a zero column for σ, then unit rows for σ and log θ."""
    X = piece.block.X
    wide = np.zeros((*X.shape[:-2], X.shape[-2] + extra, n_par))
    wide[..., : X.shape[-2], : n_par - 1] = X
    wide[..., X.shape[-2], n_par - 1] = 1.0
    if extra == 2:
        wide[..., X.shape[-2] + 1, n_par - 2] = 1.0
    return wide


def _expected(piece: Piece, nodes: Nodes, extra: int) -> tuple[Array, Array, Array]:
    """Return E[−f_ψψ] in row space: the diagonal of the rows, their borders, and the corner."""
    z = piece.block.z
    bend = piece.shape.cumulant.curvature_of(nodes.trial_mean, nodes.mean)
    weights = np.stack((nodes.p, nodes.p * nodes.at, nodes.p * nodes.at**2), axis=-1)
    moments = np.matmul(bend, weights)
    border = np.zeros((*moments.shape[:-1], extra))
    border[..., 0] = z * moments[..., 1]
    corner = np.zeros((*moments.shape[:-2], extra, extra))
    corner[..., 0, 0] = (z**2 * moments[..., 2]).sum(axis=-1)
    if extra == 2:
        parts = negative_binomial.size_information(
            piece.block.y,
            piece.block.m,
            z,
            piece.last,
            nodes.average(nodes.value),
            np.matmul(nodes.mean, weights[..., :2]),
        )
        border[..., 1], corner[..., 1, 1] = parts[0], parts[2]
        corner[..., 0, 1] = corner[..., 1, 0] = parts[1]
    return moments[..., 0], border, corner


def _add_expected(square: Array, curve: tuple[Array, Array, Array], rows: int) -> None:
    diagonal, border, corner = curve
    index = np.arange(rows)
    square[..., index, index] += diagonal
    square[..., :rows, rows:] += border
    square[..., rows:, :rows] += np.swapaxes(border, -1, -2)
    square[..., rows:, rows:] += corner


def _times_expected(curve: tuple[Array, Array, Array], X: Array, rows: int) -> Array:
    """Return the product of the expected part with X̃ without forming the square."""
    diagonal, border, corner = curve
    top = diagonal[..., None] * X[..., :rows, :] + np.matmul(border, X[..., rows:, :])
    bottom = np.matmul(np.swapaxes(border, -1, -2), X[..., :rows, :]) + np.matmul(corner, X[..., rows:, :])
    return np.concatenate((top, bottom), axis=-2)


# -- the likelihood ------------------------------------------------------------------------------------------

MODE_STEP = 1e-9
MODE_ITERATIONS = 100
LARGEST_MODE_STEP = 4.0


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
        mean, bend = piece.shape.cumulant.mean_and_curvature(piece.eta + (sigma * u)[..., None] * z)
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
    A = piece.shape.cumulant.derivatives(piece.eta + (sigma * u)[..., None] * z)
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
