"""Whether a study shows the published directions: only the sign counts, never the size."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping

import numpy as np

from netwerkkracht.synth.cells import Cells, Floats, Mask
from netwerkkracht.synth.spec import Sign
from netwerkkracht.synth.study import Studies

_COMPARE: Mapping[str, Callable[[Floats, float], Mask]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
}


def statistic(studies: Studies, sign: Sign) -> Floats:
    """Return the statistic of a sign for each study; NaN where it cannot be computed.

    Kinds: mean_difference (first group minus second), change (last wave minus first), change_difference,
    dropped_difference (lost minus retained, in the wave named), share, share_any, share_difference, mode
    (share of the value minus the largest other share), shares_above (lowest share of the variables minus
    highest share of the others).
    """
    return _KINDS[sign.kind](studies, sign)


def holds(studies: Studies, sign: Sign) -> Mask:
    """Return for each study whether the sign holds."""
    return np.asarray(_COMPARE[sign.operator](statistic(studies, sign), sign.threshold))


def failing(studies: Studies) -> tuple[Sign, ...]:
    """Return the signs that the first study does not show."""
    return tuple(sign for sign in studies.spec.signs if not bool(holds(studies, sign)[0]))


def _inside(studies: Studies, sign: Sign, group: str) -> Mask:
    """Return the persons of a group (``*``: all) and of the sign's set."""
    inside: Mask = studies.chosen(sign.set)
    if group == "*":
        return inside
    wanted = [arm.name for arm in studies.spec.arms].index(group)
    return np.asarray(inside & (studies.arm == wanted))


def _at(studies: Studies, name: str, wave: str) -> tuple[Floats, Mask]:
    """Return values in a wave, and who was interviewed and answered."""
    position = studies.spec.waves.index(wave)
    cells: Cells = studies.cells(name)
    return cells.numbers[..., position], (cells.reasons[..., position] == 0) & studies.interviewed[
        ..., position
    ]


def _mean(values: Floats, inside: Mask) -> Floats:
    total = np.where(inside, values, 0.0).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(total / inside.sum(axis=1))


def _mean_difference(studies: Studies, sign: Sign) -> Floats:
    values, known = _at(studies, sign.variables[0], sign.waves[0])
    first, second = (_mean(values, known & _inside(studies, sign, group)) for group in sign.groups)
    return first - second


def _mean_change(studies: Studies, sign: Sign, group: str) -> Floats:
    before, known_before = _at(studies, sign.variables[0], sign.waves[0])
    after, known_after = _at(studies, sign.variables[0], sign.waves[-1])
    return _mean(after - before, known_before & known_after & _inside(studies, sign, group))


def _change(studies: Studies, sign: Sign) -> Floats:
    return _mean_change(studies, sign, sign.groups[0])


def _change_difference(studies: Studies, sign: Sign) -> Floats:
    return _mean_change(studies, sign, sign.groups[0]) - _mean_change(studies, sign, sign.groups[1])


def _dropped_difference(studies: Studies, sign: Sign) -> Floats:
    """Lost minus retained: its sign is that of the slope in a logistic regression of loss on the variable."""
    values, known = _at(studies, sign.variables[0], sign.waves[0])
    inside = known & _inside(studies, sign, sign.groups[0])
    return _mean(values, inside & ~studies.panel) - _mean(values, inside & studies.panel)


def _share_of(studies: Studies, sign: Sign, name: str, group: str) -> Floats:
    values, known = _at(studies, name, sign.waves[0])
    hit = np.isin(values, sign.codes).astype(float)
    return _mean(hit, known & _inside(studies, sign, group))


def _share(studies: Studies, sign: Sign) -> Floats:
    return _share_of(studies, sign, sign.variables[0], sign.groups[0])


def _share_difference(studies: Studies, sign: Sign) -> Floats:
    first, second = (_share_of(studies, sign, sign.variables[0], group) for group in sign.groups)
    return first - second


def _share_any(studies: Studies, sign: Sign) -> Floats:
    hit = np.zeros(studies.shape[:2], dtype=bool)
    known_any = np.zeros(studies.shape[:2], dtype=bool)
    for name in sign.variables:
        values, known = _at(studies, name, sign.waves[0])
        hit |= known & np.isin(values, sign.codes)
        known_any |= known
    return _mean(hit.astype(float), known_any & _inside(studies, sign, sign.groups[0]))


def _mode(studies: Studies, sign: Sign) -> Floats:
    """Share of the value minus the largest share of any other: above 0 where it alone is the mode."""
    values, known = _at(studies, sign.variables[0], sign.waves[0])
    inside = known & _inside(studies, sign, sign.groups[0])
    others = [code for code in np.unique(values[np.isfinite(values)]) if code not in sign.codes]
    mine = _mean(np.isin(values, sign.codes).astype(float), inside)
    rest = np.max([_mean((values == code).astype(float), inside) for code in others], axis=0)
    return np.asarray(mine - rest)


def _shares_above(studies: Studies, sign: Sign) -> Floats:
    group = sign.groups[0]
    mine = np.min([_share_of(studies, sign, name, group) for name in sign.variables], axis=0)
    other = np.max([_share_of(studies, sign, name, group) for name in sign.against], axis=0)
    return np.asarray(mine - other)


_KINDS: Mapping[str, Callable[[Studies, Sign], Floats]] = {
    "mean_difference": _mean_difference,
    "change": _change,
    "change_difference": _change_difference,
    "dropped_difference": _dropped_difference,
    "share": _share,
    "share_any": _share_any,
    "share_difference": _share_difference,
    "mode": _mode,
    "shares_above": _shares_above,
}
