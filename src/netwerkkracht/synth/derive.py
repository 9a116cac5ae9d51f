"""Indices of the truth, worked out apart from the codebook's rules so that one can test the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from netwerkkracht.synth.cells import Cells, Floats, Mask, Reasons
from netwerkkracht.synth.moments import DAYS_PER_MONTH
from netwerkkracht.synth.spec import Node, Spec
from netwerkkracht.synth.study import Studies


def derive(studies: Studies, node: Node) -> Cells:
    """Return an index; missing items leave their common reason, or the declared one."""
    by_wave = node.get("by_wave")
    if by_wave:
        parts = [_one(studies, node, names) for names in by_wave.values()]
        values, reasons = parts[0].numbers.copy(), parts[0].reasons.copy()
        for wave, part in zip(by_wave, parts, strict=True):
            position = studies.spec.waves.index(wave)
            values[..., position], reasons[..., position] = (
                part.numbers[..., position],
                part.reasons[..., position],
            )
        return Cells(values, reasons)
    return _one(studies, node, node.get("of", []))


def _one(studies: Studies, node: Node, names: Sequence[str]) -> Cells:
    items = [studies.cells(name) for name in names]
    values, known, reasons = _RULES[node.options["rule"]](studies, node, items)
    asked = reasons != studies.spec.reason("q")
    if node.get("few"):
        reasons = np.where(asked, studies.spec.reason(node.options["few"]), reasons)
    reasons = np.where(known, 0, reasons)
    if node.get("only"):
        gate = studies.cells(node.options["only"])
        reasons = np.where(
            gate.reasons != 0, gate.reasons, np.where(gate.numbers >= 1, reasons, studies.spec.reason("n"))
        )
    return Cells(np.where(reasons == 0, values, np.nan), reasons.astype(np.int8))


def common_reason(spec: Spec, reasons: Sequence[Reasons]) -> Reasons:
    """Return the one reason that all missing parts share; 'not applicable' yields to others, else mixed."""
    skip, mixed = spec.reason("n"), spec.reason("g")
    if not any(part.any() for part in reasons):
        return np.zeros(reasons[0].shape, dtype=np.int8)
    low = np.full(reasons[0].shape, 127, dtype=np.int8)
    high = np.zeros(reasons[0].shape, dtype=np.int8)
    any_skip = np.zeros(reasons[0].shape, dtype=bool)
    for part in reasons:
        other = (part != 0) & (part != skip)
        low = np.where(other, np.minimum(low, part), low)
        high = np.where(other, np.maximum(high, part), high)
        any_skip |= part == skip
    result = np.where(high == 0, np.where(any_skip, skip, 0), np.where(low == high, high, mixed))
    return np.asarray(result, dtype=np.int8)


Result = tuple[Floats, Mask, Reasons]


def _count(studies: Studies, node: Node, items: list[Cells], *, low: bool = False) -> Result:
    limit = float(node.options["at"])
    total, valid = np.zeros(studies.shape), np.zeros(studies.shape, dtype=int)
    for item in items:
        total += (item.numbers <= limit) if low else (item.numbers >= limit)
        valid += item.reasons == 0
    return total, valid >= node.options["need"], common_reason(studies.spec, [item.reasons for item in items])


def _count_low(studies: Studies, node: Node, items: list[Cells]) -> Result:
    return _count(studies, node, items, low=True)


def _lonely(studies: Studies, node: Node, items: list[Cells]) -> Result:
    """Sum of a high and a low count over two item groups, with one missing-items rule for all."""
    second = [studies.cells(name) for name in node.options["and"]]
    total = np.zeros(studies.shape)
    valid = np.zeros(studies.shape, dtype=int)
    for item in items:
        total += item.numbers >= 2
    for item in second:
        total += item.numbers <= 2
    for item in [*items, *second]:
        valid += item.reasons == 0
    reasons = common_reason(studies.spec, [item.reasons for item in [*items, *second]])
    return total, valid >= node.options["need"], reasons


def _sum(studies: Studies, _node: Node, items: list[Cells]) -> Result:
    reasons = common_reason(studies.spec, [item.reasons for item in items])
    return np.sum([item.numbers for item in items], axis=0), reasons == 0, reasons


def _mean_of_present(studies: Studies, node: Node, items: list[Cells]) -> Result:
    """Mean of the second variables over items that are present; without any, not applicable."""
    spec = studies.spec
    total, present, known_levels, asked = (np.zeros(studies.shape) for _ in range(4))
    why: list[Reasons] = []
    for item, name in zip(items, node.options["and"], strict=True):
        level = studies.cells(name)
        here = item.numbers == 1
        total += np.where(here & (level.reasons == 0), level.numbers, 0.0)
        known_levels += here & (level.reasons == 0)
        present += here
        asked += item.reasons == 0
        why.append(np.where(here, level.reasons, item.reasons).astype(np.int8))
    enough = asked >= node.options["need"]
    known = enough & (present > 0) & (known_levels == present)
    reasons = np.where(enough & (present == 0), spec.reason("n"), common_reason(spec, why))
    return total / np.maximum(known_levels, 1), known, reasons.astype(np.int8)


def _flag(compare: Callable[[Floats, float], Mask]) -> Callable[[Studies, Node, list[Cells]], Result]:
    def rule(_studies: Studies, node: Node, items: list[Cells]) -> Result:
        item = items[0]
        return compare(item.numbers, float(node.options["at"])).astype(float), item.reasons == 0, item.reasons

    return rule


def _classes(_studies: Studies, node: Node, items: list[Cells]) -> Result:
    item = items[0]
    number = 1.0 + np.sum([item.numbers >= bound for bound in node.options["at"]], axis=0)
    return number, item.reasons == 0, item.reasons


def _cross(studies: Studies, node: Node, items: list[Cells]) -> Result:
    first, second = items
    yes_yes, yes_no, no_yes, no_no = (float(code) for code in node.options["at"])
    with_first = np.where(second.numbers == 1, yes_yes, yes_no)
    without = np.where(second.numbers == 1, no_yes, no_no)
    reasons = common_reason(studies.spec, [first.reasons, second.reasons])
    return np.where(first.numbers == 1, with_first, without), reasons == 0, reasons


def _areas(studies: Studies, node: Node, _items: list[Cells]) -> Result:
    """1 when each area is hit; one area known to be free of problems is enough for 0."""
    hit_all = np.ones(studies.shape, dtype=bool)
    free_any = np.zeros(studies.shape, dtype=bool)
    reasons: list[Reasons] = []
    for area in node.options["areas"]:
        cells = [studies.cells(name) for name in area]
        hit = np.any([cell.numbers == 1 for cell in cells], axis=0)
        hit_all &= hit
        free_any |= ~hit & np.all([cell.reasons == 0 for cell in cells], axis=0)
        reasons += [cell.reasons for cell in cells]
    return hit_all.astype(float), hit_all | free_any, common_reason(studies.spec, reasons)


def _months(studies: Studies, _node: Node, items: list[Cells]) -> Result:
    first, second = items
    reasons = common_reason(studies.spec, [first.reasons, second.reasons])
    return (second.numbers - first.numbers) / DAYS_PER_MONTH, reasons == 0, reasons


_RULES: Mapping[str, Callable[[Studies, Node, list[Cells]], Result]] = {
    "count": _count,
    "count_low": _count_low,
    "lonely": _lonely,
    "sum": _sum,
    "mean_of_present": _mean_of_present,
    "from": _flag(np.greater_equal),
    "above": _flag(np.greater),
    "is": _flag(np.equal),
    "classes": _classes,
    "cross": _cross,
    "areas": _areas,
    "months": _months,
}
