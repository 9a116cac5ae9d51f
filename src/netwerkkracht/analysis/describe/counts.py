"""Counts by group and wave: distributions, who takes part, why values are missing, moves between states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.study.facts import Facts, code_text

NO_INTERVIEW = "m"
UNKNOWN = "?"


def keyed(panel: Any, facts: Facts, variables: Sequence[str] = ()) -> Any:
    """Return keys (as text, whatever type a CSV gave them), the named variables and their reason columns.

    A panel has hundreds of columns; filtering all of them to count one costs seconds.
    """
    keys = (facts.person, facts.group, facts.wave)
    reasons_of = [f"{name}__reason" for name in variables if f"{name}__reason" in panel.columns]
    narrow = panel[list(dict.fromkeys([*keys, *variables, *reasons_of]))]
    return narrow.assign(**{name: panel[name].map(code_text).astype("str") for name in keys[1:]})


def reasons(panel: Any, name: str) -> Any:
    """Return the reason column of a variable as text, ``?`` where a missing value has none."""
    column = f"{name}__reason"
    given = panel[column] if column in panel.columns else pd.Series("", index=panel.index)
    given = given.astype(object).where(given.notna(), "").map(str)
    return given.where(panel[name].isna(), "").where(~(panel[name].isna() & (given == "")), UNKNOWN)


def interviewed(panel: Any, facts: Facts) -> Any:
    """Return per row whether there was an interview.

    A row counts as no interview when more reason columns say so than variables have a valid value.
    """
    absent = np.zeros(len(panel), dtype=int)
    valid = np.zeros(len(panel), dtype=int)
    for column in panel.columns:
        name = column.removesuffix("__reason")
        if name != column and name not in {facts.person, facts.group, facts.wave}:
            absent += (panel[column] == NO_INTERVIEW).fillna(value=False).to_numpy(dtype=bool)
            valid += panel[name].notna().to_numpy(dtype=bool) if name in panel.columns else 0
    return pd.Series(absent <= valid, index=panel.index).where(absent > 0, other=True)


def distribution(panel: Any, facts: Facts, variable: str) -> Any:
    """Count persons by group, wave and value of a whole-number or coded variable.

    Returns
    -------
    DataFrame
        Columns group, wave, value (text), persons, total, share. Every value between the smallest and the
        largest seen (whole numbers) or every code of the codebook stands in it, zero counts included; missing
        values are left out of ``total``.
    """
    data = keyed(panel, facts, [variable])
    known = data[data[variable].notna()]
    codes = [code for code, _ in facts.variable(variable).codes]
    if codes:
        values = codes
    else:
        seen = known[variable].astype(float)
        values = [str(number) for number in range(int(seen.min()), int(seen.max()) + 1)]
    text = known[variable].map(code_text)
    rows = []
    for group in facts.groups:
        for wave in facts.waves:
            here = text[(known[facts.group] == group) & (known[facts.wave] == wave)]
            counts = here.value_counts()
            for value in values:
                persons = int(counts.get(value, 0))
                share = persons / len(here) if len(here) else np.nan
                rows.append((group, wave, value, persons, len(here), share))
    return pd.DataFrame(rows, columns=["group", "wave", "value", "persons", "total", "share"])


def missing_reasons(panel: Any, facts: Facts, variables: Sequence[str]) -> Any:
    """Count cells by variable, wave, group and reason; a valid cell has the reason ``valid``.

    Returns
    -------
    DataFrame
        Columns variable, wave, group, reason, cells; the cells of one variable, wave and group add up to the
        panel's rows there.
    """
    data = keyed(panel, facts, variables)
    cell, cells = pd.MultiIndex.from_frame(data[[facts.wave, facts.group]]).factorize()
    rows = []
    for name in variables:
        code, words = pd.factorize(reasons(data, name).where(data[name].isna(), "valid"))
        counted = np.bincount(cell * len(words) + code, minlength=len(cells) * len(words))
        for place in np.flatnonzero(counted).tolist():
            wave, group = cells[place // len(words)]
            rows.append((name, wave, group, words[place % len(words)], int(counted[place])))
    frame = pd.DataFrame(rows, columns=["variable", "wave", "group", "reason", "cells"])
    order = {name: place for place, name in enumerate(variables)}
    return frame.sort_values(
        ["variable", "wave", "group", "reason"],
        key=lambda column: column.map(order) if column.name == "variable" else column,
    ).reset_index(drop=True)


def with_absent(counts: Any, panel: Any, facts: Facts) -> Any:
    """Add to counts of missing reasons the persons of a group who have no row in a wave, as ``m``.

    Parameters
    ----------
    counts
        What :func:`missing_reasons` returns.
    panel, facts
        The panel and the design. A panel that has rows without an interview is counted as it is.

    Returns
    -------
    DataFrame
        The same columns; the cells of one variable, wave and group add up to the persons of the group.
    """
    data = keyed(panel, facts)
    persons = data.groupby(facts.group)[facts.person].nunique()
    here = data.groupby([facts.wave, facts.group])[facts.person].nunique()
    rows = [
        (name, wave, group, NO_INTERVIEW, int(persons[group] - here.get((wave, group), 0)))
        for name in dict.fromkeys(counts["variable"])
        for wave in facts.waves
        for group in facts.groups
        if group in persons.index
    ]
    made = pd.concat([counts, pd.DataFrame([row for row in rows if row[-1] > 0], columns=counts.columns)])
    order = {name: place for place, name in enumerate(dict.fromkeys(counts["variable"]))}
    return made.sort_values(
        ["variable", "wave", "group"],
        key=lambda column: column.map(order) if column.name == "variable" else column,
        kind="stable",
    ).reset_index(drop=True)


def wave_patterns(panel: Any, facts: Facts) -> Any:
    """Count persons by group and pattern of waves with an interview.

    Returns
    -------
    DataFrame
        Columns group, pattern (one letter per wave: 1 interview, 0 none), persons.
    """
    data = keyed(panel, facts)
    here = data[interviewed(panel, facts)]
    have = {wave: set(here.loc[here[facts.wave] == wave, facts.person]) for wave in facts.waves}
    people = data.drop_duplicates(facts.person)
    patterns = people[facts.person].map(
        lambda person: "".join("1" if person in have[wave] else "0" for wave in facts.waves)
    )
    counts = pd.DataFrame({"group": people[facts.group], "pattern": patterns}).value_counts()
    rows = [(group, pattern, int(persons)) for (group, pattern), persons in counts.items()]
    frame = pd.DataFrame(rows, columns=["group", "pattern", "persons"])
    frame["place"] = frame["group"].map({group: place for place, group in enumerate(facts.groups)})
    frame = frame.sort_values(["place", "pattern"], ascending=[True, False])
    return frame.drop(columns="place").reset_index(drop=True)


def transitions(panel: Any, facts: Facts, variable: str, first: str, last: str) -> Any:
    """Count moves of a coded variable between two waves, with drop-out and missing answers as states.

    Returns
    -------
    DataFrame
        Columns group, origin, destination, persons; states are the codes, ``lost`` (no interview) and
        ``missing`` (interview, no valid answer). Every person with an interview in the first wave is in
        exactly one row.
    """
    data = keyed(panel, facts, [variable])
    state = data[variable].map(code_text, na_action="ignore").astype(object)
    state = state.where(state.notna(), "missing").where(interviewed(panel, facts), "lost")
    table = pd.DataFrame(
        {"person": data[facts.person], "group": data[facts.group], "wave": data[facts.wave], "state": state}
    )
    start = table[(table["wave"] == first) & (table["state"] != "lost")].set_index("person")
    end = table[table["wave"] == last].drop_duplicates("person").set_index("person")["state"]
    joined = pd.DataFrame(
        {
            "group": start["group"],
            "origin": start["state"],
            "destination": end.reindex(start.index).fillna("lost"),
        }
    )
    counts = joined.value_counts()
    states = [*(code for code, _ in facts.variable(variable).codes), "missing", "lost"]
    rows = [
        (group, origin, destination, int(counts.get((group, origin, destination), 0)))
        for group in facts.groups
        for origin in states[:-1]
        for destination in states
    ]
    frame = pd.DataFrame(rows, columns=["group", "origin", "destination", "persons"])
    used = (
        set(joined["origin"])
        | set(joined["destination"])
        | {code for code, _ in facts.variable(variable).codes}
    )
    return frame[frame["origin"].isin(used) & frame["destination"].isin(used)].reset_index(drop=True)


def set_aside_total(rows: Sequence[Mapping[str, Any]], group: str, wave: str) -> int:
    """Return how many rows of the files of one group and wave were set aside."""
    return sum(int(row["count"]) for row in rows if (row["group"], str(row["wave"])) == (group, wave))
