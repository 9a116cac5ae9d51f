"""The Gaussian family: linear mixed models, with degrees of freedom for small samples."""

# ruff: noqa: ARG002 - what a family is asked with; not every family needs all of it

from __future__ import annotations

from netwerkkracht.mixed.families.family import Family
from netwerkkracht.mixed.families.links import IDENTITY_LINK
from netwerkkracht.mixed.formula.design import Design


class Gaussian(Family):
    """Normal around the linear predictor."""

    name = "gaussian"
    link = IDENTITY_LINK
    effect = "difference"
    linear = True
    bounded = False
    counts = False
    ordered = False
    takes_trials = False
    methods = ("kenward-roger", "satterthwaite")

    def own_variance(self, design: Design) -> bool:
        """Say no: the residual variance is a parameter, and an effect per row cannot be told from it."""
        return False

    def refuse(self, design: Design) -> None:
        """Refuse nothing: text as outcome is a status of the fit, with its messages."""
