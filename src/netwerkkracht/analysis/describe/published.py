"""The counterpart in our data of each published finding, by the recipe that stands beside it in the codebook.

Nothing here confirms a finding: on synthetic data it shows only that the pipeline reads what was put in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.describe.counts import interviewed, keyed
from netwerkkracht.core.errors import fail
from netwerkkracht.study.facts import Facts, code_text

Row = Mapping[str, str]
COLUMNS = ["id", "part", "kind", "variable", "found", "count", "base"]


def counterparts(rows: Sequence[Row], panel: Any, facts: Facts) -> Any:
    """Compute each published row's counterpart.

    Parameters
    ----------
    rows
        Rows of published.csv: what was published, and the recipe (kind, variable, equals, by, set,
        denominator, group, wave).

    Returns
    -------
    DataFrame
        Columns id, part, kind, variable, found (number of persons, share or difference; NaN without a
        counterpart), count and base (of a share). A ``rank`` recipe gives a row per variable, highest first.

    Raises
    ------
    StudyError
        ``M03`` for an unknown recipe.
    """
    names = dict.fromkeys(name for row in rows for name in f"{row['variable']} {row['by']}".split())
    data = keyed(panel, facts, [name for name in names if name in panel.columns])
    data = data[interviewed(panel, facts)]
    makers = {
        "persons": _persons,
        "share": _share,
        "share_any": _share,
        "rank": _rank,
        "mean_difference": _mean_difference,
        "change_difference": _change_difference,
        "mean_difference_by": _mean_difference_by,
        "none": lambda *_: [("", np.nan, np.nan, np.nan)],
    }
    made = []
    for row in rows:
        maker = makers.get(row["kind"])
        if maker is None:
            raise fail(
                "M03",
                f"unknown recipe '{row['kind']}' for published finding {row['id']}",
                file="published.csv",
                expected=", ".join(makers),
                action="correct the column 'kind'",
            )
        made += [(row["id"], row["part"], row["kind"], *found) for found in maker(row, data, facts)]
    return pd.DataFrame(made, columns=COLUMNS)


Found = list[tuple[str, float, float, float]]


def _people(row: Row, data: Any, facts: Facts, wave: str) -> Any:
    """Return the rows of one wave: the groups asked for, all persons or those seen in every wave."""
    here = data
    if row["set"] == "panel":
        seen = data.groupby(facts.person)[facts.wave].nunique()
        here = here[here[facts.person].isin(seen[seen == len(facts.waves)].index)]
    if row["group"] not in {"", "*"}:
        here = here[here[facts.group].isin(row["group"].split())]
    return here[here[facts.wave] == wave]


def _persons(row: Row, data: Any, facts: Facts) -> Found:
    number = _people(row, data, facts, row["wave"])[facts.person].nunique()
    return [("", float(number), np.nan, np.nan)]


def _hits(row: Row, here: Any, name: str) -> tuple[Any, Any]:
    codes = set(row["equals"].split())
    values = here[name].map(code_text, na_action="ignore")
    return values.isin(codes), values.notna()


def _one_share(row: Row, here: Any, names: Sequence[str]) -> tuple[float, float, float]:
    hit, valid = np.zeros(len(here), dtype=bool), np.zeros(len(here), dtype=bool)
    for name in names:
        one, known = _hits(row, here, name)
        hit |= one.to_numpy(dtype=bool)
        valid |= known.to_numpy(dtype=bool)
    base = len(here) if row["denominator"] == "rows" else int(valid.sum())
    return (float(hit.sum() / base) if base else np.nan, float(hit.sum()), float(base))


def _share(row: Row, data: Any, facts: Facts) -> Found:
    here = _people(row, data, facts, row["wave"])
    return [(row["variable"], *_one_share(row, here, row["variable"].split()))]


def _rank(row: Row, data: Any, facts: Facts) -> Found:
    here = _people(row, data, facts, row["wave"])
    found = [(name, *_one_share(row, here, [name])) for name in row["variable"].split()]
    return sorted(found, key=lambda item: -item[1])


def _mean_difference(row: Row, data: Any, facts: Facts) -> Found:
    here = _people(row, data, facts, row["wave"])
    means = here.groupby(facts.group)[row["variable"]].mean()
    first, second = row["group"].split()
    return [(row["variable"], float(means[first] - means[second]), np.nan, np.nan)]


def _change_difference(row: Row, data: Any, facts: Facts) -> Found:
    start, end = row["wave"].split()
    values = []
    for wave in (start, end):
        here = _people(row, data, facts, wave)
        values.append(here.set_index(facts.person)[row["variable"]])
    change = (values[1] - values[0]).dropna()
    group = _people(row, data, facts, start).set_index(facts.person)[facts.group].reindex(change.index)
    means = change.groupby(group).mean()
    first, second = row["group"].split()
    return [(row["variable"], float(means[first] - means[second]), np.nan, np.nan)]


def _mean_difference_by(row: Row, data: Any, facts: Facts) -> Found:
    here = _people(row, data, facts, row["wave"])
    split = here[row["by"]].map(code_text, na_action="ignore")
    gap = here.loc[split == "1", row["variable"]].mean() - here.loc[split == "0", row["variable"]].mean()
    return [(row["variable"], float(gap), np.nan, np.nan)]
