"""Compare a run with the expected numbers of the published one: per exhibit and number, a verdict.

Exhibits are compared as the numbers they show, never as pixels. Counts, codes and words must be equal;
estimates may differ by one in the last digit that leaves, which other machines round apart (`precision`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from netwerkkracht.core import io
from netwerkkracht.core.errors import fail
from netwerkkracht.core.precision import INFERENCE, NEAR_ZERO, precision_of
from netwerkkracht.provenance.fingerprint import digest_text, sha256

Outcome = Literal["same", "within tolerance", "differs", "missing", "unexpected"]
PASSED = ("same", "within tolerance")
SHOWN = 5


@dataclass(frozen=True)
class Difference:
    """One cell that is not as expected; ``relative`` is None where the cells are not both numbers."""

    place: str
    expected: str
    found: str
    relative: float | None


@dataclass(frozen=True)
class Verdict:
    """What came out for one exhibit or number; ``count`` is how many of its cells differ."""

    id: str
    outcome: Outcome
    count: int = 0
    largest: float = 0.0
    differences: tuple[Difference, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether the item may be called reproduced."""
        return self.outcome in PASSED

    def __str__(self) -> str:
        """Return the verdict in words, the first differences below it."""
        lines = [f"{self.id}: {self.outcome}" + (f", {self.count} cells" if self.count else "")]
        if self.outcome == "within tolerance":
            lines[0] += f", largest relative difference {self.largest:.1e}"
        for item in self.differences[:SHOWN]:
            size = "" if item.relative is None else f" (relative difference {item.relative:.1e})"
            lines.append(f"  {item.place}: expected {item.expected}, found {item.found}{size}")
        if self.count > SHOWN:
            lines.append(f"  and {self.count - SHOWN} more")
        return "\n".join(lines)


def compare_cells(expected: str, found: str, *, tolerance: float) -> float | None:
    """Return how far two cells lie apart, 0 when equal; None when they may not differ and do.

    Whole numbers are counts or codes and must be equal, as must words and empty cells.
    """
    if expected == found:
        return 0.0
    first, second = _number(expected), _number(found)
    if first is None or second is None or (_whole(expected) and _whole(found)):
        return None
    if math.isclose(first, second, rel_tol=tolerance, abs_tol=NEAR_ZERO):
        return _relative(first, second)
    return None


def _number(cell: str) -> float | None:
    try:
        value = float(cell)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def _whole(cell: str) -> bool:
    return cell.lstrip("-").isdigit()


def _relative(first: float, second: float) -> float:
    return abs(first - second) / max(abs(first), abs(second), NEAR_ZERO)


def compare_rows(
    name: str, expected: Sequence[Mapping[str, str]], found: Sequence[Mapping[str, str]]
) -> Verdict:
    """Compare the tidy rows of one exhibit, in order, column by column."""
    shape = _shape(expected), _shape(found)
    if shape[0] != shape[1]:
        return Verdict(name, "differs", 1, differences=(Difference("columns and rows", *shape, None),))
    apart: list[Difference] = []
    largest = 0.0
    for number, (before, after) in enumerate(zip(expected, found, strict=True), start=2):
        for column, cell in before.items():
            size = compare_cells(cell, after[column], tolerance=precision_of(column).tolerance)
            if size is None:
                apart.append(_difference(f"row {number}, column {column}", cell, after[column]))
            else:
                largest = max(largest, size)
    return _verdict(name, apart, largest)


def _shape(rows: Sequence[Mapping[str, str]]) -> str:
    columns = list(rows[0]) if rows else []
    return f"{len(rows)} rows of {', '.join(columns)}"


def _difference(place: str, expected: str, found: str) -> Difference:
    first, second = _number(expected), _number(found)
    size = None if first is None or second is None else _relative(first, second)
    return Difference(place, expected or "an empty cell", found or "an empty cell", size)


def _verdict(name: str, apart: Sequence[Difference], largest: float) -> Verdict:
    if apart:
        worst = max((item.relative or 0.0 for item in apart), default=0.0)
        return Verdict(name, "differs", len(apart), worst, tuple(apart[:SHOWN]))
    return Verdict(name, "within tolerance" if largest else "same", 0, largest)


