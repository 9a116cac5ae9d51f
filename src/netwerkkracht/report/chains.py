"""The jobs behind a file, from what was received to the file itself, as the page lists and links them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netwerkkracht.report.model import Origin


@dataclass(frozen=True)
class Job:
    """One job: its anchor on the page, what it was, its command, its code, and hashes by path."""

    id: str
    rule: str
    item: str
    command: str
    code: tuple[str, ...]
    inputs: Mapping[str, str]
    outputs: Mapping[str, str]

    @property
    def name(self) -> str:
        """What the job is called: the step, and what it was about."""
        return f"{self.rule} {self.item}".rstrip()


def anchor(origin: Origin) -> str:
    """Return the anchor of the job that made a file, empty for a file that was received."""
    return "-".join(part for part in ("step", origin.rule, origin.item) if part) if origin.rule else ""


def jobs(origins: Mapping[str, Origin]) -> dict[str, Job]:
    """Return all jobs by their anchor."""
    outputs: dict[str, dict[str, str]] = {}
    for path, origin in origins.items():
        if origin.rule:
            outputs.setdefault(anchor(origin), {})[path] = origin.sha256
    made = {}
    for name, files in outputs.items():
        origin = origins[next(iter(files))]
        made[name] = Job(
            name,
            origin.rule,
            origin.item,
            origin.command,
            origin.code,
            origin.inputs,
            dict(sorted(files.items())),
        )
    return made


def behind(paths: Iterable[str], origins: Mapping[str, Origin]) -> list[str]:
    """Return the anchors of the jobs behind files, each after all that it reads from."""
    order: list[str] = []
    seen: set[str] = set()

    def visit(path: str) -> None:
        origin = origins.get(path)
        name = anchor(origin) if origin is not None else ""
        if origin is None or not name or name in seen:
            return
        seen.add(name)
        for other in sorted(origin.inputs):
            visit(other)
        order.append(name)

    for path in paths:
        visit(path)
    return order
