"""Dates of visits and of what came before them, as days since 1 January 1970."""

from __future__ import annotations

from datetime import date

import numpy as np

from netwerkkracht.synth.cells import Floats, Mask, Reasons
from netwerkkracht.synth.spec import Node
from netwerkkracht.synth.study import Studies

DAYS_PER_MONTH = 30.4375
SHORTEST = 90.0
"""Two visits to one person lie at least this many days apart."""


def day_of(text: str) -> float:
    """Return days since 1 January 1970 of an ISO date."""
    return float((date.fromisoformat(text) - date(1970, 1, 1)).days)


def visits(studies: Studies, node: Node) -> tuple[Floats, Reasons, Mask]:
    """Return a date per wave: the first anywhere in its window, each later one an interval after it."""
    spec = studies.spec
    random = studies.random(node.name)
    values: Floats = np.full(studies.shape, np.nan)
    mean, sd = spec.numbers(node.options["interval"])
    for position, wave in enumerate(spec.waves):
        first, last = (day_of(text) for text in (spec.find(node.options["window"], "", wave) or "").split())
        if position == 0:
            day = random.uniform(first, last, studies.shape[:2])
        else:
            before = values[..., position - 1]
            day = before + np.maximum(random.normal(mean, sd, studies.shape[:2]), SHORTEST)
            day = np.clip(day, np.maximum(first, before + SHORTEST), last)
        values[..., position] = _weekday(np.floor(day))
    return values, np.zeros(studies.shape, dtype=np.int8), np.ones(studies.shape, dtype=bool)


def _weekday(days: Floats) -> Floats:
    """Move Sundays to the Saturday before."""
    return np.asarray(np.where(days % 7 == 3, days - 1, days))


def date_before(studies: Studies, node: Node) -> tuple[Floats, Reasons, Mask]:
    """Return a date some months before another one; the range of months depends on a banding variable."""
    random = studies.random(node.name)
    band = studies.cells(node.options["band"]).numbers
    until = studies.cells(node.options["of"]).numbers
    months: Floats = np.full(studies.shape, np.nan)
    for value in np.unique(band[np.isfinite(band)]):
        low, high = studies.spec.numbers(f"{node.options['months']}.{int(value)}")
        months = np.where(band == value, random.uniform(low, high, studies.shape), months)
    days = _weekday(until - np.round(months * DAYS_PER_MONTH))
    return days, np.zeros(studies.shape, dtype=np.int8), np.zeros(studies.shape, dtype=bool)
