"""The checks box: what a reviewer wants to know of a run before believing its numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netwerkkracht.report.model import Check, Texts


def same(text: str) -> Texts:
    """Return a text that is the same in both languages."""
    return {"nl": text, "en": text}


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
    state = {
        "nl": f"{(commit or '')[:12]}{'' if clean else ', met wijzigingen die nog niet vastliggen'}",
        "en": f"{(commit or '')[:12]}{'' if clean else ', with changes not yet committed'}",
    }
    none = {"nl": "geen versiebeheer gevonden", "en": "no version control found"}
    lines = [
        Check(
            {"nl": "Versie van de code (commit)", "en": "Version of the code (commit)"},
            state if commit else none,
        )
    ]
    named = (
        ("lock", "Vastgezette pakketten (lock)", "Pinned packages (lock)"),
        ("config", "Configuratie", "Configuration"),
        ("codebook", "Codeboek", "Codebook"),
        ("data", "Gegevensbestanden", "Data files"),
        ("register", "Register van ontvangen bestanden", "Register of received files"),
    )
    lines += [
        Check({"nl": nl, "en": en}, same(f"sha256 {str(run[key])[:12]}"))
        for key, nl, en in named
        if run.get(key)
    ]
    if "seed" in run:
        lines.append(Check({"nl": "Beginwaarde toeval (seed)", "en": "Random seed"}, same(str(run["seed"]))))
    return [*lines, *_profile(run)]


def _profile(run: Mapping[str, Any]) -> list[Check]:
    """Return under which rules the numbers of this report may leave."""
    release = run.get("release") or {}
    name = release.get("profile")
    if name is None:
        return []
    least, step = release.get("min_cell"), release.get("round_to")
    said = {
        "nl": f"{name}: geen aantal onder {least}, afgerond op {step}tallen",
        "en": f"{name}: no count under {least}, rounded to multiples of {step}",
    }
    everything = {"nl": f"{name}: niets verborgen of afgerond", "en": f"{name}: nothing hidden or rounded"}
    label = {"nl": "Profiel van vrijgave", "en": "Release profile"}
    return [Check(label, everything if name == "open" else said)]


def finding_checks(findings: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Return the check on findings about the files: errors must be absent, warnings are counted."""
    errors = sum(finding.get("severity") == "error" for finding in findings)
    warnings = len(findings) - errors
    return [
        Check(
            {"nl": "Bevindingen in de bestanden", "en": "Findings in the files"},
            {
                "nl": f"fouten: {errors}, waarschuwingen: {warnings}",
                "en": f"errors: {errors}, warnings: {warnings}",
            },
            passed=errors == 0,
        )
    ]


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
    planted = Check(
        {"nl": "Ingebouwde fouten bij naam gemeld", "en": "Planted faults reported by name"},
        {"nl": f"{told} van {len(faults)}", "en": f"{told} of {len(faults)}"},
        passed=told == len(faults),
    )
    return [
        Check(
            {"nl": "Waarheid teruggevonden, cel voor cel", "en": "Truth found again, cell by cell"},
            {
                "nl": f"{recovery['equal']} van {recovery['cells']}",
                "en": f"{recovery['equal']} of {recovery['cells']}",
            },
            passed=bool(recovery["complete"]),
        ),
        *([planted] if faults else []),
    ]


def verdict_check(verdict: Mapping[str, Any]) -> list[Check]:
    """Return the check of the run against the expected numbers; a plain fact when there are none."""
    items = [*verdict.get("exhibits", ()), *verdict.get("numbers", ())]
    good = sum(bool(item["passed"]) for item in items)
    name = {"nl": "Gelijk aan de verwachte uitkomsten", "en": "Equal to the expected results"}
    if not verdict.get("compared"):
        return [
            Check(name, {"nl": "geen verwachte uitkomsten vastgelegd", "en": "no expected results recorded"})
        ]
    value = {"nl": f"{good} van {len(items)}", "en": f"{good} of {len(items)}"}
    return [Check(name, value, passed=bool(verdict["passed"]))]


def model_checks(models: Sequence[Mapping[str, Any]]) -> list[Check]:
    """Return the checks of the models: how many are ok, and how many a second engine agrees with."""
    ok = sum(model["status"] == "ok" for model in models)
    second = [model["second"] for model in models if model.get("second")]
    agreed = sum(bool(one["agreed"]) for one in second)
    lines = [
        Check(
            {"nl": "Modellen met status 'ok'", "en": "Models with status 'ok'"},
            {"nl": f"{ok} van {len(models)}", "en": f"{ok} of {len(models)}"},
        )
    ]
    if second:
        lines.append(
            Check(
                {"nl": "Tweede rekenprogramma komt op hetzelfde uit", "en": "A second engine agrees"},
                {"nl": f"{agreed} van {len(second)}", "en": f"{agreed} of {len(second)}"},
                passed=agreed == len(second),
            )
        )
    return lines


def number_checks(keys: int, files: int) -> list[Check]:
    """Return the check on the numbers of the text: each comes from a file, or the report would not exist."""
    return [
        Check(
            {"nl": "Getallen in de tekst met herkomst", "en": "Numbers in the text with their origin"},
            {
                "nl": f"{keys} getallen en woorden uit {files} bestanden",
                "en": f"{keys} numbers and words from {files} files",
            },
            passed=True,
        )
    ]
