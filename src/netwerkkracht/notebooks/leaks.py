"""Refuse an executed notebook that shows a person, a machine or nothing at all.

Pure functions over a notebook node; they return findings and never quote what they found.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from netwerkkracht.core.errors import Finding

MACHINE_PATH = re.compile(r"(?:/(?:home|root|tmp|work|usr|var|Users|opt)/|[A-Za-z]:\\\\?Users)")
MAX_TABLE_ROWS = 40


def find_leaks(notebook: Any, *, name: str, id_column: str, host: str = "") -> list[Finding]:
    """Return what must not leave in a notebook's outputs.

    ``NB1`` a machine path or host name; ``NB2`` the id column in a table; ``NB3`` a table longer than
    40 rows, the size at which it is likely person-level; ``NB4`` a picture without alternative text;
    ``NB5`` a warning.
    """
    findings: list[Finding] = []
    for place, output in _outputs(notebook):
        shown = _text(output)
        if MACHINE_PATH.search(shown) or (host and re.search(rf"\b{re.escape(host)}\b", shown)):
            findings.append(
                _finding("NB1", "the output names a folder or the machine it ran on", name, place)
            )
        if re.search(rf">\s*{re.escape(id_column)}\s*<|(?m:^\s*{re.escape(id_column)}\b)", shown):
            findings.append(_finding("NB2", "the output shows the person key", name, place))
        if shown.count("<tr") > MAX_TABLE_ROWS or _plain_rows(output) > MAX_TABLE_ROWS:
            findings.append(
                _finding("NB3", f"the output is a table of more than {MAX_TABLE_ROWS} rows", name, place)
            )
        if output.get("name") == "stderr":
            findings.append(_finding("NB5", "the cell warns", name, place))
        if _picture_without_alt(output):
            findings.append(_finding("NB4", "the picture has no alternative text", name, place))
    return findings


def _finding(code: str, what: str, name: str, place: int) -> Finding:
    return Finding(
        code,
        "error",
        f"{what} (cell {place})",
        file=name,
        expected="aggregates, pictures with alternative text, no trace of a machine or a person",
        action="change the cell so that it shows an aggregate; draw pictures with teaching.show",
    )


def _outputs(notebook: Any) -> Iterator[tuple[int, Any]]:
    for place, cell in enumerate(notebook.cells, start=1):
        for output in cell.get("outputs", ()):
            yield place, output


def _text(output: Any) -> str:
    data = output.get("data", {})
    parts = [
        output.get("text", ""),
        *(data.get(kind, "") for kind in ("text/plain", "text/html", "image/svg+xml")),
    ]
    return "\n".join(parts)


def _plain_rows(output: Any) -> int:
    data = output.get("data", {})
    return 0 if "text/html" in data else len(data.get("text/plain", "").splitlines())


def _picture_without_alt(output: Any) -> bool:
    pictures = [kind for kind in output.get("data", {}) if kind.startswith("image/")]
    metadata = output.get("metadata", {})
    return any(not str(metadata.get(kind, {}).get("alt", "")).strip() for kind in pictures)
