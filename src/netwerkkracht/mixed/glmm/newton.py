"""Newton's method for the marginal likelihood, many data sets together.

The problems are whitened (`rows`), so a unit is about one standard error of each coefficient. Steps use
Louis' information with its eigenvalues made positive, are bounded, and are shortened until the likelihood
rises. With few nodes Louis' identity is crude, so it is evaluated with more nodes than the gradient: the
maximum found is that of the likelihood with the nodes asked for.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.ordinal import spacing
from netwerkkracht.mixed.glmm.quadrature import Evaluation, Shape, evaluate
from netwerkkracht.mixed.glmm.rows import Block
from netwerkkracht.mixed.hermite import Rule, gauss_hermite

ITERATIONS = 100
# g'H⁻¹g below this: the estimate is within 3e-7 standard errors of the maximum
DECREMENT = 1e-13
FEW_NODES = 7
INFORMATION_RULE = gauss_hermite(11)
# a rule to come near the maximum with, and how near, in squared standard errors
WARM_RULE = gauss_hermite(7)
WARM = 1e-3
# two shortened steps that both fail end the search where the likelihood is flat to rounding
SHORTEST_STEP = 1e-6
DIFFERENCE_STEP = 1e-3
MANY_ROWS = 20_000


@dataclass(frozen=True)
class Problem:
    """Blocks of groups with what the likelihood needs beyond them.

    ``counts`` (rows per inner ordinal category) may have a replicate axis.
    """

    blocks: list[Block]
    shape: Shape
    transform: Array
    n_thresholds: int = 0
    counts: Array | None = None

    def replicates(self, which: np.ndarray) -> Problem:
        """Return some of the replicates."""
        counts = self.counts
        if counts is not None and counts.ndim == 2:
            counts = counts[which]
        return replace(self, blocks=[b.replicates(which) for b in self.blocks], counts=counts)

    @property
    def n_parameters(self) -> int:
        """Number of internal parameters, σ included."""
        return self.shape.n_linear + 1


@dataclass(frozen=True)
class Optimum:
    """Where the search of each data set ended: psi (R, P + 1), converged (R,), the evaluation there."""

    psi: Array
    loglik: Array
    gradient: Array
    information: Array
    converged: np.ndarray
    iterations: int


def objective(
    problem: Problem,
    psi: Array,
    rule: Rule,
    *,
    information: bool = False,
    modes: tuple[Array, ...] | None = None,
) -> Evaluation:
    """Evaluate the marginal log-likelihood, the threshold term of the ordinal family included."""
    found = evaluate(problem.blocks, problem.shape, psi, rule, information=information, modes=modes)
    size = problem.n_thresholds
    if size < 2:
        return found
    to_thresholds = problem.transform[:size]
    n_linear = problem.shape.n_linear
    assert problem.counts is not None
    value, gradient, hessian = spacing(psi[:, :n_linear] @ to_thresholds.T, problem.counts)
    found.gradient[:, :n_linear] += gradient @ to_thresholds
    info = found.information
    if info is not None:
        info[:, :n_linear, :n_linear] -= to_thresholds.T @ hessian @ to_thresholds
    return replace(found, loglik=found.loglik + value)


def maximise(
    problem: Problem,
    start: Array,
    rule: Rule,
    free: np.ndarray,
    *,
    held: Array | None = None,
    iterations: int = ITERATIONS,
    tolerance: float = DECREMENT,
) -> Optimum:
    """Maximise over the ``free`` parameters (mask of P + 1) from ``start`` (R, P + 1).

    With ``held`` (R, P + 1), the combination held[r]'ψ of replicate r keeps its value at the start. The
    search ends where g'H⁻¹g < ``tolerance``; the last step is still taken, and its
    gain added, without another evaluation.
    """
    psi = start.copy()
    n_rep, count = len(psi), 0
    (loglik, gradient, info), modes = _evaluate(problem, psi, rule, None)
    step, decrement = _newton_step(gradient, info, free, held)
    step = _bounded(problem, psi, step)
    shrink = np.ones(n_rep)
    converged = decrement < tolerance
    active = np.flatnonzero(~converged & np.isfinite(loglik))
    while active.size and count < iterations:
        count += 1
        trial = psi[active] + shrink[active, None] * step[active]
        part = problem.replicates(active) if active.size < n_rep else problem
        (new, new_gradient, new_info), new_modes = _evaluate(
            part, trial, rule, tuple(m[active] for m in modes)
        )
        good = np.isfinite(new) & (new >= loglik[active] - 1e-10 * (1 + np.abs(loglik[active])))
        took = active[good]
        psi[took], loglik[took] = trial[good], new[good]
        gradient[took], info[took] = new_gradient[good], new_info[good]
        for mine, theirs in zip(modes, new_modes, strict=True):
            mine[took] = theirs[good]
        keep = None if held is None else held[took]
        newton, decrement[took] = _newton_step(gradient[took], info[took], free, keep)
        step[took] = _bounded(problem, psi[took], newton)
        shrink[took] = 1.0
        shrink[active[~good]] *= 0.25
        converged[took] = decrement[took] < tolerance
        # no ascent along a Newton direction however short: flat to rounding, fine if the slope says so too
        spent = active[~good][shrink[active[~good]] < SHORTEST_STEP]
        converged[spent] = decrement[spent] < 1e-6
        shrink[spent] = 0.0
        active = active[~converged[active] & (shrink[active] > 0)]
    last = decrement < tolerance
    psi[last] += step[last]
    loglik[last] += 0.5 * decrement[last]
    return Optimum(psi, loglik, gradient, info, converged, count)


def _evaluate(
    problem: Problem, psi: Array, rule: Rule, modes: tuple[Array, ...] | None
) -> tuple[tuple[Array, Array, Array], tuple[Array, ...]]:
    """Evaluate value and gradient with the rule asked for, information with enough nodes."""
    with np.errstate(over="ignore", invalid="ignore"):
        enough = len(rule.nodes) >= FEW_NODES or not psi[:, -1].any()
        found = objective(problem, psi, rule, information=enough, modes=modes)
        info = found.information
        if info is None:
            info = objective(problem, psi, INFORMATION_RULE, information=True, modes=found.modes).information
    assert info is not None
    return (found.loglik, found.gradient, info), found.modes


def _newton_step(gradient: Array, info: Array, free: np.ndarray, held: Array | None) -> tuple[Array, Array]:
    """Return the step and g'H⁻¹g with the eigenvalues of H made positive; fixed parameters do not move."""
    step = np.zeros_like(gradient)
    bad = ~np.isfinite(gradient).all(axis=1) | ~np.isfinite(info).all(axis=(1, 2))
    inner = info[:, free][:, :, free].copy()
    slope = gradient[:, free].copy()
    inner[bad], slope[bad] = np.eye(int(free.sum())), 0.0
    values, vectors = np.linalg.eigh(inner)
    floor = 1e-8 * np.maximum(np.abs(values).max(axis=1, keepdims=True), 1.0)
    size = np.maximum(np.abs(values), floor)

    def solve(right: Array) -> Array:
        turned = np.einsum("rji,rj->ri", vectors, right) / size
        return np.asarray(np.einsum("rij,rj->ri", vectors, turned))

    direction = solve(slope)
    if held is not None:
        across = solve(held[:, free])
        share = (held[:, free] * direction).sum(axis=1) / (held[:, free] * across).sum(axis=1)
        direction = direction - share[:, None] * across
    step[:, free] = direction
    decrement = (direction * slope).sum(axis=1)
    decrement[bad] = np.inf
    return step, decrement


