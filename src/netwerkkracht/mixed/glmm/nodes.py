"""Values of the integrand at quadrature nodes: the only arrays as large as rows times nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import negative_binomial
from netwerkkracht.mixed.families.cumulants import LARGEST_LOG_MEAN, LARGEST_PREDICTOR, Cumulant
from netwerkkracht.mixed.glmm.rows import Block

# Rows whose 1 + e^η are multiplied before one logarithm is taken: e^690 is still finite
ROWS_PER_LOG = 3


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
    total, mean, value = _cumulant_sum(piece, eta)
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


def _cumulant_sum(piece: Piece, eta: Array) -> tuple[Array, Array, Array]:
    """Return Σ m A over the rows (R, G, K), A', and A (only where NB2 needs it). ``eta`` is overwritten."""
    m = piece.m
    if piece.shape.cumulant == "poisson":
        np.minimum(eta, LARGEST_LOG_MEAN, out=eta)
        np.exp(eta, out=eta)
        return np.matmul(m[..., None, :], eta)[..., 0, :], eta, eta
    single = not piece.shape.size and bool(((m == 1.0) | (m == 0.0)).all())
    bound = LARGEST_PREDICTOR / ROWS_PER_LOG if single else LARGEST_PREDICTOR
    np.clip(eta, -bound, bound, out=eta)
    np.exp(eta, out=eta)
    if not single:
        value = np.log1p(eta)
        one = 1.0 + eta
        np.divide(eta, one, out=eta)
        return np.matmul(m[..., None, :], value)[..., 0, :], eta, value
    if not (m == 1.0).all():
        eta *= m[..., None]
    one = 1.0 + eta
    np.divide(eta, one, out=eta)
    total = np.zeros((*one.shape[:-2], one.shape[-1]))
    for start in range(0, one.shape[-2], ROWS_PER_LOG):
        # log Π (1 + e^η) in place of Σ log(1 + e^η): one logarithm for three rows
        total += np.log(np.multiply.reduce(one[..., start : start + ROWS_PER_LOG, :], axis=-2))
    return total, eta, one