def compare_numbers(expected: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[Verdict, ...]:
    """Compare the printed numbers by key: raw value, and the words in each language."""
    verdicts = []
    for key in sorted({*expected, *found}):
        if key not in found:
            verdicts.append(Verdict(key, "missing"))
        elif key not in expected:
            verdicts.append(Verdict(key, "unexpected"))
        else:
            verdicts.append(_compare_number(key, expected[key], found[key]))
    return tuple(verdicts)


def _compare_number(key: str, expected: Mapping[str, Any], found: Mapping[str, Any]) -> Verdict:
    from netwerkkracht.report.store import languages_of

    apart: list[Difference] = []
    largest = 0.0
    for part in ("raw", *dict.fromkeys((*languages_of(expected), *languages_of(found)))):
        pairs = zip(_cells(expected.get(part)), _cells(found.get(part)), strict=False)
        if len(_cells(expected.get(part))) != len(_cells(found.get(part))):
            apart.append(_difference(part, str(expected.get(part)), str(found.get(part))))
            continue
        for before, after in pairs:
            size = compare_cells(before, after, tolerance=INFERENCE.tolerance)
            if size is None:
                apart.append(_difference(part, before, after))
            else:
                largest = max(largest, size)
    return _verdict(key, apart, largest)


def _cells(value: Any) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [io.cell_text(item) for item in items]


def exhibit_file(name: str) -> str:
    """Return the place of an exhibit's data inside ``reports/`` and inside the reference."""
    return f"{'figures' if name.startswith('figure') else 'tables'}/{name}.csv"


def compare_run(reports: Path, reference: Path | None, exhibits: Iterable[str]) -> dict[str, Any]:
    """Compare the released data of a run with the reference.

    Returns
    -------
    dict
        ``compared`` (False when there is no reference), ``passed``, and the verdicts of ``exhibits`` and
        ``numbers`` as plain data.
    """
    if reference is None or not (reference / "numbers.json").is_file():
        return {"compared": False, "passed": None, "exhibits": [], "numbers": []}
    expected = {path.stem for path in (*reference.glob("figures/*.csv"), *reference.glob("tables/*.csv"))}
    verdicts = []
    for name in sorted({*expected, *exhibits}, key=natural):
        before, after = reference / exhibit_file(name), reports / exhibit_file(name)
        if not after.is_file():
            verdicts.append(Verdict(name, "missing"))
        elif not before.is_file():
            verdicts.append(Verdict(name, "unexpected"))
        else:
            verdicts.append(compare_rows(name, io.read_rows(before), io.read_rows(after)))
    numbers = compare_numbers(
        io.read_json(reference / "numbers.json"), io.read_json(reports / "numbers.json")
    )
    return {
        "compared": True,
        "passed": all(item.passed for item in (*verdicts, *numbers)),
        "exhibits": [{**asdict(item), "passed": item.passed} for item in verdicts],
        "numbers": [{**asdict(item), "passed": item.passed} for item in numbers],
    }


def natural(name: str) -> tuple[str, int, str]:
    """Return a sorting key by which table-2 stands before table-10."""
    stem, _, number = name.rpartition("-")
    return (stem, int(number), "") if number.isdigit() else (name, 0, number)


def verdicts_of(items: Iterable[Mapping[str, Any]]) -> list[Verdict]:
    """Return verdicts from their plain form."""
    made = []
    for item in items:
        given = {key: value for key, value in item.items() if key != "passed"}
        given["differences"] = tuple(Difference(**cell) for cell in item["differences"])
        made.append(Verdict(**given))
    return made


def accept(reports: Path, reference: Path, exhibits: Iterable[str], *, reason: str, changelog: Path) -> str:
    """Make the present run the expected one, with a reason that also enters the changelog.

    Returns the digest of the new reference.

    Raises
    ------
    StudyError
        ``V02`` when the reason says nothing.
    """
    if len(reason.split()) < 3:
        raise fail(
            "V02",
            "the reason says too little",
            expected="a sentence: which results change, and why",
            action='netwerkkracht verify --accept --reason "..."',
        )
    names = list(exhibits)
    for path in (*reference.glob("figures/*.csv"), *reference.glob("tables/*.csv")):
        if path.stem not in names:
            path.unlink()
    for name in names:
        io.write_bytes(reference / exhibit_file(name), (reports / exhibit_file(name)).read_bytes())
    io.write_bytes(reference / "numbers.json", (reports / "numbers.json").read_bytes())
    made = reference_digest(reference)
    io.write_json(reference / "accepted.json", {"reason": reason, "digest": made})
    line = f"- {reason} (reference {made})\n"
    text = changelog.read_text(encoding="utf-8") if changelog.is_file() else "# Changelog\n\n## Unreleased\n"
    if line not in text:
        io.write_text(changelog, _inserted(text, line))
    return made


def _inserted(text: str, line: str) -> str:
    """Put a line under the newest heading: under its part on results where there is one."""
    lines = text.splitlines(keepends=True)
    newest = next((n for n, given in enumerate(lines) if given.startswith("## ")), None)
    if newest is None:
        return text.rstrip("\n") + "\n\n## Unreleased\n\n" + line
    next_one = (n for n, given in enumerate(lines[newest + 1 :], newest + 1) if given.startswith("## "))
    end = next(next_one, len(lines))
    at = next((n for n in range(newest, end) if lines[n].strip() == "### Results"), newest) + 1
    while at < end and not lines[at].strip():
        at += 1
    return "".join([*lines[:at], line, *lines[at:]])


def reference_digest(reference: Path) -> str:
    """Return the digest of the expected numbers, wherever the folder lies."""
    files = sorted((*reference.glob("figures/*.csv"), *reference.glob("tables/*.csv")))
    parts = [f"{path.stem}:{sha256(path)}" for path in (*files, reference / "numbers.json")]
    return digest_text("\n".join(parts))
