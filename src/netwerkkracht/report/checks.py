"""The checks box: what a reviewer wants to know of a run before believing its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from netwerkkracht.report.model import Check, Texts
from netwerkkracht.report.words import WORDS

SAID: Final = WORDS.within("checks")


def same(text: str) -> Texts:
    """Return a text that is the same in every language."""
    return dict.fromkeys(SAID.languages, text)


def run_checks(run: Mapping[str, Any]) -> list[Check]:
    """Return the facts of a run: commit, data, lock, configuration, seed.

    Parameters
    ----------
    run
        ``commit`` and ``dirty`` (None without git), ``config``, ``codebook``, ``data``, ``register`` and
        ``lock`` (digests, None where there is no such file), ``seed``, ``release``, ``status``.
    """
    commit = run.get("commit")
    clean = run.get("dirty") is False
    state = same((commit or "")[:12])
    if not clean:
        state = {lang: state[lang] + changed for lang, changed in SAID.each("changed").items()}
    lines = [Check(SAID.each("commit"), state if commit else SAID.each("no_commit"))]
    lines += [
        Check(SAID.each(key), same(f"sha256 {str(run[key])[:12]}"))
        for key in ("lock", "config", "codebook", "data", "register")
        if run.get(key)
    ]
    if "seed" in run:
        lines.append(Check(SAID.each("seed"), same(str(run["seed"]))))
    return [*lines, *_profile(run)]


def _profile(run: Mapping[str, Any]) -> list[Check]:
    """Return under which rules the numbers of this report may leave."""
    release = run.get("release") or {}
    name = release.get("profile")
    if name is None:
        return []
    least, step = release.get("min_cell"), release.get("round_to")
    said = "everything" if name == "open" else "rules"
    return [Check(SAID.each("profile"), SAID.each(said, name=name, least=least, step=step))]


def finding_checks(findings: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Return the check on findings about the files: errors must be absent, warnings are counted."""
    errors = sum(finding.get("severity") == "error" for finding in findings)
    warnings = len(findings) - errors
    counts = SAID.each("finding_counts", errors=errors, warnings=warnings)
    return [Check(SAID.each("findings"), counts, passed=errors == 0)]


def recovery_check(recovery: Mapping[str, Any]) -> list[Check]:
    """Return the check of a synthetic study: every cell of the truth found again.

    Parameters
    ----------
    recovery
        ``cells`` (compared), ``equal`` (of those), ``faults`` (planted, each with ``reported``) and
        ``complete``.
    """
    faults = recovery.get("faults", ())
    told = sum(bool(fault["reported"]) for fault in faults)
    planted = Check(SAID.each("faults"), _some_of(told, len(faults)), passed=told == len(faults))
    found = _some_of(recovery["equal"], recovery["cells"])
    return [
        Check(SAID.each("recovery"), found, passed=bool(recovery["complete"])),
        *([planted] if faults else []),
    ]


def _some_of(some: int, whole: int) -> Texts:
    return SAID.each("some_of", some=some, all=whole)


def verdict_check(verdict: Mapping[str, Any]) -> list[Check]:
    """Return the check of the run against the expected numbers; a plain fact when there are none."""
    items = [*verdict.get("exhibits", ()), *verdict.get("numbers", ())]
    good = sum(bool(item["passed"]) for item in items)
    if not verdict.get("compared"):
        return [Check(SAID.each("expected"), SAID.each("not_compared"))]
    return [Check(SAID.each("expected"), _some_of(good, len(items)), passed=bool(verdict["passed"]))]


def model_checks(models: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Return the checks of the models: how many are ok, and how many a second engine agrees with."""
    ok = sum(model["status"] == "ok" for model in models)
    second = [model["second"] for model in models if model.get("second")]
    agreed = sum(bool(one["agreed"]) for one in second)
    lines = [Check(SAID.each("models"), _some_of(ok, len(models)))]
    if second:
        both = agreed == len(second)
        lines.append(Check(SAID.each("second"), _some_of(agreed, len(second)), passed=both))
    return lines


def number_checks(keys: int, files: int) -> list[Check]:
    """Return the check on the numbers of the text: each comes from a file, or the report would not exist."""
    counts = SAID.each("number_counts", keys=keys, files=files)
    return [Check(SAID.each("numbers"), counts, passed=True)]
