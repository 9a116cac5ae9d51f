"""A table of a file that fits a terminal, whatever script its labels are in."""

from __future__ import annotations

import shutil
import unicodedata
from typing import Any

from netwerkkracht.spss.inspection.facts import code_text

NARROWEST, WIDEST = 60, 200
ELLIPSIS = "…"


def render(known: dict[str, Any], width: int = 0) -> str:
    """Return the facts of a file (see ``facts.py``) as lines of at most ``width`` columns."""
    width = width or shutil.get_terminal_size((100, 24)).columns
    width = min(max(width, NARROWEST), WIDEST)
    lines = [*_head(known), *_findings(known), "", *_variables(known["variables"], width)]
    for name, one in known["mr_sets"].items():
        counted = "" if one["counted"] is None else f", counted value {one['counted']}"
        lines += ["", f"set ${name} ({one['kind']}{counted}): {one['label']}"]
        lines.append("  " + " ".join(one["variables"]))
    wrapped = [part for line in lines for part in wrap(clean(line), width)]
    return "\n".join(line.rstrip() for line in wrapped) + "\n"


def _head(known: dict[str, Any]) -> list[str]:
    size = f"{known['n_rows']} rows, {known['n_vars']} variables"
    lines = [f"{known['file']}: {size}, {known['encoding']}, {known['bytes']} bytes ({known['container']})"]
    if known["file_label"]:
        lines.append(f"label:    {known['file_label']}")
    if known["weight"]:
        lines.append(f"weight:   {known['weight']} (SPSS counts rows by it; the counts below do not)")
    lines += [f"document: {line}" for line in known["documents"] if line]
    lines += [f"sha256:   {known['sha256'][:32]}", f"          {known['sha256'][32:]}"]
    return lines


def _findings(known: dict[str, Any]) -> list[str]:
    lines: list[str] = []
    for finding in known["findings"]:
        place = f" [{finding['variable']}]" if "variable" in finding else ""
        lines += ["", f"{finding['code']} {finding['severity']}: {finding['what']}{place}"]
        lines.append(f"  to do: {finding['action']}")
    return lines


def _variables(variables: dict[str, Any], width: int) -> list[str]:
    """Return one line per variable, and below it its values with labels and counts."""
    rows = [
        (
            str(number),
            clean(name),
            fact["format"],
            fact["measure"] if fact["measure"] != "unknown" else "",
            _missing(fact["missing"]),
            str(fact["n_sysmis"]),
            clean(fact["label"] or ""),
        )
        for number, (name, fact) in enumerate(variables.items(), start=1)
    ]
    head = ("#", "name", "format", "measure", "missing", "empty", "label")
    sizes = _sizes([head, *rows], width)
    indent = sizes[0] + 2
    lines = [_row(head, sizes), "─" * min(width, sum(sizes) + 2 * (len(sizes) - 1))]
    for row, fact in zip(rows, variables.values(), strict=True):
        lines.append(_row(row, sizes))
        lines += [" " * indent + part for part in wrap(_values(fact), width - indent)]
    return lines


def _sizes(rows: list[tuple[str, ...]], width: int) -> list[int]:
    """Give each column what it needs, within bounds; the last takes the rest."""
    bounds = (7, max(12, width // 4), 12, 7, max(12, width // 5), 7)
    sizes = [min(bound, max(columns(row[i]) for row in rows)) for i, bound in enumerate(bounds)]
    rest = width - sum(sizes) - 2 * len(sizes)
    return [*sizes, max(10, rest)]


def _row(cells: tuple[str, ...], sizes: list[int]) -> str:
    right = {0, 5}
    return "  ".join(
        pad(cut(cell, size), size, right=i in right)
        for i, (cell, size) in enumerate(zip(cells, sizes, strict=True))
    )


def _missing(missing: dict[str, Any]) -> str:
    parts = [f"{code_text(low)} THRU {code_text(high)}" for low, high in missing["ranges"]]
    return "; ".join([*parts, *map(code_text, missing["values"])])


def _values(fact: dict[str, Any]) -> str:
    """Return values with label and count, or how many there are and from when to when."""
    labels = fact["value_labels"]
    parts: list[str] = []
    if fact.get("first"):
        parts.append(f"{fact['first']} to {fact['last']}")
    if fact.get("n_invalid"):
        parts.append(f"{fact['n_invalid']} out of range")
    if "value_counts" not in fact:
        if fact.get("lowest") is not None:
            parts.append(f"{code_text(fact['lowest'])} to {code_text(fact['highest'])}")
        if fact["n_user_missing"]:
            parts.append(f"{fact['n_user_missing']} declared missing")
        return ", ".join([f"{fact['n_distinct']} different values", *parts])
    if not parts:
        counts = fact["value_counts"]
        shown = {**counts, **{code: 0 for code in labels if code not in counts}}
        parts = [f"{_value(code, labels)} ({count})" for code, count in shown.items()]
    return " · ".join(clean(part) for part in parts)


def _value(code: str, labels: dict[str, str]) -> str:
    if code in labels:
        return f"{code} = {labels[code]}"
    return code or "''"


def clean(text: str) -> str:
    """Replace what could move the cursor, change colours or turn the direction of a terminal."""
    return "".join(
        char if unicodedata.category(char) not in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} else "\ufffd"
        for char in text
    )


def char_columns(char: str) -> int:
    """Return how many columns of a terminal a character takes: 0, 1 or 2."""
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def columns(text: str) -> int:
    """Return how many columns a text takes."""
    return len(text) if text.isascii() else sum(map(char_columns, text))


def cut(text: str, width: int) -> str:
    """Cut a text to at most ``width`` columns, with an ellipsis where something is left out."""
    if columns(text) <= width:
        return text
    kept = ""
    used = 0
    for char in text:
        used += char_columns(char)
        if used > width - 1:
            break
        kept += char
    return kept + ELLIPSIS


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill a text with blanks to ``width`` columns."""
    blanks = " " * max(0, width - columns(text))
    return blanks + text if right else text + blanks


def wrap(text: str, width: int) -> list[str]:
    """Break a text at blanks into lines of at most ``width`` columns; a longer word is broken anywhere."""
    if columns(text) <= width:
        return [text]
    indent = " " * min(len(text) - len(text.lstrip(" ")), width // 2)
    lines: list[str] = []
    line = indent
    for word in text.split(" "):
        rest = word
        while columns(rest) > width - len(indent):
            if line.strip(" "):
                lines.append(line)
            line = indent
            piece = _head_of(rest, width - len(indent))
            lines.append(indent + piece)
            rest = rest[len(piece) :]
        glue = " " if line.strip(" ") else ""
        if columns(line) + len(glue) + columns(rest) > width:
            lines.append(line)
            line, glue = indent, ""
        line += glue + rest
    return [*lines, line] if line.strip(" ") else lines


def _head_of(text: str, width: int) -> str:
    used = 0
    for index, char in enumerate(text):
        used += char_columns(char)
        if used > width:
            return text[:index]
    return text
