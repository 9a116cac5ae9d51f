"""Find the theta that minimises the deviance: Newton steps with exact second derivatives.

Theta is unbounded (`covariance.Template`): a variance at its limit of zero is an ordinary stationary point,
which Newton's method reaches exactly. Directions of negative curvature are turned over, so that the search
leaves the ridge at theta = 0, and a step that does not go down is shortened.

Source: Lindstrom & Bates (1988); Nocedal & Wright (2006), section 3.4 (modified Newton steps).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

import numpy as np

from netwerkkracht.mixed.arrays import Array, Mask
from netwerkkracht.mixed.gaussian.workspace import Point, Workspace

MAX_STEPS = 200
# expected further gain in deviance at which the search ends
PRECISION = 1e-13
# a column of L this much smaller than the residual is put at zero when that costs nothing
NEGLIGIBLE = 1e-3


class Evaluated(Protocol):
    """A function evaluated: where, its value, and its gradient and Hessian there."""

    @property
    def theta(self) -> Array:
        """Place."""
        ...

    @property
    def deviance(self) -> float:
        """Value."""
        ...

    @property
    def by_theta(self) -> tuple[Array, Array]:
        """Gradient and Hessian."""
        ...


E = TypeVar("E", bound=Evaluated)


@dataclass(frozen=True)
class Minimum:
    """Where the search ended: the point, whether it is a minimum, and whether a variance is exactly zero."""

    point: Point
    converged: bool
    boundary: bool
    steps: int


def minimise(space: Workspace, start: Array, *, reml: bool) -> Minimum:
    """Minimise the deviance of a workspace from a starting theta (scaled units).

    Several random columns of one factor, correlated or not, can give more than one minimum: a covariate far
    from zero does so beside an independent intercept. Then the search also starts from larger variances, and
    where a covariance is at its limit from smaller ones; the lowest minimum is kept.
    """
    best = _minimise_from(space, start, reml=reml)
    groups = [term.group for term in space.design.random]
    if max(space.template.sizes, default=0) > 1 or len(set(groups)) < len(groups):
        factors = (0.3, 3.0) if best.boundary else (3.0,)
        others = [_minimise_from(space, factor * space.template.identity(), reml=reml) for factor in factors]
        lower = [
            found for found in others if found.converged and found.point.deviance < best.point.deviance - 1e-6
        ]
        best = min(lower, key=lambda found: found.point.deviance, default=best)
    return best


def _minimise_from(space: Workspace, start: Array, *, reml: bool) -> Minimum:
    everything = np.ones(len(start), bool)
    point, converged, steps = newton(lambda theta: space.at(theta, reml=reml), start, everything)
    point, boundary, more = _snap(space, point)
    converged = converged and bool(np.isfinite(point.deviance))
    return Minimum(point, converged, boundary, steps + more)


def newton(evaluate: Callable[[Array], E], start: Array, free: Mask) -> tuple[E, bool, int]:
    """Take Newton steps in the free entries until no gain is left: point, convergence, number of steps."""
    point = evaluate(start)
    everything = bool(free.all())
    for count in range(MAX_STEPS):
        gradient, hessian = point.by_theta
        if not everything:
            gradient, hessian = gradient[free], hessian[np.ix_(free, free)]
        values, vectors = np.linalg.eigh(hessian)
        curves = np.maximum(np.abs(values), 1e-8 * max(float(np.abs(values).max(initial=0.0)), 1e-8))
        slope = vectors.T @ gradient
        gain = float(np.max(slope**2 / curves, initial=0.0))
        if gain < PRECISION:
            if values.min(initial=0.0) > -1e-6 * max(1.0, float(values.max(initial=0.0))):
                return point, True, count
            # a saddle: leave it along the direction of negative curvature
            slope = slope + np.where(values < 0, 1e-2 * np.abs(values), 0.0)
        step = -vectors @ (slope / curves)
        longest = float(np.abs(step).max(initial=0.0))
        allowed = 2.0 + 2.0 * float(np.abs(point.theta).max(initial=0.0))
        step = step * min(1.0, allowed / max(longest, 1e-300))
        better = _shorten(evaluate, point, free, step, -float(gradient @ step))
        if better is None:
            # no descent left within rounding: a minimum if the slope says so
            return point, gain < 1e-8, count
        point = better
    return point, False, MAX_STEPS


def _shorten(evaluate: Callable[[Array], E], point: E, free: Mask, step: Array, promised: float) -> E | None:
    """Return the first point along a halved step that goes down by a share of what the step promised.

    A point that is merely not higher will not do: theta and -theta lie equally high, and a search that takes
    one for the other never ends.
    """
    slack = 1e-12 * (1 + abs(point.deviance))
    for _ in range(40):
        theta = point.theta.copy()
        theta[free] += step
        trial = evaluate(theta)
        if np.isfinite(trial.deviance) and trial.deviance <= point.deviance - 1e-4 * promised + slack:
            return trial
        step, promised = step / 2, promised / 2
    return None


@dataclass(frozen=True)
class _Evaluation:
    """Value, gradient and Hessian of a plain function."""

    theta: Array
    deviance: float
    by_theta: tuple[Array, Array]


def minimise_function(
    function: Callable[[Array], tuple[float, Array, Array]], start: Array
) -> tuple[Array, float]:
    """Minimise a function that returns its value, gradient and Hessian: the place and the value."""

    def evaluate(theta: Array) -> _Evaluation:
        value, gradient, hessian = function(theta)
        return _Evaluation(theta, value, (gradient, hessian))

    point, _, _ = newton(evaluate, start, np.ones(len(start), bool))
    return point.theta, point.deviance


def _snap(space: Workspace, point: Point) -> tuple[Point, bool, int]:
    """Put negligible pivots of L at exactly zero, where the deviance does not rise, and polish the others."""
    template, reml = space.template, point.reml
    steps = 0
    theta = template.canonical(point.theta)
    fixed = np.zeros(len(theta), bool)
    for _ in range(int(template.diagonal.sum())):
        small = [i for i in np.flatnonzero(template.diagonal & ~fixed) if abs(theta[i]) < NEGLIGIBLE]
        if not small:
            break
        place = min(small, key=lambda i: abs(theta[i]))
        fixed[place] = True
        trial = np.where(fixed, 0.0, theta)
        candidate, _, used = newton(lambda theta: space.at(theta, reml=reml), trial, ~fixed)
        steps += used
        if candidate.deviance <= point.deviance + 1e-7:
            point, theta = candidate, template.canonical(candidate.theta)
    theta = template.canonical(point.theta)
    boundary = bool((theta[template.diagonal] == 0).any())
    return space.at(theta, reml=reml), boundary, steps
