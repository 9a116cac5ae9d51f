"""Tables of counts: which rows are merged or left out so that every count that leaves is large enough."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from netwerkkracht.analysis.describe.combinations import OTHER
from netwerkkracht.release.cells import Rows, release_rows, withhold
from netwerkkracht.release.context import Context
from netwerkkracht.release.roles import HIDDEN, MARK, MERGED, ROUNDED, Sheet, roles_of
from netwerkkracht.release.rules import Rules, coarse, hidden_cells, number

SAME, CHANGED, GONE, ANY = "same", "changed", "gone", "any"
NO_STATE = ("missing", "lost")


def flow(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Leave small losses out, reasons merged into their total where one of them is small."""
    rules = context.rules
    if any(number(row["count"]) < rules.least for row in rows if row["stage"] == "interviews"):
        return withhold(rows, sheet, context)
    made: Rows = []
    cells = list(dict.fromkeys((row["stage"], row["group"], row["wave"], row["model"]) for row in rows))
    kept_aside = set()
    for cell in cells:
        mine = [row for row in rows if (row["stage"], row["group"], row["wave"], row["model"]) == cell]
        total = math.fsum(number(row["count"]) for row in mine)
        if rules.small(total):
            continue
        if any(rules.small(number(row["count"])) for row in mine):
            mine = [{**mine[0], "reason": "", "count": total, MARK: MERGED}]
        if cell[0] == "set_aside":
            kept_aside.add((cell[1], cell[2]))
        made += mine
    # rows in the file and interviews would give a small number of rows set aside back
    left = [row for row in made if row["stage"] != "rows" or (row["group"], row["wave"]) in kept_aside]
    return _marked(left, sheet, context)


