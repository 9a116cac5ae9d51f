"""Contrasts on the scale of the outcome, averaged over the people in the data.

Everyone is put in each cell of the design in turn; the mean outcome of a cell is the average over all these
people, random effects integrated out. A combination of such means is in the units of the outcome in every
family, so that models of different families can stand on one scale. Linear models give the combination of
their coefficients back, with their own degrees of freedom.

Source: Zeger, Liang & Albert (1988), Biometrics 44, 1049-1060, for the mean over the random effects; Lane &
Nelder (1982), Biometrics 38, 613-621, and Muller & MacLehose (2014), Int J Epidemiol 43, 962-970, for the
average over people; Ai & Norton (2003), Econ Letters 80, 123-129, for interactions on the response scale.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Tests
from netwerkkracht.mixed.result import Fit


def standardised(fit: Fit, frame: pd.DataFrame, weights: Array) -> Tests:
    """Return the sum of weight times mean outcome over the rows of a frame, as a test of it being zero.

    Parameters
    ----------
    fit
        A fitted model.
    frame
        Rows with the columns of the data and without missing values: the same people in each cell of the
        design, say, the factors set to the values of that cell.
    weights
        One weight per row; 1/n, -1/n, -1/n and 1/n in four cells of n people for a difference in change.

    Returns
    -------
    Tests
        One row, in units of the outcome; for counts of successes the mean of one trial, for ordered
        categories the mean of their numbers (1, 2, ... where they are not numbers). Standard errors are by
        the delta method over coefficients and variance parameters; ``df`` is inf but for linear models.

    Source
    ------
    What ``marginaleffects::avg_comparisons`` does, random effects integrated out; checked against glmmTMB and
    glmer with the joint covariance of all parameters in tests/reference/standardised.
    """
    engine = fit.engine
    design, X = engine.design, engine.design.matrix(frame)
    if engine.family.linear:
        return engine.tests(engine.lift(np.atleast_2d(weights @ X)), engine.default_method)
    # people who are alike in all that the model knows are worked out once
    X, where = np.unique(X, axis=0, return_inverse=True)
    combined = np.bincount(where.ravel(), weights=weights, minlength=len(X))
    means = engine.response_means(X, np.full(len(X), float(np.mean(design.offset))))
    take = combined[means.row] * _scores(means.category)
    se = np.sqrt(max(float(take @ means.cov @ take), 0.0))
    return Tests(np.array([take @ means.estimate]), np.array([se]), np.array([np.inf]))


def _scores(category: tuple[str, ...] | None) -> Array:
    """Return what each row counts for: categories their number, other families one."""
    if category is None:
        return np.ones(1)
    try:
        return np.array([float(label) for label in category])
    except ValueError:
        places = {label: place for place, label in enumerate(dict.fromkeys(category), 1)}
        return np.array([float(places[label]) for label in category])
