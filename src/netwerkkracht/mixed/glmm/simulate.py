"""Draws from a fitted model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.cumulants import inverse_link

if TYPE_CHECKING:
    from netwerkkracht.mixed.glmm.engine import GlmmEngine


def fixed_predictor(engine: GlmmEngine) -> Array:
    """Return offset + Xβ of the rows of the fit (ordinal: without thresholds)."""
    start, columns = engine.outcome.rows.n_thresholds, list(engine.outcome.columns)
    return np.asarray(
        engine.design.offset + engine.design.X[:, columns] @ engine.beta[start : start + len(columns)]
    )


def simulate(engine: GlmmEngine, n: int, rng: np.random.Generator, *, conditional: bool) -> Array:
    """Draw n responses (rows, n); random effects are redrawn unless ``conditional``.

    Random effects are drawn for all replicates of a term before the next term, then the responses: the same
    generator gives the same draws on every machine.
    """
    eta = np.repeat(fixed_predictor(engine)[:, None], n, axis=1)
    modes = engine.maximum.model.modes(engine.maximum.psi) if conditional else None
    for t, term in enumerate(engine.maximum.model.terms):
        if modes is not None:
            eta += (term.Z * modes[t][0][term.codes]).sum(axis=1)[:, None]
            continue
        covariance = engine.covariances[t]
        values, vectors = np.linalg.eigh(covariance)
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        b = rng.standard_normal((n, len(term.levels), len(values))) @ root.T
        eta += np.einsum("nq,rnq->nr", term.Z, b[:, term.codes])
    return _draw(engine, eta, rng)


def _draw(engine: GlmmEngine, eta: Array, rng: np.random.Generator) -> Array:
    if engine.family == "ordinal":
        # the latent variable crosses as many thresholds as the category number says
        latent = eta + rng.logistic(size=eta.shape)
        category = np.zeros(eta.shape)
        for threshold in engine.beta[: engine.outcome.rows.n_thresholds]:
            category += latent > threshold
        design = engine.design
        return category if design.response_levels is not None else np.unique(design.y)[category.astype(int)]
    mean = inverse_link(engine.family, eta)
    if engine.family == "binomial":
        trials = engine.design.trials
        if trials is None:
            return (rng.random(eta.shape) < mean).astype(float)
        return rng.binomial(trials.astype(int)[:, None], mean).astype(float)
    if engine.family == "negative-binomial":
        mean = mean * rng.gamma(engine.theta, 1.0 / engine.theta, size=eta.shape)
    return rng.poisson(np.minimum(mean, 1e15)).astype(float)
