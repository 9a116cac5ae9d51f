"""Louis' information at the quadrature nodes: E[−f_ψψ] − Var(f_ψ), expectations over the posterior.

All derivatives of a group's f are combinations of few numbers per node: y_i − m_i A'(η_i) of its rows, u
times the score of σ, and for NB2 the score of θ. Their covariance over the nodes is a small matrix C per
group, and the information is Σ_g X̃_g' C_g X̃_g with X̃_g the rows of the design and a unit row for σ (and θ).

Source: Louis (1982), JRSS B 44, 226-233.
"""

from __future__ import annotations

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import negative_binomial
from netwerkkracht.mixed.glmm.nodes import Nodes, Piece

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
    bend = nodes.trial_mean if piece.shape.cumulant == "poisson" else nodes.trial_mean * (1.0 - nodes.mean)
    weights = np.stack((nodes.p, nodes.p * nodes.at, nodes.p * nodes.at**2), axis=-1)
    moments = np.matmul(bend, weights)
    border = np.zeros((*moments.shape[:-1], extra))
    border[..., 0] = z * moments[..., 1]
    corner = np.zeros((*moments.shape[:-2], extra, extra))
    corner[..., 0, 0] = (z**2 * moments[..., 2]).sum(axis=-1)
    if extra == 2:
        parts = negative_binomial.size_information(
            piece.block, piece.last, nodes.average(nodes.value), np.matmul(nodes.mean, weights[..., :2])
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
