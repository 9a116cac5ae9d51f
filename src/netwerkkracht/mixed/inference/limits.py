"""The search for one limit of a profile likelihood interval.

A limit is where the signed root ζ(v) = ± √(2 (max log L − max log L | parameter = v)) reaches the normal
quantile. ζ is nearly linear in v, so secant steps find it. What it takes to hold a parameter at v is the
matter of each engine; a search is told ζ at its place and says where to look next.

Source: Bates et al. (2015), JSS 67(1), section 5.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

TOLERANCE = 1e-6
ROUNDS = 25
# a gain in log-likelihood over the maximum that is no rounding
HIGHER = 1e-3


@dataclass
class Limit:
    """One limit: looked for at ``at``, found at ``value`` (NaN until then) once ``done``.

    ``sign`` is the side of the estimate; the parameter lives between ``lowest`` and ``highest``, and a side
    on which ζ never reaches z before such an edge has the edge for a limit.
    """

    estimate: float
    sign: float
    z: float
    at: float
    lowest: float = -np.inf
    highest: float = np.inf
    before: tuple[float, float] = (float("nan"), 0.0)
    value: float = float("nan")
    done: bool = False

    @classmethod
    def beside(cls, estimate: float, step: float, sign: float, z: float, edges: tuple[float, float]) -> Limit:
        """Begin a search where the limit would lie if ``step`` were the standard error."""
        at = float(np.clip(estimate + sign * z * step, *edges))
        search = cls(estimate, sign, z, at, *edges, before=(estimate, 0.0))
        if np.isnan(at) or at == estimate:  # no estimate, or one at its edge
            search.value, search.done = at, True
        return search

    def tell(self, drop: float) -> None:
        """Take the fall of the log-likelihood at ``at`` (NaN where it was not found) and move on."""
        # a point that lies higher than the maximum: this likelihood has no interval to speak of
        if not np.isfinite(drop) or drop < -HIGHER:
            self.done = True
            return
        zeta = float(np.sqrt(2 * max(drop, 0.0)))
        edge = self.lowest if self.sign < 0 else self.highest
        if abs(zeta - self.z) < TOLERANCE or (self.at == edge and zeta < self.z):
            self.value, self.done = self.at, True
            return
        slope = (zeta - self.before[1]) or float("nan")
        step = (self.z - zeta) * (self.at - self.before[0]) / slope
        if not np.isfinite(step) or step * self.sign * (self.z - zeta) < 0:
            step = (self.at - self.estimate) * (0.5 if zeta < self.z else -0.3)
        largest = 1.5 * abs(self.at - self.estimate)
        self.before = (self.at, zeta)
        self.at = float(np.clip(self.at + np.clip(step, -largest, largest), self.lowest, self.highest))
        if (self.at - self.estimate) * self.sign <= 0:
            self.at = self.estimate + 0.3 * (self.before[0] - self.estimate)


def search(limit: Limit, drop: Callable[[float], float]) -> float:
    """Search one limit by itself, given the fall of the log-likelihood as a function of the parameter."""
    for _ in range(ROUNDS):
        if limit.done:
            break
        limit.tell(drop(limit.at))
    return limit.value
