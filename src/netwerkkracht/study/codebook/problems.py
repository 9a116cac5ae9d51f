"""Collects everything that is wrong with a codebook, so that one run names it all."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from netwerkkracht.core.errors import Finding, nearest

NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass
class Problems:
    """The findings so far. Not frozen: it is the notebook of the reader."""

    findings: list[Finding] = field(default_factory=list)

    def add(self, code: str, what: str, expected: str, action: str, **where: str | int | None) -> None:
        """Note one error with its place (file, variable, wave, group, count)."""
        self.findings.append(
            Finding(code, "error", what, expected=expected, action=action, **where)  # type: ignore[arg-type]
        )

    def unknown(self, kind: str, word: str, known: Iterable[str], **where: str | int | None) -> None:
        """Note a name that nothing defines, with the nearest known one."""
        listed = sorted(set(known))
        hint = nearest(word, listed)
        shown = ", ".join(listed[:12]) + (" ..." if len(listed) > 12 else "")
        self.add(
            "X03",
            f"unknown {kind} '{word}'" + (f" ({hint})" if hint else ""),
            f"one of: {shown}" if listed else f"a {kind} that the codebook defines",
            "correct the spelling or define it",
            **where,
        )

    def malformed(self, what: str, expected: str, **where: str | int | None) -> None:
        """Note a cell or key that does not have the form it must have."""
        self.add("X04", what, expected, "correct this cell", **where)

    def keys(self, given: Iterable[str], allowed: Sequence[str], where: str, file: str) -> None:
        """Note keys (or columns) that are not known, with the nearest known one."""
        for key in given:
            if key not in allowed:
                hint = nearest(str(key), allowed)
                self.add(
                    "X04",
                    f"unknown {where} '{key}'" + (f" ({hint})" if hint else ""),
                    f"only: {', '.join(allowed)}",
                    "correct the spelling or remove it",
                    file=file,
                )

    def required(self, given: Iterable[str], needed: Sequence[str], where: str, file: str) -> None:
        """Note keys (or columns) that must be there and are not."""
        missing = [key for key in needed if key not in set(given)]
        if missing:
            self.add(
                "X04",
                f"missing {where}: {', '.join(missing)}",
                f"all of: {', '.join(needed)}",
                "add what is missing",
                file=file,
            )

    def name(self, word: str, kind: str, **where: str | int | None) -> None:
        """Note a name that cannot be a column name."""
        if not NAME.fullmatch(word):
            self.malformed(
                f"'{word}' cannot be the name of a {kind}",
                "lower-case letters, digits and single underscores, a letter first",
                **where,
            )


def mapping(value: object) -> Mapping[str, object]:
    """Return a mapping with text keys, empty when the value is no mapping."""
    return {str(key): item for key, item in value.items()} if isinstance(value, dict) else {}


def text(value: object) -> str:
    """Return a YAML value as text; nothing becomes the empty text."""
    return "" if value is None else str(value).strip()
