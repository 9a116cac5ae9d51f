"""Refits of a fitted Gaussian model to many responses.

One random intercept (or slope) is refitted for all responses at once (`batch`); other random parts one by
one, each from the optimum of the first fit, on a workspace whose random part is already summarised.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Replicates
from netwerkkracht.mixed.gaussian.batch import fit_many
from netwerkkracht.mixed.gaussian.fitted import FINE, Fitted, find_optimum
from netwerkkracht.mixed.gaussian.workspace import make_workspace
from netwerkkracht.mixed.status import Status

# group levels up to which the eigenvectors of the batch are cheaper than the refits they save
LARGEST_BATCH = 3000


def refit_many(engine: Fitted, Y: Array) -> Replicates:
    """Refit the design of a fit to each column of Y, by the fit's own method."""
    random = engine.design.random
    if len(random) == 1 and random[0].Z.shape[1] == 1 and random[0].n_levels <= LARGEST_BATCH:
        df = "kenward-roger" if engine.default_method == "kenward-roger" else None
        fits = fit_many(engine.design, Y, reml=engine.reml, df=df)
        values = np.column_stack([fits.sd, fits.sigma])
        return Replicates(
            fits.names, fits.estimates, fits.se, engine.parameter_names(), values, fits.loglik, fits.status
        )
    return _one_by_one(engine, Y)


def _one_by_one(engine: Fitted, Y: Array) -> Replicates:
    k, names = len(engine.names), engine.parameter_names()
    m = Y.shape[1]
    estimates, se = np.full((m, k), np.nan), np.full((m, k), np.nan)
    values, loglik = np.full((m, len(names)), np.nan), np.full(m, np.nan)
    status: list[Status] = ["not_identified"] * m
    start = engine.start()
    for i in range(m):
        if not np.isfinite(Y[:, i]).all():
            continue
        space = make_workspace(replace(engine.design, y=Y[:, i]))
        if space.perfect:
            continue
        one = find_optimum(space, FINE, reml=engine.reml, method=engine.default_method, start=start)
        status[i] = one.status
        if one.status in {"ok", "boundary"}:
            estimates[i], values[i], loglik[i] = one.beta, one.parameters(), one.loglik
            se[i] = one.tests(np.eye(k), one.default_method).se
    return Replicates(engine.names, estimates, se, names, values, loglik, np.array(status))
