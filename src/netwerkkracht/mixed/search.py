"""Find the theta that minimises the deviance: Newton steps with exact second derivatives.

Theta is unbounded (`covariance.Template`): a variance at its limit of zero is an ordinary stationary point, which
Newton's method reaches exactly. Directions of negative curvature are turned over, so that the search leaves the
ridge at theta = 0, and a step that does not go down is shortened.

Source: Lindstrom & Bates (1988); Nocedal & Wright (2006), section 3.4 (modified Newton steps).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.columns import Vector
from netwerkkracht.mixed.workspace import Point, Workspace

MAX_STEPS = 200
# expected further gain in deviance at which the search ends
PRECISION = 1e-13
# a column of L this much smaller than the residual is put at zero when that costs nothing
NEGLIGIBLE = 1e-3


@dataclass(frozen=True)
class Minimum:
    """Where the search ended: the point, whether it is a minimum, and whether a variance is exactly zero."""

    point: Point
    converged: bool
    boundary: bool
    steps: int


def minimise(space: Workspace, start: Vector, *, reml: bool) -> Minimum:
    """Minimise the deviance of a workspace from a starting theta (scaled units)."""
    point, converged, steps = _newton(space, space.at(start, reml=reml), np.ones(len(start), bool))
    point, boundary, more = _snap(space, point)
    converged = converged and bool(np.isfinite(point.deviance))
    return Minimum(point, converged, boundary, steps + more)


def _newton(space: Workspace, point: Point, free: np.ndarray) -> tuple[Point, bool, int]:
    """Take Newton steps in the free entries of theta until no gain is left."""
    for count in range(MAX_STEPS):
        gradient, hessian = (part[np.ix_(*[free] * part.ndim)] for part in point.by_theta)
        values, vectors = np.linalg.eigh(hessian)
        floor = 1e-8 * max(float(np.abs(values).max(initial=0.0)), 1e-8)
        slope = vectors.T @ gradient
        if np.all(slope**2 / np.maximum(np.abs(values), floor) < PRECISION):
            lowest = float(values.min(initial=0.0))
            if lowest > -1e-6 * max(1.0, float(values.max(initial=0.0))):
                return point, True, count
            # a saddle: leave it along the direction of negative curvature
            slope = slope + np.where(values < 0, 1e-2 * np.abs(values), 0.0)
        step = -vectors @ (slope / np.maximum(np.abs(values), floor))
        longest = float(np.abs(step).max(initial=0.0))
        allowed = 2.0 + 2.0 * float(np.abs(point.theta).max(initial=0.0))
        step *= min(1.0, allowed / longest) if longest else 1.0
        better = _shorten(space, point, free, step)
        if better is None:
            # no descent left within rounding: a minimum if the slope says so
            return point, bool(np.all(slope**2 / np.maximum(np.abs(values), floor) < 1e-8)), count
        point = better
    return point, False, MAX_STEPS


def _shorten(space: Workspace, point: Point, free: np.ndarray, step: Vector) -> Point | None:
    """Return the first point along a step that lies lower, halving up to forty times."""
    slack = 1e-12 * (1 + abs(point.deviance))
    for _ in range(40):
        theta = point.theta.copy()
        theta[free] += step
        trial = space.at(theta, reml=point.reml)
        if np.isfinite(trial.deviance) and trial.deviance <= point.deviance + slack and trial.rss > 0:
            return trial
        step = step / 2
    return None


def _snap(space: Workspace, point: Point) -> tuple[Point, bool, int]:
    """Put negligible pivots of L at exactly zero, where the deviance does not rise, and polish the others."""
    template = space.template
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
        candidate, _, used = _newton(space, space.at(trial, reml=point.reml), ~fixed)
        steps += used
        if candidate.deviance <= point.deviance + 1e-7:
            point, theta = candidate, template.canonical(candidate.theta)
    theta = template.canonical(point.theta)
    boundary = bool((theta[template.diagonal] == 0).any())
    return space.at(theta, reml=point.reml), boundary, steps
