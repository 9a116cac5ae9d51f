"""From standard normal scores to the values of a variable, with the declared distribution in each cell."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np

from netwerkkracht.synth.cells import Floats
from netwerkkracht.synth.spec import Node, Spec
from netwerkkracht.synth.study import Studies


def values_of(studies: Studies, node: Node, score: Floats) -> Floats:
    """Cut the scores at the quantiles of the distribution of each group, wave and deciding value."""
    spec = studies.spec
    values: Floats = np.full(studies.shape, np.nan)
    by = node.get("by")
    deciding = studies.cells(by).numbers if by else None
    for index, arm in enumerate(spec.arms):
        persons = studies.of_arm(index)
        for position, wave in enumerate(spec.waves):
            if wave not in node.get("waves", spec.waves) or arm.name in node.get("fixed", {}):
                continue
            if arm.name in node.get("not_for", {}):
                continue
            place = (slice(None), persons, position)
            if deciding is None:
                values[place] = cut(*_edges(spec, node, (arm.name, wave), ""), score[place])
                continue
            for value in np.unique(deciding[place]):
                part = f".{by}{int(value)}" if np.isfinite(value) else f".{by}missing"
                here = np.isnan(deciding[place]) if np.isnan(value) else deciding[place] == value
                cell = _edges(spec, node, (arm.name, wave), part)
                values[place] = np.where(here, cut(*cell, score[place]), values[place])
    return values


# up to so many edges, comparing all scores with each is faster than searching for every score
FEW_EDGES = 12


def cut(codes: Floats, edges: Floats, score: Floats) -> Floats:
    """Return for each score the code between whose edges it lies; a score on an edge lies below it."""
    if len(edges) > FEW_EDGES:
        return np.asarray(codes[np.searchsorted(edges, score, side="left")])
    score = np.ascontiguousarray(score)
    place = np.zeros(score.shape, dtype=np.int8)
    for edge in edges:
        place += score > edge
    return np.asarray(codes.take(place))


def _edges(spec: Spec, node: Node, cell: tuple[str, str], part: str) -> tuple[Floats, Floats]:
    """Return codes and the scores between them; worked out once per specification."""
    key = (node.name, cell, part)
    if key not in spec.edges:
        from scipy.special import ndtri

        codes, probabilities = distribution(spec, node, cell, part)
        total = np.cumsum(probabilities)
        edges = ndtri(np.clip(total[:-1] / total[-1], 0.0, 1.0))
        spec.edges[key] = (np.asarray(codes, dtype=float), edges)
    return spec.edges[key]


def distribution(spec: Spec, node: Node, cell: tuple[str, str], part: str = "") -> tuple[Floats, Floats]:
    """Return codes and their probabilities in one cell (group, wave), ``part`` naming a deciding value."""
    name = node.name if _known(spec, node, part, cell) else node.get("parameter", node.name)
    if node.kind == "normal":
        return rounded_normal(spec, node, cell, name)
    if node.kind == "count":
        mean = spec.number(f"{name}.mean{part}", *cell)
        return counts(
            mean, spec.number(f"{name}.dispersion", *cell), node.options["min"], node.options["max"]
        )
    if node.kind == "bank":
        wanted = spec.number(node.options["mean"], *cell)
        shares = tuple(spec.number(item.name) for item in spec.nodes.values() if _same_bank(item, node))
        shifted = float(_normal(_quantile(spec.number(node.name)) + bank_shift(shares, wanted)))
        return np.array(node.options["codes"], dtype=float), np.array([1 - shifted, shifted])
    probabilities = np.array(spec.numbers(f"{name}{part}", *cell))
    codes = node.get("codes") or list(range(len(probabilities)))
    return np.array(codes, dtype=float), probabilities


def _known(spec: Spec, node: Node, part: str, cell: tuple[str, str]) -> bool:
    return any(spec.find(f"{node.name}{middle}{part}", *cell) is not None for middle in ("", ".mean"))


def _same_bank(item: Node, node: Node) -> bool:
    return item.kind == "bank" and item.options["mean"] == node.options["mean"]


def rounded_normal(spec: Spec, node: Node, cell: tuple[str, str], name: str) -> tuple[Floats, Floats]:
    """Return the distribution of a rounded normal; its tails fall on the lowest and highest value."""
    codes = np.arange(float(node.options["min"]), float(node.options["max"]) + 1)
    mean, sd = spec.number(f"{name}.mean", *cell), spec.number(f"{name}.sd", *cell)
    inner = _normal((codes[:-1] + 0.5 - mean) / sd)
    return codes, np.diff(np.concatenate([[0.0], inner, [1.0]]))


def counts(mean: float, dispersion: float, low: int, high: int) -> tuple[Floats, Floats]:
    """Return a negative binomial (size ``dispersion``) cut to ``low..high``."""
    from scipy.stats import nbinom

    codes = np.arange(low, high + 1)
    mass = nbinom.pmf(codes, dispersion, dispersion / (dispersion + mean))
    return codes.astype(float), np.asarray(mass / mass.sum())


def _normal(values: Any) -> Any:
    from scipy.special import ndtr

    return ndtr(values)


def _quantile(values: Any) -> Any:
    from scipy.special import ndtri

    return ndtri(values)


@lru_cache(maxsize=256)
def bank_shift(shares: tuple[float, ...], wanted: float) -> float:
    """Return the probit shift at which the shares sum to the wanted mean count."""
    from scipy.optimize import brentq

    scores = _quantile(np.array(shares))
    return float(brentq(lambda shift: float(_normal(scores + shift).sum()) - wanted, -6.0, 6.0, xtol=1e-12))
