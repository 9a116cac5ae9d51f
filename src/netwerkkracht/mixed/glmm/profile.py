"""Profile likelihood intervals of coefficients, standard deviations, correlations and theta.

All limits of all parameters are searched for side by side (`inference.limits`). Each parameter is a linear
combination held'ψ of internal parameters, in coordinates chosen for it: a coefficient is a row of the
transformation; a standard deviation is an entry of Λ once its column comes first; a correlation r of two
columns holds Λ₁₀ √(1 − r²) = r Λ₁₁.

Source: Bates et al. (2015), JSS 67(1), section 5.1. Equals ``confint(glmer, method = "profile")``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy.special import ndtri

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.glmm.fitted import Fitted
from netwerkkracht.mixed.glmm.likelihood import Laplace, Likelihood, Quadrature, covariances
from netwerkkracht.mixed.inference.limits import ROUNDS, Limit


@dataclass(frozen=True)
class Target:
    """One parameter in the coordinates of ``model``.

    ``held(v)`` gives the combination and its value where the parameter is v; ``psi`` is the maximum in these
    coordinates, ``covariance`` its covariance; the parameter lives between ``lowest`` and ``highest``.
    """

    name: str
    model: Likelihood
    psi: Array
    covariance: Array
    estimate: float
    se: float
    held: Callable[[float], tuple[Array, float]]
    lowest: float = -np.inf
    highest: float = np.inf


@dataclass
class _Side:
    """The search for one limit, and the internal parameters where the last point ended."""

    target: Target
    limit: Limit
    start: Array


def profile(engine: Fitted, level: float) -> pd.DataFrame:
    """Return parameter, estimate, lower, upper; NaN where a limit was not found."""
    z = float(ndtri(0.5 + level / 2))
    targets = _targets(engine)
    sides = [_first_side(target, sign, z) for target in targets for sign in (-1.0, 1.0)]
    for _ in range(ROUNDS):
        open_sides = [side for side in sides if not side.limit.done]
        for model in {id(side.target.model): side.target.model for side in open_sides}.values():
            _round(engine, model, [side for side in open_sides if side.target.model is model])
    table = {
        "parameter": [target.name for target in targets],
        "estimate": [target.estimate for target in targets],
        "lower": [side.limit.value for side in sides[0::2]],
        "upper": [side.limit.value for side in sides[1::2]],
    }
    return pd.DataFrame(table)


def _first_side(target: Target, sign: float, z: float) -> _Side:
    edges = (target.lowest, target.highest)
    return _Side(target, Limit.beside(target.estimate, target.se, sign, z, edges), target.psi)


def _round(engine: Fitted, model: Likelihood, sides: list[_Side]) -> None:
    """Evaluate each open side of one model, all together, and let it step."""
    starts, held = zip(*(_start(side) for side in sides), strict=True)
    free = np.ones(len(starts[0]), bool)
    if model.rows.size and not engine.maximum.free[engine.maximum.n_linear - 1]:
        free[engine.maximum.n_linear - 1] = False
    found = model.maximise_many(np.array(starts), free, np.array(held))
    for side, result in zip(sides, found, strict=True):
        side.start = result.psi
        side.limit.tell(engine.maximum.loglik - result.loglik if result.converged else float("nan"))


def _start(side: _Side) -> tuple[Array, Array]:
    """Move the last point to where the held combination has its value, along the likely direction."""
    target = side.target
    held, value = target.held(side.limit.at)
    direction = target.covariance @ held
    if held @ direction <= 1e-12 * (held @ held):
        direction = held
    return side.start + direction * ((value - held @ side.start) / (held @ direction)), held


def _targets(engine: Fitted) -> list[Target]:
    """Return variance parameters, theta, then coefficients."""
    maximum = engine.maximum
    model, n_linear = maximum.model, maximum.n_linear
    psi, covariance = _off_zero(maximum.psi, n_linear), maximum.covariance
    found = [target for t in range(len(model.terms)) for target in _variance_targets(engine, t)]
    se = np.sqrt(np.maximum(np.diag(maximum.linear_covariance), 0.0))
    for j, name in enumerate(engine.names):
        held = np.append(model.rows.transform[j], np.zeros(len(psi) - n_linear))
        found.append(Target(name, model, psi, covariance, float(engine.beta[j]), float(se[j]), _keep(held)))
    return found


def _off_zero(psi: Array, n_linear: int) -> Array:
    """Start variance parts held at zero a little off it: at zero the likelihood has no slope."""
    moved = psi.copy()
    moved[n_linear:] = np.where(moved[n_linear:] == 0, 1e-2, moved[n_linear:])
    return moved


def _keep(held: Array) -> Callable[[float], tuple[Array, float]]:
    return lambda value: (held, value)


def _variance_targets(engine: Fitted, t: int) -> list[Target]:
    """Return the standard deviations of a term, and the correlation of a term with two columns."""
    maximum = engine.maximum
    term = maximum.model.terms[t]
    found = []
    for k, name in enumerate(term.names):
        scale = np.sqrt(np.mean(term.Z**2, axis=0))
        first = [k, *(c for c in range(term.Z.shape[1]) if c != k)]
        back = term.back
        if term.Z.shape[1] > 1:
            # QR with the column last and the basis reversed: the first internal effect is this column's alone
            order = first[::-1]
            R = np.linalg.qr(term.Z[:, order] / scale[order], mode="r") / np.sqrt(len(term.Z))
            back = np.empty_like(R)
            back[order] = (np.linalg.inv(R) / scale[order][:, None])[:, ::-1]
        model, psi, covariance = _recoordinate(engine, t, back)
        place = maximum.n_linear + next(
            j for j, entry in enumerate(model.template.entries) if entry == (t, 0, 0)
        )
        unit = float(abs(back[k, 0]))
        held = np.zeros(len(psi))
        held[place] = unit * (1.0 if psi[place] >= 0 else -1.0)
        sd = float(np.sqrt(engine.covariances[t][k, k]))
        se = unit * float(np.sqrt(max(covariance[place, place], 0.0)))
        label = f"sd({name}|{term.group})"
        found.append(Target(label, model, psi, covariance, sd, se or 0.3 * unit, _keep(held), lowest=0.0))
    if term.Z.shape[1] == 2:
        found.append(_correlation_target(engine, t))
    return found


def _correlation_target(engine: Fitted, t: int) -> Target:
    term = engine.maximum.model.terms[t]
    back = np.diag(1 / np.sqrt(np.mean(term.Z**2, axis=0)))
    model, psi, covariance = _recoordinate(engine, t, back)
    low, last = (engine.maximum.n_linear + model.template.entries.index((t, 1, k)) for k in (0, 1))
    sigma = engine.covariances[t]
    r = float(sigma[1, 0] / np.sqrt(sigma[0, 0] * sigma[1, 1]))

    def held(value: float) -> tuple[Array, float]:
        combination = np.zeros(len(psi))
        combination[low], combination[last] = np.sqrt(1 - value**2), -value
        return combination, 0.0

    name = f"cor({term.names[1]},{term.names[0]}|{term.group})"
    edge = 1 - 1e-9
    return Target(name, model, psi, covariance, r, 0.3 * (1 - r**2) + 0.02, held, lowest=-edge, highest=edge)


def _recoordinate(engine: Fitted, t: int, back: Array) -> tuple[Likelihood, Array, Array]:
    """Return the model in other internal coordinates of one term, with the maximum and covariance there."""
    maximum = engine.maximum
    model = maximum.model
    if np.array_equal(back, model.terms[t].back):
        return model, _off_zero(maximum.psi, maximum.n_linear), maximum.covariance
    terms = tuple(replace(term, back=back) if s == t else term for s, term in enumerate(model.terms))
    one = len(terms) == 1 and terms[0].Z.shape[1] == 1
    fresh: Likelihood = Quadrature(model.rows, terms, engine.nodes) if one else Laplace(model.rows, terms)
    inner = np.linalg.inv(back)
    covariance = inner @ covariances(model, maximum.psi)[t] @ inner.T
    root = np.linalg.cholesky(covariance + 1e-6 * np.trace(covariance) * np.eye(len(covariance)))
    psi = maximum.psi.copy()
    for j, (s, row, column) in enumerate(model.template.entries):
        if s == t:
            psi[maximum.n_linear + j] = root[row, column]
    psi = _off_zero(psi, maximum.n_linear)
    free = np.ones(len(psi), bool)
    information = fresh.information(psi, free)
    return fresh, psi, np.asarray(np.linalg.pinv(information), np.float64)
