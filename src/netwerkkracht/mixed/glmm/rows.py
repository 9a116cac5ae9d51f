"""Canonical rows sorted by group into dense blocks: what quadrature runs over."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.canonical import Canonical

# Rows x nodes x replicates held at once: about the second-level cache of a small machine, in doubles
BLOCK_CELLS = 1 << 18


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
