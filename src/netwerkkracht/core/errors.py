"""The one error shape and the one finding shape of the package.

Every message tells a researcher what happened, where (file, variable, wave, group, count), what was
expected and what to do next. Never a person's value, never an identifier.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, or worth knowing, about files, codebook or configuration.

    ``code`` is the stable name under which ``docs/findings.md`` explains it; ``count`` counts cells,
    rows or persons. Attributes that do not apply are None.
    """

    code: str
    severity: Severity
    what: str
    file: str | None = None
    variable: str | None = None
    wave: str | None = None
    group: str | None = None
    count: int | None = None
    expected: str | None = None
    action: str | None = None

    def where(self) -> str:
        """Return the place in words, empty where none is known."""
        parts = (
            ("file", self.file),
            ("variable", self.variable),
            ("wave", self.wave),
            ("group", self.group),
            ("count", self.count),
        )
        return ", ".join(f"{name} {value}" for name, value in parts if value is not None)

    def __str__(self) -> str:
        """Return the message a person reads: what, where, expected, what to do."""
        lines = [f"{self.code} {self.severity}: {self.what}"]
        if self.where():
            lines.append(f"  where:    {self.where()}")
        if self.expected:
            lines.append(f"  expected: {self.expected}")
        if self.action:
            lines.append(f"  to do:    {self.action}")
        return "\n".join(lines)


class StudyError(Exception):
    """A mistake in data, codebook or configuration that stops the run.

    Carries one or more findings; the command line prints them and exits with 1. A traceback of it goes to
    the log only.
    """

    def __init__(self, findings: Finding | Iterable[Finding]) -> None:
        """Keep the findings; a warning given here is raised to an error."""
        given = (findings,) if isinstance(findings, Finding) else tuple(findings)
        self.findings = tuple(replace(finding, severity="error") for finding in given)
        super().__init__("\n".join(str(finding) for finding in self.findings))


def fail(code: str, what: str, *, expected: str, action: str, **where: str | int | None) -> StudyError:
    """Make a StudyError of one finding, the place given by keyword (file, variable, wave, group, count)."""
    return StudyError(Finding(code, "error", what, expected=expected, action=action, **where))  # type: ignore[arg-type]


def nearest(word: str, known: Iterable[str]) -> str:
    """Return ' did you mean ...?' for the closest known word, or an empty string."""
    import difflib

    lowered = {name.lower(): name for name in known}
    close = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    return f"did you mean '{lowered[close[0]]}'?" if close else ""
