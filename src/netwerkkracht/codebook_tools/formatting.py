"""Sorts a codebook canonically, so that a changed line is a decision and nothing else."""

from __future__ import annotations

import csv
import io as stdio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.core.errors import fail
from netwerkkracht.study.codebook.codelists import interval, number
from netwerkkracht.study.codebook.study import load_yaml
from netwerkkracht.study.codebook.tables import COLUMNS, columns_of

Row = dict[str, str]


def format_tables(texts: Mapping[str, str], study: Mapping[str, Any]) -> dict[str, str]:
    """Return the tables in canonical form.

    Blanks around cells go, wave and group lists follow the order of the study (``*`` when all are named),
    columns stand in the order of the format. ``variables.csv`` and ``derived.csv`` keep their order, which is
    the order of the report; the others are sorted: sources by variable, wave and group; codes by list, then
    numbers rising, texts, SYSMIS; targets by list and code; decisions by number; examples and keys by file,
    person, wave. A table that already has that form comes back unchanged.

    Parameters
    ----------
    texts
        File name to content; names that are no table of the format are left out.
    study
        The content of study.yaml (waves, groups, files).
    """
    waves = [str(wave) for wave in study.get("waves") or ()]
    groups = [str(group) for group in study.get("groups") or ()]
    files = [str(item.get("file")) for item in study.get("files") or () if isinstance(item, dict)]
    key_file = str(study.get("keys") or "")
    tables = {name: _rows(name, text) for name, text in texts.items() if name in COLUMNS or name == key_file}
    order = {row.get("variable", ""): n for n, row in enumerate(tables.get("variables.csv", ()))}
    result = {}
    for name, rows in tables.items():
        if name == "sources.csv":
            for row in rows:
                row["wave"] = _listed(row.get("wave", ""), waves)
                row["group"] = _listed(row.get("group", ""), groups)
            rows.sort(key=lambda row: _source_key(row, order, waves, groups))
        elif name == "codes.csv":
            rows.sort(key=lambda row: (row.get("codes", ""), _code_key(row.get("source", ""))))
        elif name == "targets.csv":
            rows.sort(key=lambda row: (row.get("targets", ""), _code_key(row.get("code", ""))))
        elif name == "decisions.csv":
            rows.sort(key=lambda row: _natural(row.get("number", "")))
        elif name == "examples.csv":
            rows.sort(
                key=lambda row: (row.get("person_id", ""), row.get("wave", ""), row.get("variable", ""))
            )
        elif name == key_file:
            rows.sort(key=lambda row: (_place(files, row.get("file", "")), row.get("person_id", "")))
        result[name] = _text(name, rows)
    return result


def _rows(name: str, text: str) -> list[Row]:
    lines = [line for line in csv.reader(stdio.StringIO(text), delimiter=";") if line]
    if not lines:
        return []
    header, *body = lines
    for number_, cells in enumerate(body, start=2):
        if len(cells) != len(header):
            raise fail(
                "F04",
                f"a line has {len(cells)} cells (line {number_} without empty ones)",
                file=name,
                expected=f"{len(header)} cells",
                action="check the separators on that line",
            )
    return [
        {key.strip(): " ".join(cell.split()) for key, cell in zip(header, cells, strict=True)}
        for cells in body
    ]


def _listed(cell: str, known: list[str]) -> str:
    words = cell.split()
    if cell == "*" or set(words) == set(known):
        return "*"
    return " ".join(sorted(words, key=lambda word: _place(known, word)))


def _place(known: list[str], word: str) -> tuple[int, str]:
    return (known.index(word), "") if word in known else (len(known), word)


def _source_key(row: Row, order: Mapping[str, int], waves: list[str], groups: list[str]) -> tuple[Any, ...]:
    variable = row.get("variable", "")
    wave = (row.get("wave", "").split() or [""])[0]
    group = (row.get("group", "").split() or [""])[0]
    # a star stands first, since it covers the first wave or group too
    return (
        order.get(variable, len(order)),
        variable,
        (-1, "") if wave == "*" else _place(waves, wave),
        (-1, "") if group == "*" else _place(groups, group),
    )


def _code_key(source: str) -> tuple[int, float, str]:
    if source == "SYSMIS":
        return (2, 0.0, "")
    ends = interval(source)
    value = ends[0] if ends else number(source)
    return (0, value, source) if value is not None else (1, 0.0, source)


def _natural(word: str) -> tuple[str, int, str]:
    digits = "".join(sign for sign in word if sign.isdigit())
    return (word.rstrip("0123456789"), int(digits or 0), word)


def _text(name: str, rows: list[Row]) -> str:
    given = list(rows[0]) if rows else []
    known = [column for part in columns_of(name, given) for column in part] if name in COLUMNS else given
    columns = [column for column in known if column in given] + [c for c in given if c not in known]
    if name == "sources.csv" and "decision" in columns:
        # label and decision last: that is where the eye looks for them
        columns = [c for c in columns if c not in {"source_label", "decision"}] + ["source_label", "decision"]
    return io.csv_text(columns, [[row[column] for column in columns] for row in rows], separator=";")


def run_fmt(codebook: Path, *, check: bool = False) -> tuple[str, ...]:
    """Write the tables of a codebook in canonical form; return the names of the files that changed.

    With ``check`` nothing is written. study.yaml is for people and stays as it is.
    """
    study = load_yaml(codebook / "study.yaml")
    names = [*COLUMNS, *([str(study["keys"])] if study.get("keys") else [])]
    before = {
        name: (codebook / name).read_text(encoding="utf-8-sig")
        for name in names
        if (codebook / name).exists()
    }
    after = format_tables(before, study)
    changed = tuple(name for name, text in after.items() if text and text != before[name])
    for name in () if check else changed:
        io.write_text(codebook / name, after[name])
    return changed
