"""What a reader of the released tables knows: every count by what it counts, and the sums between them.

Each kind of exhibit says in its file how its counts are read; here stands what several of them share. A count
that two kinds show has one name: ``cell``, ``valid``, ``("interviews", group, wave)``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from netwerkkracht.release.attack import MOST, Key, Known, NoCounts, Reader
from netwerkkracht.release.roles import MARK, WITHHELD, Sheet
from netwerkkracht.release.rules import Rules, coarse, number

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


def _shares(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    answers(known, where, rows, rules, ("variable", "code", "persons", "total"))


def _bins(known: Known, where: str, rows: Rows, options: Options, rules: Rules) -> None:
    bars = [{**row, "variable": str(options["variable"])} for row in rows if row["part"] == "value"]
    answers(known, where, bars, rules, ("variable", "value", "persons", "total"))


def _upset(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    from netwerkkracht.analysis.describe.combinations import OTHER

    items = [row for row in rows if row["part"] == "item"]
    answers(known, where, items, rules, ("item", "", "persons", "total"))
    groups: dict[str, list[Key]] = {}
    for row in rows:
        if row["part"] == "combination":
            key = ("set", row["combination"] or OTHER, row["group"], row["wave"])
            groups.setdefault(row["group"], []).append(key)
            known.tell(key, number(row["persons"]), rules, where)
            known.tell(("sets", row["group"], row["wave"]), number(row["total"]), rules, where)
    for group, keys in groups.items():
        known.add(keys, [("sets", group, keys[0][3])])


def answered(known: Known, where: str, row: Mapping[str, str], rules: Rules) -> None:
    """Enter valid and missing answers, which add up to the interviews unless others have rows too."""
    line = (row["variable"], row["group"], row["wave"])
    known.tell(valid(*line), number(row["n"]), rules, where)
    empty = ("empty" if known.absent else "missing", *line)
    known.tell(empty, number(row["missing"]), rules, where)
    whole = "rows of the panel" if known.absent else "interviews"
    known.add([valid(*line), empty], [(whole, *line[1:])])


def _baseline(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    coded = [row for row in rows if row["statistic"] == "share"]
    answers(known, where, coded, rules, ("variable", "code", "count", "n"))
    seen = set()
    for row in rows:
        line = (row["variable"], row["group"], row["wave"])
        if line not in seen:
            seen.add(line)
            answered(known, where, row, rules)


def _outcomes(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    for row in rows:
        answered(known, where, row, rules)


def _pattern(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    for row in rows:
        if row["part"] == "missing":
            line = (row["variable"], row["group"], row["wave"])
            known.tell(("missing", *line), number(row["persons"]), rules, where)
            known.tell(("interviews", *line[1:]), number(row["total"]), rules, where)
            known.add([valid(*line), ("missing", *line)], [("interviews", *line[1:])])
        else:
            known.tell(("pattern", row["group"], row["pattern"]), number(row["persons"]), rules, where)


def _flow(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    waves = list(dict.fromkeys(row["wave"] for row in rows if row["stage"] == "interviews"))
    for row in rows:
        place = (row["group"], row["wave"])
        if row["stage"] == "interviews":
            known.tell(("interviews", *place), number(row["count"]), rules, where)
        elif row["stage"] in {"lost", "set_aside"}:
            known.tell((row["stage"], *place, row["reason"]), number(row["count"]), rules, where)
        elif row["stage"] in {"rows", "joined"}:
            known.tell((row["stage"], *place), number(row["count"]), rules, where)
    for group in dict.fromkeys(row["group"] for row in rows):
        for before, wave in pairwise(waves):
            lost = [("lost", group, wave, row["reason"]) for row in rows
                    if (row["stage"], row["group"], row["wave"]) == ("lost", group, wave)]  # fmt: skip
            left = [("interviews", group, before), ("joined", group, wave)]
            known.add([("interviews", group, wave), *(lost or [("lost", group, wave, "")])], left)


def _transitions(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    starts: dict[tuple[str, str, str, str], list[Key]] = {}
    for row in rows:
        key = ("move", row["variable"], row["group"], row["origin"], row["destination"])
        known.tell(key, number(row["persons"]), rules, where)
        start = (row["variable"], row["origin"], row["group"], row["first"])
        starts.setdefault(start, []).append(key)
    for (variable, origin, group, wave), keys in starts.items():
        if origin not in {"any", "missing", "lost"}:
            known.add(keys, [cell(variable, origin, group, wave)])


def _codes(known: Known, where: str, rows: Rows, _options: Options, rules: Rules) -> None:
    """Enter the codes of each variable, file and source: they add up to the rows of the file."""
    lines: dict[tuple[str, str, str], list[Key]] = {}
    for row in rows:
        line = (row["variable"], row["file"], row["source"])
        key = ("code", *line, row["code"], row["target"])
        lines.setdefault(line, []).append(key)
        known.tell(key, number(row["count"]), coarse(rules), where)
        whole, interviews = ("rows of", *line), ("interviews", row["group"], row["wave"])
        low, high = known.bounds.get(interviews, (0.0, float(MOST)))
        # rows set aside are few, or stand in the flow
        known.bounds[whole] = (low, high + rules.least - 1)
    for line, keys in lines.items():
        known.add(keys, [("rows of", *line)])


# readers of the kinds that are not yet one file
READERS: Final[dict[str, Reader]] = {
    "shares": _shares,
    "distribution": _bins,
    "upset": _upset,
    "baseline": _baseline,
    "outcomes": _outcomes,
    "pattern": _pattern,
    "flow": _flow,
    "alluvial": _transitions,
    "transitions": _transitions,
    "codes": _codes,
}
