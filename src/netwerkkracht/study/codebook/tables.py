"""Reads variables.csv, targets.csv, sources.csv, derived.csv, examples.csv and decisions.csv."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from netwerkkracht.core.io import read_rows
from netwerkkracht.core.words import by_language, language_of
from netwerkkracht.study.codebook.codelists import interval, number
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import (
    REASONS,
    TYPES,
    Decision,
    Example,
    SourceRule,
    Study,
    TargetCode,
    Variable,
)

VARIABLES = ("variable", "label_*", "type", "min", "max", "targets", "tags")
SOURCES = ("variable", "wave", "group", "rule", "source", "codes", "source_label", "decision")
COLUMNS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "variables.csv": (VARIABLES, ("structural", "worst")),
    "targets.csv": (("targets", "code", "label_*"), ()),
    "sources.csv": (SOURCES, ("option", "scale", "filter", "if_missing", "date_form", "number_form")),
    "codes.csv": (("codes", "source", "source_label", "target", "decision"), ()),
    "derived.csv": (
        ("variable", "label_*", "rule", "from", "threshold", "min_valid", "on_too_few"),
        ("on_uneven", "only_if", "targets", "scale", "structural", "decision"),
    ),
    "examples.csv": (("person_id", "wave", "variable", "expected"), ()),
    "decisions.csv": (
        ("number", "date", "decision_*", "reason_*", "who"),
        (),
    ),
}
OPTIONAL_FILES = ("derived.csv", "examples.csv", "decisions.csv", "codes.csv", "targets.csv")
EPOCH = dt.date(1970, 1, 1).toordinal()


def columns_of(name: str, header: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the columns that a table must and may have, with a label for every language that it names.

    ``label_*`` stands for the columns ``label_LANGUAGE`` of its header, in their order; where there is none,
    the star stays, as a column that is missing.
    """
    needed, optional = COLUMNS[name]
    whole: list[str] = []
    for column in needed:
        spoken = (
            [given for given in header if language_of(given, column[:-2])] if column.endswith("_*") else []
        )
        whole += spoken or [column]
    return tuple(whole), optional


def load_table(
    folder: Path, name: str, problems: Problems, *, place: str | None = None
) -> list[dict[str, str]]:
    """Read one table; unknown and missing columns are noted, optional ones filled with empty cells.

    ``place`` is where study.yaml says that it lies, seen from the folder; then it must be there.
    """
    path = folder / (place or name)
    if name in OPTIONAL_FILES and place in (None, name) and not path.exists():
        return []
    rows = read_rows(path, separator=";")
    if not rows:
        return []
    needed, optional = columns_of(name, rows[0])
    problems.keys(rows[0], (*needed, *optional), "column", name)
    problems.required(rows[0], needed, "columns", name)
    return [{column: row.get(column, "").strip() for column in (*needed, *optional)} for row in rows]


def _bound(word: str, kind: str, name: str, problems: Problems) -> float | None:
    if not word:
        return None
    if kind == "date":
        try:
            return float(dt.date.fromisoformat(word).toordinal() - EPOCH)
        except ValueError:
            problems.malformed(f"bound '{word}'", "a date yyyy-mm-dd", file="variables.csv", variable=name)
            return None
    value = number(word)
    if value is None:
        problems.malformed(f"bound '{word}'", "a number", file="variables.csv", variable=name)
    return value


def parse_variables(rows: list[dict[str, str]], study: Study, problems: Problems) -> dict[str, Variable]:
    """Turn the rows of variables.csv into variables."""
    found: dict[str, Variable] = {}
    place = "variables.csv"
    for row in rows:
        name = row["variable"]
        problems.name(name, "variable", file=place, variable=name)
        if name in found:
            problems.malformed(f"'{name}' stands twice", "each variable once", file=place, variable=name)
        if row["type"] not in TYPES:
            problems.unknown("type", row["type"], TYPES, file=place, variable=name)
        for tag in row["tags"].split():
            if tag not in REASONS[1:]:
                problems.unknown("tag", tag, REASONS[1:], file=place, variable=name)
        for group in row["structural"].split():
            if group not in study.groups:
                problems.unknown("group", group, study.groups, file=place, variable=name)
        if row["worst"] not in {"", "high", "low"}:
            problems.malformed(f"worst is '{row['worst']}'", "high or low", file=place, variable=name)
        found[name] = Variable(
            name,
            by_language(row, "label", name),
            row["type"],
            _bound(row["min"], row["type"], name, problems),
            _bound(row["max"], row["type"], name, problems),
            row["targets"],
            frozenset(row["tags"].split()),
            frozenset(row["structural"].split()),
            row["worst"],
        )
    return found


