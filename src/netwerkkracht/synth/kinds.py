"""What each kind of node draws. All arrays have shape (studies, persons, waves)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from netwerkkracht.synth import marginals, merged, moments
from netwerkkracht.synth.cells import Cells, Floats, Mask, Reasons
from netwerkkracht.synth.derive import derive
from netwerkkracht.synth.exact import meet_targets
from netwerkkracht.synth.spec import Node, Spec
from netwerkkracht.synth.study import Studies


def studies_of(spec: Spec, n: int, seed: int, *streams: str, witnesses: bool = False) -> Studies:
    """Return ``n`` studies of a specification, whose variables are drawn here when they are asked for."""
    return Studies(spec, n, seed, *streams, make=make, witnesses=witnesses)


def make(studies: Studies, node: Node) -> Mapping[str, Cells]:
    """Draw all outputs of a node, with reasons for what is missing."""
    if node.kind == "derived":
        return {node.name: derive(studies, node)}
    if node.kind == "parts":
        return merged.split(studies, node)
    if node.kind == "set":
        return _set(studies, node)
    values, reasons, settled = _DRAW[node.kind](studies, node)
    return {node.name: finish(studies, node, values, reasons, settled)}


def finish(studies: Studies, node: Node, values: Floats, reasons: Reasons, settled: Mask) -> Cells:
    """Set fixed groups, routes, item nonresponse and cells where the question was not asked."""
    spec = studies.spec
    fixed: Mapping[str, float] = node.get("fixed", {})
    for index, arm in enumerate(spec.arms):
        if arm.name in fixed:
            persons = studies.of_arm(index)
            values[:, persons], reasons[:, persons], settled[:, persons] = fixed[arm.name], 0, True
    if node.get("when"):
        skipped = ~_route(studies, node)
        reasons[skipped] = spec.reason("n") if skipped.any() else 0
    unanswered = _unanswered(studies, node)
    if unanswered is not None:
        open_cells = (reasons == 0) & ~settled & ~studies.where(node, "complete")
        reasons = np.where(open_cells, unanswered, reasons).astype(np.int8)
    absent: Mapping[str, str] = node.get("not_for", {})
    for index, arm in enumerate(spec.arms):
        if arm.name in absent:
            reasons[:, studies.of_arm(index)] = spec.reason(absent[arm.name])
    for position, wave in enumerate(spec.waves):
        if wave not in node.get("waves", spec.waves):
            reasons[..., position] = spec.reason("q")
    return Cells(np.where(reasons == 0, values, np.nan), reasons)


def _route(studies: Studies, node: Node) -> Mask:
    """Return the cells that were asked the question."""
    asked = np.ones(studies.shape, dtype=bool)
    for name, allowed in node.get("when", {}).items():
        asked &= np.isin(studies.cells(name).numbers, [float(value) for value in allowed])
    return asked


def _unanswered(studies: Studies, node: Node) -> Reasons | None:
    """Return 0 for an answer, else the reason of an unanswered item; None where everyone answers."""
    spec = studies.spec
    default = spec.defaults.get("nonresponse", "nonresponse")
    rate = spec.number(node.get("nonresponse", default))
    tags = node.get("reasons", spec.defaults.get("reasons", []))
    if not rate or not tags:
        return None
    weights = np.array([spec.number(f"{default}.{tag}") for tag in tags])
    edges = rate * np.cumsum(weights / weights.sum())
    codes = np.array([*(spec.reason(tag) for tag in tags), 0], dtype=np.int8)
    draws = studies.random(node.name, "nonresponse").random(studies.shape)
    return np.asarray(codes[np.searchsorted(edges, draws, side="right")], dtype=np.int8)


Drawn = tuple[Floats, Reasons, Mask]


def _empty(studies: Studies) -> tuple[Reasons, Mask]:
    return np.zeros(studies.shape, dtype=np.int8), np.zeros(studies.shape, dtype=bool)


def _latent(studies: Studies, node: Node) -> Drawn:
    liability = latent_score(studies, node)
    values = marginals.values_of(studies, node, liability)
    for name, results in node.get("force", {}).items():
        deciding = studies.cells(name).numbers
        for value, result in results.items():
            values = np.where(deciding == float(value), float(result), values)
    floors = node.get("floor", [])
    if floors:
        values = np.maximum(values, sum(np.nan_to_num(studies.cells(name).numbers) for name in floors))
    reasons, settled = _empty(studies)
    meet_targets(studies, node, liability, values, reasons, settled)
    return values, reasons, settled


def latent_score(studies: Studies, node: Node) -> Floats:
    """Return standard normal scores that share traits and a lasting part of the person with other waves."""
    spec = studies.spec
    random = studies.random(node.name)
    loads = {name: spec.number(parameter) for name, parameter in node.get("loads", {}).items()}
    explained = np.zeros(studies.shape[:2])
    for name, load in loads.items():
        explained = explained + load * studies.trait(name)
    common = _variance(studies, loads)
    lasting = spec.number(node.get("persist")) if node.get("persist") else 0.0
    rest = max(1 - common - lasting**2, 0.0)
    score: Floats = random.standard_normal(studies.shape)
    score *= np.sqrt(rest)
    if lasting:
        score += (lasting * random.standard_normal(studies.shape[:2]))[..., None]
    score += explained[..., None]
    return score


def _variance(studies: Studies, loads: Mapping[str, float]) -> float:
    """Return the variance of a weighted sum of traits, from their declared dependence."""
    spec = studies.spec
    total = sum(load**2 for load in loads.values())
    for first, a in loads.items():
        for second, b in loads.items():
            weight = spec.traits[first].get("with", {}).get(second)
            total += 2 * a * b * spec.number(weight) if weight else 0.0
    return float(total)


def _scaled(studies: Studies, node: Node) -> Drawn:
    """Return levels 0..k as 0-100, k being the number of steps of that wave's scale."""
    base = studies.cells(node.options["of"])
    values = base.numbers.copy()
    for position, wave in enumerate(studies.spec.waves):
        steps = len(studies.spec.numbers(node.options["parameter"], studies.spec.arms[0].name, wave)) - 1
        values[..., position] = 100 * values[..., position] / steps
    return values, base.reasons.copy(), np.ones(studies.shape, dtype=bool)


