"""The search for one maximum: start, maximise, look at the boundary, take the information."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.families.negative_binomial import POISSON_LIMIT
from netwerkkracht.mixed.glmm.likelihood import Found, Laplace, Likelihood, Quadrature
from netwerkkracht.mixed.glmm.plain import PlainFit
from netwerkkracht.mixed.glmm.terms import Term

# a standard deviation below this share of a unit is compared with zero
NEAR_ZERO = 0.02
# a likelihood that is this much lower at zero is still as high: rounding
AS_HIGH = 1e-7
# log Γ of a large θ costs digits, so the Poisson limit is compared less sharply
AS_HIGH_LIMIT = 1e-4
# from zero, a rise over this distance marks a saddle; from this far the search begins again
PROBE, AWAY = 0.03, 0.35
# a log θ beyond this is compared with the Poisson limit
LARGE_LOG_THETA = 8.0
# a random effect with a standard deviation of 30 logits or log counts is no finding but a runaway
RUNAWAY = 30.0


@dataclass(frozen=True)
class Maximum:
    """The maximum with its joint covariance.

    Attributes
    ----------
    psi
        Internal parameters: whitened coefficients (log θ last for NB2), then θ.
    covariance
        Inverse observed information of psi; zero rows for parameters held on the boundary.
    free
        Which parameters are inside their range.
    loglik
        Without data-only constants.
    boundary
        Words for each boundary reached.
    """

    model: Likelihood
    psi: Array
    covariance: Array
    free: np.ndarray
    loglik: float
    converged: bool
    boundary: tuple[str, ...]

    @property
    def n_linear(self) -> int:
        """Number of internal coefficients, log θ included."""
        return int(self.model.rows.X.shape[1])

    @property
    def linear(self) -> Array:
        """Natural coefficients, log θ last for NB2."""
        return np.asarray(self.model.rows.transform @ self.psi[: self.n_linear])

    @property
    def linear_covariance(self) -> Array:
        """Their covariance."""
        T = self.model.rows.transform
        return np.asarray(T @ self.covariance[: self.n_linear, : self.n_linear] @ T.T)


def make_likelihood(plain: PlainFit, terms: tuple[Term, ...], nodes: int) -> Likelihood:
    """Choose quadrature for one random coefficient (or none), Laplace for the rest."""
    if not terms or (len(terms) == 1 and terms[0].Z.shape[1] == 1):
        return Quadrature(plain.rows, terms, nodes)
    return Laplace(plain.rows, terms)


def find_maximum(model: Likelihood, plain: PlainFit) -> Maximum:
    """Search from the fit without random effects."""
    diagonal = model.template.identity()
    start = np.concatenate((plain.linear, diagonal))
    if not (model.rows.size and len(diagonal)):
        return finish(model, start)
    # without random effects theta holds all overdispersion: a start there can end at a lower summit
    place = len(plain.linear) - 1
    best: Maximum | None = None
    for move in (1.5, 0.0, 4.0):
        start[place] = min(plain.linear[place] + move, LARGE_LOG_THETA - 1)
        found = finish(model, start)
        if best is None or not best.converged or (found.converged and found.loglik > best.loglik + AS_HIGH):
            best = found
        if best.converged and not best.boundary:
            break
    assert best is not None
    return best


def finish(model: Likelihood, start: Array) -> Maximum:
    """Search from a start, look at the boundaries, and invert the information there."""
    free = np.ones(len(start), bool)
    found = model.maximise(start, free)
    words: list[str] = []
    if model.rows.size:
        found, free = _poisson_limit(model, found, free, words)
    found, free = _zero_variances(model, found, free, words)
    information = model.information(found.psi, free)
    covariance, definite = _inverse(information, free)
    theta = found.psi[model.rows.X.shape[1] :]
    runaway = theta.size > 0 and np.abs(theta).max() > RUNAWAY
    return Maximum(
        model,
        found.psi,
        covariance,
        free,
        found.loglik,
        found.converged and definite and not runaway and np.isfinite(found.loglik),
        tuple(words),
    )


def _inverse(information: Array, free: np.ndarray) -> tuple[Array, bool]:
    """Invert the free part; say whether it is positive definite."""
    covariance = np.zeros_like(information)
    index = np.ix_(free, free)
    inner = information[index]
    if not np.isfinite(inner).all():
        return np.full_like(information, np.nan), False
    values, vectors = np.linalg.eigh(inner)
    definite = bool(values.min() > 1e-9 * values.max())
    covariance[index] = (vectors / values) @ vectors.T if definite else np.linalg.pinv(inner)
    return covariance, definite


def _poisson_limit(
    model: Likelihood, found: Found, free: np.ndarray, words: list[str]
) -> tuple[Found, np.ndarray]:
    """Hold log θ at the Poisson limit where the likelihood is as high there, and whatever lies beyond it.

    Beyond the limit the likelihood is flat to rounding: how far a search went there says nothing.
    """
    place = model.rows.X.shape[1] - 1
    if found.psi[place] < LARGE_LOG_THETA:
        return found, free
    start, held = found.psi.copy(), free.copy()
    start[place] = POISSON_LIMIT
    held[place] = False
    limit = model.maximise(start, held)
    if limit.loglik < found.loglik - AS_HIGH_LIMIT and found.psi[place] < POISSON_LIMIT:
        return found, free
    words.append("no overdispersion beyond Poisson: theta runs to infinity")
    return limit, held


def _zero_variances(
    model: Likelihood, found: Found, free: np.ndarray, words: list[str]
) -> tuple[Found, np.ndarray]:
    """Set random parts to exactly zero where the likelihood is as high there, one direction at a time."""
    n_linear = model.rows.X.shape[1]
    for t, term in enumerate(model.terms):
        places = [(n_linear + j, r, c) for j, (s, r, c) in enumerate(model.template.entries) if s == t]
        for column in reversed(range(term.Z.shape[1])):
            candidate, fixed = found.psi.copy(), free.copy()
            own = [place for place, _, c in places if c == column]
            if np.abs(candidate[own]).max() > NEAR_ZERO and not _rotate(candidate, places, column):
                continue
            candidate[own] = 0.0
            fixed[own] = False
            zero = model.maximise(candidate, fixed)
            found = _off_saddle(model, found, zero, own[0], free)
            if zero.loglik >= found.loglik - AS_HIGH:
                found, free = zero, fixed
                words.append(_boundary_words(term, column))
    return found, free


def _off_saddle(model: Likelihood, found: Found, zero: Found, place: int, free: np.ndarray) -> Found:
    """Search again where zero is no maximum but the saddle that symmetry makes of every zero."""
    probe = zero.psi.copy()
    probe[place] = PROBE
    if model.value(probe) <= zero.loglik + 1e-9:
        return found
    probe[place] = AWAY
    again = model.maximise(probe, free)
    return again if again.loglik > found.loglik else found


def _rotate(psi: Array, places: list[tuple[int, int, int]], column: int) -> bool:
    """Move a column with a zero pivot into the columns behind it (Λ Λ' unchanged); say whether it did."""
    size = 1 + max(row for _, row, _ in places)
    root = np.zeros((size, size))
    for place, row, c in places:
        root[row, c] = psi[place]
    if abs(root[column, column]) > NEAR_ZERO or column == size - 1:
        return False
    below = slice(column + 1, size)
    block = root[below, column:]
    turned = np.asarray(np.linalg.qr(block.T, mode="r")).T
    root[below, column] = 0.0
    root[column, column] = 0.0
    root[below, below] = turned[:, : size - column - 1]
    for place, row, c in places:
        psi[place] = root[row, c]
    return True


def _boundary_words(term: Term, column: int) -> str:
    if term.Z.shape[1] == 1:
        return f"the variance of '{term.names[0]}' between levels of '{term.group}' is estimated as zero"
    if column == 0:
        return f"the variances of the random part of '{term.group}' are estimated as zero"
    return (
        f"the random effects of '{term.group}' ({', '.join(term.names)}) vary in fewer directions than "
        "asked: a variance of zero or a correlation of one"
    )
