"""The rows of a model in canonical form: successes y, trials m, a design X, an offset, and a cumulant.

The design of a fit is *whitened*: the columns are an orthogonal basis of the researcher's columns, weighted
as at the fit without random effects, so that every internal coefficient has standard error one there and the
optimiser never sees the units (years, euros, a shift of a million). ``transform`` leads back.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.cumulants import Cumulant


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
    transform
        Natural coefficients are ``transform @ internal``.
    size
        True for the negative binomial: m is then 1 per row, the trials are y + θ, log θ is the last
        coefficient and its column is −1.
    n_thresholds, counts
        Ordinal: the first coefficients that are thresholds; the number of rows per inner category.
    constant
        The data-only part of the log-likelihood.
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

    @classmethod
    def plain(cls, cumulant: Cumulant, X: Array, y: Array, m: Array, offset: Array) -> Canonical:
        """Return one canonical row for each observed one."""
        n, p = X.shape
        return cls(cumulant, X, y, m, offset, np.ones(n), np.arange(n), np.eye(p))

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
class Outcome:
    """Canonical rows and the names of their coefficients.

    ``names`` are the reported coefficients (ordinal: thresholds, then covariates; log θ is not among them),
    ``columns`` the columns of the design they belong to (covariates only), ``categories`` ordinal labels.
    """

    rows: Canonical
    names: tuple[str, ...]
    columns: tuple[int, ...]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True)
class Shared:
    """Canonical rows shared by R responses: successes (R, N), trials (N,) or (R, N), counts per response."""

    rows: Canonical
    successes: Array
    trials: Array
    counts: Array | None = None


@dataclass(frozen=True)
class ShapeParameters:
    """Parameters beside the linear predictor: thresholds (ordinal, else empty), θ (NB2, else NaN)."""

    thresholds: Array
    size: float
