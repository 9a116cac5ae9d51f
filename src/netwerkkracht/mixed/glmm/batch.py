"""Many responses of one design as one problem: shared rows, and groups that are alike computed once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.glmm import newton as batch
from netwerkkracht.mixed.glmm.likelihood import Quadrature
from netwerkkracht.mixed.glmm.rows import Block, Canonical, group_blocks, mixer

if TYPE_CHECKING:
    from netwerkkracht.mixed.glmm.engine import GlmmEngine


def batch_problem(engine: GlmmEngine, model: Quadrature, y: Array) -> tuple[batch.Problem, np.ndarray]:
    """Return the blocks of R responses (R, n), and which replicates have a constant response."""
    constant = np.ptp(y, axis=1) == 0
    rows, responses, trials, counts = _canonical(engine, model, y)
    codes, z = model.codes, model.z
    if engine.family == "ordinal":
        codes = model.terms[0].codes[rows.origin] if model.terms else np.arange(len(rows.y))
        z = model.terms[0].internal[rows.origin, 0] * rows.sign if model.terms else np.zeros(len(rows.y))
        assert counts is not None
        constant |= (counts == 0).any(axis=1) | (y.min(axis=1) > 0) | (y.max(axis=1) < rows.n_thresholds)
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
    return batch.Problem(blocks, shape, rows.transform, rows.n_thresholds, counts), constant


def _canonical(
    engine: GlmmEngine, model: Quadrature, y: Array
) -> tuple[Canonical, Array, Array, Array | None]:
    """Return canonical rows shared by all replicates with successes (R, N), trials (N,) or (R, N), counts."""
    rows = model.rows
    if engine.family != "ordinal":
        return rows, y, rows.m, None
    design, n_thresholds = engine.design, rows.n_thresholds
    # every row with every threshold, so that all replicates share one design; trials choose two of them
    n = design.n_rows
    origin = np.repeat(np.arange(n), n_thresholds)
    threshold = np.tile(np.arange(n_thresholds), n)
    X = np.zeros((len(origin), rows.X.shape[1]))
    X[np.arange(len(origin)), threshold] = 1.0
    X[:, n_thresholds:] = -design.X[origin][:, list(engine.outcome.columns)]
    at = y[:, origin]
    success, used = (at == threshold).astype(float), ((at == threshold) | (at == threshold + 1)).astype(float)
    shared = replace(
        rows,
        X=X @ rows.transform,
        y=np.zeros(len(origin)),
        m=np.ones(len(origin)),
        offset=-design.offset[origin],
        sign=np.full(len(origin), -1.0),
        origin=origin,
    )
    inner = np.stack([(y == j).sum(axis=1) for j in range(1, n_thresholds)], axis=1).astype(float)
    return shared, success, used, inner


def _merge(block: Block) -> Block:
    """Compute groups that are alike over replicates once: weights count them per replicate."""
    n_rep, n_groups, width = block.y.shape
    own_m = block.m.ndim == 3
    table = np.concatenate((block.X.reshape(n_groups, -1), block.offset, block.z), axis=1)
    if not own_m:
        table = np.concatenate((table, block.m), axis=1)
    design = _kinds(np.round(table, 10))
    n_designs = int(design.max()) + 1
    values = block.y if not own_m else block.y + 2 * block.m
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
