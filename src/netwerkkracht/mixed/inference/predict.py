"""Predictions for the rows of the fit or for new rows."""

from __future__ import annotations

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail
from netwerkkracht.mixed.arrays import Array
from netwerkkracht.mixed.engine import Engine
from netwerkkracht.mixed.formula.columns import Column, read_column, text_of
from netwerkkracht.mixed.formula.design import Design, RandomTerm

SCALES = ("link", "response")


def predict(engine: Engine, frame: pd.DataFrame | None, scale: str, *, conditional: bool) -> Array:
    """Predict; see `Fit.predict`."""
    if scale not in SCALES:
        raise fail(
            "OPTION",
            f"the scale '{scale}' is not known",
            expected="link or response",
            action="correct the option scale",
        )
    design = engine.design
    k, p = len(engine.names), len(design.names)
    beta = engine.beta[k - p :]
    if frame is None:
        eta = design.X @ beta + design.offset
    else:
        eta = design.matrix(frame) @ beta + design.offset_of(frame)
    if conditional:
        modes = engine.conditional_modes()
        for term in design.random:
            eta = eta + _effects(design, term, modes, frame)
    return engine.response(eta) if scale == "response" else eta


def _effects(design: Design, term: RandomTerm, modes: pd.DataFrame, frame: pd.DataFrame | None) -> Array:
    """Contribution of one random term; levels that the fit has not seen contribute zero."""
    own = modes[(modes["group"] == term.group) & modes["term"].isin(term.names)]
    if own.empty:
        return np.zeros(design.n_rows if frame is None else len(frame))
    table = own.pivot_table(index="level", columns="term", values="mode", sort=False)
    effects = table.loc[list(term.levels), list(term.names)].to_numpy()
    if frame is None:
        return np.asarray(np.sum(term.Z * effects[term.codes], axis=1))
    labels = dict.fromkeys(label for part in term.model.terms for label in part)
    variables = design.formula.variables
    columns = {label: read_column(frame, variables[label], term.model.levels.get(label)) for label in labels}
    Z = term.model.matrix({"": Column("", np.zeros(len(frame)))} | columns)
    names = [_names(frame, variables[label].name) for label in term.factors]
    known = {level: i for i, level in enumerate(term.levels)}
    codes = np.array([known.get(":".join(parts), -1) for parts in zip(*names, strict=True)], np.intp)
    padded = np.vstack([effects, np.zeros(effects.shape[1])])
    return np.asarray(np.sum(Z * padded[codes], axis=1))


def _names(frame: pd.DataFrame, name: str) -> list[str]:
    """Levels of a grouping factor as the design prints them."""
    return [text_of(value) for value in frame[name]]
