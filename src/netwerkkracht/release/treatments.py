"""How each kind of exhibit is made safe before it is drawn: merged, hidden or withheld."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Final

from netwerkkracht.release.cells import Rows, release_rows, withhold
from netwerkkracht.release.context import Context
from netwerkkracht.release.frequency import bins, flow, found, patterns, reasons, transitions, upset
from netwerkkracht.release.roles import HIDDEN, MARK, WITHHELD, Sheet
from netwerkkracht.release.rules import number


def release_frame(sheet: Sheet, frame: Any, context: Context) -> Any:
    """Return the releasable form of an exhibit's table, with the column ``release`` that says what was done.

    Parameters
    ----------
    sheet
        What the kind of exhibit declares: its class of output and the roles of its columns.
    frame
        Its table as computed.
    context
        Limits and facts, from :func:`netwerkkracht.release.context.gather`.

    Raises
    ------
    StudyError
        ``G10`` for a column without a role.
    """
    import pandas as pd

    texts = frame.astype(object).where(frame.notna(), None)
    rows = texts.to_dict("records")
    made = TREATMENTS[sheet.output.treatment](rows, sheet, context) if rows else rows
    return pd.DataFrame(made, columns=[*frame.columns, MARK])


def _blanked(row: dict[str, Any], sheet: Sheet, context: Context) -> dict[str, Any]:
    made = {
        name: value
        if (role := sheet.role(name, context.options)) is not None and role.name in {"text", "plain"}
        else math.nan
        for name, value in row.items()
    }
    return {**made, MARK: HIDDEN}


def _models(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Hide models of too few persons, terms of rare categories, and what is a count in a table of models."""
    made = []
    for source, row in zip(rows, release_rows(rows, sheet, context), strict=True):
        line = row
        name, part, term = (str(source.get(key) or "") for key in ("model", "part", "term"))
        telling = part == "mean" and name in context.telling
        if name in context.refused or telling or _rare(term, context):
            line = _blanked(row, sheet, context)
        elif part == "fit" and term in {"persons", "rows", "dropped"}:
            rules = context.rules if term == "persons" else context.interviews
            count = rules.rounded(number(source["estimate"]))
            line = {**row, "estimate": count, **({MARK: HIDDEN} if math.isnan(count) else {})}
        made.append(line)
    return made


def _rare(term: str, context: Context) -> bool:
    return any(part in context.small_terms for part in [term, *term.split(":")]) if term else False


def _trajectories(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Leave the quartiles out where a group is too small for them; withhold means that are counts."""
    name = str(rows[0]["model"])
    if name in context.refused or name in context.telling:
        return withhold(rows, sheet, context)
    # a quarter of the persons lies beyond a quartile
    thin = any(number(row["n"]) < 4 * context.rules.least for row in rows if row["part"] == "raw")
    return release_rows([row for row in rows if row["part"] != "raw" or not thin], sheet, context)


def _estimates(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Hide estimates from too few persons."""
    made = release_rows(rows, sheet, context)
    small = {place for place, row in enumerate(rows) if context.rules.small(number(row[sheet.output.total]))}
    return [_blanked(row, sheet, context) if place in small else row for place, row in enumerate(made)]


def _terms(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Withhold a regression on too few persons (or events); hide rare categories."""
    whole = number(rows[0][sheet.output.total])
    events = number(rows[0][sheet.output.cells]) if sheet.output.cells else math.nan
    thin = [whole, whole - len(rows), *([] if math.isnan(events) else [events, whole - events])]
    if any(count < context.rules.least for count in thin):
        return withhold(rows, sheet, context)
    key = next(name for name in ("term", "covariate") if name in rows[0])
    made = release_rows(rows, sheet, context)
    return [_blanked(row, sheet, context) if _rare(str(row[key]), context) else row for row in made]


def _baseline(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Treat means as means and codes as counts; hide a standardised difference that gives a cell back."""
    made = []
    for source, row in zip(rows, release_rows(rows, sheet, context), strict=True):
        line = dict(row)
        if source["statistic"] == "mean":
            enough = number(source["n"]) >= context.rules.least
            line["value"] = round(number(source["value"]), 2) if enough else math.nan
            lost = any(
                math.isnan(line[name]) > math.isnan(number(source[name])) for name in ("value", "missing")
            )
            line[MARK] = HIDDEN if lost else row[MARK]
        made.append(line)
    telling = {row["variable"] for row in made if math.isnan(number(row["value"]))}
    for line in made:
        if line["variable"] in telling and not math.isnan(number(line["smd"])):
            line["smd"], line[MARK] = math.nan, HIDDEN
    return made


def _published(rows: Rows, sheet: Sheet, context: Context) -> Rows:
    """Round persons and shares; differences of means without a number of persons behind them stay."""
    made = []
    for source, row in zip(rows, release_rows(rows, sheet, context), strict=True):
        found, line = number(source["found"]), dict(row)
        if source["kind"] == "persons":
            line["found"] = context.rules.rounded(found)
        elif math.isnan(number(source["base"])):
            line["found"] = math.nan
        away = math.isnan(line["found"]) and not math.isnan(found)
        line[MARK] = HIDDEN if away else row[MARK] if source["kind"] != "persons" else "rounded"
        if away:
            line["count"] = math.nan
        made.append(line)
    return made


TREATMENTS: Final[dict[str, Callable[[Rows, Sheet, Context], Rows]]] = {
    "cells": release_rows,
    "withheld": withhold,
    "models": _models,
    "trajectories": _trajectories,
    "estimates": _estimates,
    "terms": _terms,
    "baseline": _baseline,
    "published": _published,
    "flow": flow,
    "bins": bins,
    "upset": upset,
    "transitions": transitions,
    "pattern": patterns,
    "reasons": reasons,
    "found": found,
}


def withheld(frame: Any) -> bool:
    """Whether no number of a released table leaves."""
    return MARK in frame.columns and len(frame) > 0 and bool((frame[MARK] == WITHHELD).all())
