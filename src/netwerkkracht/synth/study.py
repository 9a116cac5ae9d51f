"""Many invented studies at once, each variable an array of studies x persons x waves, made when asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.core.seeds import generator
from netwerkkracht.synth.cells import Cells, Floats, Mask
from netwerkkracht.synth.spec import Node, Spec

Maker = Callable[["Studies", Node], Mapping[str, Cells]]
"""Draws all outputs of a node; it asks the studies for the variables that the node builds on."""


class Studies:
    """``n`` studies of one specification; ``streams`` names the random streams they are drawn from.

    Each node has a stream of its own, so that neither order nor the variables asked for change a draw.
    ``make`` draws a node; :func:`netwerkkracht.synth.kinds.studies_of` hands over the one that knows all.
    """

    def __init__(
        self, spec: Spec, n: int, seed: int, *streams: str, make: Maker, witnesses: bool = False
    ) -> None:
        """Lay out persons by group; draw nothing yet. ``witnesses``: keep the cells that never vary."""
        self.witnesses = spec.witnesses if witnesses else ()
        self._maker = make
        self.spec = spec
        self.n = n
        self._seed = seed
        self._streams = streams
        self._cells: dict[str, Cells] = {}
        self._traits: dict[str, Floats] = {}
        self._interviewed: Mask | None = None
        self._busy: list[str] = []
        sizes = [arm.persons for arm in spec.arms]
        self.arm = np.repeat(np.arange(len(sizes)), sizes)
        self.cluster = np.concatenate(
            [np.repeat(np.arange(len(arm.clusters)), arm.clusters) for arm in spec.arms]
        )
        self.number = np.concatenate([np.arange(1, size + 1) for size in sizes])
        self.shape = (n, len(self.arm), len(spec.waves))

    def random(self, *names: str) -> np.random.Generator:
        """Return the stream of a node."""
        return generator(self._seed, "synth", *self._streams, *names)

    def of_arm(self, index: int) -> slice:
        """Return the persons of one group."""
        start = int(np.searchsorted(self.arm, index))
        return slice(start, start + self.spec.arms[index].persons)

    def cells(self, name: str) -> Cells:
        """Return a variable; ``name@wave`` repeats that wave's cells over all waves.

        Raises
        ------
        StudyError
            ``S03`` for an unknown name, ``S04`` when variables depend on each other in a circle.
        """
        base, _, wave = name.partition("@")
        if base not in self._cells:
            self._make(base)
        found = self._cells[base]
        return found.wave(self.spec.waves.index(wave)) if wave else found

    def _make(self, name: str) -> None:
        if name not in self.spec.made_by:
            raise fail(
                "S03",
                f"no variable is called '{name}' {nearest(name, self.spec.made_by)}",
                expected="a variable of the specification",
                action="correct the name",
            )
        owner = self.spec.made_by[name]
        if owner in self._busy:
            circle = " -> ".join([*self._busy, owner])
            raise fail("S04", f"variables need each other: {circle}", expected="no circle", action="break it")
        self._busy.append(owner)
        for output, cells in self._maker(self, self.spec.nodes[owner]).items():
            self._cells[output] = self._testified(output, cells)
        self._busy.pop()

    def _testified(self, name: str, cells: Cells) -> Cells:
        """Return the cells with those of the witnesses in place."""
        rows = [row for row in self.witnesses if row.variable == name]
        if not rows:
            return cells
        numbers, reasons = cells.numbers.copy(), cells.reasons.copy()
        for row in rows:
            place = (slice(None), self.persons.index(row.person), self.spec.waves.index(row.wave))
            missing = row.value.startswith(".")
            numbers[place] = np.nan if missing else float(row.value)
            reasons[place] = self.spec.reason(row.value[1:]) if missing else 0
        return Cells(numbers, reasons)

    @property
    def persons(self) -> tuple[str, ...]:
        """Person ids in the order of the arrays."""
        arms = [self.spec.arms[index] for index in self.arm]
        return tuple(arm.person_id.format(number) for arm, number in zip(arms, self.number, strict=True))

    def trait(self, name: str) -> Floats:
        """Return a latent trait, standard normal over persons; shape (studies, persons).

        The trait is a weighted sum of earlier traits, a cluster part with the declared intraclass
        correlation, and a part of the person.
        """
        if name in self._traits:
            return self._traits[name]
        facts = self.spec.traits[name]
        random = self.random("trait", name)
        icc = self.spec.number(facts["icc"]) if "icc" in facts else 0.0
        own = np.sqrt(1 - icc) * random.standard_normal(self.shape[:2])
        if icc:
            teams = self.arm * 1000 + self.cluster
            labels, where = np.unique(teams, return_inverse=True)
            own += np.sqrt(icc) * random.standard_normal((self.n, len(labels)))[:, where]
        weights = {other: self.spec.number(weight) for other, weight in facts.get("with", {}).items()}
        rest = max(1 - sum(weight**2 for weight in weights.values()), 0.0)
        trait: Floats = np.sqrt(rest) * own
        for other, weight in weights.items():
            trait = trait + weight * self.trait(other)
        self._traits[name] = trait
        return trait

    @property
    def interviewed(self) -> Mask:
        """Whether a person was interviewed, by wave: exactly as many as the roster says stayed."""
        if self._interviewed is None:
            self._interviewed = _drop_out(self)
        return self._interviewed

    @property
    def panel(self) -> Mask:
        """Whether a person was interviewed in every wave; shape (studies, persons)."""
        return np.asarray(self.interviewed.all(axis=2))

    def chosen(self, name: str) -> Mask:
        """Return the persons of a named set: all, or panel."""
        return self.panel if name == "panel" else np.ones(self.shape[:2], dtype=bool)

    def where(self, node: Node, option: str) -> Mask:
        """Return the cells named by a node's option {wave, set}; none when the option is absent."""
        mask = np.zeros(self.shape, dtype=bool)
        facts = node.get(option)
        if facts:
            mask[..., self.spec.waves.index(facts["wave"])] = self.chosen(facts.get("set", "all"))
        return mask


def _drop_out(studies: Studies) -> Mask:
    """Score everyone, then let exactly the lost number of highest scores go, wave after wave."""
    spec = studies.spec
    score = studies.random("dropout").logistic(size=studies.shape[:2])
    for name, parameter in spec.dropout.items():
        values = studies.cells(name).numbers[..., 0]
        centred = values - np.nanmean(values, axis=1, keepdims=True)
        spread = np.nanstd(values, axis=1, keepdims=True)
        score += spec.number(parameter) * np.nan_to_num(centred / np.where(spread > 0, spread, 1.0))
    score[:, [studies.persons.index(row.person) for row in studies.witnesses]] = -np.inf
    inside = np.ones(studies.shape, dtype=bool)
    for index, arm in enumerate(spec.arms):
        persons = studies.of_arm(index)
        rank = score[:, persons].argsort(axis=1).argsort(axis=1)
        for wave, kept in arm.retained.items():
            inside[:, persons, spec.waves.index(wave)] = rank < kept
    return inside
