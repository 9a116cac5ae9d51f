"""The last lines of a run: the report to open, and one line per check."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.study.config import read_config


def closing() -> int:
    """Print the checks and the reports; return 0 when every check passed, 1 otherwise."""
    config = read_config(Path("config.yaml"))
    exhibits = [exhibit.id for exhibit in config.exhibits]
    checks = [
        *_recovery(config.study.status),
        _models([model.id for model in config.models]),
        _release(),
        _verify(exhibits, Path(config.study.reference) if config.study.reference else None),
    ]
    for name, passed, words in checks:
        sys.stdout.write(f"{name:<10} {'passed' if passed else 'NOT PASSED':<11} {words}\n")
    pages = [f"reports/report.{lang}.html" for lang in config.report.languages]
    sys.stdout.write(f"open       {' or '.join(pages)} (the same as .pdf beside it)\n")
    if config.study.status == "synthetic":
        sys.stdout.write("           synthetic data: these numbers confirm nothing about people\n")
    return 0 if all(passed for _, passed, _ in checks) else 1


Check = tuple[str, bool, str]


def _read(path: str) -> dict[str, Any]:
    found: dict[str, Any] = io.read_json(Path(path))
    return found


def _recovery(status: str) -> list[Check]:
    if status != "synthetic":
        return []
    found = _read("results/aggregate/recovery.json")
    return [("recovery", bool(found["passed"]), str(found.get("words", "the panel equals the known truth")))]


def _models(names: list[str]) -> Check:
    status = {name: _read(f"results/aggregate/models/{name}.json").get("status") for name in names}
    held = [f"{name} ({word})" for name, word in status.items() if word != "ok"]
    words = f"{len(names) - len(held)} of {len(names)} fitted with inference"
    # a fit that cannot carry inference is told, and printed without it: that is not a failure
    return "models", True, words + (f"; without: {', '.join(held)}" if held else "")


def _release() -> Check:
    found = _read("results/aggregate/release.json")
    words = f"{found['files']} released files, profile {found['profile']}: no row of a person, no stray file"
    return "release", bool(found["passed"]), words


def _verify(exhibits: list[str], reference: Path | None) -> Check:
    from netwerkkracht.run.steps.verify import verdict_lines

    lines, passed = verdict_lines(exhibits, reference, quiet=True)
    return "verify", passed, "\n           ".join([lines[-1], *lines[:-1]])
