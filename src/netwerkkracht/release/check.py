"""The rules of release tested on the files that leave, not on the promise that they were applied."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from netwerkkracht.core.errors import Finding
from netwerkkracht.release.roles import MARK, Role, Sheet, columns_without_role
from netwerkkracht.release.rules import Rules, number

Row = Mapping[str, str]
EXPECTED = {
    "G06": ("counts that are small or not rounded", "zero, or at least the limit and a multiple of the step"),
    "G10": ("columns without a role", "every column declared in the file of its kind"),
    "G11": ("shares that are not of the released counts", "part by whole, both as released"),
    "G13": ("means or quantiles of too few persons", "the limit of persons, ten beyond a quantile"),
    "G14": ("extremes or values of single persons", "an empty cell"),
    "G15": ("numbers with digits enough to give a count back", "the decimals of docs/release.md"),
    "G16": ("a table that did not go through the release", "the column that says what was done to each row"),
}


def check_exhibit(
    name: str, rows: Sequence[Row], sheet: Sheet, rules: Rules, waves: int, options: Mapping[str, Any]
) -> list[Finding]:
    """Return what breaks a rule in one released table.

    Parameters
    ----------
    name
        File name, for the message.
    rows
        Rows of text cells.
    sheet
        Roles of its columns.
    rules, waves
        Limits, and the number of waves: a count of interviews has that many per person.
    options
        Options of the exhibit.

    Returns
    -------
    list of Finding
        At most one per code (``G06``, ``G10``, ``G11``, ``G13`` to ``G16``), with the number of cells.
    """
    columns = list(rows[0]) if rows else []
    missing = columns_without_role(sheet, columns, options)
    counted: dict[str, int] = {"G10": len(missing)}
    if rows and MARK not in columns:
        counted["G16"] = 1
    for column in columns:
        role = sheet.role(column, options)
        if role is None or role.name in {"text", "plain"}:
            continue
        for row in rows:
            code = _broken(row, column, role, rules, waves)
            if code:
                counted[code] = counted.get(code, 0) + 1
    return [_finding(code, name, n, ", ".join(missing) if code == "G10" else None)
            for code, n in sorted(counted.items()) if n]  # fmt: skip


def _broken(row: Row, column: str, role: Role, rules: Rules, waves: int) -> str | None:
    """Return the code of the rule that a cell breaks, None where it breaks none."""
    if row[column] == "":
        return None
    try:
        value = number(row[column])
    except ValueError:
        # a word in a column of numbers has not been judged by anyone
        return "G10"
    if role.name == "never":
        return "G14"
    if role.name in {"persons", "rows"}:
        limits = rules if role.name == "persons" else Rules(rules.least * waves, rules.step)
        return None if limits.obeys(value) else "G06"
    counted = row.get("term") in {"persons", "rows", "dropped"}
    if column == "estimate" and row.get("part") == "fit" and counted:
        return None if rules.obeys(value) else "G06"
    return _broken_number(value, row, role, rules)


def _broken_number(value: float, row: Row, role: Role, rules: Rules) -> str | None:
    if abs(value - round(value, role.decimals)) > 1e-12 * max(1.0, abs(value)):
        return "G15"
    whole = number(row.get(role.whole)) if role.whole else math.nan
    if row.get("part") == "raw" and not number(row.get("n")) >= 4 * rules.least:
        return "G13"
    if role.name == "share":
        return _broken_share(value, row, role, whole, rules)
    if role.name == "moment" and not whole >= rules.least:
        return "G13"
    if role.name == "quantile" and not whole * min(role.level, 1 - role.level) >= rules.least:
        return "G13"
    return None


def _broken_share(value: float, row: Row, role: Role, whole: float, rules: Rules) -> str | None:
    if role.whole and math.isnan(whole):
        # a mean in a column of shares, or a count of persons, stands without a whole
        return None if _no_share(value, row, rules) else "G13"
    part = number(row.get(role.part)) if role.part else round(value * whole)
    if math.isnan(part):
        return None if _no_share(value, row, rules) else "G11"
    if abs(value - part / whole) > 10.0**-role.decimals:
        return "G11"
    return None if rules.obeys(part) and not rules.small(whole - part) else "G06"


def _no_share(value: float, row: Row, rules: Rules) -> bool:
    """Whether a row says that its value is a mean over enough persons, or itself a released count."""
    if row.get("statistic") == "mean":
        return number(row.get("n")) >= rules.least
    return row.get("kind") == "persons" and rules.obeys(value)


def check_numbers(
    numbers: Mapping[str, Mapping[str, Any]], roles: Mapping[tuple[str, str], Role], rules: Rules
) -> list[Finding]:
    """Return what breaks a rule among the numbers of the text.

    Parameters
    ----------
    numbers
        What ``numbers.json`` holds, by key.
    roles
        Role of each column of the released tables, by file and column.
    rules
        Limits.

    Returns
    -------
    list of Finding
        ``G17`` with the number of counts of persons that are small or not rounded.
    """

    def personal(key: str) -> bool:
        made = numbers[key]
        if made.get("file") is None:
            return any(personal(used) for used in made.get("uses") or () if used in numbers)
        if str(made["file"]).startswith("results/"):
            return True
        role = roles.get((str(made["file"]), str(made.get("column"))))
        return role is not None and role.name in {"persons", "rows"}

    bad = [
        key
        for key, made in numbers.items()
        if made.get("kind") == "count"
        and personal(key)
        and made.get("raw") is not None
        and "rows over" not in str(made.get("how"))
        and not rules.obeys(float(made["raw"]))
    ]
    if not bad:
        return []
    return [
        Finding(
            "G17",
            "error",
            "numbers of the text that are small or unrounded counts",
            file="numbers.json",
            variable=", ".join(bad[:5]),
            count=len(bad),
            expected="zero, or at least the limit and a multiple of the step",
            action="read them from a released table",
        )
    ]


def _finding(code: str, name: str, count: int, variable: str | None) -> Finding:
    what, expected = EXPECTED[code]
    return Finding(
        code,
        "error",
        what,
        file=name,
        variable=variable,
        count=count,
        expected=expected,
        action="run the pipeline again under the profile of the study; if it stays, leave the exhibit out",
    )
