"""From panel to analysis frame: the columns of one model, its rows, and each row left out with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.study.facts import Facts, code_text
from netwerkkracht.study.model import Model

UNKNOWN = "?"  # a missing value whose reason column is empty or absent


@dataclass(frozen=True)
class Analysis:
    """The frame a model is fitted to: complete rows, factors with levels in codebook order."""

    frame: Any
    dropped: tuple[Mapping[str, Any], ...]
    rows_in: int


def analysis_frame(spec: Model, panel: Any, facts: Facts) -> Analysis:
    """Return the complete rows of the model's columns, and rows left out counted by variable and reason.

    Parameters
    ----------
    spec
        The model; its formula names the columns, its ``at_wave`` and ``indicators`` make new ones.
    panel
        Person by wave, each variable with its reason column ``variable__reason``.
    facts
        Names and orders of the study.

    Returns
    -------
    Analysis
        Rows in = rows of ``frame`` + the sum of ``rows`` in ``dropped``. A row with several missing values
        is counted under the first in formula order; a person set aside because of another wave under the
        reason ``incomplete``.

    Raises
    ------
    StudyError
        ``M02`` for a column that is neither in the panel nor made by the specification.
    """
    needed = _needed(spec, facts)
    panel = _narrow(spec, needed, panel)
    table = pd.DataFrame({name: column(name, spec, panel, facts) for name in needed}, index=panel.index)
    keep = np.ones(len(table), dtype=bool)
    counts: Counter[tuple[str, str]] = Counter()
    for name in needed:
        missing = table[name].isna().to_numpy() & keep
        if missing.any():
            reasons = _reasons(name, spec, panel, facts)
            counts.update((name, reason) for reason in reasons[missing])
            keep &= ~missing
    if spec.sample == "complete":
        whole = table[keep].groupby(facts.person, observed=True)[facts.wave].nunique() == len(facts.waves)
        lone = keep & ~table[facts.person].map(whole).fillna(value=False).to_numpy(dtype=bool)
        counts[(spec.outcome, "incomplete")] += int(lone.sum())
        keep &= ~lone
    frame = table[keep].reset_index(drop=True)
    for name in frame.columns:
        if isinstance(frame[name].dtype, pd.CategoricalDtype):
            frame[name] = frame[name].cat.remove_unused_categories()
    dropped = tuple(
        {"variable": name, "reason": reason, "rows": rows}
        for (name, reason), rows in sorted(counts.items())
        if rows
    )
    return Analysis(frame, dropped, len(panel))


def _needed(spec: Model, facts: Facts) -> list[str]:
    extra = [facts.person, facts.group, facts.wave, *([spec.trials] if spec.trials else [])]
    return list(dict.fromkeys([*extra, *spec.columns]))


def _narrow(spec: Model, needed: list[str], panel: Any) -> Any:
    """Keep the columns the model reads: filtering a panel of hundreds of columns takes seconds."""
    made = [item.variable for item in spec.at_wave.values()]
    made += [item.variable for item in spec.indicators.values()]
    wanted = dict.fromkeys([*needed, *made])
    return panel[[name for base in wanted for name in (base, f"{base}__reason") if name in panel.columns]]


def _known(name: str, panel: Any, spec: Model) -> None:
    if name not in panel.columns:
        raise fail(
            "M02",
            f"model '{spec.id}' asks for a column that is not in the panel",
            variable=name,
            expected=nearest(name, panel.columns) or "a variable of the codebook",
            action="correct the formula, or add the variable to the codebook",
        )


def column(name: str, spec: Model, panel: Any, facts: Facts) -> Any:
    """Return a column a formula names: of the panel, carried from one wave, or an indicator."""
    if name in spec.indicators:
        made = spec.indicators[name]
        _known(made.variable, panel, spec)
        values = panel[made.variable]
        hit = values.map(lambda cell: float(code_text(cell) in made.codes), na_action="ignore")
        return hit.astype(float)
    if name in spec.at_wave:
        taken = spec.at_wave[name]
        _known(taken.variable, panel, spec)
        values = _typed(taken.variable, _carried(taken.variable, taken.wave, panel, facts), facts)
        return _classes(values, taken.cut) if taken.cut else values
    _known(name, panel, spec)
    if facts.variable(name).type == "date":
        raise fail(
            "M02",
            f"model '{spec.id}' uses a date as a number",
            variable=name,
            expected="a number, a code or yes/no",
            action="make an index of derived.csv with the rule months_between and use that",
        )
    if name == spec.outcome and facts.variable(name).type == "code":
        # answers in an order, such as disagree to agree, by their numbers
        return pd.to_numeric(panel[name])
    return _typed(name, panel[name], facts)


def _carried(name: str, wave: str, panel: Any, facts: Facts) -> Any:
    """Return for every row the value its person had in one wave."""
    people = panel[facts.person].tolist()
    waves = panel[facts.wave].tolist()
    rows: dict[Any, int] = {}
    for row, (person, at) in enumerate(zip(people, waves, strict=True)):
        if code_text(at) == wave:
            rows.setdefault(person, row)
    values = panel[name].reset_index(drop=True)
    return values.reindex([rows.get(person, -1) for person in people]).set_axis(panel.index)


def _classes(values: Any, limits: tuple[float, ...]) -> Any:
    labels = [str(number) for number in range(1, len(limits) + 2)]
    return pd.cut(values, [-np.inf, *limits, np.inf], labels=labels)


def _typed(name: str, values: Any, facts: Facts) -> Any:
    levels: list[str] | None = None
    if name == facts.group:
        levels = list(facts.groups)
    elif name == facts.wave:
        levels = list(facts.waves)
    elif facts.variable(name).type == "code":
        levels = [code for code, _ in facts.variable(name).codes]
    if levels is not None:
        texts = values.map(code_text, na_action="ignore")
        return pd.Categorical(texts, categories=levels or sorted(texts.dropna().unique()))
    if name == facts.person or facts.variable(name).type in {"id", "text"}:
        return values.astype("str").where(values.notna())
    return pd.to_numeric(values)


def _reasons(name: str, spec: Model, panel: Any, facts: Facts) -> Any:
    taken = spec.at_wave.get(name)
    made = spec.indicators.get(name)
    column = f"{(taken or made).variable if (taken or made) else name}__reason"  # type: ignore[union-attr]
    if column not in panel.columns:
        return np.full(len(panel), UNKNOWN, dtype=object)
    values = panel[column]
    if taken:
        values = _carried(column, taken.wave, panel, facts)
    return values.where(values.notna() & (values != ""), UNKNOWN).to_numpy(dtype=object)
