"""What a reader of the released tables knows: every count by what it counts, and the sums between them.

Each kind of exhibit says in its file how its counts are read; here stands what several of them share. A count
that two kinds show has one name: ``cell``, ``valid``, ``("interviews", group, wave)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netwerkkracht.release.attack import Key, Known, NoCounts
from netwerkkracht.release.roles import MARK, WITHHELD, Sheet
from netwerkkracht.release.rules import Rules, number

Rows = Sequence[Mapping[str, str]]
Options = Mapping[str, Any]


def read_table(known: Known, sheet: Sheet, where: str, rows: Rows, options: Options, rules: Rules) -> None:
    """Enter one released table of counts; a kind that has none, or says why nobody reads them, tells nothing.

    Parameters
    ----------
    known
        What is known so far; changed in place.
    sheet
        What the kind of exhibit declares, with the reader of its counts.
    where
        Id of the exhibit.
    rows
        Rows of its CSV; those of a withheld exhibit are passed over.
    options
        Options of the exhibit.
    rules
        Limits.
    """
    shown = [row for row in rows if row.get(MARK) != WITHHELD]
    if sheet.counts is not None and not isinstance(sheet.counts, NoCounts) and shown:
        sheet.counts(known, where, shown, options, rules)


def cell(variable: str, code: str, group: str, wave: str) -> Key:
    """Name the persons of a group who gave one answer in a wave."""
    return ("cell", variable, code, group, wave)


def valid(variable: str, group: str, wave: str) -> Key:
    """Name the persons of a group who gave a valid answer in a wave."""
    return ("valid", variable, group, wave)


def answers(known: Known, where: str, rows: Rows, rules: Rules, names: tuple[str, str, str, str]) -> None:
    """Enter answers of variables: the codes of one add up to those who answered, a single yes with its no."""
    variable, code, count, total = names
    lines: dict[tuple[str, str, str], list[Key]] = {}
    for row in rows:
        line = (row[variable], row["group"], row["wave"])
        key = cell(row[variable], row[code] if code else "1", row["group"], row["wave"])
        lines.setdefault(line, []).append(key)
        known.tell(key, number(row[count]), rules, where)
        known.tell(valid(*line), number(row[total]), rules, where)
    for line, keys in lines.items():
        rest = [cell(line[0], "none of these", line[1], line[2])] if len(keys) == 1 else []
        known.add([*keys, *rest], [valid(*line)])


def answered(known: Known, where: str, row: Mapping[str, str], rules: Rules) -> None:
    """Enter valid and missing answers, which add up to the interviews unless others have rows too."""
    line = (row["variable"], row["group"], row["wave"])
    known.tell(valid(*line), number(row["n"]), rules, where)
    empty = ("empty" if known.absent else "missing", *line)
    known.tell(empty, number(row["missing"]), rules, where)
    whole = "rows of the panel" if known.absent else "interviews"
    known.add([valid(*line), empty], [(whole, *line[1:])])
