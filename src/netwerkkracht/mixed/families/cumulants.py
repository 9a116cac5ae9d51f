"""The outcome families, all written as one canonical row likelihood.

Every family of this package has, up to terms without the linear predictor, the log-likelihood

    l(η) = y η − m A(η)

with a convex cumulant function A, so that one set of kernels serves them all:

* binomial: A(η) = log(1 + e^η), y successes of m trials;
* Poisson: A(η) = e^η, m = 1;
* negative binomial (NB2, size θ): with η' = η − log θ it is y successes of m = y + θ trials of a logit
  (`negative_binomial`);
* ordinal (cumulative logit): F(a) − F(b) = F(a) (1 − F(b)) (1 − e^{−(a − b)}) for the logistic F, so a row in
  category j is one success at α_j − η and one failure at α_{j−1} − η, and a term of the thresholds alone
  (`ordinal`).

Derivatives follow: l' = y − m A', l'' = −m A'', l''' = −m A'''.

Source: McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapters 2 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from netwerkkracht.mixed.arrays import Array

Cumulant = Literal["logit", "poisson"]

FAMILIES = ("binomial", "poisson", "negative-binomial", "ordinal")
LINKS = {"binomial": "logit", "poisson": "log", "negative-binomial": "log", "ordinal": "logit"}

# e^700 is still finite; a predictor beyond it has probability 0 or 1 to the last digit
LARGEST_PREDICTOR = 700.0
# a mean of e^50 events is no count of anyone; it only keeps a trial step of the optimiser finite
LARGEST_LOG_MEAN = 50.0


@dataclass(frozen=True)
class Derivatives:
    """A(η) and its first three derivatives, each of the shape of η."""

    value: Array
    first: Array
    second: Array
    third: Array


def cumulant(kind: Cumulant, eta: Array) -> Derivatives:
    """Return A and its first three derivatives at ``eta`` (any shape)."""
    if kind == "poisson":
        mean = np.exp(np.minimum(eta, LARGEST_LOG_MEAN))
        return Derivatives(mean, mean, mean, mean)
    odds = np.exp(np.clip(eta, -LARGEST_PREDICTOR, LARGEST_PREDICTOR))
    complement = 1.0 / (1.0 + odds)
    probability = odds * complement
    second = probability * complement
    return Derivatives(np.log1p(odds), probability, second, second * (complement - probability))


def mean_and_curvature(kind: Cumulant, eta: Array) -> tuple[Array, Array]:
    """Return A' and A'' at ``eta``: all that the search for a mode needs. ``eta`` is overwritten."""
    if kind == "poisson":
        np.minimum(eta, LARGEST_LOG_MEAN, out=eta)
        np.exp(eta, out=eta)
        return eta, eta
    np.clip(eta, -LARGEST_PREDICTOR, LARGEST_PREDICTOR, out=eta)
    np.exp(eta, out=eta)
    complement = 1.0 / (1.0 + eta)
    eta *= complement
    complement *= eta
    return eta, complement


def inverse_link(family: str, eta: Array) -> Array:
    """Return the mean (probability or count) of a predictor; not for the ordinal family."""
    if family == "binomial":
        return cumulant("logit", eta).first
    return np.asarray(np.exp(np.minimum(eta, LARGEST_LOG_MEAN)))