def _marked(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Release rows of which some are marked as merged already; the mark stays."""
    marks = [row.get(MARK) for row in rows]
    bare = [{name: value for name, value in row.items() if name != MARK} for row in rows]
    done = release_rows(bare, sheet, context)
    return [{**row, MARK: mark or row[MARK]} for row, mark in zip(done, marks, strict=True)]


def bins(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Merge neighbouring values until every bin of every group and wave is empty or large enough."""
    values = [row for row in rows if row["part"] == "value"]
    others = [row for row in rows if row["part"] != "value"]
    order = list(dict.fromkeys(str(row["value"]) for row in values))
    cells = list(dict.fromkeys((row["group"], row["wave"]) for row in values))
    counts = {(str(row["value"]), row["group"], row["wave"]): number(row["persons"]) for row in values}
    table = [[counts[(value, *cell)] for cell in cells] for value in order]
    cuts = _bins(table, context.rules)
    if len(cuts) < 2:
        return withhold(rows, sheet, context)
    made: Rows = []
    first = {(row["group"], row["wave"]): row for row in reversed(values)}
    for place, cell in enumerate(cells):
        for low, high in cuts:
            label = order[low] if high == low else f"{order[low]}–{order[high]}"
            persons = math.fsum(line[place] for line in table[low : high + 1])
            share = persons / number(first[cell]["total"]) if number(first[cell]["total"]) else math.nan
            mark = {} if high == low else {MARK: MERGED}
            made.append({**first[cell], "value": label, "persons": persons, "share": share, **mark})
    return _marked([*made, *others], sheet, context)


def _bins(table: Sequence[Sequence[float]], rules: Rules) -> list[tuple[int, int]]:
    """Return first and last line of each bin: greedy from below, the last one merged downward."""
    cuts: list[tuple[int, int]] = []
    start, sums = 0, [0.0] * len(table[0])
    for place, line in enumerate(table):
        sums = [a + b for a, b in zip(sums, line, strict=True)]
        if not any(rules.small(total) for total in sums) and any(sums):
            cuts.append((start, place))
            start, sums = place + 1, [0.0] * len(sums)
    if start < len(table):
        if not cuts:
            return []
        cuts[-1] = (cuts[-1][0], len(table) - 1)
    return cuts


def upset(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Keep combinations that are large enough in every group; without any of them nothing is drawn."""
    rules = context.rules
    sets = [row for row in rows if row["part"] == "combination"]
    names = list(dict.fromkeys(str(row["combination"]) for row in sets))
    by = {name: [row for row in sets if str(row["combination"]) == name] for name in names}
    kept = [
        name
        for name in names
        if name != OTHER and not any(rules.small(number(row["persons"])) for row in by[name])
    ]
    rest: Rows = []
    for group in dict.fromkeys(row["group"] for row in sets):
        mine = [row for name in names if name not in kept for row in by[name] if row["group"] == group]
        if mine:
            rest.append(_merged_set(mine))
    if not kept or any(rules.small(number(row["persons"])) for row in rest):
        return withhold(rows, sheet, context)
    items = [row for row in rows if row["part"] != "combination"]
    return _marked([*items, *(row for name in kept for row in by[name]), *rest], sheet, context)


def _merged_set(rows: Rows) -> dict[str, Any]:
    persons = math.fsum(number(row["persons"]) for row in rows)
    total = number(rows[0]["total"])
    share = persons / total if total else math.nan
    return {**rows[0], "combination": OTHER, "size": None, "persons": persons, "share": share, MARK: MERGED}


def transitions(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Show moves only when all are large enough; else who stays, changes and is lost; else nothing."""
    if not any(context.rules.small(number(row["persons"])) for row in rows):
        return release_rows(rows, sheet, context)
    made: Rows = []
    for group in dict.fromkeys(row["group"] for row in rows):
        mine = [row for row in rows if row["group"] == group]
        sums = dict.fromkeys((SAME, CHANGED, GONE), 0.0)
        for row in mine:
            away = row["destination"] in NO_STATE or row["origin"] in NO_STATE
            state = GONE if away else SAME if row["origin"] == row["destination"] else CHANGED
            sums[state] += number(row["persons"])
        if any(context.rules.small(persons) for persons in sums.values()):
            return withhold(rows, sheet, context)
        made += [
            {**mine[0], "origin": ANY, "destination": state, "persons": persons, MARK: MERGED}
            for state, persons in sums.items()
        ]
    return _marked(made, sheet, context)


def patterns(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Show patterns of waves only when all are large enough; missing answers cell by cell."""
    mine = [row for row in rows if row["part"] == "pattern"]
    if any(context.rules.small(number(row["persons"])) for row in mine):
        return withhold(rows, sheet, context)
    return release_rows(rows, sheet, context)


def reasons(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Add reasons up over groups and waves, then hide the small ones and what protects them."""
    roles_of(sheet, list(rows[0]), context.options)
    names = list(dict.fromkeys(row["variable"] for row in rows))
    made: Rows = []
    for name in names:
        sums: dict[str, float] = {}
        for row in rows:
            if row["variable"] == name:
                sums[str(row["reason"])] = sums.get(str(row["reason"]), 0.0) + number(row["cells"])
        rules = context.interviews
        hidden = hidden_cells(list(sums.values()), math.fsum(sums.values()), rules)
        for (reason, cells), away in zip(sums.items(), hidden, strict=True):
            made.append(
                {
                    "variable": name,
                    "wave": "",
                    "group": "",
                    "reason": reason,
                    "cells": math.nan if away else rules.rounded(cells),
                    MARK: HIDDEN if away else MERGED,
                }
            )
    return made


def found(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Hide small counts of codes, and what would give them back in their file; round the others coarsely.

    The same answers stand in other tables, where another cell may be hidden for a small one: a count known
    only to the limit leaves that one within as many values.
    """
    roles_of(sheet, list(rows[0]), context.options)
    rules = coarse(context.rules)
    lines: dict[tuple[str, ...], list[int]] = {}
    for place, row in enumerate(rows):
        lines.setdefault(tuple(str(row[name]) for name in sheet.output.lines), []).append(place)
    gone: set[int] = set()
    for places in lines.values():
        cells = [number(rows[place][sheet.output.cells]) for place in places]
        hidden = hidden_cells(cells, math.fsum(cells), rules)
        gone |= {place for place, away in zip(places, hidden, strict=True) if away}
    return [
        {
            **row,
            sheet.output.cells: math.nan if place in gone else rules.rounded(number(row[sheet.output.cells])),
            MARK: HIDDEN if place in gone else ROUNDED,
        }
        for place, row in enumerate(rows)
    ]
