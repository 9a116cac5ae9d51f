"""Reads codes.csv: each source code, interval, text or SYSMIS with the place it goes to. No else row."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import REASONS, CodeEntry, CodeList

FILE = "codes.csv"
COLUMNS = ("codes", "source", "source_label", "target", "decision")
WRITTEN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
END = r"(-?[0-9]*\.?[0-9]+(?:[eE][-+]?[0-9]+)?)"
INTERVAL = re.compile(rf"{END}\.\.{END}")


def number(word: str) -> float | None:
    """Return a number written in the codebook (digits and a decimal point), or None."""
    if WRITTEN.fullmatch(word.strip()) is None:
        return None
    value = float(word)
    return value if math.isfinite(value) else None


def interval(word: str) -> tuple[float, float] | None:
    """Return the ends of ``a..b`` as written (the first may be the larger), or None."""
    match = INTERVAL.fullmatch(word.replace(" ", ""))
    if match is None:
        return None
    first, last = number(match[1]), number(match[2])
    return None if first is None or last is None else (first, last)


def fold(word: str) -> str:
    """Return a text for comparison: blanks collapsed, case and Unicode form ignored."""
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", word).split()).casefold()


def labels(word: str) -> tuple[str, ...]:
    """Return the alternatives of a label cell (`` | `` between them)."""
    return tuple(part.strip() for part in word.split("|") if part.strip())


def _entry(row: Mapping[str, str], problems: Problems) -> CodeEntry | None:
    name, source, target = row["codes"], row["source"].strip(), row["target"].strip()
    if not target:
        return None
    parts: dict[str, object] = {"labels": labels(row.get("source_label", ""))}
    parts["decision"] = row.get("decision", "").strip()
    if source == "SYSMIS":
        parts["sysmis"] = True
    elif (ends := interval(source)) is not None:
        if ends[0] > ends[1]:
            problems.malformed(f"interval '{source}' runs backwards", "low..high", file=FILE, variable=name)
            return None
        parts["low"], parts["high"] = ends
    elif (value := number(source)) is not None:
        parts["low"] = parts["high"] = value
    elif source:
        parts["text"] = source
    else:
        problems.malformed(
            f"an empty source in list '{name}'", "a code, a..b, a text or SYSMIS", file=FILE, variable=name
        )
        return None
    return _with_target(parts, name, target, problems)


def _with_target(parts: dict[str, object], name: str, target: str, problems: Problems) -> CodeEntry | None:
    if target == "=":
        if parts.get("sysmis"):
            problems.malformed("SYSMIS cannot keep its value", "a code or a tag", file=FILE, variable=name)
            return None
        parts["same"] = True
    elif target.startswith("."):
        tag = target[1:]
        if tag not in REASONS[1:]:
            problems.unknown(
                "tag", target, [f".{reason}" for reason in REASONS[1:]], file=FILE, variable=name
            )
            return None
        parts["tag"] = tag
    elif (value := number(target)) is not None:
        parts["target"] = value
    else:
        parts["text_target"] = target
    return CodeEntry(**parts)  # type: ignore[arg-type]


def _doubles(entries: Iterable[CodeEntry]) -> set[str]:
    """Return sources that match more than one line: the same text, or overlapping numbers."""
    found = set()
    texts: set[str] = set()
    seen_sysmis = False
    spans = sorted(
        (entry.low, entry.high, entry.source)
        for entry in entries
        if entry.low is not None and entry.high is not None
    )
    for entry in entries:
        if entry.text is not None:
            if fold(entry.text) in texts:
                found.add(entry.text)
            texts.add(fold(entry.text))
        if entry.sysmis:
            if seen_sysmis:
                found.add("SYSMIS")
            seen_sysmis = True
    reach = -math.inf
    for low, high, source in spans:
        if low <= reach:
            found.add(source)
        reach = max(reach, high)
    return found


def parse_codes(rows: list[dict[str, str]], problems: Problems) -> dict[str, CodeList]:
    """Turn the rows of codes.csv into code lists; X05 for empty targets, X06 for codes given twice."""
    grouped: dict[str, list[CodeEntry]] = defaultdict(list)
    empty: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        name = row["codes"].strip()
        problems.name(name, "code list", file=FILE)
        if not row["target"].strip():
            empty[name].append(row["source"].strip())
        entry = _entry({**row, "codes": name}, problems)
        grouped[name].extend([entry] if entry is not None else [])
    for name, sources in empty.items():
        problems.add(
            "X05",
            f"codes of list '{name}' have no target: {', '.join(sources)}",
            "a code, '=' or a tag such as .w for each",
            "fill in the targets; there is no else row",
            file=FILE,
            variable=name,
            count=len(sources),
        )
    for name, entries in grouped.items():
        for source in sorted(_doubles(entries)):
            problems.add(
                "X06",
                f"code '{source}' stands twice in list '{name}' (or overlaps an interval)",
                "each source code once",
                "remove one of the two lines",
                file=FILE,
                variable=name,
            )
    return {name: CodeList(name, tuple(entries)) for name, entries in grouped.items()}
