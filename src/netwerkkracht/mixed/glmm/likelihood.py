"""One marginal likelihood, by quadrature or by Laplace, as everything else here sees it.

Internal parameters ψ are the whitened coefficients (log θ last for NB2) and then θ, the entries of the
factors Λ of the random terms. The random columns are rescaled (one column) or made orthogonal (several), so
that neither units nor a covariate far from zero disturb the search; ``back`` leads to the researcher's units.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.covariance import Template
from netwerkkracht.mixed.families.canonical import Canonical
from netwerkkracht.mixed.glmm import newton as batch
from netwerkkracht.mixed.glmm import quasi
from netwerkkracht.mixed.glmm.arrow import Layout
from netwerkkracht.mixed.glmm.laplace import Effects, Modes, laplace
from netwerkkracht.mixed.glmm.quadrature import Piece, Shape, find_modes, prepare
from netwerkkracht.mixed.glmm.rows import group_blocks
from netwerkkracht.mixed.glmm.terms import Term, template_of
from netwerkkracht.mixed.hermite import Rule, gauss_hermite


@dataclass(frozen=True)
class Found:
    """A maximum: internal parameters, log-likelihood without data constants, gradient, convergence."""

    psi: Array
    loglik: float
    converged: bool


class Likelihood(Protocol):
    """What profile intervals, means and bootstraps need of a model."""

    rows: Canonical
    terms: tuple[Term, ...]
    template: Template
    method: str

    def maximise(self, start: Array, free: np.ndarray, held: Array | None = None) -> Found:
        """Maximise over the free parameters; the combination ``held`` keeps its value at the start."""
        ...

    def maximise_many(self, starts: Array, free: np.ndarray, held: Array) -> list[Found]:
        """Maximise from several starts, each with a combination of its own that keeps its value."""
        ...

    def value(self, psi: Array) -> float:
        """Return the log-likelihood without data constants."""
        ...

    def information(self, psi: Array, free: np.ndarray) -> Array:
        """Return minus the Hessian; rows and columns that are not free are zero."""
        ...

    def modes(self, psi: Array) -> list[tuple[Array, Array]]:
        """Return per term the conditional modes (levels, q) and their covariances (levels, q, q)."""
        ...


def covariances(model: Likelihood, psi: Array) -> list[Array]:
    """Return the covariance matrix of each random term in natural units."""
    roots = model.template.factors(psi[model.rows.X.shape[1] :])
    return [term.back @ root @ root.T @ term.back.T for term, root in zip(model.terms, roots, strict=True)]


class Quadrature:
    """One random coefficient, integrated by adaptive Gauss-Hermite quadrature; or none at all."""

    def __init__(self, rows: Canonical, terms: tuple[Term, ...], nodes: int) -> None:
        """Sort the rows into blocks of groups."""
        self.rows, self.terms = rows, terms
        self.template = template_of(terms)
        self.rule: Rule = gauss_hermite(nodes)
        self.method = "Laplace" if nodes == 1 else f"adaptive Gauss-Hermite quadrature, {nodes} nodes"
        self.codes, self.z = self.placed(rows)
        shape = Shape(rows.cumulant, rows.X.shape[1], rows.size)
        self.problem = batch.Problem(
            group_blocks(rows, self.codes, self.z), shape, rows.transform, rows.n_thresholds, rows.counts
        )

    def placed(self, rows: Canonical) -> tuple[np.ndarray, Array]:
        """Return group and random covariate of canonical rows; each row is a group without random effects."""
        if not self.terms:
            return np.arange(len(rows.y)), np.zeros(len(rows.y))
        term = self.terms[0]
        return term.codes[rows.origin], term.internal[rows.origin, 0] * rows.sign

    def _full(self, psi: Array) -> Array:
        return psi if self.terms else np.append(psi, 0.0)

    def _free(self, free: np.ndarray) -> np.ndarray:
        return free if self.terms else np.append(free, False)

    def maximise(self, start: Array, free: np.ndarray, held: Array | None = None) -> Found:
        """Maximise by Newton's method."""
        hold = None if held is None else self._full(held)[None]
        first, mask = self._full(start)[None], self._free(free)
        if self.terms and held is None and len(self.rule.nodes) > len(batch.WARM_RULE.nodes):
            # fewer nodes lead close to the maximum at less than half the cost
            warm = batch.maximise(self.problem, first, batch.WARM_RULE, mask, tolerance=batch.WARM)
            first = warm.psi if warm.converged[0] else first
        found = batch.maximise(self.problem, first, self.rule, mask, held=hold)
        if held is None and not found.converged[0] and np.isfinite(found.loglik[0]):
            return self._polished(found.psi[0, : len(start)], free)
        return Found(found.psi[0, : len(start)], float(found.loglik[0]), bool(found.converged[0]))

    def _polished(self, start: Array, free: np.ndarray) -> Found:
        """End a search that crept: Louis' information is crude where nodes are few for the variance."""
        index = np.flatnonzero(free)

        def full(inner: Array) -> Array:
            psi = start.copy()
            psi[index] = inner
            return psi

        def along(inner: Array) -> tuple[float, Array]:
            here = batch.objective(self.problem, self._full(full(inner))[None], self.rule)
            return float(here.loglik[0]), here.gradient[0, index]

        peak = quasi.Peak(start[index], *along(start[index]), converged=False)
        peak = quasi.polish(along, peak, quasi.difference_information(along, peak.point))
        return Found(full(peak.point), peak.value, peak.converged)

    def maximise_many(self, starts: Array, free: np.ndarray, held: Array) -> list[Found]:
        """Maximise from several starts as one batch."""
        wide = [np.array([self._full(row) for row in table]) for table in (starts, held)]
        found = batch.maximise(self.problem, wide[0], self.rule, self._free(free), held=wide[1])
        return [
            Found(psi[: starts.shape[1]], float(value), bool(done))
            for psi, value, done in zip(found.psi, found.loglik, found.converged, strict=True)
        ]

    def value(self, psi: Array) -> float:
        """Return the log-likelihood without data constants."""
        return float(batch.objective(self.problem, self._full(psi)[None], self.rule).loglik[0])

    def information(self, psi: Array, free: np.ndarray) -> Array:
        """Return minus the Hessian by differences of the exact gradient."""
        full = batch.difference_information(self.problem, self._full(psi), self.rule, self._free(free))
        return full[: len(psi), : len(psi)]

    def modes(self, psi: Array) -> list[tuple[Array, Array]]:
        """Return the modes σ û / scale and their conditional variances σ²/h."""
        if not self.terms:
            return []
        term = self.terms[0]
        mode, variance = np.zeros(len(term.levels)), np.zeros(len(term.levels))
        back = float(term.back[0, 0]) * psi[-1]
        for block in group_blocks(self.rows, self.codes, self.z, merge=False):
            piece = prepare(block, self.problem.shape, psi[None])
            u = find_modes(piece, np.zeros((1, len(block.groups))))
            mode[block.groups] = back * u[0]
            variance[block.groups] = back**2 / _curvature(piece, u)[0]
        return [(mode[:, None], variance[:, None, None])]


