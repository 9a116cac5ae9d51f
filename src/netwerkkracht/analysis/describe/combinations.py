"""What goes together: combinations of yes/no items, and what becomes of each item between waves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.describe.counts import keyed
from netwerkkracht.study.facts import Facts

OTHER, NONE = "other", "none"


def combinations(panel: Any, facts: Facts, items: Sequence[str], wave: str, largest: int = 10) -> Any:
    """Count combinations of items that persons have at the same time in one wave, by group.

    Parameters
    ----------
    items
        Yes/no variables; persons with an item missing are left out and counted in ``incomplete``.
    largest
        Number of combinations shown; the rest is merged into ``other``.

    Returns
    -------
    DataFrame
        Columns combination (items joined by ``+``, ``none`` or ``other``), size, group, persons, total; the
        persons of a group add up to ``total``.
    """
    data = keyed(panel, facts, items)
    here = data[(data[facts.wave] == wave)].dropna(subset=list(items))
    values = here[list(items)].to_numpy(dtype=float) > 0
    names = ["+".join(name for name, on in zip(items, row, strict=True) if on) or NONE for row in values]
    counts = Counter(names)
    top = sorted(counts, key=lambda name: (-counts[name], name))[:largest]
    shown = pd.Series([name if name in top else OTHER for name in names], index=here.index)
    order = [*top, *([OTHER] if len(counts) > len(top) else [])]
    totals = here[facts.group].value_counts()
    cells = pd.DataFrame({"group": here[facts.group], "name": shown}).value_counts()
    rows = [
        (name, _size(name), group, int(cells.get((group, name), 0)), int(totals.get(group, 0)))
        for name in order
        for group in facts.groups
    ]
    return pd.DataFrame(rows, columns=["combination", "size", "group", "persons", "total"])


def _size(name: str) -> float:
    if name == OTHER:
        return np.nan
    return 0.0 if name == NONE else float(name.count("+") + 1)


def item_moves(panel: Any, facts: Facts, items: Sequence[str], first: str, last: str) -> Any:
    """Count per item and group what became of it between two waves, over persons with both answers.

    Returns
    -------
    DataFrame
        Columns item, group, state (``stayed``, ``resolved``, ``arose``, ``never``), persons, total.
    """
    data = keyed(panel, facts, items)
    rows = []
    for name in items:
        wide = data.pivot_table(index=facts.person, columns=facts.wave, values=name, aggfunc="first")
        both = wide.reindex(columns=[first, last]).dropna()
        group = data.drop_duplicates(facts.person).set_index(facts.person)[facts.group].reindex(both.index)
        was, now = both[first] > 0, both[last] > 0
        states = {"stayed": was & now, "resolved": was & ~now, "arose": ~was & now, "never": ~was & ~now}
        for code in facts.groups:
            mine = (group == code).to_numpy()
            total = int(mine.sum())
            rows += [(name, code, state, int((mask & mine).sum()), total) for state, mask in states.items()]
    return pd.DataFrame(rows, columns=["item", "group", "state", "persons", "total"])


def prevalence(panel: Any, facts: Facts, items: Sequence[str]) -> Any:
    """Count persons with each item by group and wave, over valid answers.

    Returns
    -------
    DataFrame
        Columns item, group, wave, persons, total, share.
    """
    data = keyed(panel, facts, items)
    rows = []
    for name in items:
        for group in facts.groups:
            for wave in facts.waves:
                here = data.loc[(data[facts.group] == group) & (data[facts.wave] == wave), name].dropna()
                persons = int((here.astype(float) > 0).sum())
                rows.append(
                    (name, group, wave, persons, len(here), persons / len(here) if len(here) else np.nan)
                )
    return pd.DataFrame(rows, columns=["item", "group", "wave", "persons", "total", "share"])
