"""BFGS with exact gradients, for likelihoods that are costly and have no cheap second derivative.

Source: Nocedal and Wright (2006), Numerical Optimization, 2nd ed., chapter 6.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array

Function = Callable[[Array], tuple[float, Array]]

ITERATIONS = 300
DECREMENT = 1e-12
SHORTEST = 1e-8
DIFFERENCE_STEP = 1e-3


@dataclass(frozen=True)
class Peak:
    """Where the search ended."""

    point: Array
    value: float
    gradient: Array
    converged: bool


def climb(function: Function, start: Array, scale: Array, largest: Array) -> Peak:
    """Maximise a function by BFGS.

    Parameters
    ----------
    function
        Value and gradient; −inf outside its domain.
    start, scale
        Start, and a guess of each parameter's standard error, or of their covariance (the first inverse
        Hessian).
    largest
        Largest change of each parameter in one step.
    """
    point = start.copy()
    value, gradient = function(point)
    inverse = np.diag(scale**2) if scale.ndim == 1 else scale
    for _ in range(ITERATIONS):
        step = inverse @ gradient
        decrement = float(gradient @ step)
        if decrement < DECREMENT:
            return Peak(point, value, gradient, converged=True)
        step = step / max(1.0, float(np.max(np.abs(step) / largest)))
        length, slope = 1.0, float(gradient @ step)
        while length > SHORTEST:
            new_point = point + length * step
            new_value, new_gradient = function(new_point)
            if np.isfinite(new_value) and new_value >= value + 1e-4 * length * slope:
                break
            length *= 0.3
        else:
            return Peak(point, value, gradient, converged=decrement < 1e-7)
        moved, turned = new_point - point, gradient - new_gradient
        inverse = _updated(inverse, moved, turned)
        point, value, gradient = new_point, new_value, new_gradient
    return Peak(point, value, gradient, converged=False)


def _updated(inverse: Array, moved: Array, turned: Array) -> Array:
    """Return the BFGS update of the inverse Hessian; unchanged where the curvature is not positive."""
    along = float(moved @ turned)
    if along <= 1e-10 * np.linalg.norm(moved) * np.linalg.norm(turned):
        return inverse
    half = np.eye(len(moved)) - np.outer(moved, turned) / along
    return np.asarray(half @ inverse @ half.T + np.outer(moved, moved) / along)


def difference_information(function: Function, point: Array, scale: Array | float = 1.0) -> Array:
    """Return minus the Hessian by central differences of the exact gradient."""
    size = len(point)
    steps = np.broadcast_to(DIFFERENCE_STEP * np.asarray(scale), (size,))
    rows = []
    for j in range(size):
        move = np.zeros(size)
        move[j] = steps[j]
        rows.append((function(point + move)[1] - function(point - move)[1]) / (2 * steps[j]))
    return np.asarray(-0.5 * (np.array(rows) + np.array(rows).T))


def polish(function: Function, peak: Peak, information: Array) -> Peak:
    """Take Newton steps with a fixed information until they no longer matter."""
    point, value, gradient = peak.point, peak.value, peak.gradient
    try:
        np.linalg.cholesky(information)
    except np.linalg.LinAlgError:
        return peak
    for _ in range(8):
        step = np.linalg.solve(information, gradient)
        decrement = float(gradient @ step)
        if decrement < 1e-15:
            break
        new_value, new_gradient = function(point + step)
        if not new_value >= value - 1e-9 * (1 + abs(value)):
            break
        if float(new_gradient @ np.linalg.solve(information, new_gradient)) > decrement:
            break
        point, value, gradient = point + step, new_value, new_gradient
    done = float(gradient @ np.linalg.solve(information, gradient)) < 1e-8
    return Peak(point, value, gradient, converged=done)
