"""The Poisson family with a log link: A(η) = e^η, y a count, m = 1.

Source: McCullagh and Nelder (1989), chapter 6.
"""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.canonical import Canonical, Outcome, ShapeParameters
from netwerkkracht.mixed.families.cumulants import EXPONENTIAL
from netwerkkracht.mixed.families.family import CanonicalFamily, is_whole, refuse_factor, wrong_outcome
from netwerkkracht.mixed.families.links import LOG_LINK
from netwerkkracht.mixed.formula.design import Design

# a mean beyond this is no count of anyone, and numpy draws none
LARGEST_MEAN = 1e15


class Poisson(CanonicalFamily):
    """Counts whose variance is their mean."""

    name = "poisson"
    link = LOG_LINK
    effect = "rate"
    bounded = False
    counts = True
    ordered = False
    takes_trials = False

    def own_variance(self, design: Design) -> bool:
        """Say yes: a count keeps the variance of its mean beside an effect per row."""
        return True

    def refuse(self, design: Design) -> None:
        """Refuse what is not a count."""
        refuse_no_count(self, design)

    def outcome(self, y: Array, design: Design) -> Outcome:
        """One row for each observation."""
        rows = Canonical.plain(EXPONENTIAL, design.X, y, np.ones(len(y)), design.offset)
        return Outcome(
            replace(rows, constant=self.constant(y, design)), design.names, tuple(range(design.X.shape[1]))
        )

    def constant(self, y: Array, design: Design) -> float:
        """Return −Σ log y!."""
        return log_factorials(y)

    def start(self, outcome: Outcome, rows: Canonical) -> Array:
        """Scoring steps."""
        return scoring_start(rows.X, rows.y, rows.offset)

    def distribution_variance(self, mean: float, size: float) -> float:
        """Log-normal approximation at the mean count."""
        return log_normal_variance(mean, size)

    def draw(self, eta: Array, rng: np.random.Generator, design: Design, shape: ShapeParameters) -> Array:
        """Draw counts."""
        return rng.poisson(np.minimum(self.link.inverse(eta), LARGEST_MEAN)).astype(float)


def refuse_no_count(family: CanonicalFamily, design: Design) -> None:
    """Refuse text, broken and negative numbers."""
    refuse_factor(family, design)
    wrong = ~is_whole(design.y) | (design.y < 0)
    if wrong.any():
        raise wrong_outcome(design, "whole numbers from 0", wrong)


def log_factorials(y: Array) -> float:
    """Return −Σ log y!."""
    from scipy.special import gammaln

    return float((-gammaln(y + 1)).sum())


def log_normal_variance(mean: float, size: float) -> float:
    """Return log(1 + 1/μ + 1/θ), θ infinite where it is not finite."""
    return math.log1p(1 / mean + (1 / size if math.isfinite(size) else 0.0))


def scoring_start(X: Array, y: Array, offset: Array) -> Array:
    """Return three scoring steps from the logarithms of the counts (offset taken out)."""
    eta = np.log(y + 0.5)
    linear = X.T @ (eta - offset)
    for _ in range(3):
        mean = np.exp(np.clip(eta, -20, 20))
        work = eta - offset + (y - mean) / mean
        root = np.sqrt(mean)
        linear = np.linalg.lstsq(root[:, None] * X, root * work, rcond=None)[0]
        eta = offset + X @ linear
    return np.asarray(linear)
