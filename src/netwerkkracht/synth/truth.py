"""The truth of an invented study: one study as a panel, or many in memory as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from netwerkkracht.core.errors import fail
from netwerkkracht.synth.cells import Cells, Floats, Mask
from netwerkkracht.synth.kinds import studies_of
from netwerkkracht.synth.signs import failing
from netwerkkracht.synth.spec import Spec
from netwerkkracht.synth.study import Studies

ATTEMPTS = 400
CHUNK = 250
"""Studies drawn together: fixed, so that the draws do not depend on memory or on what is asked."""


@dataclass(frozen=True)
class Truth:
    """One invented study.

    ``panel`` has one row per person and wave with an interview, sorted by person and wave: the three key
    columns, then for each canonical variable its value and ``<name>__reason`` (empty where valid). Dates are
    ISO texts. ``attempt`` counts the draws until all declared signs held (1: the first did).
    """

    spec: Spec
    seed: int
    attempt: int
    panel: Any
    studies: Studies


@dataclass(frozen=True)
class Design:
    """Who is who in the arrays of :func:`outcomes`; the order of persons is the same in every study."""

    persons: tuple[str, ...]
    groups: tuple[str, ...]
    clusters: tuple[str, ...]
    waves: tuple[str, ...]


@dataclass(frozen=True)
class Outcomes:
    """Arrays of shape (studies, persons, waves) by variable, NaN where missing or without an interview."""

    design: Design
    arrays: dict[str, Floats]
    interviewed: Mask


def make_truth(spec: Spec, seed: int, *, signs: bool = True) -> Truth:
    """Draw one study that meets every exact count, and every declared sign unless ``signs`` is False.

    The cells of the witnesses are the same for every seed. A draw that misses a sign is thrown away and the
    next is drawn from the next stream of the same seed.

    Raises
    ------
    StudyError
        ``S06`` when no draw of the first 400 shows all signs.
    """
    for attempt in range(1, ATTEMPTS + 1):
        studies = studies_of(spec, 1, seed, "one", str(attempt), witnesses=True)
        if not (signs and failing(studies)):
            return Truth(spec, seed, attempt, panel_of(studies), studies)
    raise fail(
        "S06",
        f"none of {ATTEMPTS} draws shows all declared directions",
        expected="assumptions under which the directions are likely",
        action="compare assumptions.csv with signs.csv",
    )


def truths(spec: Spec, seeds: Iterable[int], *, signs: bool = False) -> Iterator[Truth]:
    """Return a truth for each seed, in memory; without ``signs`` nothing is thrown away."""
    for seed in seeds:
        yield make_truth(spec, seed, signs=signs)


def design(spec: Spec) -> Design:
    """Return persons, groups and clusters in the order of the arrays."""
    studies = studies_of(spec, 1, 0)
    arms = [spec.arms[index] for index in studies.arm]
    return Design(
        studies.persons,
        tuple(arm.name for arm in arms),
        tuple(arm.cluster.format(cluster + 1) for arm, cluster in zip(arms, studies.cluster, strict=True)),
        spec.waves,
    )


def outcomes(spec: Spec, variables: Sequence[str], n_studies: int, seed: int) -> Outcomes:
    """Draw variables for many studies, not conditioned on any sign, without touching disk.

    Parameters
    ----------
    spec
        The specification.
    variables
        Canonical names; only these and what they depend on are drawn.
    n_studies
        Number of studies; the first k of a longer run are those of a shorter run.
    seed
        Root seed.

    Returns
    -------
    Outcomes
        Arrays of shape (studies, persons, waves); a missing answer or interview is NaN. The mask of shape
        (studies, persons, waves) tells who was interviewed.
    """
    pieces: dict[str, list[Floats]] = {name: [] for name in variables}
    seen: list[Mask] = []
    for start in range(0, n_studies, CHUNK):
        keep = min(CHUNK, n_studies - start)
        studies = studies_of(spec, CHUNK, seed, "many", str(start // CHUNK))
        inside = studies.interviewed[:keep]
        seen.append(inside)
        for name in variables:
            pieces[name].append(np.where(inside, studies.cells(name).numbers[:keep], np.nan))
    values = {name: np.concatenate(parts) for name, parts in pieces.items()}
    return Outcomes(design(spec), values, np.concatenate(seen))


def panel_of(studies: Studies) -> Any:
    """Return the first study as a data frame; see :class:`Truth`."""
    import pandas as pd

    spec = studies.spec
    plan = design(spec)
    order = sorted(range(len(plan.persons)), key=lambda index: plan.persons[index])
    rows = [
        (person, wave)
        for person in order
        for wave in range(len(spec.waves))
        if studies.interviewed[0, person, wave]
    ]
    people, waves = (np.array(part) for part in zip(*rows, strict=True))
    columns: dict[str, Any] = {
        spec.person: [plan.persons[index] for index in people],
        spec.group: [plan.groups[index] for index in people],
        spec.wave: [spec.waves[index] for index in waves],
    }
    tags = np.array(["", *spec.tags])
    for name in spec.variables:
        cells = studies.cells(name)
        reasons = cells.reasons[0, people, waves]
        columns[name] = shown(studies, name, cells)[0, people, waves]
        columns[f"{name}__reason"] = tags[reasons]
    return pd.DataFrame(columns)


def shown(studies: Studies, name: str, cells: Cells) -> Any:
    """Return values as the panel shows them: dates as ISO text, clusters by name, the rest as numbers."""
    kind = studies.spec.nodes[studies.spec.made_by[name]].kind
    if kind == "cluster":
        names = np.array(design(studies.spec).clusters, dtype=object)
        grid = np.broadcast_to(names[None, :, None], cells.numbers.shape)
        return np.where(cells.reasons == 0, grid, np.array(None, dtype=object))
    if kind in {"visits", "date_before"}:
        return np.array([_iso(value) for value in cells.numbers.ravel()], dtype=object).reshape(
            cells.numbers.shape
        )
    return cells.numbers


def _iso(days: float) -> str | None:
    return None if np.isnan(days) else (date(1970, 1, 1) + timedelta(days=int(days))).isoformat()
