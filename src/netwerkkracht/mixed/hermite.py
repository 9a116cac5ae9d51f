"""Gauss-Hermite rules for the standard normal distribution."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array


@dataclass(frozen=True)
class Rule:
    """Nodes and log-weights of ∫ g(t) φ(t) dt, t standard normal."""

    nodes: Array
    log_weights: Array


def gauss_hermite(n: int) -> Rule:
    """Return the n-point rule for the standard normal distribution (weights sum to one)."""
    if n < 1:
        raise ValueError("a quadrature rule needs at least one node")
    nodes, weights = np.polynomial.hermite_e.hermegauss(n)
    return Rule(nodes, np.log(weights) - 0.5 * np.log(2 * np.pi))