def _bounded(problem: Problem, psi: Array, step: Array) -> Array:
    """Shorten steps that would change σ by most of itself, or log θ by more than two.

    σ = 0 is always a stationary point: a step must not land there by its bound.
    """
    ratio = np.abs(step[:, -1]) / (0.7 * np.maximum(0.7, np.abs(psi[:, -1])))
    if problem.shape.size:
        ratio = np.maximum(ratio, np.abs(step[:, -2]) / 2.0)
    return np.asarray(step / np.maximum(1.0, ratio)[:, None])


def difference_information(problem: Problem, psi: Array, rule: Rule, free: np.ndarray) -> Array:
    """Return −∂²log L at one parameter vector (P + 1,) by differences of the exact gradient.

    Displaced vectors are evaluated as one batch, by central differences; with many rows, where the third
    derivative is small beside the second, by forward differences one at a time. Rows and columns that are not
    free are zero.
    """
    index = np.flatnonzero(free)
    moves = np.zeros((len(index), len(psi)))
    moves[np.arange(len(index)), index] = DIFFERENCE_STEP
    many = sum(block.y.shape[-1] * len(block.groups) for block in problem.blocks) > MANY_ROWS
    if many:
        here = objective(problem, psi[None], rule)
        rows = [objective(problem, (psi + move)[None], rule, modes=here.modes).gradient[0] for move in moves]
        difference = (np.array(rows) - here.gradient)[:, index] / DIFFERENCE_STEP
    else:
        gradient = objective(problem, np.concatenate((psi + moves, psi - moves)), rule).gradient
        half = len(index)
        difference = (gradient[:half] - gradient[half:])[:, index] / (2 * DIFFERENCE_STEP)
    info = np.zeros((len(psi), len(psi)))
    info[np.ix_(index, index)] = -0.5 * (difference + difference.T)
    return info
