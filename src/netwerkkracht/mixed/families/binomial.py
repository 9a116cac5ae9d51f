"""The binomial family with a logit link: 0/1, or successes of a number of trials.

A(η) = log(1 + e^η), y successes of m trials.

Source: McCullagh and Nelder (1989), chapter 4.
"""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.canonical import Canonical, Outcome, ShapeParameters
from netwerkkracht.mixed.families.cumulants import LOGIT
from netwerkkracht.mixed.families.family import CanonicalFamily, is_whole, refuse_factor, wrong_outcome
from netwerkkracht.mixed.families.links import LOGIT_LINK
from netwerkkracht.mixed.formula.design import Design


class Binomial(CanonicalFamily):
    """Yes or no, or successes of trials."""

    name = "binomial"
    link = LOGIT_LINK
    effect = "odds"
    bounded = True
    counts = False
    ordered = False
    takes_trials = True

    def own_variance(self, design: Design) -> bool:
        """Say yes for a proportion of trials; one yes or no has no variance to spare."""
        return design.trials is not None

    def refuse(self, design: Design) -> None:
        """Refuse what is not 0 or 1, or not a number of successes of the trials."""
        if design.response_levels is not None and len(design.response_levels) > 2:
            refuse_factor(self, design)
        y, trials = design.y, _trials(design)
        wrong = ~is_whole(y) | (y < 0) | (y > trials) | (trials < 1) | ~is_whole(trials)
        expected = "0 or 1" if design.trials is None else "whole numbers of successes from 0 to the trials"
        if wrong.any():
            raise wrong_outcome(design, expected, wrong)

    def outcome(self, y: Array, design: Design) -> Outcome:
        """One row for each observation."""
        rows = Canonical.plain(LOGIT, design.X, y, _trials(design), design.offset)
        return Outcome(
            replace(rows, constant=self.constant(y, design)), design.names, tuple(range(design.X.shape[1]))
        )

    def constant(self, y: Array, design: Design) -> float:
        """Binomial coefficients; none for single trials."""
        if design.trials is None:
            return 0.0
        from scipy.special import gammaln

        m = design.trials
        return float((gammaln(m + 1) - gammaln(y + 1) - gammaln(m - y + 1)).sum())

    def start(self, outcome: Outcome, rows: Canonical) -> Array:
        """Empirical logits."""
        return np.asarray(rows.X.T @ (np.log((rows.y + 0.5) / (rows.m - rows.y + 0.5)) - rows.offset))

    def distribution_variance(self, mean: float, size: float) -> float:
        """Variance of the standard logistic distribution."""
        return math.pi**2 / 3

    def draw(self, eta: Array, rng: np.random.Generator, design: Design, shape: ShapeParameters) -> Array:
        """Draw yes or no, or successes."""
        probability = self.link.inverse(eta)
        if design.trials is None:
            return (rng.random(eta.shape) < probability).astype(float)
        return rng.binomial(design.trials.astype(int)[:, None], probability).astype(float)

    def value_name(self, value: float, design: Design) -> str:
        """Name a cell of counts by what all its trials are."""
        if design.response_levels is None and design.trials is not None:
            return "failures" if value == 0 else "successes"
        return super().value_name(value, design)


def _trials(design: Design) -> Array:
    return np.ones(design.n_rows) if design.trials is None else design.trials
