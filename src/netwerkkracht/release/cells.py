"""The general treatment of a table: hide, protect, round, recompute, column by column."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netwerkkracht.release.roles import HIDDEN, MARK, ROUNDED, WITHHELD, Role, Sheet, roles_of
from netwerkkracht.release.rules import Rules, hidden_cells, number

if TYPE_CHECKING:
    from netwerkkracht.release.context import Context

Rows = list[dict[str, Any]]


def release_rows(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Return the rows of a table in releasable form, each marked ``rounded`` or ``hidden``.

    Parameters
    ----------
    rows
        The rows as they are; a row that is marked already keeps its mark unless a cell is hidden now.
    sheet
        Roles of the columns.
    context
        The limits, and what is known of models.

    Returns
    -------
    list of dict
        The same rows in the same order. A hidden cell is NaN. A count is zero or at least the limit and a
        multiple of the step; a share is recomputed from rounded counts.

    Raises
    ------
    StudyError
        ``G10`` for a column without a role.
    """
    roles = roles_of(sheet, list(rows[0]) if rows else [], context.options)
    gone = _protected(rows, sheet, context.rules) if sheet.output.lines else set()
    made = []
    for place, given in enumerate(rows):
        row = _beside_missing(given, roles, context.rules)
        counts = {
            name: _count(number(row[name]), role, context, away=name == sheet.output.cells and place in gone)
            for name, role in roles.items()
            if role.name in {"persons", "rows"}
        }
        cells = {name: _cell(name, row, roles, counts, context.rules) for name in roles}
        lost = any(
            math.isnan(number(cells[name])) and not math.isnan(number(given[name]))
            for name, role in roles.items()
            if role.name != "text"
        )
        made.append({**cells, MARK: HIDDEN if lost else row.get(MARK, ROUNDED)})
    return made


def _beside_missing(row: Mapping[str, Any], roles: Mapping[str, Role], rules: Rules) -> Mapping[str, Any]:
    """Return the row with a small ``n`` where few are missing beside just enough valid answers.

    A count released as the limit is one of very few numbers: with the interviews, given elsewhere, it would
    leave one or two values for what is missing.
    """
    if not {"n", "missing"} <= set(roles) or not rules.small(number(row["missing"])):
        return row
    floor = rules.rounded(rules.least)
    return {**row, "n": 1} if rules.rounded(number(row["n"])) == floor else row


def _protected(rows: Rows, sheet: Sheet, rules: Rules) -> set[int]:
    """Return the rows whose cell is hidden for its own sake or for another of its line."""
    cells, total = sheet.output.cells, sheet.output.total
    lines: dict[tuple[Any, ...], list[int]] = {}
    for place, row in enumerate(rows):
        if not math.isnan(number(row[sheet.output.cells])) and not math.isnan(
            number(row[sheet.output.total])
        ):
            lines.setdefault(tuple(row[name] for name in sheet.output.lines), []).append(place)
    gone: set[int] = set()
    for places in lines.values():
        line = [number(rows[place][cells]) for place in places]
        hidden = hidden_cells(line, number(rows[places[0]][total]), rules)
        gone |= {place for place, away in zip(places, hidden, strict=True) if away}
    return gone


def _count(value: float, role: Role, context: Context, *, away: bool) -> float:
    if away:
        return math.nan
    return (context.interviews if role.name == "rows" else context.rules).rounded(value)


def _cell(
    name: str, row: Mapping[str, Any], roles: Mapping[str, Role], counts: Mapping[str, float], rules: Rules
) -> Any:
    role = roles[name]
    if role.name in {"text", "plain"}:
        return row[name]
    if name in counts:
        return counts[name]
    value = number(row[name])
    if math.isnan(value) or role.name == "never":
        return math.nan
    if role.name == "share":
        return _share(value, role, row, counts, rules)
    if role.whole and not _enough(number(row.get(role.whole)), role, rules):
        return math.nan
    return round(value, role.decimals) + 0.0


def _enough(whole: float, role: Role, rules: Rules) -> bool:
    """Whether enough persons stand behind a mean, or beyond a quantile on its thinner side."""
    if role.name == "quantile":
        whole *= min(role.level, 1 - role.level)
    return not math.isnan(whole) and whole >= rules.least


def _share(
    value: float, role: Role, row: Mapping[str, Any], counts: Mapping[str, float], rules: Rules
) -> float:
    """Return a share of rounded counts; NaN where the part, the rest or the whole may not be shown."""
    whole = number(row.get(role.whole))
    part = number(row.get(role.part)) if role.part else round(value * whole) if whole > 0 else math.nan
    if math.isnan(part) or math.isnan(whole) or rules.small(part) or rules.small(whole - part):
        return math.nan
    top = counts[role.part] if role.part in counts else rules.rounded(part)
    bottom = rules.rounded(whole)
    return math.nan if math.isnan(top) or not bottom > 0 else round(top / bottom, role.decimals)


def withhold(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Return a table of which no number leaves: the rows that ``keep`` names, without their numbers."""
    roles = roles_of(sheet, list(rows[0]) if rows else [], context.options)
    kept = [row for row in rows if all(str(row[name]) in given for name, given in sheet.output.keep.items())]
    return [
        {
            **{name: row[name] if role.name == "text" else math.nan for name, role in roles.items()},
            MARK: WITHHELD,
        }
        for row in kept or rows[:1]
    ]
