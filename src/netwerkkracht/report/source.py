"""Reading the source folder of a report: its files, its front matter, and its small tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.report.model import Meta
from netwerkkracht.report.store import format_number

SUFFIXES: Final = (".typ", ".bib", ".yaml", ".csl", ".svg")
_META_TEXTS: Final = ("title", "short_title", "subtitle", "kicker", "banner_title", "banner", "cite")


def read_source(folder: Path) -> dict[str, bytes]:
    """Return the files of a source folder by their name relative to it.

    Raises
    ------
    StudyError
        ``R30`` when the folder holds no ``report.typ``.
    """
    found = {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.suffix in SUFFIXES
    }
    if "report.typ" not in found:
        raise fail(
            "R30",
            "the report's source folder holds no text",
            file=f"{folder.name}/report.typ",
            expected="report.typ, meta.yaml and numbers.yaml",
            action="add them, or correct 'source' of the report in the configuration",
        )
    return found


def read_yaml(source: Mapping[str, bytes], name: str) -> dict[str, Any]:
    """Return one YAML file of the source folder, empty when it is not there.

    Raises
    ------
    StudyError
        ``R30`` when it is no YAML or says a thing twice.
    """
    return load(source.get(name, b"").decode("utf-8"), file=name, code="R30") or {}


def read_meta(
    source: Mapping[str, bytes],
    languages: Sequence[str],
    *,
    synthetic: bool,
    version: str = "",
    level: float = 0.95,
) -> Meta:
    """Return the front matter from ``meta.yaml``.

    Parameters
    ----------
    source
        The source folder.
    languages
        Those that every text must be in.
    synthetic
        Whether the data are synthetic: from the configuration, never from the text. If not, the fields
        under ``real`` replace those beside it.
    version
        Printed at the foot.
    level
        What the intervals of the analysis cover.

    Raises
    ------
    StudyError
        ``R30`` for a field that is unknown, missing, or not there in every language.
    """
    given = read_yaml(source, "meta.yaml")
    instead = given.pop("real", {})
    if not isinstance(instead, dict) or not set(instead) <= {*_META_TEXTS, "keywords"}:
        raise _meta_fault("'real' holds something else than texts or keywords")
    given |= {} if synthetic else instead
    known = {*_META_TEXTS, "authors", "keywords", "date", "literals"}
    needed = {"title", "short_title", "subtitle", "kicker", "authors", "date"}
    for name in [*(set(given) - known), *(needed - set(given))]:
        hint = nearest(name, known)
        raise _meta_fault(
            f"field '{name}' is {'missing' if name in needed else 'unknown'}; {hint}".rstrip("; ")
        )
    for name in {*_META_TEXTS, "keywords"} & set(given):
        for lang in languages:
            if not isinstance(given[name], dict) or lang not in given[name]:
                raise _meta_fault(f"field '{name}' is not there in the language '{lang}' of the report")
    return Meta(
        **{name: given.get(name, {}) for name in _META_TEXTS},
        authors=tuple(given["authors"]),
        keywords=given.get("keywords", {}),
        date=str(given["date"]),
        synthetic=synthetic,
        version=version,
        level=level,
        literals=tuple(given.get("literals", ())),
    )


def _meta_fault(what: str) -> Exception:
    return fail(
        "R30",
        what,
        file="meta.yaml",
        expected="the fields of docs/report.md, texts as {LANGUAGE: text}",
        action="correct the front matter of the report",
    )


def table_files(source: Mapping[str, bytes]) -> dict[str, str]:
    """Return the files that the small tables of ``tables.yaml`` are read from, with their separators."""
    return {
        str(given["file"]): str(given.get("separator", ","))
        for given in read_yaml(source, "tables.yaml").values()
    }


def small_tables(
    source: Mapping[str, bytes], files: Mapping[str, Any], languages: Sequence[str]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return the small tables of ``tables.yaml`` by name and language, ready for the source.

    Parameters
    ----------
    source
        The source folder.
    files
        What each named file holds: rows of text cells, or JSON with the rows at ``rows``.
    languages
        The languages of the report.

    Raises
    ------
    StudyError
        ``R31`` when a file, a column or the list of rows is not there.
    """
    made: dict[str, dict[str, dict[str, Any]]] = {}
    for name, given in read_yaml(source, "tables.yaml").items():
        rows = _rows(name, given, files)
        made[str(name)] = {lang: _table(name, given, rows, lang) for lang in languages}
    return made


def _rows(name: str, given: Mapping[str, Any], files: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    here: Any = files.get(given["file"])
    for part in str(given["rows"]).split(".") if "rows" in given else ():
        here = here.get(part) if isinstance(here, Mapping) else None
    if not isinstance(here, Sequence):
        raise _table_fault(name, given, "has no rows")
    wanted, unwanted = (_choices(given.get(name, {})) for name in ("where", "unless"))
    rows = [
        row
        for row in here
        if all(str(row.get(key)) in values for key, values in wanted.items())
        and not any(str(row.get(key)) in values for key, values in unwanted.items())
    ]
    return _spread(rows, given["spread"]) if "spread" in given else rows


def _choices(given: Mapping[str, Any]) -> dict[str, set[str]]:
    return {
        key: {str(value) for value in (values if isinstance(values, list) else [values])}
        for key, values in given.items()
    }


def _spread(rows: Sequence[Mapping[str, Any]], how: Mapping[str, str]) -> list[dict[str, Any]]:
    """Turn the values of one column into columns; what stands in no row is empty."""
    names = sorted({str(row[how["names"]]) for row in rows})
    made: dict[tuple[Any, ...], dict[str, Any]] = {}
    for row in rows:
        rest = {key: value for key, value in row.items() if key not in {how["names"], how["values"]}}
        line = made.setdefault(tuple(rest.values()), {**rest, **dict.fromkeys(names, "")})
        line[str(row[how["names"]])] = row[how["values"]]
    return list(made.values())


def _table(
    name: str, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], lang: str
) -> dict[str, Any]:
    columns = given["columns"]
    return {
        "columns": [
            {
                "text": column[lang],
                "numeric": column.get("kind", "text") != "text",
                "width": column.get("width", 0),
            }
            for column in columns
        ],
        "rows": [
            {"level": 1, "cells": [_cell(name, given, row, column, lang) for column in columns]}
            for row in rows
        ],
        "notes": [note[lang] for note in given.get("notes", ())],
    }


def _cell(
    name: str, given: Mapping[str, Any], row: Mapping[str, Any], column: Mapping[str, Any], lang: str
) -> str:
    key = column["key"][lang] if isinstance(column["key"], Mapping) else column["key"]
    if key not in row and "spread" not in given:
        raise _table_fault(name, given, f"has no column '{key}'; {nearest(str(key), row)}".rstrip("; "))
    value = row.get(key)
    if value in (None, ""):
        return ""
    said = column.get("say", {}).get(str(value), {})
    if lang in said:
        return str(said[lang])
    kind = column.get("kind", "text")
    if kind == "text":
        return str(value)
    return format_number(float(value), kind, int(column.get("decimals", 0)), lang)


def _table_fault(name: str, given: Mapping[str, Any], what: str) -> Exception:
    return fail(
        "R31",
        f"the table '{name}' {what}",
        file=str(given["file"]),
        expected="the file, rows and columns that tables.yaml names",
        action="correct tables.yaml, or the step that makes the file",
    )
