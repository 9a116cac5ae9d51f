"""Which rule of identifiers would link more people, with counts; never which ones (K06)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.core.errors import Finding
from netwerkkracht.harmonise.identifiers import TEXT_RULES, folded

Pool = Sequence[tuple[Any, Any]]
"""Sets that are linked to one another (the files; or one file and its key table): identifiers as stored, and
whom each stands for now."""


@dataclass(frozen=True)
class Effect:
    """What rules do: identifiers that become one, and how many of those stand beside each other in a set."""

    links: int
    merges: int


def effect(pools: Sequence[Pool], rules: Sequence[str], *, several: bool) -> Effect:
    """Count the groups of different identifiers that rules would make one.

    Parameters
    ----------
    pools
        Identifiers, apart for every set (see :data:`Pool`).
    rules
        The rules to try: those of the study and more.

    Returns
    -------
    Effect
        ``links`` counts groups in all, ``merges`` those that hold two identifiers of one set: there, they
        tell different people apart.
    """
    import pandas as pd

    links = merges = 0
    for pool in pools:
        blank = np.array([], dtype=object)
        side = np.repeat(np.arange(len(pool)), [len(texts) for texts, _ in pool])
        texts = np.concatenate([blank, *(texts for texts, _ in pool)])
        people = np.concatenate([blank, *(people for _, people in pool)])
        frame = pd.DataFrame(
            {
                "side": side,
                "now": pd.factorize(people)[0],
                "then": pd.factorize(folded(texts, rules, several=several))[0],
            }
        )
        made = frame[["then", "now"]].drop_duplicates()["then"].value_counts() > 1
        links += int(made.sum())
        beside = frame.drop_duplicates()[["then", "side"]].value_counts() > 1
        merges += int(beside.groupby("then").any().sum())
    return Effect(links, merges)


def proposals(pools: Sequence[Pool], stated: Sequence[str], *, several: bool = False) -> Iterator[Finding]:
    """Yield K06 for each rule that would make identifiers equal, and for rules that do so only together."""
    open_rules = [name for name in TEXT_RULES if name not in stated]
    whole = effect(pools, (*stated, *open_rules), several=several)
    if not whole.links:
        return
    single = {name: effect(pools, (*stated, name), several=several) for name in open_rules}
    best = 0
    for name, found in single.items():
        if found.links:
            best = max(best, found.links)
            yield _proposal([*stated, name], found)
    needed = list(open_rules)
    for name in open_rules:
        rest = [other for other in needed if other != name]
        if effect(pools, (*stated, *rest), several=several) == whole:
            needed = rest
    if whole.links > best and len(needed) > 1:
        yield _proposal([*stated, *needed], whole)


def _proposal(rules: Sequence[str], found: Effect) -> Finding:
    named = ", ".join(rules)
    beside = (
        f"; {found.merges} of them stand beside each other in one file or key table, where they tell "
        "different people apart"
        if found.merges
        else ""
    )
    return Finding(
        "K06",
        "warning",
        f"different identifiers that id_rule [{named}] would make one{beside}",
        count=found.links,
        expected="identifiers of one person that are equal as stored",
        action="when they are the same people, write "
        f"'id_rule: {{rules: [{named}], decision: ...}}' in study.yaml; when they are not, nothing",
    )
