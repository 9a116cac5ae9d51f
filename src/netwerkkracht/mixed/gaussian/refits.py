"""Refits of a fitted Gaussian model to many responses.

One random intercept (or slope) is refitted for all responses at once (`batch`); other random parts one by
one, each from the optimum of the first fit, on a workspace whose random part is already summarised.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Replicates, Status
from netwerkkracht.mixed.gaussian.batch import fit_many
from netwerkkracht.mixed.gaussian.workspace import make_workspace
from netwerkkracht.mixed.guards import Verdict

if TYPE_CHECKING:
    from netwerkkracht.mixed.gaussian.engine import GaussianEngine

# group levels up to which the eigenvectors of the batch are cheaper than the refits they save
LARGEST_BATCH = 3000


def parameter_names(engine: GaussianEngine) -> tuple[str, ...]:
    """Names of standard deviations and correlations, in the order of `parameter_values`."""
    found = []
    for term in engine.design.random:
        found += [f"sd({name}|{term.group})" for name in term.names]
        found += [f"cor({b},{a}|{term.group})" for i, a in enumerate(term.names) for b in term.names[i + 1 :]]
    return (*found, "sigma")


def parameter_values(engine: GaussianEngine) -> Array:
    """Return the standard deviations and correlations of a fit."""
    found: list[float] = []
    for G in engine.covariances():
        sd = np.sqrt(np.diag(G))
        found += sd.tolist()
        with np.errstate(divide="ignore", invalid="ignore"):
            R = G / np.outer(sd, sd)
        found += [float(R[j, i]) for i in range(len(G)) for j in range(i + 1, len(G))]
    return np.array([*found, engine.sigma])


def refit_many(engine: GaussianEngine, Y: Array) -> Replicates:
    """Refit the design of a fit to each column of Y, by the fit's own method."""
    random = engine.design.random
    if len(random) == 1 and random[0].Z.shape[1] == 1 and random[0].n_levels <= LARGEST_BATCH:
        df = "kenward-roger" if engine.default_method == "kenward-roger" else None
        fits = fit_many(engine.design, Y, reml=engine.reml, df=df)
        values = np.column_stack([fits.sd, fits.sigma])
        return Replicates(
            fits.names, fits.estimates, fits.se, parameter_names(engine), values, fits.loglik, fits.status
        )
    return _one_by_one(engine, Y)


def _one_by_one(engine: GaussianEngine, Y: Array) -> Replicates:
    from netwerkkracht.mixed.gaussian.engine import engine_from

    k, names = len(engine.names), parameter_names(engine)
    m = Y.shape[1]
    estimates, se = np.full((m, k), np.nan), np.full((m, k), np.nan)
    values, loglik = np.full((m, len(names)), np.nan), np.full(m, np.nan)
    status: list[Status] = ["not_identified"] * m
    start = engine.minimum.point.theta
    # away from the boundary, where the slope would vanish
    start = np.where((start == 0) & engine.space.template.diagonal, 0.1, start)
    fine = Verdict("ok", stops=False, messages=())
    for i in range(m):
        if not np.isfinite(Y[:, i]).all():
            continue
        space = make_workspace(replace(engine.design, y=Y[:, i]))
        if space.perfect:
            continue
        one = engine_from(space, fine, reml=engine.reml, method=engine.default_method, start=start)
        status[i] = one.status
        if one.status in {"ok", "boundary"}:
            estimates[i], values[i], loglik[i] = one.beta, parameter_values(one), one.loglik
            se[i] = one.tests(np.eye(k), one.default_method).se
    return Replicates(engine.names, estimates, se, names, values, loglik, np.array(status))
