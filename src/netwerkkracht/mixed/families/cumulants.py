"""The cumulant functions of the canonical row likelihood, with what the kernels need of them.

Every family but the Gaussian has, up to terms without the linear predictor, the log-likelihood

    l(η) = y η − m A(η)

with a convex cumulant function A, so that one set of kernels serves them all. Derivatives follow: l' = y −
m A', l'' = −m A'', l''' = −m A'''.

Source: McCullagh and Nelder (1989), Generalized Linear Models, 2nd ed., chapter 2.
"""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array

# e^700 is still finite; a predictor beyond it has probability 0 or 1 to the last digit
LARGEST_PREDICTOR = 700.0
# a mean of e^50 events is no count of anyone; it only keeps a trial step of the optimiser finite
LARGEST_LOG_MEAN = 50.0
# Rows whose 1 + e^η are multiplied before one logarithm is taken: e^690 is still finite
ROWS_PER_LOG = 3


@dataclass(frozen=True)
class Derivatives:
    """A(η) and its first three derivatives, each of the shape of η."""

    value: Array
    first: Array
    second: Array
    third: Array


class Cumulant(ABC):
    """A convex function A of the linear predictor."""

    @abstractmethod
    def derivatives(self, eta: Array) -> Derivatives:
        """Return A and its first three derivatives at ``eta`` (any shape)."""

    @abstractmethod
    def mean_and_curvature(self, eta: Array) -> tuple[Array, Array]:
        """Return A' and A'' at ``eta``: all that the search for a mode needs. ``eta`` is overwritten."""

    @abstractmethod
    def sum_over_rows(self, m: Array, eta: Array, *, value: bool) -> tuple[Array, Array, Array]:
        """Return Σ m A over the rows, A', and A, at quadrature nodes; ``eta`` is overwritten.

        Parameters
        ----------
        m
            (..., rows) trials, 0 for a padded row.
        eta
            (..., rows, nodes) linear predictors.
        value
            Whether A itself is needed by row; else the third array means nothing.
        """

    @abstractmethod
    def curvature_of(self, trial_mean: Array, mean: Array) -> Array:
        """Return m A'' from m A' and A'."""


class _Logit(Cumulant):
    """A(η) = log(1 + e^η): successes of trials."""

    def derivatives(self, eta: Array) -> Derivatives:
        odds = np.exp(np.clip(eta, -LARGEST_PREDICTOR, LARGEST_PREDICTOR))
        complement = 1.0 / (1.0 + odds)
        probability = odds * complement
        second = probability * complement
        return Derivatives(np.log1p(odds), probability, second, second * (complement - probability))

    def mean_and_curvature(self, eta: Array) -> tuple[Array, Array]:
        np.clip(eta, -LARGEST_PREDICTOR, LARGEST_PREDICTOR, out=eta)
        np.exp(eta, out=eta)
        complement = 1.0 / (1.0 + eta)
        eta *= complement
        complement *= eta
        return eta, complement

    def sum_over_rows(self, m: Array, eta: Array, *, value: bool) -> tuple[Array, Array, Array]:
        single = not value and bool(((m == 1.0) | (m == 0.0)).all())
        bound = LARGEST_PREDICTOR / ROWS_PER_LOG if single else LARGEST_PREDICTOR
        np.clip(eta, -bound, bound, out=eta)
        np.exp(eta, out=eta)
        if not single:
            by_row = np.log1p(eta)
            one = 1.0 + eta
            np.divide(eta, one, out=eta)
            return np.matmul(m[..., None, :], by_row)[..., 0, :], eta, by_row
        if not (m == 1.0).all():
            eta *= m[..., None]
        one = 1.0 + eta
        np.divide(eta, one, out=eta)
        total = np.zeros((*one.shape[:-2], one.shape[-1]))
        for start in range(0, one.shape[-2], ROWS_PER_LOG):
            # log Π (1 + e^η) in place of Σ log(1 + e^η): one logarithm for three rows
            total += np.log(np.multiply.reduce(one[..., start : start + ROWS_PER_LOG, :], axis=-2))
        return total, eta, one

    def curvature_of(self, trial_mean: Array, mean: Array) -> Array:
        return trial_mean * (1.0 - mean)


class _Exponential(Cumulant):
    """A(η) = e^η: counts."""

    def derivatives(self, eta: Array) -> Derivatives:
        mean = np.exp(np.minimum(eta, LARGEST_LOG_MEAN))
        return Derivatives(mean, mean, mean, mean)

    def mean_and_curvature(self, eta: Array) -> tuple[Array, Array]:
        np.minimum(eta, LARGEST_LOG_MEAN, out=eta)
        np.exp(eta, out=eta)
        return eta, eta

    def sum_over_rows(self, m: Array, eta: Array, *, value: bool) -> tuple[Array, Array, Array]:
        np.minimum(eta, LARGEST_LOG_MEAN, out=eta)
        np.exp(eta, out=eta)
        return np.matmul(m[..., None, :], eta)[..., 0, :], eta, eta

    def curvature_of(self, trial_mean: Array, mean: Array) -> Array:
        return trial_mean


LOGIT: Cumulant = _Logit()
EXPONENTIAL: Cumulant = _Exponential()