def _curvature(piece: Piece, u: Array) -> Array:
    """Return h = −f''(û) per group."""
    z = piece.block.z
    _, bend = piece.shape.cumulant.mean_and_curvature(piece.eta + (piece.sigma * u)[..., None] * z)
    return np.asarray(1.0 + piece.sigma**2 * (z**2 * piece.m * bend).sum(axis=-1))


class Laplace:
    """Any random part, by the Laplace approximation."""

    method = "Laplace"

    def __init__(self, rows: Canonical, terms: tuple[Term, ...], expected: Array | None = None) -> None:
        """Put the terms of the factor with most levels in blocks, the others in the border.

        ``expected`` is the covariance of the parameters in a model like this one: a search that begins with
        it needs no curvature of its own.
        """
        self.rows, self.terms, self.expected = rows, terms, expected
        self.template = template_of(terms)
        first = max(range(len(terms)), key=lambda t: len(terms[t].levels))
        self.inside = [t for t, term in enumerate(terms) if np.array_equal(term.codes, terms[first].codes)]
        self.outside = [t for t in range(len(terms)) if t not in self.inside]
        position, start, columns = {}, 0, []
        self.border_start = {}
        for t in self.inside + self.outside:
            width = terms[t].Z.shape[1]
            position[t] = start
            start += width
        n_border = 0
        for t in self.outside:
            width = terms[t].Z.shape[1]
            self.border_start[t] = n_border
            columns += [n_border + terms[t].codes * width + k for k in range(width)]
            n_border += len(terms[t].levels) * width
        self.position = position
        width = sum(terms[t].Z.shape[1] for t in self.inside)
        origin = rows.origin
        border = np.array(columns).T.reshape(len(terms[0].codes), -1).astype(int)[origin]
        layout = Layout.make(terms[first].codes[origin], len(terms[first].levels), width, border, n_border)
        Z = np.hstack([terms[t].internal for t in self.inside + self.outside])[origin] * rows.sign[:, None]
        places = tuple((position[t] + row, position[t] + column) for t, row, column in self.template.entries)
        self.effects = Effects(layout, Z, places)
        self._last: Modes | None = None

    def _function(self, psi: Array) -> tuple[float, Array]:
        with np.errstate(over="ignore", invalid="ignore"):
            try:
                found = laplace(self.rows, self.effects, psi, self._last)
            except np.linalg.LinAlgError:
                return -np.inf, np.zeros_like(psi)
        if np.isfinite(found.loglik):
            self._last = found.modes
        return found.loglik, found.gradient

    def maximise(self, start: Array, free: np.ndarray, held: Array | None = None) -> Found:
        """Maximise by BFGS, then Newton with the exact information."""
        basis = np.eye(len(start))[:, free]
        if held is not None:
            _, _, V = np.linalg.svd(held[None, free])
            basis = basis @ V[1:].T

        def along(y: Array) -> tuple[float, Array]:
            value, gradient = self._function(start + basis @ y)
            return value, basis.T @ gradient

        n_linear = self.rows.X.shape[1]
        scale = np.ones(len(start))
        largest = np.full(len(start), 50.0)
        for j, (t, _, _) in enumerate(self.template.entries):
            scale[n_linear + j] = 1 / np.sqrt(max(4.0, len(self.terms[t].levels) / 4))
            largest[n_linear + j] = 0.7
        if self.rows.size:
            largest[n_linear - 1] = 1.0
        if held is not None:
            scale, largest = np.full(basis.shape[1], scale.min()), np.full(basis.shape[1], 1.0)
        else:
            scale, largest = scale[free], largest[free]
        if self.expected is not None and held is None:
            return self._near(along, start, basis, self.expected, (scale, largest))
        peak = quasi.climb(along, np.zeros(basis.shape[1]), scale, largest)
        if peak.converged:
            peak = quasi.polish(along, peak, quasi.difference_information(along, peak.point, scale * 3))
        return Found(start + basis @ peak.point, peak.value, peak.converged)

    def _near(
        self, along: quasi.Function, start: Array, basis: Array, covariance: Array, steps: tuple[Array, Array]
    ) -> Found:
        """Maximise with the covariance that is expected."""
        (scale, largest), expected = steps, basis.T @ covariance @ basis
        # a parameter on its boundary there has no variance
        unknown = ~(np.diag(expected) > 0)
        expected[unknown], expected[:, unknown] = 0.0, 0.0
        expected[unknown, unknown] = scale[unknown] ** 2
        peak = quasi.climb(along, np.zeros(basis.shape[1]), expected, largest)
        if peak.converged:
            peak = quasi.polish(along, peak, np.asarray(np.linalg.inv(expected), np.float64))
        return Found(start + basis @ peak.point, peak.value, peak.converged)

    def maximise_many(self, starts: Array, free: np.ndarray, held: Array) -> list[Found]:
        """Maximise from several starts, one by one."""
        return [self.maximise(start, free, hold) for start, hold in zip(starts, held, strict=True)]

    def value(self, psi: Array) -> float:
        """Return the log-likelihood without data constants."""
        return self._function(psi)[0]

    def information(self, psi: Array, free: np.ndarray) -> Array:
        """Return minus the Hessian by differences of the exact gradient."""
        index = np.flatnonzero(free)

        def part(y: Array) -> tuple[float, Array]:
            full = psi.copy()
            full[index] = y
            value, gradient = self._function(full)
            return value, gradient[index]

        info = np.zeros((len(psi), len(psi)))
        info[np.ix_(index, index)] = quasi.difference_information(part, psi[index])
        return info

    def modes(self, psi: Array) -> list[tuple[Array, Array]]:
        """Return per term back Λ û and the covariances back Λ H⁻¹ Λ' back'."""
        found = laplace(self.rows, self.effects, psi)
        H, layout = found.arrow, self.effects.layout
        roots = self.template.factors(psi[self.rows.X.shape[1] :])
        block_cov = H.inverse_a
        if layout.n_border:
            corner = H.a_inverse_b @ H.inverse_s
            block_cov = block_cov + np.einsum("gik,gjk->gij", corner, H.a_inverse_b)
        result = []
        for t, term in enumerate(self.terms):
            q, n_levels = term.Z.shape[1], len(term.levels)
            if t in self.inside:
                own = slice(self.position[t], self.position[t] + q)
                u, cov = found.modes.block[:, own], block_cov[:, own, own]
            else:
                start = self.border_start[t]
                u = found.modes.border[start : start + n_levels * q].reshape(n_levels, q)
                index = start + np.arange(n_levels * q).reshape(n_levels, q)
                cov = H.inverse_s[index[:, :, None], index[:, None, :]]
            lead = term.back @ roots[t]
            result.append((u @ lead.T, lead @ cov @ lead.T))
        return result
