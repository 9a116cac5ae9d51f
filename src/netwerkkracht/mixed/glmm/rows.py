"""The rows of a non-Gaussian model in canonical form, and their grouping into dense blocks.

``Canonical`` holds what `families` promises: successes y, trials m, a design X, an offset, and a cumulant.
Its design is *whitened*: the columns are an orthogonal basis of the researcher's columns, weighted as at the
fit without random effects, so that every internal coefficient has standard error one there and the optimiser
never sees the units (years, euros, a shift of a million). ``transform`` leads back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.cumulants import Cumulant

# Rows x nodes x replicates held at once: about the second-level cache of a small machine, in doubles
BLOCK_CELLS = 1 << 18


@dataclass(frozen=True)
class Canonical:
    """Rows of y η − m A(η).

    Attributes
    ----------
    cumulant
        Which A.
    X, y, m, offset, sign, origin
        (N, P) design, (N,) successes, trials, offset, the sign with which random effects enter, and the
        observed row each canonical row comes from (ordinal rows are split in two).
    size
        True for the negative binomial: m is then 1 per row, the trials are y + θ, log θ is the last
        coefficient and its column is −1.
    n_thresholds, counts
        Ordinal: the first coefficients that are thresholds; the number of rows per inner category.
    transform
        Natural coefficients are ``transform @ internal``.
    constant, saturated
        The data-only part of the log-likelihood, and the log-likelihood of the saturated model (glmer
        reports the log-likelihood relative to it when nAGQ > 1).
    """

    cumulant: Cumulant
    X: Array
    y: Array
    m: Array
    offset: Array
    sign: Array
    origin: np.ndarray
    transform: Array
    size: bool = False
    n_thresholds: int = 0
    counts: Array | None = None
    constant: float = 0.0
    saturated: float = 0.0

    def whiten(self, weight: Array) -> Canonical:
        """Return the same rows with a design that is orthonormal under ``weight`` (N,).

        The column of log θ is left alone: it has a derivative outside the linear predictor.
        """
        last = self.X.shape[1] - int(self.size)
        columns = self.X[:, :last]
        if last == 0:
            return self
        scale = np.sqrt(np.mean(columns**2, axis=0))
        scale[scale == 0] = 1.0
        R = np.linalg.qr(np.sqrt(weight)[:, None] * (columns / scale), mode="r")
        step = np.eye(self.X.shape[1])
        step[:last, :last] = np.linalg.inv(R) / scale[:, None]
        return replace(self, X=self.X @ step, transform=self.transform @ step)


@dataclass(frozen=True)
class Block:
    """Groups of similar size, padded to one: arrays (groups, rows, ...); a padded row has m = y = 0.

    ``weight`` counts how many groups of the data each stands for; ``groups`` their numbers (of one of them).
    y, m and weight may carry a leading axis of replicates; X too (ordinal).
    """

    X: Array
    y: Array
    m: Array
    offset: Array
    z: Array
    weight: Array
    groups: np.ndarray

    def part(self, groups: slice) -> Block:
        """Return some of the groups; arrays with a replicate axis keep it."""
        return Block(
            self.X[..., groups, :, :],
            self.y[..., groups, :],
            self.m[..., groups, :],
            self.offset[groups],
            self.z[groups],
            self.weight[..., groups],
            self.groups[groups],
        )

    def replicates(self, which: slice | np.ndarray) -> Block:
        """Return some of the replicates; arrays shared by all stay as they are."""
        return replace(
            self,
            X=self.X[which] if self.X.ndim == 4 else self.X,
            y=self.y[which] if self.y.ndim == 3 else self.y,
            m=self.m[which] if self.m.ndim == 3 else self.m,
            weight=self.weight[which] if self.weight.ndim == 2 else self.weight,
        )


def group_blocks(rows: Canonical, codes: np.ndarray, z: Array, *, merge: bool = True) -> list[Block]:
    """Sort rows into blocks of groups of similar size.

    Parameters
    ----------
    rows
        N canonical rows.
    codes
        (N,) group number of each row, 0 to G − 1.
    z
        (N,) covariate of the random coefficient (ones for an intercept), sign included.
    merge
        Compute groups that are alike in every row once, with their number as weight.
    """
    sizes = np.bincount(codes)
    order = np.argsort(codes, kind="stable")
    first = np.concatenate(([0], np.cumsum(sizes)))
    blocks = []
    for low, high in _size_classes(sizes):
        members = np.flatnonzero((sizes > low) & (sizes <= high))
        width = int(sizes[members].max())
        position = first[members][:, None] + np.arange(width)
        real = np.arange(width) < sizes[members][:, None]
        index = order[np.where(real, position, 0)]
        block = Block(
            rows.X[index] * real[..., None],
            rows.y[index] * real,
            rows.m[index] * real,
            rows.offset[index] * real,
            z[index] * real,
            np.ones(len(members)),
            members,
        )
        blocks.append(_merged(block) if merge else block)
    return blocks


def _size_classes(sizes: np.ndarray) -> Iterator[tuple[int, int]]:
    """Yield size intervals (low, high] such that padding adds at most a third."""
    present = np.unique(sizes[sizes > 0])
    low = 0
    while low < present[-1]:
        start = present[present > low][0]
        high = max(int(start), int(start * 4 // 3))
        yield low, high
        low = high


def _merged(block: Block) -> Block:
    """Merge groups alike in all rows, where that at least halves their number."""
    n_groups = len(block.groups)
    if n_groups < 8:
        return block
    table = np.concatenate((block.X.reshape(n_groups, -1), block.y, block.m, block.offset, block.z), axis=1)
    sample = table[: min(n_groups, 2000)]
    if len(np.unique(sample @ mixer(table.shape[1]))) > 0.6 * len(sample):
        return block
    _, first, count = np.unique(table @ mixer(table.shape[1]), return_index=True, return_counts=True)
    if not _same_after_merge(table, first, count):
        return block
    return Block(
        block.X[first], block.y[first], block.m[first], block.offset[first], block.z[first],
        count.astype(float), block.groups[first],
    )  # fmt: skip


def mixer(width: int) -> Array:
    """Return fixed irrational weights: two rows with one weighted sum are, but for chance, the same row."""
    place = np.arange(2.0, width + 2)
    return np.asarray(np.sqrt(place) % 1.0 + np.log(place))


def _same_after_merge(table: Array, first: np.ndarray, count: np.ndarray) -> bool:
    """Check the chance away: column sums and sums of squares survive the merge."""
    kept = table[first]
    sums = np.stack((table.sum(axis=0), (table**2).sum(axis=0)))
    merged = np.stack((count @ kept, count @ kept**2))
    return bool(np.allclose(sums, merged, rtol=1e-10, atol=1e-9))


def cache_parts(block: Block, nodes: int, replicates: int) -> Iterator[tuple[slice, Block]]:
    """Yield a block in pieces that fit the cache at ``nodes`` values per row and replicate."""
    cells = block.y.shape[-1] * nodes * replicates
    step = max(1, BLOCK_CELLS // max(1, cells))
    for start in range(0, len(block.groups), step):
        part = slice(start, start + step)
        yield part, block.part(part)
