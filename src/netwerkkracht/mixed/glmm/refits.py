"""Refits of one design to many responses, all in one batch.

With one random coefficient every replicate goes through the same Newton iterations at once; groups that are
alike over all replicates (the same covariates and the same outcomes) are computed once and counted. With
other random parts the replicates are refitted one by one from the estimates. A replicate that fails keeps
NaN and a status; it is never dropped.

Source: Booth (1995), for the parametric bootstrap of GLMMs; the batch is this package's own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Replicates
from netwerkkracht.mixed.families.negative_binomial import POISSON_LIMIT
from netwerkkracht.mixed.glmm import newton as batch
from netwerkkracht.mixed.glmm.fitted import Fitted
from netwerkkracht.mixed.glmm.likelihood import Laplace, Quadrature
from netwerkkracht.mixed.glmm.maximum import AS_HIGH_LIMIT, AWAY, LARGE_LOG_THETA, PROBE, Maximum, finish
from netwerkkracht.mixed.glmm.rows import Block, group_blocks, mixer

CHUNK = 250
# squared distance to the maximum, in standard errors, from which one last step leads within 1e-6
TOLERANCE = 1e-7
ITERATIONS = 40
NEAR_ZERO = 0.05
AS_HIGH = 1e-8
# a standard error this many times the fit's own marks a coefficient that runs to infinity
RUNAWAY = 30.0


@dataclass(frozen=True)
class Batch:
    """Internal estimates (R, P + θ), covariances, log-likelihoods and words of status."""

    psi: Array
    covariance: Array
    loglik: Array
    status: np.ndarray


def refit_many(engine: Fitted, Y: Array) -> Replicates:
    """Refit the design of a fit to each column of Y (rows, m), coded as the response of the design."""
    model = engine.maximum.model
    y = np.ascontiguousarray(engine.family.numbers(Y, engine.design).T)
    quadrature = isinstance(model, Quadrature)
    pieces = []
    for start in range(0, len(y), CHUNK):
        part = y[start : start + CHUNK]
        pieces.append(_batch(engine, part) if quadrature else _one_by_one(engine, part))
    joined = Batch(*(np.concatenate([getattr(p, f) for p in pieces]) for f in Batch.__dataclass_fields__))
    return _replicates(engine, joined, y)


def _replicates(engine: Fitted, joined: Batch, y: Array) -> Replicates:
    """Turn internal estimates into the natural ones; failed replicates become NaN."""
    maximum = engine.maximum
    k, n_linear = len(engine.names), maximum.n_linear
    T = maximum.model.rows.transform
    linear = joined.psi[:, :n_linear] @ T.T
    vcov = T[:k] @ joined.covariance[:, :n_linear, :n_linear] @ T[:k].T
    se = np.sqrt(np.maximum(np.diagonal(vcov, axis1=1, axis2=2), 0.0))
    parameters = np.array([engine.parameters(psi) for psi in joined.psi])
    failed = np.isin(joined.status, ("ok", "boundary"), invert=True)
    own = np.sqrt(np.diag(engine.vcov))
    runaway = ~failed & (~np.isfinite(se) | (se > RUNAWAY * own)).any(axis=1)
    status = np.where(runaway, "separated", joined.status)
    failed |= runaway
    estimates = linear[:, :k].copy()
    constants = np.array([engine.family.constant(row, engine.design) for row in y])
    loglik = joined.loglik + constants
    for table in (estimates, se, parameters):
        table[failed] = np.nan
    loglik[failed] = np.nan
    return Replicates(engine.names, estimates, se, engine.parameter_names(), parameters, loglik, status)


# -- one random coefficient: a batch ------------------------------------------------------------------


@dataclass
class _Search:
    """The best found for each replicate; ``holds`` marks parameters that are not held on a boundary."""

    psi: Array
    loglik: Array
    information: Array
    status: np.ndarray
    holds: np.ndarray

    def take(self, where: np.ndarray, found: batch.Optimum, better: np.ndarray, status: str) -> np.ndarray:
        """Take over the replicates ``where[better]`` from another search; return their numbers."""
        took = np.asarray(where[better])
        self.psi[took], self.loglik[took] = found.psi[better], found.loglik[better]
        self.information[took], self.status[took] = found.information[better], status
        return took


def _batch(engine: Fitted, y: Array) -> Batch:
    """Maximise for all replicates (R, n) at once, then look at σ = 0 and at the Poisson limit."""
    model = engine.maximum.model
    assert isinstance(model, Quadrature)
    problem, constant = batch_problem(engine, model, y)
    random = bool(model.terms)
    start = np.repeat(_start(engine, random=random)[None], len(y), axis=0)
    free = np.ones(start.shape[1], bool)
    free[-1] = random
    if len(model.rule.nodes) > len(batch.WARM_RULE.nodes):
        # fewer nodes lead close to the maximum at less than half the cost
        warm = batch.maximise(
            problem, start, batch.WARM_RULE, free, iterations=ITERATIONS, tolerance=batch.WARM
        )
        start = np.where(warm.converged[:, None], warm.psi, start)
    found = batch.maximise(problem, start, model.rule, free, iterations=ITERATIONS, tolerance=TOLERANCE)
    status = np.where(found.converged & np.isfinite(found.loglik), "ok", "not_converged").astype("<U16")
    holds = np.repeat(free[None], len(y), axis=0)
    search = _Search(found.psi, found.loglik, found.information, status, holds)
    if random:
        _zero_variance(problem, model, search, free)
    if model.rows.size:
        _poisson_limit(problem, model, search, free)
    search.status[constant] = "constant"
    size = len(engine.maximum.psi)
    covariance = _invert(search.information, search.holds)[:, :size, :size]
    return Batch(search.psi[:, :size], covariance, search.loglik, search.status)


def _zero_variance(problem: batch.Problem, model: Quadrature, search: _Search, free: np.ndarray) -> None:
    """Set σ to exactly zero where that is a maximum; leave the saddle that symmetry makes of zero."""
    which = np.flatnonzero(np.abs(search.psi[:, -1]) < NEAR_ZERO)
    if not which.size:
        return
    part, at, held = problem.replicates(which), search.psi[which].copy(), free.copy()
    at[:, -1], held[-1] = 0.0, False
    zero = batch.maximise(part, at, model.rule, held, iterations=ITERATIONS)
    probe = zero.psi.copy()
    probe[:, -1] = PROBE
    saddle = batch.objective(part, probe, model.rule).loglik > zero.loglik + 1e-9
    if saddle.any():
        again, away = which[saddle], zero.psi[saddle]
        away[:, -1] = AWAY
        other = batch.maximise(problem.replicates(again), away, model.rule, free, iterations=ITERATIONS)
        search.take(again, other, other.converged & (other.loglik > search.loglik[again]), "ok")
    best = zero.converged & (zero.loglik >= search.loglik[which] - AS_HIGH)
    search.holds[search.take(which, zero, best, "boundary"), -1] = False


def _poisson_limit(problem: batch.Problem, model: Quadrature, search: _Search, free: np.ndarray) -> None:
    """Hold log θ at the Poisson limit where the likelihood is as high there, and what lies beyond it."""
    which = np.flatnonzero(search.psi[:, -2] > LARGE_LOG_THETA)
    if not which.size:
        return
    at, held = search.psi[which].copy(), free.copy()
    at[:, -2], held[-2] = POISSON_LIMIT, False
    limit = batch.maximise(problem.replicates(which), at, model.rule, held, iterations=ITERATIONS)
    beyond = search.psi[which, -2] >= POISSON_LIMIT
    best = limit.converged & (beyond | (limit.loglik >= search.loglik[which] - AS_HIGH_LIMIT))
    search.holds[search.take(which, limit, best, "boundary"), -2] = False


def _start(engine: Fitted, *, random: bool) -> Array:
    psi = engine.maximum.psi.copy()
    if not random:
        return np.append(psi, 0.0)
    psi[-1] = max(abs(psi[-1]), 0.3)
    if engine.maximum.model.rows.size:
        psi[-2] = min(psi[-2], 5.0)
    return psi


def _invert(information: Array, holds: np.ndarray) -> Array:
    """Invert the free part of each information matrix; NaN where it is not positive definite."""
    both = holds[:, :, None] & holds[:, None, :]
    inner = np.where(both, information, 0.0)
    size = inner.shape[1]
    inner[:, np.arange(size), np.arange(size)] += ~holds
    bad = ~np.isfinite(inner).all(axis=(1, 2))
    inner[bad] = np.eye(size)
    values, vectors = np.linalg.eigh(inner)
    bad |= values[:, 0] <= 0
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (vectors / values[:, None, :]) @ np.swapaxes(vectors, 1, 2)
    found = np.where(both, found, 0.0)
    found[bad] = np.nan
    return np.asarray(found)


# -- other random parts: one by one -------------------------------------------------------------------


def _one_by_one(engine: Fitted, y: Array) -> Batch:
    """Refit each response by Laplace from the estimates, in the coordinates of the fit."""
    maximum, design = engine.maximum, engine.design
    results: list[Maximum | None] = []
    start = maximum.psi.copy()
    place = slice(maximum.n_linear, None)
    start[place] = np.where(start[place] == 0, 0.1, start[place])
    for row in y:
        if np.ptp(row) == 0 or not engine.family.complete(row[None], engine.outcome)[0]:
            results.append(None)
            continue
        fresh = engine.family.outcome(row, design).rows
        whitened = replace(
            fresh, X=fresh.X @ maximum.model.rows.transform, transform=maximum.model.rows.transform
        )
        results.append(finish(Laplace(whitened, maximum.model.terms, maximum.covariance), start))
    size = len(start)
    psi, covariance = np.full((len(y), size), np.nan), np.full((len(y), size, size), np.nan)
    loglik, status = np.full(len(y), np.nan), np.full(len(y), "constant", "<U16")
    for r, found in enumerate(results):
        if found is None:
            continue
        psi[r], covariance[r], loglik[r] = found.psi, found.covariance, found.loglik
        status[r] = "not_converged" if not found.converged else ("boundary" if found.boundary else "ok")
    return Batch(psi, covariance, loglik, status)


# -- many responses as one problem: shared rows, and groups that are alike computed once ---------------------


def batch_problem(engine: Fitted, model: Quadrature, y: Array) -> tuple[batch.Problem, np.ndarray]:
    """Return the blocks of R responses (R, n), and which replicates have a constant response."""
    constant = (np.ptp(y, axis=1) == 0) | ~engine.family.complete(y, engine.outcome)
    shared = engine.family.shared(y, engine.design, engine.outcome, model.rows)
    rows, responses, trials = shared.rows, shared.successes, shared.trials
    codes, z = model.placed(rows)
    marked = replace(rows, y=np.arange(1.0, len(rows.y) + 1), m=np.ones(len(rows.y)))
    blocks = []
    for block in group_blocks(marked, codes, z, merge=False):
        # y held row numbers from 1, 0 where padded: now the place of each response
        place = block.y.astype(int)
        real = place > 0
        at = np.where(real, place - 1, 0)
        own_y = responses[:, at] * real
        own_m = (
            (np.broadcast_to(trials, responses.shape)[:, at] * real)
            if trials.ndim == 2
            else trials[at] * real
        )
        blocks.append(_merge(replace(block, y=own_y, m=own_m)))
    shape = model.problem.shape
    return batch.Problem(blocks, shape, rows.transform, rows.n_thresholds, shared.counts), constant


def _merge(block: Block) -> Block:
    """Compute groups that are alike over replicates once: weights count them per replicate."""
    n_rep, n_groups, width = block.y.shape
    own_m = block.m.ndim == 3
    table = np.concatenate((block.X.reshape(n_groups, -1), block.offset, block.z), axis=1)
    if not own_m:
        table = np.concatenate((table, block.m), axis=1)
    design = _kinds(np.round(table, 10))
    n_designs = int(design.max()) + 1
    values = block.y if not own_m else block.y + (block.y.max() + 1) * block.m
    base = values.max() + 1
    if n_designs * base**width > 2**52 or n_designs > 0.5 * n_groups:
        return block
    code = design + n_designs * (values @ base ** np.arange(width))
    kinds, first, kind = np.unique(code, return_index=True, return_inverse=True)
    if len(kinds) > 0.6 * n_groups:
        return block
    replicate, group = np.divmod(first, n_groups)
    flat = np.repeat(np.arange(n_rep), n_groups) * len(kinds) + kind.ravel()
    weight = np.bincount(flat, minlength=n_rep * len(kinds)).reshape(n_rep, -1).astype(float)
    return Block(
        block.X[group],
        block.y[replicate, group],
        block.m[replicate, group] if own_m else block.m[group],
        block.offset[group],
        block.z[group],
        weight,
        np.arange(len(kinds)),
    )


def _kinds(table: Array) -> np.ndarray:
    """Return the number of each row among the distinct rows in order.

    Sorting rows by one weighted sum is faster than sorting whole rows; that chance made two different rows
    meet is seen by comparing them.
    """
    _, first, sums = np.unique(table @ mixer(table.shape[1]), return_index=True, return_inverse=True)
    found = table[first]
    if not (found[sums] == table).all():
        return np.unique(table, axis=0, return_inverse=True)[1].reshape(-1)
    _, kind = np.unique(found, axis=0, return_inverse=True)
    return np.asarray(kind.reshape(-1)[sums])
