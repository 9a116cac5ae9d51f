"""What may leave: the rules for released files, tested on the files themselves and not on their labels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from netwerkkracht.core.errors import Finding
from netwerkkracht.release.roles import Sheet

Rows = Sequence[Mapping[str, str]]
Sheets = Mapping[str, Sheet]

ALLOWED = frozenset({".csv", ".json", ".png", ".svg", ".html", ".pdf", ".md"})
VECTORS = frozenset({".svg"})
# files that people read, each of which travels alone
SAYING = frozenset({".svg", ".html", ".md"})
# committed parts of reports/ that no run makes
OUTSIDE = ("source", "reference")
NOT_LISTED = ("manifest.json", "README.md")
COUNTS = re.compile(r"^(n|count|persons|n_.*|.*_n)$")
REASON_SUFFIX = "__reason"


def check_files(
    reports: Path, manifest: Mapping[str, Any], part: Mapping[str, Any], sheets: Sheets
) -> list[Finding]:
    """Return what stands in the way of releasing the files in ``reports``.

    Parameters
    ----------
    reports
        The folder of released files.
    manifest
        The manifest of the run.
    part
        ``status`` of the study, ``release`` (profile, min_cell, round_to), ``person`` (name of the person
        column), ``ids`` (identifiers that may not occur), ``exhibits`` of the configuration and the number
        of ``waves``.
    sheets
        What each kind of exhibit declares for the release, by its name.

    Returns
    -------
    list of Finding
        ``G01`` a type that is not allowed, ``G02`` no line in the manifest, ``G03`` content other than the
        manifest says, ``G04`` a person column or row-level file, ``G05`` an identifier, ``G06`` a cell under
        the limit, ``G07`` vectors of real data, ``G08`` a synthetic exhibit that does not say so; under
        strict10 also ``G10`` to ``G16`` (:func:`netwerkkracht.release.check.check_exhibit`).
    """
    found: list[Finding] = []
    for path in sorted(item for item in reports.rglob("*") if item.is_file()):
        inside = path.relative_to(reports)
        if inside.parts[0] in OUTSIDE or inside.as_posix() in NOT_LISTED or path.name.startswith("."):
            continue
        found += _file_findings(path, f"{reports.name}/{inside.as_posix()}", manifest, part, sheets)
    return found


def _file_findings(
    path: Path, name: str, manifest: Mapping[str, Any], part: Mapping[str, Any], sheets: Sheets
) -> list[Finding]:
    from netwerkkracht.provenance.fingerprint import sha256

    strict = part["release"]["profile"] != "open"
    line = manifest["files"].get(name)
    found = []
    if path.suffix not in ALLOWED:
        found.append(
            _finding("G01", f"files of type '{path.suffix}' are not released", name, "remove the file")
        )
    if line is None:
        found.append(
            _finding(
                "G02", "the file has no line in the manifest", name, "remove it: no step of this run made it"
            )
        )
    elif line["sha256"] != sha256(path):
        found.append(
            _finding("G03", "the content is not what the manifest says", name, "run the pipeline again")
        )
    if strict and path.suffix in VECTORS:
        found.append(_finding("G07", "a vector picture of real data is a data file", name, "release the PNG"))
    if path.suffix == ".csv":
        found += check_table(path, name, part, sheets)
    if strict and path.suffix in {".json", ".html", ".md"}:
        hits = _identifiers_in(path.read_text(encoding="utf-8"), part["ids"])
        if hits:
            found.append(_finding("G05", "identifiers of persons stand in it", name, "remove them", hits))
    if part["status"] == "synthetic" and path.suffix in SAYING and not _says_synthetic(path):
        found.append(
            _finding("G08", "nothing in it says 'synthetic'", name, "draw it with the synthetic stamp")
        )
    return found


def check_table(path: Path, name: str, part: Mapping[str, Any], sheets: Sheets) -> list[Finding]:
    """Return what a released table may not hold: persons, identifiers, small or unrounded counts."""
    from netwerkkracht.core.io import read_rows

    rows = read_rows(path)
    columns = list(rows[0]) if rows else []
    found = []
    if part["person"] in columns or any(column.endswith(REASON_SUFFIX) for column in columns):
        found.append(_finding("G04", "the table has a row per person", name, "release aggregates only"))
    ids = set(part["ids"])
    hits = sum(1 for row in rows for cell in row.values() if cell in ids)
    if hits:
        found.append(_finding("G05", "identifiers of persons stand in it", name, "remove them", hits))
    if part["release"]["profile"] != "open":
        found += _strict_table(path.stem, name, rows, part, sheets)
    return found


def _strict_table(stem: str, name: str, rows: Rows, part: Mapping[str, Any], sheets: Sheets) -> list[Finding]:
    from netwerkkracht.release.check import check_exhibit

    given = {exhibit["id"]: exhibit for exhibit in part["exhibits"]}.get(stem)
    if given is not None and given["kind"] in sheets:
        sheet = sheets[given["kind"]]
        return check_exhibit(name, rows, sheet, _rules(part), part["waves"], given["options"])
    found = [
        _finding("G10", "no exhibit of the configuration, so nobody declared its columns", name, "remove it")
    ]
    small = small_cells(rows, part["release"]["min_cell"])
    if small:
        action = "merge categories or leave the cells out"
        found.append(_finding("G06", "cells with too few persons", name, action, small))
    return found


def _rules(part: Mapping[str, Any]) -> Any:
    from netwerkkracht.release.rules import Rules

    return Rules(part["release"]["min_cell"], part["release"]["round_to"])


def check_together(
    reports: Path, part: Mapping[str, Any], sheets: Sheets
) -> tuple[list[Finding], dict[str, Any]]:
    """Attack the released tables as one, and test the numbers of the text; nothing under ``open``.

    Returns
    -------
    tuple
        Findings (``G17`` small counts in the text, ``G18`` hidden counts that the tables give back) and
        what the attack found: hidden counts, how many only rounding keeps, how many contradict.
    """
    if part["release"]["profile"] == "open":
        return [], {}
    from netwerkkracht.core.io import read_json, read_rows
    from netwerkkracht.release.attack import Known, attack
    from netwerkkracht.release.check import check_numbers
    from netwerkkracht.release.readers import read_table

    roles: dict[tuple[str, str], Any] = {}
    rules, known = _rules(part), Known(absent=_absent(reports.parent))
    for given in part["exhibits"]:
        folder = "figures" if given["id"].startswith("figure") else "tables"
        path = reports / folder / f"{given['id']}.csv"
        if not path.is_file() or given["kind"] not in sheets:
            continue
        sheet = sheets[given["kind"]]
        read_table(known, sheet, given["id"], read_rows(path), given["options"], rules)
        name = f"{reports.name}/{folder}/{path.name}"
        roles |= {(name, column): role for column, role in sheet.columns.items()}
    numbers = reports / "numbers.json"
    found = check_numbers(read_json(numbers), roles, rules) if numbers.is_file() else []
    result = attack(known, rules)
    by = [exposed.where for exposed in result.exposed]
    found += [
        _finding(
            "G18", "hidden counts can be computed from the released tables", where,
            "leave this exhibit or its neighbour out, or merge categories", by.count(where),
        )
        for where in dict.fromkeys(by)
    ]  # fmt: skip
    facts = {"hidden": result.hidden, "kept_by_rounding": result.by_rounding}
    return found, {**facts, "contradicting": result.inconsistent}


def _absent(study: Path) -> bool:
    """Whether the panel has rows without an interview, as the counts of missing values say."""
    from netwerkkracht.analysis.describe.counts import NO_INTERVIEW
    from netwerkkracht.core.io import read_rows

    path = study / "results" / "aggregate" / "missing.csv"
    return path.is_file() and any(row["reason"] == NO_INTERVIEW for row in read_rows(path))


def small_cells(rows: Iterable[Mapping[str, str]], least: int) -> int:
    """Return how many counts lie above zero and under the limit."""
    return sum(
        1
        for row in rows
        for column, cell in row.items()
        if COUNTS.match(column) and cell.isdigit() and 0 < int(cell) < least
    )


def describe(files: Mapping[str, Mapping[str, Any]], root: Path, sheets: Sheets) -> dict[str, dict[str, Any]]:
    """Return the lines of a manifest with, for each exhibit, what the data steward asks about it.

    Returns
    -------
    dict
        The lines by file; that of an exhibit has ``release``: its class of output (``statbarn``), the
        smallest count of persons above zero, how many rows were rounded, merged, hidden or withheld.
    """
    from netwerkkracht.core.io import read_rows
    from netwerkkracht.release.roles import MARK

    made: dict[str, dict[str, Any]] = {}
    for name, line in files.items():
        exhibit = (line.get("spec") or {}).get("exhibit")
        path = root / name
        table = path.with_name(f"{path.name.partition('.')[0]}.csv")
        if exhibit is None or exhibit["kind"] not in sheets or not table.is_file():
            made[name] = dict(line)
            continue
        sheet, rows = sheets[exhibit["kind"]], read_rows(table)
        persons = [column for column, role in sheet.columns.items() if role.name == "persons"]
        counts = [float(row[column]) for row in rows for column in persons if row.get(column)]
        marks = [row.get(MARK, "") for row in rows]
        facts = {
            "statbarn": sheet.output.statbarn,
            "smallest_count": min((count for count in counts if count > 0), default=None),
            "rows": {mark: marks.count(mark) for mark in sorted(set(marks))},
        }
        made[name] = {**line, "release": facts}
    return made


def _identifiers_in(text: str, ids: Sequence[str]) -> int:
    """Return how many identifiers stand in a text as words of their own, pictures left out.

    Only those with a letter: a bare number stands among coordinates and estimates by chance.
    """
    words = set(re.findall(r"[\w-]+", re.sub(r"data:[\w/+.-]+;base64,[\w/+=]+", "", text)))
    return len(words & {name for name in ids if not name.isdigit()})


def _says_synthetic(path: Path) -> bool:
    text = path.read_text(encoding="utf-8").lower()
    return "synthetisch" in text or "synthetic" in text


def _finding(code: str, what: str, name: str, action: str, count: int | None = None) -> Finding:
    return Finding(
        code,
        "error",
        what,
        file=name,
        count=count,
        expected="aggregates of enough persons, made by this run and listed in its manifest",
        action=action,
    )


def identifiers(rows: Sequence[Mapping[str, str]], columns: Iterable[str]) -> list[str]:
    """Return the identifiers in the columns named that are telling enough to search for.

    A short number occurs everywhere by chance; five characters, or four of them letters and digits, do not.
    """
    found = {row.get(column, "") for row in rows for column in columns}
    return sorted(
        name
        for name in found
        if len(name) >= 5 or (len(name) == 4 and name.isalnum() and not name.isdigit() and not name.isalpha())
    )
