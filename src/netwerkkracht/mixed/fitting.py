"""The door of the package: read the formula, check the data, choose the engine.

Source: equals lme4 with lmerTest and pbkrtest; glmmTMB (nbinom2); ordinal::clmm. See docs/mixed-models.md.
"""

from __future__ import annotations

import pandas as pd

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.engine import Engine, Method
from netwerkkracht.mixed.formula.design import make_design
from netwerkkracht.mixed.guards import check
from netwerkkracht.mixed.result import Fit

FAMILIES = ("gaussian", "binomial", "poisson", "negative-binomial", "ordinal")
METHODS = ("kenward-roger", "satterthwaite", "asymptotic")


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
    _check("family", family, FAMILIES)
    _check("df", df, METHODS)
    design = make_design(formula, frame, trials)
    engine: Engine
    if family == "gaussian":
        from netwerkkracht.mixed.gaussian.engine import fit_gaussian

        engine = fit_gaussian(design, check(design, family), reml=reml, method=df)
    else:
        from netwerkkracht.mixed.glmm.engine import fit_glmm

        engine = fit_glmm(design, family, nodes, check(design, family))
    return Fit(engine)


def _check(option: str, given: str, known: tuple[str, ...]) -> None:
    """Refuse an option that is not known, naming the nearest one."""
    if given not in known:
        raise fail(
            "OPTION",
            f"the {option} '{given}' is not known",
            expected=f"one of {', '.join(known)}. {nearest(given, known)}",
            action=f"correct the option {option}",
        )
