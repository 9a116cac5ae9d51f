"""Refuse released files with rows of persons, small cells or no line in the manifest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import shown, study_part

    return {
        **study_part(config, "codebook"),
        "exhibits": [shown(config, exhibit) for exhibit in config.exhibits],
        "release": config.release.model_dump(mode="json"),
    }


def run(args: argparse.Namespace, part: Part) -> None:
    """Write the verdict; anything that may not leave stops the step.

    Raises
    ------
    StudyError
        With every finding.
    """
    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.exhibits.registry import sheets
    from netwerkkracht.release.disclosure import check_files, check_together, identifiers
    from netwerkkracht.study.codebook.problems import Problems
    from netwerkkracht.study.codebook.study import read_study

    study = read_study(Path(part["codebook"]), Problems())
    people = {row.source_id for row in study.keys or ()} | {row.person_id for row in study.keys or ()}
    ids = identifiers([{"id": name} for name in sorted(people)], ["id"])
    manifest = io.read_json(args.manifest)
    rules = {**part, "person": study.person, "ids": ids, "waves": len(study.waves)}
    known = sheets(exhibit["kind"] for exhibit in part["exhibits"])
    findings = check_files(args.manifest.parent, manifest, rules, known)
    together, attack = check_together(args.manifest.parent, rules, known)
    findings += together
    if findings:
        raise StudyError(findings)
    profile = part["release"]["profile"]
    io.write_json(
        args.out,
        {
            "passed": True,
            "files": len(manifest["files"]),
            "profile": profile,
            **({"attack": attack} if attack else {}),
        },
    )
    logs.start("release-check").info("%d files may be released under %s", len(manifest["files"]), profile)


STEP = Step(
    "refuse released files with rows of persons, small cells or no manifest line (gate)",
    run,
    part=part,
    sources=(File("--manifest", "the manifest; its folder is what is checked"),),
    targets=(File("--out", "the verdict"),),
    calls=("check_files",),
    kind=("sheet",),
)