def _map(studies: Studies, node: Node) -> Drawn:
    base = studies.cells(node.options["of"])
    values = np.full(studies.shape, np.nan)
    for value, result in node.options["table"].items():
        values[base.numbers == float(value)] = float(result)
    return values, base.reasons.copy(), np.zeros(studies.shape, dtype=bool)


def _cluster(studies: Studies, _node: Node) -> Drawn:
    values = np.broadcast_to((studies.cluster + 1.0)[None, :, None], studies.shape).copy()
    reasons, settled = _empty(studies)
    return values, reasons, ~settled


def _status(studies: Studies, node: Node) -> Drawn:
    """Return the outcome of each attempt to see a person again."""
    spec = studies.spec
    cumulated = np.cumsum(spec.numbers(node.name))
    draws = studies.random(node.name).random(studies.shape)
    codes = np.array(node.options["codes"], dtype=float)
    lost = codes[np.minimum(np.searchsorted(cumulated, draws, side="right"), len(codes) - 1)]
    values = np.where(studies.panel[..., None], float(node.options["done"]), lost)
    reasons, settled = _empty(studies)
    return values, reasons, ~settled


def _set(studies: Studies, node: Node) -> Mapping[str, Cells]:
    """Tick one or more options: Gumbel scores plus log weights, the highest so many win."""
    spec = studies.spec
    options = node.options["options"]
    weights = np.log(np.maximum(spec.numbers(node.name), 1e-12))
    random = studies.random(node.name)
    scores = weights + random.gumbel(size=(*studies.shape, len(options)))
    edges = np.cumsum(spec.numbers(f"{node.name}.count"))
    how_many = np.searchsorted(edges / edges[-1], random.random(studies.shape), side="right") + 1
    rank = (-scores).argsort(axis=-1).argsort(axis=-1)
    ticked = rank < np.minimum(how_many, node.options["max"])[..., None]
    for alone in node.get("alone", []):
        position = options.index(alone)
        only = rank[..., position] == 0
        ticked[..., position] = only
        ticked[only] = np.arange(len(options)) == position
    reasons, settled = _empty(studies)
    first = finish(studies, node, np.zeros(studies.shape), reasons, settled)
    return {
        name: Cells(np.where(first.reasons == 0, ticked[..., index].astype(float), np.nan), first.reasons)
        for index, name in enumerate(node.outputs)
    }


_DRAW: Mapping[str, Callable[[Studies, Node], Drawn]] = {
    "latent": _latent,
    "normal": _latent,
    "count": _latent,
    "bank": _latent,
    "scaled": _scaled,
    "map": _map,
    "cluster": _cluster,
    "status": _status,
    "visits": moments.visits,
    "date_before": moments.date_before,
}
