"""Meet published counts exactly, without losing how a variable hangs together with the others."""

from __future__ import annotations

import numpy as np

from netwerkkracht.core.errors import fail
from netwerkkracht.synth.cells import Floats, Mask, Reasons
from netwerkkracht.synth.marginals import distribution
from netwerkkracht.synth.spec import Node, Target
from netwerkkracht.synth.study import Studies


def meet_targets(
    studies: Studies, node: Node, score: Floats, values: Floats, reasons: Reasons, settled: Mask
) -> None:
    """Give out codes by rank of the latent score, so many as each target says; changes the arrays in place.

    Codes without a target share what is left, in the proportions the declared distribution gave them.

    Raises
    ------
    StudyError
        ``S05`` when the targets of a cell ask for more persons than it holds.
    """
    cells: dict[tuple[str, str, str], list[Target]] = {}
    for target in studies.spec.targets:
        if target.node == node.name:
            cells.setdefault((target.group, target.wave, target.set), []).append(target)
    for number, ((group, wave, chosen), targets) in enumerate(cells.items()):
        index = [arm.name for arm in studies.spec.arms].index(group)
        persons, position = studies.of_arm(index), studies.spec.waves.index(wave)
        inside = studies.chosen(chosen)[:, persons]
        size = int(inside.sum(axis=1).max())
        if sum(target.count for target in targets) > size:
            raise fail(
                "S05",
                f"the targets of '{node.name}' ask for more than {size} persons",
                expected=f"at most {size} in total",
                action="correct targets.csv",
                group=group,
                wave=wave,
            )
        random = studies.random(node.name, "targets", str(number))
        order = np.where(inside, score[:, persons, position], np.inf).argsort(axis=1)[:, :size]
        codes = [float(code) for code in node.options["codes"]]
        rest = _remaining(studies, node, targets, (group, wave))
        ranks = _sequence(studies, targets, codes, rest, random, size)
        why = np.zeros(ranks.shape, dtype=np.int8)
        for tag in {target.code[1:] for target in targets if target.code.startswith(".")}:
            why[ranks == -studies.spec.reason(tag)] = studies.spec.reason(tag)
        block = np.where(ranks >= 0, np.array(codes)[np.maximum(ranks, 0)], np.nan)
        _put(values[:, persons, position], order, block)
        _put(reasons[:, persons, position], order, why)
        _put(settled[:, persons, position], order, np.ones(block.shape, dtype=bool))


def _put(where: Floats | Reasons | Mask, order: np.ndarray, block: np.ndarray) -> None:
    np.put_along_axis(where, order, block.astype(where.dtype), axis=1)


def _remaining(studies: Studies, node: Node, targets: list[Target], cell: tuple[str, str]) -> Floats:
    """Return the weight of each code among persons no target speaks of, as declared."""
    named = {float(target.code) for target in targets if not target.code.startswith(".")}
    codes, declared = distribution(studies.spec, node, cell)
    weights = np.where(np.isin(codes, list(named)), 0.0, declared)
    return np.asarray(weights / weights.sum() if weights.sum() else weights)


def _sequence(
    studies: Studies,
    targets: list[Target],
    codes: list[float],
    rest: Floats,
    random: np.random.Generator,
    size: int,
) -> np.ndarray:
    """Return, for each study, the code position (or minus the reason) of the persons in rank order."""
    fixed: list[int] = []
    missing: list[int] = []
    for target in targets:
        if target.code.startswith("."):
            missing += [-studies.spec.reason(target.code[1:])] * target.count
        else:
            fixed += [codes.index(float(target.code))] * target.count
    left = size - len(fixed) - len(missing)
    drawn = (
        random.choice(len(codes), size=(studies.n, left), p=rest) if left else np.empty((studies.n, 0), int)
    )
    known = np.sort(np.concatenate([np.tile(fixed, (studies.n, 1)), drawn], axis=1).astype(int), axis=1)
    if not missing:
        return known
    slots = random.random((studies.n, size)).argsort(axis=1)
    full = np.empty((studies.n, size), dtype=int)
    np.put_along_axis(full, np.sort(slots[:, : known.shape[1]], axis=1), known, axis=1)
    np.put_along_axis(full, slots[:, known.shape[1] :], np.tile(missing, (studies.n, 1)), axis=1)
    return full
