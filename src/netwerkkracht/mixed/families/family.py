"""What a family of models has to say of itself: the one place that knows what a family is.

A family is one object. Everything that asks ("is it linear?", "what is the mean?", "draw a response") asks
the object; nothing compares names. `registry.register` refuses a family that leaves a piece out.
"""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np

from netwerkkracht.core.errors import StudyError, fail
from netwerkkracht.mixed.arrays import Array, Mask
from netwerkkracht.mixed.families.canonical import Canonical, Outcome, ShapeParameters, Shared
from netwerkkracht.mixed.families.links import Link
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.hermite import gauss_hermite
from netwerkkracht.mixed.status import Method

# what a coefficient is, exponentiated where the link is not the identity
Effect = Literal["difference", "odds", "rate"]
MEAN_RULE = gauss_hermite(41)


class Family(ABC):
    """A family of models.

    Attributes
    ----------
    name, link
        Name in `fit`, and the link function.
    effect
        What a coefficient is: a difference of means, an odds ratio or a ratio of rates (exponentiated).
    linear
        Whether the outcome is normal around its linear predictor, with a residual variance of its own.
    bounded
        Whether an outcome can be at its top (all trials a success, the last category): then effects and
        variances can run to infinity from both sides.
    counts
        Whether the outcome counts events, so that the number of zeros says something.
    ordered
        Whether the outcome is an ordered category with a probability for each.
    takes_trials
        Whether a column with the number of trials can be given.
    methods
        Degrees of freedom of the tests, those that a table of F tests shows first.
    """

    name: ClassVar[str]
    link: ClassVar[Link]
    effect: ClassVar[Effect]
    linear: ClassVar[bool]
    bounded: ClassVar[bool]
    counts: ClassVar[bool]
    ordered: ClassVar[bool]
    takes_trials: ClassVar[bool]
    methods: ClassVar[tuple[Method, ...]]

    @abstractmethod
    def own_variance(self, design: Design) -> bool:
        """Whether an effect per row can be told from the variance that the outcome has by itself."""

    @abstractmethod
    def refuse(self, design: Design) -> None:
        """Refuse values an outcome of this family cannot have.

        Raises
        ------
        StudyError
            OUTCOME; never with a value of a person.
        """


class CanonicalFamily(Family):
    """A family whose rows have the log-likelihood y η − m A(η) (see `cumulants`), integrated over effects."""

    linear = False
    methods = ("asymptotic",)

    @abstractmethod
    def outcome(self, y: Array, design: Design) -> Outcome:
        """Write a response (n numbers, see `numbers`) for the rows of a design in canonical form."""

    @abstractmethod
    def constant(self, y: Array, design: Design) -> float:
        """Return the part of the log-likelihood that depends on the data alone."""

    @abstractmethod
    def start(self, outcome: Outcome, rows: Canonical) -> Array:
        """Return internal coefficients of whitened rows near the fit without random effects."""

    @abstractmethod
    def distribution_variance(self, mean: float, size: float) -> float:
        """Return the variance of an observation on the scale of the link, around its predictor.

        Source: Nakagawa, Johnson & Schielzeth (2017), J R Soc Interface 14: 20170213.
        """

    @abstractmethod
    def draw(self, eta: Array, rng: np.random.Generator, design: Design, shape: ShapeParameters) -> Array:
        """Draw responses, coded as the response of the design, at predictors ``eta`` (rows, n)."""

    def numbers(self, y: Array, design: Design) -> Array:
        """Return responses coded as in the design as numbers: successes, counts, or categories from 0."""
        return y

    def complete(self, y: Array, outcome: Outcome) -> Mask:
        """Which of R responses (R, n) have all that the coefficients of the design need."""
        return np.ones(len(y), bool)

    def shared(self, y: Array, design: Design, outcome: Outcome, rows: Canonical) -> Shared:
        """Write R responses (R, n) on canonical rows that all of them share, whitened as ``rows``."""
        return Shared(rows, y, rows.m)

    def mean(self, eta: Array, shape: ShapeParameters) -> Array:
        """Return the mean response given the whole predictor."""
        return self.link.inverse(eta)

    def marginal(self, eta: Array, variance: Array, weight: Array, shape: ShapeParameters) -> Array:
        """Return mean responses with normal effects integrated out.

        Parameters
        ----------
        eta
            (m,) predictors.
        variance, weight
            (v,) variances of the random part over the rows of the data, and their shares.

        Returns
        -------
        Array
            (m, 1); for ordered categories (m, J) probabilities.
        """
        if self.link.growth is not None:
            growth = weight * self.link.growth(variance)
            return np.asarray((self.link.inverse(eta)[:, None] * growth).sum(axis=1, keepdims=True))
        at, mass = normal_points(eta, variance, weight)
        return np.asarray(np.einsum("mvk,vk->m", self.link.inverse(at), mass)[:, None])

    def value_name(self, value: float, design: Design) -> str:
        """Name a value of the outcome, for a message."""
        if design.response_levels is not None:
            return f"'{design.response_levels[int(value)]}'"
        return str(int(value)) if float(value).is_integer() else str(value)


def normal_points(eta: Array, variance: Array, weight: Array) -> tuple[Array, Array]:
    """Return predictors (m, v, k) at the nodes of each variance, and their masses (v, k)."""
    at = eta[:, None, None] + np.sqrt(variance)[:, None] * MEAN_RULE.nodes
    return at, weight[:, None] * np.exp(MEAN_RULE.log_weights)


def is_whole(y: Array) -> Mask:
    """Which values are whole numbers."""
    return np.asarray(y == np.round(y))


def wrong_outcome(design: Design, expected: str, wrong: Mask) -> StudyError:
    """Make the error on values that a family cannot have."""
    return fail(
        "OUTCOME",
        f"'{design.formula.response}' holds values this family cannot have",
        expected=expected,
        action="choose another family, or recode the outcome",
        variable=design.formula.response,
        count=int(wrong.sum()),
    )


def refuse_factor(family: Family, design: Design) -> None:
    """Refuse an outcome that is text where a number is needed."""
    if design.response_levels is not None:
        text = f"the family '{family.name}' needs a number, not a factor"
        raise wrong_outcome(design, text, np.ones(len(design.y), bool))