def parse_targets(rows: list[dict[str, str]], problems: Problems) -> dict[str, tuple[TargetCode, ...]]:
    """Turn the rows of targets.csv into lists of canonical codes."""
    grouped: dict[str, list[TargetCode]] = defaultdict(list)
    for row in rows:
        name, code = row["targets"], number(row["code"])
        problems.name(name, "target list", file="targets.csv")
        if code is None or not code.is_integer():
            problems.malformed(
                f"code '{row['code']}' of '{name}'", "a whole number", file="targets.csv", variable=name
            )
            continue
        if any(item.code == code for item in grouped[name]):
            problems.add(
                "X06",
                f"target code '{row['code']}' stands twice in '{name}'",
                "each code once",
                "remove one of the two lines",
                file="targets.csv",
                variable=name,
            )
        grouped[name].append(TargetCode(code, by_language(row, "label")))
    return {name: tuple(items) for name, items in grouped.items()}


def _aligned(
    words: tuple[str, ...], n: int, what: str, row: dict[str, str], problems: Problems
) -> tuple[str, ...]:
    """Return one entry per source: none, one for all, or as many as there are sources."""
    if len(words) == 1:
        return words * n
    if len(words) not in {0, n}:
        problems.malformed(
            f"{len(words)} entries in '{what}' for {n} sources",
            "none, one for all, or one per source",
            file="sources.csv",
            variable=row["variable"],
            wave=row["wave"],
            group=row["group"],
        )
        return ()
    return words


def _scale(word: str, problems: Problems, where: dict[str, str]) -> str:
    """Return a scale as written, or one that can be used on when it is none."""
    ends = interval(word)
    if ends is None or ends[0] == ends[1]:
        problems.malformed(f"scale '{word}'", "first..last, e.g. 4..1", **where)
        return "0..1"
    return word


def parse_source(row: dict[str, str], line: int, problems: Problems) -> SourceRule:
    """Turn one row of sources.csv into a rule (wave and group still as written)."""
    where = {"file": "sources.csv", "variable": row["variable"], "wave": row["wave"], "group": row["group"]}
    sources = tuple(row["source"].split())
    n = len(sources)
    options = []
    for word in row["option"].split():
        value = number(word)
        if value is None:
            problems.malformed(f"option '{word}'", "a number", **where)
        options.append(word if value is not None else "0")
    scales = [_scale(word, problems, where) for word in row["scale"].split()]
    filters = []
    for word in row["filter"].split():
        column, colon, listed = word.partition(":")
        if not (colon and column and listed):
            problems.malformed(f"filter '{word}'", "column:list", **where)
        filters.append(word)
    labels = tuple(part.strip() for part in row["source_label"].split("|")) if row["source_label"] else ()
    if labels and n and len(labels) != n:
        problems.malformed(
            f"{len(labels)} source labels for {n} sources", "one per source, ' | ' between", **where
        )
        labels = ()
    spread = max(n, 1)
    return SourceRule(
        variable=row["variable"],
        wave=row["wave"],
        group=row["group"],
        rule=row["rule"],
        sources=sources,
        codes=_aligned(tuple(row["codes"].split()), n, "codes", row, problems)
        if n
        else tuple(row["codes"].split()),
        options=tuple(float(word) for word in _aligned(tuple(options), spread, "option", row, problems)),
        scales=tuple(
            interval(word) or (0.0, 1.0) for word in _aligned(tuple(scales), spread, "scale", row, problems)
        ),
        filters=tuple(
            (word.partition(":")[0], word.partition(":")[2])
            for word in _aligned(tuple(filters), spread, "filter", row, problems)
        ),
        if_missing=row["if_missing"],
        number_forms=_aligned(tuple(row["number_form"].split()), spread, "number_form", row, problems),
        date_form=row["date_form"],
        labels=labels,
        decision=row["decision"],
        line=line,
    )


def parse_examples(rows: list[dict[str, str]]) -> tuple[Example, ...]:
    """Turn the rows of examples.csv into worked examples."""
    return tuple(Example(row["person_id"], row["wave"], row["variable"], row["expected"]) for row in rows)


def parse_decisions(rows: list[dict[str, str]], problems: Problems) -> dict[str, Decision]:
    """Turn the rows of decisions.csv into numbered decisions; each needs a date, a reason and a name.

    A text that stands in one language only is taken for every one.
    """
    found: dict[str, Decision] = {}
    for row in rows:
        key = row["number"]
        if key in found:
            problems.malformed(f"decision '{key}' stands twice", "each number once", file="decisions.csv")
        try:
            dt.date.fromisoformat(row["date"])
        except ValueError:
            problems.malformed(f"date of decision '{key}'", "yyyy-mm-dd", file="decisions.csv")
        decision, reason = (by_language(row, name) for name in ("decision", "reason"))
        given = {"number": key, "decision": decision, "reason": reason, "who": row["who"]}
        empty = [name for name, text in given.items() if not text]
        if empty:
            problems.malformed(
                f"decision '{key}' lacks {', '.join(empty)}",
                "a number, a date, a name, and decision and reason in a language of the report",
                file="decisions.csv",
            )
        found[key] = Decision(key, row["date"], decision, reason, row["who"])
    return found
