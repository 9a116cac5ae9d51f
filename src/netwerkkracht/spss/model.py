"""What an SPSS file holds, as plain typed facts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from netwerkkracht.core.errors import Finding, StudyError

Code = float | str
MissingRule = Code | tuple[float, float]
Measure = Literal["nominal", "ordinal", "scale", "unknown"]


@dataclass(frozen=True)
class SpssVariable:
    """One variable as the file declares it.

    ``missing`` holds discrete codes and ``(low, high)`` ranges; LOWEST and HIGHEST are minus and plus
    infinity. ``width`` is the number of bytes of a string variable and 0 for a numeric one.
    """

    name: str
    label: str | None = None
    format: str = "F8.2"
    measure: Measure = "unknown"
    value_labels: Mapping[Code, str] = field(default_factory=dict)
    missing: tuple[MissingRule, ...] = ()
    width: int = 0
    display_width: int = 8
    alignment: str = "unknown"
    role: str = "input"
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_string(self) -> bool:
        """Whether the values are text."""
        return self.width > 0


def declared_missing(rules: Iterable[MissingRule], value: Code) -> bool:
    """Tell whether ``value`` is declared user-missing; NaN is system-missing, which is not this."""
    for rule in rules:
        if isinstance(rule, tuple):
            if isinstance(value, (int, float)) and rule[0] <= value <= rule[1]:
                return True
        elif rule == value:
            return True
    return False


@dataclass(frozen=True)
class MultipleResponseSet:
    """A multiple-response set: several variables that together hold one question."""

    name: str
    label: str
    kind: Literal["dichotomies", "categories"]
    counted: str | None
    variables: tuple[str, ...]


@dataclass(frozen=True)
class SpssFile:
    """An SPSS file that was read whole.

    ``frame`` has the columns in file order: numbers as float64 with user-missing codes kept and SYSMIS as
    NaN, strings without trailing blanks (an empty string is an empty value), dates and times as seconds
    since 14 October 1582. ``findings`` says what deserves attention; errors among them stop a strict read.
    ``weight_variable`` is the variable by which the file is weighted (SPSS would count rows by it; nothing
    here does), None when weighting is off.
    ``undecodable`` counts texts with bytes that the encoding does not know, shown as U+FFFD.
    """

    name: str
    sha256: str
    n_rows: int
    variables: tuple[SpssVariable, ...]
    frame: Any
    encoding: str
    findings: tuple[Finding, ...] = ()
    container: str = "sav"
    size: int = 0
    file_label: str = ""
    documents: tuple[str, ...] = ()
    product: str = ""
    weight_variable: str | None = None
    multiple_response_sets: tuple[MultipleResponseSet, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    undecodable: int = 0

    @property
    def by_name(self) -> dict[str, SpssVariable]:
        """The variables by their name."""
        return {variable.name: variable for variable in self.variables}

    def require_sound(self) -> SpssFile:
        """Return this file, or stop on the findings that are errors."""
        errors = [finding for finding in self.findings if finding.severity == "error"]
        if errors:
            raise StudyError(errors)
        return self


@dataclass(frozen=True)
class Limits:
    """How much one file may ask for; a small file can ask for gigabytes.

    ``decoded_bytes`` bounds rows x row length before anything is read; ``memory_bytes`` (address space) and
    ``cpu_seconds`` are enforced by the operating system on Linux and macOS only; ``wall_seconds``
    everywhere.
    """

    file_bytes: int = 128 * 2**20
    decoded_bytes: int = 512 * 2**20
    variables: int = 50_000
    memory_bytes: int = 2 * 2**30
    cpu_seconds: int = 60
    wall_seconds: float = 90.0
