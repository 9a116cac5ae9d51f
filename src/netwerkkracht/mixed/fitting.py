"""The door of the package: read the formula, check the data, choose the engine.

Source: equals lme4 with lmerTest and pbkrtest; glmmTMB (nbinom2); ordinal::clmm. See docs/mixed-models.md.
"""

from __future__ import annotations

import pandas as pd

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.engine import Engine
from netwerkkracht.mixed.families import CanonicalFamily, Family
from netwerkkracht.mixed.families import family as lookup
from netwerkkracht.mixed.formula.design import Design, make_design
from netwerkkracht.mixed.guards import check
from netwerkkracht.mixed.result import Fit
from netwerkkracht.mixed.status import METHODS, Method


def fit(
    formula: str,
    frame: pd.DataFrame,
    family: str = "gaussian",
    *,
    reml: bool = True,
    df: Method = "kenward-roger",
    trials: str | None = None,
    nodes: int = 15,
) -> Fit:
    """Fit a mixed model.

    Parameters
    ----------
    formula
        lme4's language, ``y ~ group * wave + offset(z) + (1 | person)``; parsed, never evaluated.
    frame
        One row per observation. Text, booleans and categoricals are factors with treatment contrasts,
        reference the first level (sorted, or in the order given). Rows with a missing value are counted.
    family
        ``gaussian``; ``binomial`` (logit; 0/1, or successes with `trials`, the column with the trials);
        ``poisson``; ``negative-binomial`` (NB2); ``ordinal`` (cumulative logit).
    reml, df
        Gaussian only: restricted likelihood or ML; ``kenward-roger`` (REML; an ML fit takes the next and
        says so), ``satterthwaite`` or ``asymptotic``.
    nodes
        Adaptive Gauss-Hermite nodes for one random intercept; 1 is Laplace.

    Data that do not carry the model give a `Fit` with a status and messages, and no inference.

    Raises
    ------
    StudyError
        FORMULA, COLUMN, OPTION: what was asked cannot be read.

    """
    kind = lookup(family)
    if trials is not None and not kind.takes_trials:
        raise fail(
            "OPTION",
            f"the family '{family}' takes no number of trials",
            expected="trials with the binomial family only",
            action="leave the option trials out, or choose another family",
        )
    return fit_design(make_design(formula, frame, trials), kind, reml=reml, df=df, nodes=nodes)


def fit_design(
    design: Design, family: Family, *, reml: bool = True, df: Method = "kenward-roger", nodes: int = 15
) -> Fit:
    """Fit a design that is made already: the second of the three stages, after `make_design`.

    Options as in `fit`.
    """
    if df not in METHODS:
        raise fail(
            "OPTION",
            f"the df '{df}' is not known",
            expected=f"one of {', '.join(METHODS)}. {nearest(df, METHODS)}",
            action="correct the option df",
        )
    # the engines bring scipy, which is imported when a model is fitted
    verdict = check(design, family)
    engine: Engine
    if isinstance(family, CanonicalFamily):
        from netwerkkracht.mixed.glmm.engine import fit_glmm

        engine = fit_glmm(design, family, nodes, verdict)
    else:
        from netwerkkracht.mixed.gaussian.engine import fit_gaussian

        engine = fit_gaussian(design, verdict, reml=reml, method=df)
    return Fit(engine)
