"""Two items of a form behind one canonical variable: invent the items that merge back into it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netwerkkracht.synth.cells import Cells, Floats, Mask, Reasons
from netwerkkracht.synth.spec import Node
from netwerkkracht.synth.study import Studies

BOTH, FIRST, SECOND = 0, 1, 2


def split(studies: Studies, node: Node) -> Mapping[str, Cells]:
    """Return the two items; where the canonical cell is missing, its reason stands in one item or both."""
    whole = studies.cells(node.options["of"])
    if node.options["merge"] == "any":
        parts = _split_presence(studies, node, whole)
    else:
        parts = _split_level(studies, node, whole)
    inside = np.isin(studies.spec.waves, node.get("waves", studies.spec.waves))
    absent = np.int8(studies.spec.reason("q"))
    return {
        name: Cells(
            np.where((reasons == 0) & inside, values, np.nan),
            np.where(inside, reasons, absent).astype(np.int8),
        )
        for name, (values, reasons) in zip(node.outputs, parts, strict=True)
    }


Part = tuple[Floats, Reasons]


def _split_presence(studies: Studies, node: Node, whole: Cells) -> list[Part]:
    """Give a yes to at least one item for a yes, and to none where the answer is missing."""
    spec, random = studies.spec, studies.random(node.name)
    both = spec.number("parts.both")
    case = random.choice(3, size=studies.shape, p=[both, (1 - both) / 2, (1 - both) / 2])
    unknown = random.random(studies.shape) < spec.number("parts.unknown")
    parts: list[Part] = []
    for mine, other in ((FIRST, SECOND), (SECOND, FIRST)):
        chosen = case != other
        values = np.where(whole.numbers == 1, chosen.astype(float), 0.0)
        missing_beside = (whole.numbers == 1) & ~chosen & unknown
        reasons = np.where((whole.reasons != 0) & ((case == BOTH) | (case == mine)), whole.reasons, 0)
        reasons = np.where(missing_beside, spec.reason("w"), reasons).astype(np.int8)
        parts.append((values, reasons))
    return parts


def _split_level(studies: Studies, node: Node, whole: Cells) -> list[Part]:
    """Give one item the level of the whole; the other, if it is there, is not beyond it."""
    spec, random = studies.spec, studies.random(node.name)
    here = _present(studies, node)
    lead_first = np.where(here[0] & here[1], random.random(studies.shape) < 0.5, here[0])
    base = spec.nodes[spec.made_by[node.options["of"]]]
    bottom = float(min(base.get("codes") or [0]))
    steps = random.random(studies.shape)
    if node.options["merge"] == "high":
        lesser = bottom + np.floor(steps * (whole.numbers - bottom + 1))
    else:
        lesser = whole.numbers + np.floor(steps * (float(node.options["top"]) - whole.numbers + 1))
    unknown = random.random(studies.shape) < spec.number("parts.unknown")
    parts: list[Part] = []
    for index, leads in ((0, lead_first), (1, ~lead_first)):
        values = np.where(leads, whole.numbers, lesser)
        reasons = np.where(
            ~leads & here[1 - index] & unknown & (whole.reasons == 0), spec.reason("w"), whole.reasons
        )
        reasons = np.where(here[index], reasons, spec.reason("n")).astype(np.int8)
        parts.append((values, reasons))
    return parts


def _present(studies: Studies, node: Node) -> tuple[Mask, Mask]:
    """Whether each item was asked: always, or only where the item's own problem is there."""
    stem = node.get("present")
    if not stem:
        asked = np.ones(studies.shape, dtype=bool)
        return asked, asked
    return studies.cells(f"{stem}_a").numbers == 1, studies.cells(f"{stem}_b").numbers == 1
