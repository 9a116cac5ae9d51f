"""The fit without random effects, which starts every search and whitens the rows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families import CanonicalFamily
from netwerkkracht.mixed.families.canonical import Canonical, Outcome
from netwerkkracht.mixed.families.negative_binomial import POISSON_LIMIT
from netwerkkracht.mixed.glmm.newton import Optimum, Problem, maximise
from netwerkkracht.mixed.glmm.quadrature import Shape
from netwerkkracht.mixed.glmm.rows import group_blocks
from netwerkkracht.mixed.hermite import gauss_hermite


@dataclass(frozen=True)
class PlainFit:
    """The fit without random effects: whitened rows, internal coefficients, log-likelihood, convergence."""

    rows: Canonical
    linear: Array
    loglik: float
    converged: bool


def plain_fit(family: CanonicalFamily, outcome: Outcome) -> PlainFit:
    """Fit without random effects and whiten the rows by the weights of that fit."""
    rows = outcome.rows.whiten(np.ones(len(outcome.rows.y)))
    found = _climb(rows, family.start(outcome, rows))
    linear = found.psi[0, :-1]
    eta = rows.offset + rows.X @ linear
    m = rows.m * (rows.y + np.exp(linear[-1])) if rows.size else rows.m
    weight = m * rows.cumulant.derivatives(eta).second
    natural = rows.transform @ linear
    better = outcome.rows.whiten(np.maximum(weight, 1e-6 * weight.max()))
    internal = np.asarray(np.linalg.solve(better.transform, natural), np.float64)
    return PlainFit(better, internal, float(found.loglik[0]), bool(found.converged[0]))


def _climb(rows: Canonical, start: Array) -> Optimum:
    blocks = group_blocks(rows, np.arange(len(rows.y)), np.zeros(len(rows.y)))
    shape = Shape(rows.cumulant, rows.X.shape[1], rows.size)
    problem = Problem(blocks, shape, rows.transform, rows.n_thresholds, rows.counts)
    free = np.append(np.ones(len(start), bool), False)
    if rows.size and start[-1] >= POISSON_LIMIT:
        free[-2] = False
    return maximise(problem, np.append(start, 0.0)[None], gauss_hermite(1), free)
