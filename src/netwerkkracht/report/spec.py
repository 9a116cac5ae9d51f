"""The declarative list of numbers and words of a report, read from ``numbers.yaml`` and checked whole.

The list says for every key where its number stands (file, row by column values, column) and how it is
printed; study facts therefore live in the report's source folder and never in code.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from netwerkkracht.core.errors import Finding, StudyError, nearest
from netwerkkracht.core.strict_yaml import load

KINDS: Final = (
    "count", "number", "signed", "percent", "p", "p_phrase", "interval", "share_interval", "text",
)  # fmt: skip
INTERVALS: Final = ("interval", "share_interval")
REDUCTIONS: Final = ("min", "max", "sum", "rows")
KEY_PATTERN: Final = r"[a-z][a-z0-9_]*"

_DECIMALS: Final = {"count": 0, "percent": 0, "share_interval": 0, "p": 3, "p_phrase": 3}

_NUMBER_FIELDS: Final = (
    "kind",
    "decimals",
    "unit",
    "file",
    "where",
    "column",
    "columns",
    "pointer",
    "reduce",
    "status",
    "status_of",
    "scale",
    "compute",
    "of",
    "with",
    "meaning",
)
_WORD_FIELDS: Final = ("rule", "of", "with", "say", "meaning")


@dataclass(frozen=True)
class NumberSpec:
    """One line of the list: a cell (or two limits) of a file, or a computation over other keys."""

    key: str
    kind: str
    decimals: int
    unit: Mapping[str, str]
    meaning: Mapping[str, str]
    file: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    columns: tuple[str, ...] = ()
    pointer: str | None = None
    reduce: str | None = None
    status: str | None = None
    status_of: str | None = None
    scale: float = 1.0
    compute: str | None = None
    of: tuple[str, ...] = ()
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WordSpec:
    """A word chosen by a rule from numbers: ``say`` holds one text per outcome and language."""

    key: str
    rule: str
    of: tuple[str, ...]
    arguments: Mapping[str, Any]
    say: Mapping[str, Mapping[str, str]]
    meaning: Mapping[str, str]


@dataclass(frozen=True)
class NumbersSpec:
    """All numbers and words of one report, in the order of the list, and the languages to print them in."""

    numbers: tuple[NumberSpec, ...]
    words: tuple[WordSpec, ...]
    languages: tuple[str, ...] = ()

    def files(self) -> tuple[str, ...]:
        """Return the files that the numbers stand in, sorted, each once."""
        return tuple(sorted({spec.file for spec in self.numbers if spec.file is not None}))


@dataclass
class _Reading:
    """What the texts must be in, and what is wrong so far. Not frozen: it is the notebook of the reader."""

    languages: tuple[str, ...]
    faults: list[str] = field(default_factory=list)


def read_spec(text: str, languages: Sequence[str], *, file: str = "numbers.yaml") -> NumbersSpec:
    """Read the list of numbers and words.

    Parameters
    ----------
    text
        YAML with two maps, ``numbers`` and ``words`` (see ``docs/report.md``).
    languages
        Those that every text must be in; where none is named, texts are not looked at.
    file
        Name used in messages.

    Raises
    ------
    StudyError
        All faults at once, as ``R01``: unknown or missing fields, kinds, rules, outcomes and languages.
    """
    document = load(text, file=file, code="R01") or {}
    reading = _Reading(tuple(languages))
    if not isinstance(document, dict):
        document = {}
        reading.faults.append("the file is not a map of 'numbers' and 'words'")
    reading.faults += [f"unknown part '{part}'" for part in document if part not in {"numbers", "words"}]
    numbers = tuple(_number(key, given, reading) for key, given in _entries(document, "numbers", reading))
    words = tuple(_word(key, given, reading) for key, given in _entries(document, "words", reading))
    twice = {spec.key for spec in numbers} & {spec.key for spec in words}
    reading.faults += [f"'{key}' is both a number and a word" for key in sorted(twice)]
    if reading.faults:
        raise StudyError(_finding(fault, file) for fault in reading.faults)
    return NumbersSpec(numbers, words, reading.languages)


def _finding(what: str, file: str) -> Finding:
    return Finding(
        "R01",
        "error",
        what,
        file=file,
        expected="an entry as described in docs/report.md",
        action="correct the entry in the list of numbers",
    )


def _entries(
    document: Mapping[str, Any], part: str, reading: _Reading
) -> Iterator[tuple[str, dict[str, Any]]]:
    import re

    for key, given in (document.get(part) or {}).items():
        if not re.fullmatch(KEY_PATTERN, str(key)):
            reading.faults.append(f"key '{key}' is not lower case letters, digits and underscores")
        elif not isinstance(given, dict):
            reading.faults.append(f"'{key}' is not a map of fields")
        else:
            yield str(key), given


def _unknown(key: str, given: Mapping[str, Any], known: tuple[str, ...], reading: _Reading) -> None:
    for name in given:
        if name not in known:
            hint = nearest(str(name), known)
            reading.faults.append(f"'{key}' has an unknown field '{name}'{'; ' + hint if hint else ''}")


def _texts(key: str, name: str, given: Any, reading: _Reading) -> dict[str, str]:
    if given is None:
        return {}
    if isinstance(given, str):
        return dict.fromkeys(reading.languages, given)
    missing = [lang for lang in reading.languages if not isinstance(given, dict) or lang not in given]
    if missing:
        reading.faults.append(f"'{key}' needs '{name}' as a text in every language: also in {missing[0]}")
        return {}
    return {lang: str(given[lang]) for lang in reading.languages}


def _names(given: Any) -> tuple[str, ...]:
    return (given,) if isinstance(given, str) else tuple(str(name) for name in given or ())


def _number(key: str, given: dict[str, Any], reading: _Reading) -> NumberSpec:
    from netwerkkracht.report.compute import COMPUTATIONS

    _unknown(key, given, _NUMBER_FIELDS, reading)
    kind = str(given.get("kind", ""))
    if kind not in KINDS:
        hint = nearest(kind, KINDS)
        reading.faults.append(
            f"'{key}' has kind '{kind}', not one of {', '.join(KINDS)}{'; ' + hint if hint else ''}"
        )
    columns = tuple(str(name) for name in given.get("columns", ()))
    if "column" in given:
        columns = (str(given["column"]),)
    compute = given.get("compute")
    if compute is not None and compute not in COMPUTATIONS:
        known = ", ".join(sorted(COMPUTATIONS))
        reading.faults.append(f"'{key}' computes '{compute}', not one of {known}")
    if given.get("reduce", "min") not in REDUCTIONS:
        reading.faults.append(
            f"'{key}' reduces by '{given['reduce']}', not by one of {', '.join(REDUCTIONS)}"
        )
    if compute is None:
        wanted = 2 if kind in INTERVALS else 1
        if "file" not in given:
            reading.faults.append(f"'{key}' names no file")
        elif "pointer" not in given and len(columns) != wanted:
            reading.faults.append(f"'{key}' needs {'two columns' if wanted == 2 else 'one column'}")
    return NumberSpec(
        key=key,
        kind=kind,
        decimals=int(given.get("decimals", _DECIMALS.get(kind, 2))),
        unit=_texts(key, "unit", given.get("unit"), reading),
        meaning=_texts(key, "meaning", given.get("meaning"), reading),
        file=None if given.get("file") is None else str(given["file"]),
        where={str(name): str(value) for name, value in (given.get("where") or {}).items()},
        columns=columns,
        pointer=None if given.get("pointer") is None else str(given["pointer"]),
        reduce=None if given.get("reduce") is None else str(given["reduce"]),
        status=None if given.get("status") is None else str(given["status"]),
        status_of=None if given.get("status_of") is None else str(given["status_of"]),
        scale=float(given.get("scale", 1.0)),
        compute=None if compute is None else str(compute),
        of=_names(given.get("of")),
        arguments=dict(given.get("with") or {}),
    )


def _word(key: str, given: dict[str, Any], reading: _Reading) -> WordSpec:
    from netwerkkracht.report.outcomes import RULES

    _unknown(key, given, _WORD_FIELDS, reading)
    rule = str(given.get("rule", ""))
    say = given.get("say") or {}
    if rule not in RULES:
        reading.faults.append(f"'{key}' uses rule '{rule}', not one of {', '.join(sorted(RULES))}")
    elif set(say) != set(RULES[rule].outcomes):
        reading.faults.append(f"'{key}' must say exactly: {', '.join(RULES[rule].outcomes)}")
    return WordSpec(
        key=key,
        rule=rule,
        of=_names(given.get("of")),
        arguments=dict(given.get("with") or {}),
        say={str(name): _texts(key, f"say {name}", text, reading) for name, text in say.items()},
        meaning=_texts(key, "meaning", given.get("meaning"), reading),
    )
