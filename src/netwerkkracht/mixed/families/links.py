"""Links between the linear predictor and the mean, and limits that stay within the range of the mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.cumulants import EXPONENTIAL, LOGIT

Limits = tuple[Array, Array]


@dataclass(frozen=True)
class Link:
    """A link function.

    Attributes
    ----------
    inverse
        Mean given the linear predictor.
    limits
        Limits of a mean from its estimate, its standard error and the normal quantile, symmetric on the scale
        of the link, so that they stay in range.
    growth
        Factor by which a normal random effect of variance v multiplies the mean, where there is such a factor
        (E e^{η+b} = e^η e^{v/2}); else None, and the mean is integrated.
    """

    name: str
    inverse: Callable[[Array], Array]
    limits: Callable[[Array, Array, float], Limits]
    growth: Callable[[Array], Array] | None = None


def _identity(eta: Array) -> Array:
    return eta


def _symmetric(estimate: Array, se: Array, z: float) -> Limits:
    return estimate - z * se, estimate + z * se


def _ratios(estimate: Array, se: Array, z: float) -> Limits:
    with np.errstate(divide="ignore", invalid="ignore"):
        half = np.exp(z * se / estimate)
        return estimate / half, estimate * half


def _shares(estimate: Array, se: Array, z: float) -> Limits:
    with np.errstate(divide="ignore", invalid="ignore"):
        centre = np.log(estimate / (1 - estimate))
        half = z * se / (estimate * (1 - estimate))
        return 1 / (1 + np.exp(half - centre)), 1 / (1 + np.exp(-half - centre))


IDENTITY_LINK = Link("identity", _identity, _symmetric)
LOG_LINK = Link("log", lambda eta: EXPONENTIAL.derivatives(eta).first, _ratios, lambda v: np.exp(v / 2))
LOGIT_LINK = Link("logit", lambda eta: LOGIT.derivatives(eta).first, _shares)
