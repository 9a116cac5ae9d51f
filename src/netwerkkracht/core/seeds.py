"""Random generators that depend on the root seed and on names, never on order or on the number of cores."""

from __future__ import annotations

import zlib

import numpy as np


def sequence(root_seed: int, *names: str) -> np.random.SeedSequence:
    """Return the seed sequence of a step and its wildcards: adding a step changes no other step's draws."""
    return np.random.SeedSequence([root_seed, *(zlib.crc32(name.encode("utf-8")) for name in names)])


def generator(root_seed: int, *names: str) -> np.random.Generator:
    """Return the generator of a step and its wildcards."""
    return np.random.Generator(np.random.PCG64(sequence(root_seed, *names)))
