"""The response scale: means with the random effects integrated out, and draws.

The mean of g⁻¹(η + b) over b ~ N(0, v) is not g⁻¹(η): for a logit it lies nearer one half, for a log link
it is e^{η + v/2}. Here it is integrated by Gauss-Hermite quadrature, v = z'Σz; where a random slope makes v
differ between the rows of the data, the mean is averaged over the rows' v. Standard errors are by the delta
method over all parameters, those of the variances included.

Source: Zeger, Liang and Albert (1988), Biometrics 44, 1049-1060. Not what ``emmeans(type = "response")``
gives, which sets the random effects to zero.
"""

from __future__ import annotations

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import ResponseMeans
from netwerkkracht.mixed.glmm.fitted import Fitted
from netwerkkracht.mixed.glmm.likelihood import covariances

# rows differ in variance only where slopes are random: this many quantiles of it stand for all rows
VARIANCE_POINTS = 64
STEP = 1e-4


def response_means(engine: Fitted, X: Array, offset: Array) -> ResponseMeans:
    """Return marginal means for rows of the fixed matrix.

    Parameters
    ----------
    X
        (m, p) columns as the design.
    offset
        (m,) offsets.

    Returns
    -------
    ResponseMeans
        m means, or m times J category probabilities for ordinal models (row by row).
    """
    maximum = engine.maximum
    psi = maximum.psi
    value = _means(engine, X, offset, psi)
    free = np.flatnonzero(maximum.free)
    slopes = np.zeros((value.size, len(psi)))
    scale = np.sqrt(np.maximum(np.diag(maximum.covariance), 0.0))
    for j in free:
        move = np.zeros(len(psi))
        # a step in standard errors: small beside the curvature, large beside rounding
        move[j] = STEP * (scale[j] if np.isfinite(scale[j]) and scale[j] > 0 else 1.0)
        up, down = _means(engine, X, offset, psi + move), _means(engine, X, offset, psi - move)
        slopes[:, j] = (up - down).ravel() / (2 * move[j])
    covariance = slopes @ maximum.covariance @ slopes.T
    labels = engine.outcome.categories
    if not labels:
        return ResponseMeans(np.arange(len(X)), None, value.ravel(), covariance)
    row = np.repeat(np.arange(len(X)), len(labels))
    return ResponseMeans(row, labels * len(X), value.ravel(), covariance)


def _means(engine: Fitted, X: Array, offset: Array, psi: Array) -> Array:
    """Return means (m, 1) or probabilities (m, J) at internal parameters."""
    maximum = engine.maximum
    linear = maximum.model.rows.transform @ psi[: maximum.n_linear]
    start = engine.outcome.rows.n_thresholds
    columns = list(engine.outcome.columns)
    eta = offset + X[:, columns] @ linear[start : start + len(columns)]
    variance, weight = _variance_points(engine, covariances(maximum.model, psi))
    return engine.family.marginal(eta, variance, weight, engine.shape_parameters(psi))


def _variance_points(engine: Fitted, parts: list[Array]) -> tuple[Array, Array]:
    """Return the distinct variances of the random part over the rows of the data, and their shares."""
    total = np.zeros(1)
    for term, covariance in zip(engine.maximum.model.terms, parts, strict=True):
        if term.names == ("(Intercept)",):
            total = total + covariance[0, 0]
        else:
            total = total + np.einsum("ni,ij,nj->n", term.Z, covariance, term.Z)
    total = np.maximum(total, 0.0)
    if len(total) <= VARIANCE_POINTS:
        return total, np.full(len(total), 1 / len(total))
    values, counts = np.unique(np.round(total, 12), return_counts=True)
    if len(values) <= VARIANCE_POINTS:
        return values, counts / counts.sum()
    middle = (np.arange(VARIANCE_POINTS) + 0.5) / VARIANCE_POINTS
    return np.quantile(total, middle), np.full(VARIANCE_POINTS, 1 / VARIANCE_POINTS)


# -- draws ---------------------------------------------------------------------------------------------------


def fixed_predictor(engine: Fitted) -> Array:
    """Return offset + Xβ of the rows of the fit (ordinal: without thresholds)."""
    start, columns = engine.outcome.rows.n_thresholds, list(engine.outcome.columns)
    return np.asarray(
        engine.design.offset + engine.design.X[:, columns] @ engine.beta[start : start + len(columns)]
    )


def simulate(engine: Fitted, n: int, rng: np.random.Generator, *, conditional: bool) -> Array:
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
    return engine.family.draw(eta, rng, engine.design, engine.shape_parameters())
