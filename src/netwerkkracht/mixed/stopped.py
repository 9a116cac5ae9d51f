"""The engine of a model that was not fitted: the reason, and NaN wherever a number would have no meaning."""

# ruff: noqa: ARG002 - the arguments of the protocol, none of which matter here

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import FTest, Replicates, ResponseMeans, Tests, Variance
from netwerkkracht.mixed.families import Family
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.status import Method, Status

NAN = float("nan")


@dataclass(frozen=True)
class StoppedEngine:
    """Stands where a fitted engine would; every family uses it when the guards stop a fit."""

    design: Design
    family: Family
    status: Status
    messages: tuple[str, ...]
    default_method: Method = "asymptotic"
    loglik: float = NAN
    size: float = NAN
    distribution_variance: float = NAN

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the fixed columns."""
        return self.design.names

    @property
    def beta(self) -> Array:
        """No estimates."""
        return np.full(len(self.names), NAN)

    @property
    def vcov(self) -> Array:
        """No covariance."""
        return np.full((len(self.names), len(self.names)), NAN)

    @property
    def methods(self) -> tuple[Method, ...]:
        """One method, to name the empty rows of a table."""
        return self.family.methods[-1:]

    @property
    def n_parameters(self) -> int:
        """No parameters were estimated."""
        return 0

    def tests(self, L: Array, method: Method) -> Tests:
        """No tests."""
        return Tests(*(np.full(len(L), NAN) for _ in range(3)))

    def f_test(self, L: Array, method: Method) -> FTest:
        """No tests."""
        return FTest(len(L), NAN, NAN, NAN)

    def lift(self, L: Array) -> Array:
        """Keep the combinations."""
        return L

    def variances(self) -> tuple[Variance, ...]:
        """Name the parts without values."""
        return tuple(Variance(t.group, name, NAN, NAN) for t in self.design.random for name in t.names)

    def conditional_modes(self) -> pd.DataFrame:
        """No modes."""
        return pd.DataFrame(columns=["group", "level", "term", "mode", "sd"])

    def response_means(self, X: Array, offset: Array) -> ResponseMeans:
        """No means."""
        m = len(X)
        return ResponseMeans(np.arange(m), None, np.full(m, NAN), np.full((m, m), NAN))

    def response(self, eta: Array) -> Array:
        """No response."""
        return np.full_like(eta, NAN)

    def simulate(self, n: int, rng: np.random.Generator, *, conditional: bool = False) -> Array:
        """No draws."""
        return np.full((self.design.n_rows, n), NAN)

    def refit_many(self, Y: Array) -> Replicates:
        """No refits: every replicate has the status of this model."""
        m, k = Y.shape[1], len(self.names)
        empty = np.full((m, k), NAN)
        status = np.full(m, self.status)
        return Replicates(self.names, empty, empty, (), np.empty((m, 0)), np.full(m, NAN), status)

    def by_maximum_likelihood(self) -> StoppedEngine:
        """Stay stopped."""
        return self

    def without(self, columns: Sequence[int]) -> StoppedEngine:
        """Stay stopped."""
        return self

    def profile(self, level: float) -> pd.DataFrame:
        """No intervals."""
        return pd.DataFrame(columns=["parameter", "estimate", "lower", "upper"])
