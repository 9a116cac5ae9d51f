"""Reliability of scales per wave and group: alpha, omega of one factor, item-rest correlations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.harmonise.reasons import Floats
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import Derived

LEAST = 10


@dataclass(frozen=True)
class Reliability:
    """Reliability of one scale in one wave and group.

    ``n`` counts persons with all items valid. ``status`` is ok, too_small (fewer than 10 persons), constant
    (an item does not vary), too_few_items (omega needs three) or heywood (a loading of one or more); alpha
    and omega are NaN where they cannot be had.
    """

    scale: str
    wave: str
    group: str
    n: int
    items: int
    alpha: float
    omega: float
    status: str


def alpha(values: Floats) -> float:
    """Cronbach's alpha of complete rows (persons x items).

    Source
    ------
    Cronbach (1951); equals ``psych::alpha(...)$total$raw_alpha``.
    """
    k = values.shape[1]
    total = values.sum(axis=1).var(ddof=1)
    if k < 2 or total <= 0:
        return float("nan")
    return float(k / (k - 1) * (1 - values.var(axis=0, ddof=1).sum() / total))


def omega(values: Floats) -> tuple[float, bool]:
    """McDonald's omega of one factor fitted to the covariances by maximum likelihood.

    Returns
    -------
    tuple
        Omega, and whether a Heywood case (a unique variance at its lower bound) was met.

    Source
    ------
    McDonald (1999); Jöreskog (1967) for the fit: uniquenesses by minimising the concentrated likelihood,
    as R's ``factanal(factors = 1)`` does; then Newton steps to where the slope is zero.
    """
    scale = values.std(axis=0, ddof=1)
    correlation: Floats = np.asarray(np.corrcoef(values, rowvar=False))
    start = np.clip(0.5 / np.diag(np.linalg.pinv(correlation)), 0.005, 0.995)
    bound = 0.005
    unique = _uniquenesses(correlation, start, bound)
    root = np.sqrt(unique)
    roots, vectors = np.linalg.eigh(correlation / np.outer(root, root))
    loading = root * vectors[:, -1] * np.sqrt(max(float(roots[-1]) - 1, 0.0))
    common = float((loading * scale).sum()) ** 2
    error = float((unique * scale**2).sum())
    return common / (common + error), bool((unique <= bound * 1.001).any())


def _uniquenesses(correlation: Floats, start: Floats, bound: float) -> Floats:
    """Return the unique variances (items) that minimise the concentrated likelihood, from ``bound`` to 1.

    A search by values of the likelihood cannot tell points apart that differ in the eighth digit. So its end
    is polished: the slope, known in closed form (Jöreskog 1967), is brought to zero over the logarithms
    of those inside the bounds. Where that leads out of the bounds the search has the last word.
    """
    from scipy.optimize import minimize, root

    def parts(unique: Floats) -> tuple[Floats, Floats]:
        scale = 1 / np.sqrt(unique)
        roots, vectors = np.linalg.eigh(correlation * np.outer(scale, scale))
        return roots[:-1], vectors[:, :-1]

    def misfit(unique: Floats) -> float:
        rest = parts(unique)[0]
        return float((rest - np.log(np.maximum(rest, 1e-12)) - 1).sum())

    limits, options = [(bound, 1.0)] * len(start), {"ftol": 1e-12, "gtol": 1e-8, "maxiter": 2000}
    found: Floats = minimize(misfit, start, method="L-BFGS-B", bounds=limits, options=options).x
    inside = (found > bound) & (found < 1.0)
    if not inside.any():
        return found

    def filled(logs: Floats) -> Floats:
        unique = found.copy()
        unique[inside] = np.exp(logs)
        return unique

    def slope(logs: Floats) -> Floats:
        rest, vectors = parts(filled(logs))
        made: Floats = ((1 - rest) * vectors**2).sum(axis=1)[inside]
        return made

    begun = np.log(found[inside])
    ended = root(slope, begun, tol=1e-13).x
    polished = filled(ended)
    better = np.abs(slope(ended)).max() < np.abs(slope(begun)).max()
    return polished if better and bool(((polished >= bound) & (polished <= 1.0)).all()) else found


def item_rest(values: Floats, names: Sequence[str]) -> list[tuple[str, float, int, float]]:
    """Correlate each item with the mean of the others.

    Parameters
    ----------
    values : array, persons x items
        Missing values are NaN; used are persons with all items valid.
    names
        Names of the items.

    Returns
    -------
    list of (name, r, n, p)
        Pearson correlation and two-sided p-value; empty with fewer than 10 persons or three items.
    """
    from scipy.stats import pearsonr

    complete = values[~np.isnan(values).any(axis=1)]
    if len(complete) < LEAST or len(names) < 3:
        return []
    found = []
    for place, name in enumerate(names):
        rest = np.delete(complete, place, axis=1).mean(axis=1)
        item = complete[:, place]
        if item.std() > 0 and rest.std() > 0:
            result = pearsonr(item, rest)
            found.append((name, float(result.statistic), len(complete), float(result.pvalue)))
    return found


def scale_items(derived: Derived) -> tuple[tuple[str, ...], Floats]:
    """Return the items of a scale and the sign that makes them point the same way (loneliness: social -1)."""
    names = tuple(dict.fromkeys(derived.flat))
    signs = np.ones(len(names))
    if derived.rule == "djg_total":
        signs = np.array([-1.0 if name in derived.items[1] else 1.0 for name in names])
    return names, signs


def reliability(codebook: Codebook, panel: Any) -> tuple[Reliability, ...]:
    """Alpha and omega of every index marked as a scale, per wave and group where its items were asked.

    Missing data: persons with all items valid (complete cases of the scale).
    """
    study = codebook.study
    waves = panel[study.wave].astype(str).to_numpy()
    groups = panel[study.group].astype(str).to_numpy()
    found = []
    for derived in codebook.derived.values():
        if not derived.scale:
            continue
        names, signs = scale_items(derived)
        for wave, group in codebook.cells:
            rows = (waves == wave) & (groups == group)
            values = panel.loc[rows, list(names)].to_numpy(dtype=float) * signs
            if np.isnan(values).all():
                continue
            found.append(_reliability(derived.name, wave, group, values))
    return tuple(found)


def _reliability(scale: str, wave: str, group: str, values: Floats) -> Reliability:
    complete = values[~np.isnan(values).any(axis=1)]
    n, k = complete.shape
    none = float("nan")
    if n < LEAST:
        return Reliability(scale, wave, group, n, k, none, none, "too_small")
    if (complete.std(axis=0) == 0).any():
        return Reliability(scale, wave, group, n, k, alpha(complete), none, "constant")
    if k < 3:
        return Reliability(scale, wave, group, n, k, alpha(complete), none, "too_few_items")
    value, heywood = omega(complete)
    return Reliability(scale, wave, group, n, k, alpha(complete), value, "heywood" if heywood else "ok")
