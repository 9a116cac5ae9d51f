"""Collecting the numbers of a report: from the files they stand in to one store.

A number that is missing, ambiguous or not a number stops the build; a number that may not be shown because
the status of its model is not ok is printed as "not given", never as an interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Final, cast

from netwerkkracht.core.display import level_text
from netwerkkracht.core.errors import Finding, StudyError, fail, nearest
from netwerkkracht.core.io import cell_text
from netwerkkracht.core.precision import rounded
from netwerkkracht.report import outcomes
from netwerkkracht.report.compute import COMPUTATIONS
from netwerkkracht.report.spec import INTERVALS, NumberSpec, NumbersSpec, WordSpec
from netwerkkracht.report.store import Number, Numbers, format_number

Row = Mapping[str, str]
Source = Sequence[Row] | Mapping[str, Any]

OK: Final = "ok"
# what a release of real data says of a row or document of which numbers were held back
NOT_RELEASED: Final = ("hidden", "withheld")


def collect(spec: NumbersSpec, sources: Mapping[str, Source], *, level: float = 0.95) -> Numbers:
    """Collect all numbers and words of a list.

    Parameters
    ----------
    spec
        The list, from :func:`netwerkkracht.report.spec.read_spec`.
    sources
        The files the list names, by the same name: rows of text cells of a CSV (``io.read_rows``) or the
        content of a JSON file (``io.read_json``).
    level
        What the intervals of the analysis cover; it takes the place of ``{level}`` in a meaning.

    Returns
    -------
    Numbers
        In the order of the list, numbers before words.

    Raises
    ------
    StudyError
        All faults at once: ``R02`` unknown key in a computation or word, ``R03`` file, row or column not
        found or not unique, ``R04`` a cell that is empty without a status that says why, or no number.
    """
    found: dict[str, Number] = {}
    faults: list[Finding] = []
    for line in spec.numbers:
        try:
            found[line.key] = _compute(line, found) if line.compute else _read(line, sources, found)
        except StudyError as error:
            faults.extend(error.findings)
    for word in spec.words:
        try:
            found[word.key] = _word(word, found)
        except StudyError as error:
            faults.extend(error.findings)
    if faults:
        raise StudyError(faults)
    units = {line.key: line.unit for line in spec.numbers}
    printed = {
        key: _printed(number, units[key], spec.languages) if key in units else number
        for key, number in found.items()
    }
    return Numbers({key: _levelled(number, level) for key, number in printed.items()})


def _printed(number: Number, unit: Mapping[str, str], languages: Sequence[str]) -> Number:
    text = {lang: format_number(number.raw, number.kind, number.decimals, lang, unit) for lang in languages}
    return replace(number, text=text)


def _levelled(number: Number, level: float) -> Number:
    meaning = {
        lang: text.replace("{level}", level_text(lang, level)) for lang, text in number.meaning.items()
    }
    return replace(number, meaning=meaning)


def _read(spec: NumberSpec, sources: Mapping[str, Source], found: Mapping[str, Number]) -> Number:
    file = cast("str", spec.file)
    if file not in sources:
        raise _not_found(spec, f"the file of number '{spec.key}' was not read", nearest(file, sources))
    source = sources[file]
    at = ""
    if isinstance(source, Mapping):
        inner = _follow(spec, source)
        if inner is None and source.get("release"):
            return _made(spec, None, None, spec.pointer or "", f"at {spec.pointer}: not released")
        if not spec.columns:
            return _made(spec, _cell(spec, inner), None, spec.pointer or "", f"at {spec.pointer}")
        at = f"{spec.pointer}: "
        source = [_text_row(row) for row in inner] if isinstance(inner, list) else []
    if spec.reduce is not None:
        return _reduced(spec, source)
    if _not_fitted(spec, found) and not _hits(spec, source):
        return _made(spec, None, None, " and ".join(spec.columns), f"{at}no row: {spec.status_of}")
    line, row = _one_row(spec, source)
    cells = [_column(spec, row, column) for column in spec.columns]
    selector = ", ".join(f"{name} = {value}" for name, value in spec.where.items()) or "the only row"
    if not any(cells) and _held_back(spec, row, found):
        raw = None
    else:
        values = [_cell(spec, cell) for cell in cells]
        raw = values if spec.kind in INTERVALS else values[0]
    return _made(spec, raw, None if at else line, " and ".join(spec.columns), at + selector)


def _reduced(spec: NumberSpec, rows: Sequence[Row]) -> Number:
    """Return one number out of all rows that the selector finds; empty cells do not count."""
    hits = _hits(spec, rows)
    if not hits:
        raise _not_found(spec, f"number '{spec.key}' finds no row")
    cells = [_column(spec, row, spec.columns[0]) for _, row in hits]
    values = [_cell(spec, cell) for cell in cells if cell]
    reduce: Any = {"min": min, "max": max, "sum": sum, "rows": len}[cast("str", spec.reduce)]
    raw = reduce(values) if values else None
    selector = ", ".join(f"{name} = {value}" for name, value in spec.where.items()) or "all rows"
    return _made(spec, raw, None, spec.columns[0], f"{spec.reduce} over {len(values)} rows, {selector}")


def _held_back(spec: NumberSpec, row: Row, found: Mapping[str, Number]) -> bool:
    """Say whether the release, or a status in the row or under another key, forbids to print the number."""
    if row.get("release") in NOT_RELEASED:
        return True
    if spec.status_of is not None:
        return _not_fitted(spec, found)
    if spec.status is not None:
        return _column(spec, row, spec.status) != OK
    return row.get("status", OK) != OK


def _not_fitted(spec: NumberSpec, found: Mapping[str, Number]) -> bool:
    """Say whether the status under another key is that of a model without inference."""
    return spec.status_of is not None and bool(_known(spec.key, spec.status_of, found).raw != OK)


def _text_row(row: Mapping[str, Any]) -> Row:
    return {str(name): cell_text(value) for name, value in row.items()}


def _made(spec: NumberSpec, raw: Any, row: int | None, column: str, how: str) -> Number:
    # a model's file has every digit; one in the text has those that leave, as the exhibits have
    name = column.split(" and ", maxsplit=1)[0].rpartition(".")[2]
    raw = [rounded(value, name) for value in raw] if isinstance(raw, list) else rounded(raw, name)
    return Number(
        key=spec.key,
        kind=spec.kind,
        raw=raw,
        decimals=spec.decimals,
        text={},
        meaning=spec.meaning,
        file=spec.file,
        row=row,
        column=column or None,
        how=how,
    )


def _not_found(spec: NumberSpec, what: str, hint: str = "") -> StudyError:
    return fail(
        "R03",
        f"{what}{'; ' + hint if hint else ''}",
        file=spec.file,
        expected="one row and a column that exist",
        action=f"correct the entry '{spec.key}' in the list of numbers, or the step that makes the file",
    )


def _hits(spec: NumberSpec, rows: Sequence[Row]) -> list[tuple[int, Row]]:
    """Return the rows that the selector finds, with their line in the file."""
    for name in spec.where if rows else ():
        _column(spec, rows[0], name)
    return [
        (line, row)
        for line, row in enumerate(rows, start=2)
        if all(row[name] == value for name, value in spec.where.items())
    ]


def _one_row(spec: NumberSpec, rows: Sequence[Row]) -> tuple[int, Row]:
    hits = _hits(spec, rows)
    if len(hits) != 1:
        selector = ", ".join(f"{name} = {value}" for name, value in spec.where.items())
        raise _not_found(spec, f"number '{spec.key}' finds {len(hits)} rows with {selector or 'no selector'}")
    return hits[0]


def _column(spec: NumberSpec, row: Row, column: str) -> str:
    if column not in row:
        raise _not_found(spec, f"number '{spec.key}' asks for column '{column}'", nearest(column, row))
    return row[column]


def _follow(spec: NumberSpec, document: Mapping[str, Any]) -> Any:
    here: Any = document
    for part in (spec.pointer or "").split("."):
        if isinstance(here, Mapping) and part in here:
            here = here[part]
        elif isinstance(here, list) and part.isdigit() and int(part) < len(here):
            here = here[int(part)]
        else:
            raise _not_found(spec, f"number '{spec.key}' finds nothing at '{spec.pointer}'")
    return here


def _cell(spec: NumberSpec, value: Any) -> Any:
    if spec.kind == "text":
        return str(value)
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if isinstance(value, bool) or not math.isfinite(number):
        state = "empty" if value in ("", None) else "not a number"
        raise fail(
            "R04",
            f"the cell of number '{spec.key}' is {state}",
            file=spec.file,
            variable=", ".join(spec.columns) or spec.pointer,
            expected="a number, or a status that says why there is none",
            action="name the status column in the entry, or correct the step that makes the file",
        )
    number *= spec.scale
    return int(number) if spec.kind == "count" and number.is_integer() else number


def _known(key: str, wanted: str, found: Mapping[str, Number]) -> Number:
    if wanted not in found:
        hint = nearest(wanted, found)
        raise fail(
            "R02",
            f"'{key}' uses the number '{wanted}', which is not there{'; ' + hint if hint else ''}",
            expected="a key defined above it in the list of numbers",
            action="add that key, or move it up",
        )
    return found[wanted]


def _compute(spec: NumberSpec, found: Mapping[str, Number]) -> Number:
    name = cast("str", spec.compute)
    values = [_known(spec.key, key, found).raw for key in spec.of]
    raw: Any = None
    if None not in values:
        try:
            raw = COMPUTATIONS[name](*values, **spec.arguments)
        except TypeError as cause:
            raise _not_found(spec, f"'{spec.key}' gives '{name}' the wrong arguments") from cause
    raw = list(raw) if isinstance(raw, tuple) else raw
    settings = [f"{field} = {value}" for field, value in spec.arguments.items()]
    made = _made(spec, raw, None, "", f"{name}({', '.join([*spec.of, *settings])})")
    return replace(made, uses=spec.of)


def _word(spec: WordSpec, found: Mapping[str, Number]) -> Number:
    values = [_known(spec.key, key, found).raw for key in spec.of]
    outcome = outcomes.choose(spec.rule, values, spec.arguments)
    settings = ", ".join(f"{name} = {value}" for name, value in spec.arguments.items())
    how = f"{spec.rule}({', '.join(spec.of)}{'; ' + settings if settings else ''}) is '{outcome}'"
    return Number(
        key=spec.key,
        kind="word",
        raw=outcome,
        decimals=0,
        text=spec.say[outcome],
        meaning=spec.meaning,
        file=None,
        row=None,
        column=None,
        how=how,
        uses=spec.of,
    )
