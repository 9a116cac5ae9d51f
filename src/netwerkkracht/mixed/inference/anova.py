"""F tests of the terms of a model, type III.

The hypothesis of a term is what remains of it after the terms that contain it: the estimable functions of
SAS, which do not depend on the coding of the factors.

Source: lmerTest's type III contrasts (get_contrasts_type3); Goodnight (1980).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine, FTest, has_inference
from netwerkkracht.mixed.formula.columns import codings, model_matrix
from netwerkkracht.mixed.formula.design import Design
from netwerkkracht.mixed.status import Method

COLUMNS = ["method", "term", "num_df", "den_df", "statistic", "p"]


def anova(engine: Engine, method: Method | None = None) -> pd.DataFrame:
    """Test every term; see `Fit.anova`."""
    methods = engine.methods if method is None else (method,)
    rows = []
    # a model that was not fitted has terms but perhaps no finite columns
    contrasts = type_three(engine.design) if has_inference(engine) else dict.fromkeys(engine.design.terms, ())
    for how in methods:
        for term, L in contrasts.items():
            test = engine.f_test(engine.lift(np.asarray(L)), how) if len(L) else NONE
            rows.append((how, term, test.num_df, test.den_df, test.statistic, test.p))
    return pd.DataFrame(rows, columns=COLUMNS)


NONE = FTest(0, float("nan"), float("nan"), float("nan"))


def type_three(design: Design) -> dict[str, Array]:
    """Contrast matrices of the type III hypotheses, one for each term, over the columns of X."""
    terms = design.formula.terms
    if not terms:
        return {}
    if design.X.shape[1] <= 1 or len(terms) == 1:
        return {":".join(term): _first_type(design, number) for number, term in enumerate(terms, 1)}
    wide, owner = _all_levels(design)
    # every function of the wide coding that the columns of X can express
    L = _zap(np.asarray(np.linalg.lstsq(design.X, wide, rcond=None)[0].T, np.float64))
    pick = {number: list(design.columns_of(":".join(term))) for number, term in enumerate(terms, 1)}
    for number in sorted(pick, key=lambda k: -len(terms[k - 1])):
        above = [column for other in _containing(design, number) for column in pick[other]]
        if above and pick[number]:
            base, own = L[:, above], L[:, pick[number]]
            L[:, pick[number]] = _zap(own - base @ np.linalg.lstsq(base, own, rcond=None)[0])
    places = [owner.index(name) for name in design.names]
    hypotheses = {}
    for number, term in enumerate(terms, 1):
        rows = L[places][:, pick[number]].T
        hypotheses[":".join(term)] = rows[np.abs(rows).sum(axis=1) > 1e-8]
    return hypotheses


def _first_type(design: Design, number: int) -> Array:
    """Type I hypothesis of the only term: its columns of the triangle of X (lmerTest's doolittle)."""
    own = [i for i, owner in enumerate(design.assign) if owner == number]
    return np.eye(design.X.shape[1])[own]


def _all_levels(design: Design) -> tuple[Array, list[str]]:
    """Matrix with an intercept and every factor coded by all its levels, with its column names."""
    columns = dict(design.columns)
    blocks, names = [], []
    if design.formula.intercept:
        blocks.append(np.ones((design.n_rows, 1)))
        names.append("(Intercept)")
    for term in design.formula.terms:
        model = model_matrix(False, [term], {label: columns[label] for label in term})
        blocks.append(model.matrix(columns))
        names += list(model.names)
    return np.hstack(blocks), names


def _containing(design: Design, number: int) -> list[int]:
    """Numbers of the terms that contain a term: all its variables, more of them, and the same covariates.

    As in lmerTest, a variable that a term codes by all its levels (its margin is not in the model) is not
    counted among the variables of that term.
    """
    terms = design.formula.terms
    wide = codings(True, terms, {label for term in terms for label in term})
    variables = [set(term) - full for term, full in zip(terms, wide, strict=True)]
    covariates = [{label for label in own if label not in design.factors} for own in variables]
    own = number - 1
    return [
        other + 1
        for other in range(len(terms))
        if variables[own] < variables[other] and covariates[other] == covariates[own]
    ]


def _zap(M: Array) -> Array:
    """Round what is zero but for rounding error (R's zapsmall)."""
    return np.where(np.abs(M) < 1e-9 * np.abs(M).max(initial=0.0), 0.0, M)
