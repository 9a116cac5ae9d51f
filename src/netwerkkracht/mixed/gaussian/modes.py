"""Conditional modes of the random effects: their most likely values given the data and the estimates.

With ``b = G Z'V0^-1 (y - X beta)`` and conditional variance ``sigma^2 (G - G Z'V0^-1 Z G)``.

Source: Bates et al. (2015), eq. 26; equals lme4::ranef(condVar = TRUE).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.gaussian.crossed import Crossed
from netwerkkracht.mixed.gaussian.moments import OneFactor, block_diagonal
from netwerkkracht.mixed.gaussian.workspace import Point, Workspace
from netwerkkracht.mixed.random_parts import modes_table


def conditional_modes(space: Workspace, point: Point) -> pd.DataFrame:
    """Frame of group, level, term, mode, sd."""
    modes, sds = mode_arrays(space, point)
    return modes_table(space.design.random, modes, sds)


def mode_arrays(space: Workspace, point: Point) -> tuple[list[Array], list[Array]]:
    """Modes and conditional standard deviations of each random term, levels by columns, in data units."""
    template = space.template
    G = template.covariances(point.theta)
    source = space.source
    modes: list[Array] = [np.empty((0, k)) for k in template.sizes]
    variances = [np.empty((0, k)) for k in template.sizes]
    if isinstance(source, Crossed):
        second, W = _others(source, point)
        _by_term_rest(source, space, second, np.diag(W), modes, variances)
        terms, inner, weights = source.first_terms, source.inner, np.concatenate([-second, point.a])
        low_rank = (source.q2, W)
    elif isinstance(source, OneFactor):
        terms, inner, weights, low_rank = tuple(range(len(G))), source, point.a, None
    else:
        return modes, variances
    relative = block_diagonal([G[t] for t in terms])
    R = np.linalg.inv(np.eye(len(relative)) + inner.A @ relative)
    own = R[inner.classes] @ inner.B
    mode = own @ weights @ relative
    H = (R @ inner.A)[inner.classes]
    if low_rank is not None:
        K = own[:, :, : low_rank[0]]
        H = H - K @ low_rank[1] @ np.swapaxes(K, 1, 2)
    variance = np.diag(relative) - np.einsum("ab,jbc,ca->ja", relative, H, relative)
    at = 0
    for t in terms:
        k = template.sizes[t]
        modes[t], variances[t] = mode[:, at : at + k], variance[:, at : at + k]
        at += k
    sigma = np.sqrt(point.sigma2) * space.scale
    units = space.z_scales
    return (
        [mode * space.scale / unit for mode, unit in zip(modes, units, strict=True)],
        [np.sqrt(np.maximum(v, 0)) * sigma / unit for v, unit in zip(variances, units, strict=True)],
    )


def _others(source: Crossed, point: Point) -> tuple[Array, Array]:
    """Modes and conditional covariance (over sigma^2) of the factors beside the first."""
    gamma = point.moments.gamma
    G = point.space.template.covariances(point.theta)
    one = source.inner.moments(gamma[source.first], [G[t] for t in source.first_terms])
    z = slice(0, source.q2)
    G2 = source.covariance(gamma[source.rest])
    W = G2 @ np.linalg.inv(np.eye(source.q2) + one.S[z, z] @ G2)
    return W @ one.S[z, source.q2 :] @ point.a, W


def _by_term_rest(
    source: Crossed,
    space: Workspace,
    mode: Array,
    variance: Array,
    modes: list[Array],
    variances: list[Array],
) -> None:
    """Cut the effects of the smaller factors into their terms."""
    entries = space.template.entries
    for i, place in zip(source.rest, source.places, strict=True):
        t, a, b = entries[i]
        if a == b:
            if not len(modes[t]):
                shape = (len(place.a), space.template.sizes[t])
                modes[t], variances[t] = np.empty(shape), np.empty(shape)
            modes[t][:, a], variances[t][:, a] = mode[place.a], variance[place.a]
