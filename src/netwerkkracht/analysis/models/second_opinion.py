"""A second engine for Gaussian models: statsmodels' MixedLM, compared with the first.

This is the only module that imports statsmodels' mixed models.
"""

from __future__ import annotations

import math
import warnings
from typing import Any

import numpy as np

from netwerkkracht.analysis.models.result import Second
from netwerkkracht.core.precision import bound

# agreement asked for: estimates in standard errors, standard errors relative, log-likelihood absolute
ESTIMATE_LIMIT, SE_LIMIT, LOGLIK_LIMIT = 1e-3, 1e-2, 1e-3
ENGINE = "statsmodels"
OPTIMISERS = ("bfgs", "lbfgs")  # its quasi-Newton steps can leave the range where it can be solved


def second_opinion(fit: Any, *, reml: bool) -> Second | None:
    """Refit a Gaussian model with statsmodels and compare.

    Parameters
    ----------
    fit
        A fit of `netwerkkracht.mixed`; its design gives response, columns and random terms.
    reml
        Whether it was fitted by restricted maximum likelihood.

    Returns
    -------
    Second or None
        None where the model has a random part that statsmodels cannot be given here: anything but one random
        intercept, or two of which one is nested in the other. A second engine that fails is reported with its
        status, not hidden. Standard errors are compared with the unadjusted ones of the first engine.
    """
    design = fit.engine.design
    if fit.status not in {"ok", "boundary"} or not all(
        term.names == ("(Intercept)",) for term in design.random
    ):
        return None
    parts = _parts(design)
    if parts is None:
        return None
    from statsmodels.regression.mixed_linear_model import MixedLM

    groups, components = parts
    model = MixedLM(design.y - design.offset, design.X, groups=groups, exog_vc=components)
    other = _maximised(model, reml=reml)
    if other is None:
        return Second(ENGINE, "not_converged", math.nan, math.nan, math.nan, agreed=False)
    return compare(
        fit, np.asarray(other.fe_params), np.asarray(other.bse_fe), float(other.llf), other.converged
    )


def _maximised(model: Any, *, reml: bool) -> Any:
    """Return the first of several optimisers' results that converged, else the last."""
    found = None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for method in OPTIMISERS:
            try:
                found = model.fit(reml=reml, method=[method])
            except (np.linalg.LinAlgError, ValueError):
                continue
            if found.converged:
                return found
    return found


def compare(fit: Any, estimates: Any, errors: Any, loglik: float, converged: bool) -> Second:
    """Compare fixed effects, standard errors and log-likelihood of a second engine with the first."""
    own = fit.engine.tests(np.eye(len(fit.engine.names)), "asymptotic")
    gap = float(np.max(np.abs(own.estimate - estimates) / own.se))
    spread = float(np.max(np.abs(own.se - errors) / own.se))
    like = abs(fit.loglik - loglik)
    agreed = converged and gap <= ESTIMATE_LIMIT and spread <= SE_LIMIT and like <= LOGLIK_LIMIT
    status, gaps = "ok" if converged else "not_converged", (bound(gap), bound(spread), bound(like))
    return Second(ENGINE, status, *gaps, agreed=bool(agreed))


def _parts(design: Any) -> tuple[Any, Any] | None:
    if len(design.random) == 1:
        return design.random[0].codes, None
    if len(design.random) != 2:
        return None
    inner, outer = sorted(design.random, key=lambda term: -term.n_levels)
    pairs = {(int(a), int(b)) for a, b in zip(inner.codes, outer.codes, strict=True)}
    if len(pairs) != inner.n_levels:
        return None
    from statsmodels.regression.mixed_linear_model import VCSpec

    columns, matrices = [], []
    for level in np.unique(outer.codes):
        own = inner.codes[outer.codes == level]
        found = np.unique(own)
        columns.append([str(code) for code in found])
        matrices.append((own[:, None] == found[None, :]).astype(float))
    return outer.codes, VCSpec([inner.group], [columns], [matrices])
