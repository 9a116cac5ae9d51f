"""Recode, link, score and assemble the panel; what was set aside is counted by reason."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import io, logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import study_part

    return study_part(config, "codebook")


def run(args: argparse.Namespace, part: Part) -> None:  # noqa: ARG001  # the one shape of a step
    """Harmonise the files; findings that are errors stop the step before anything is written."""
    from netwerkkracht.harmonise.assemble import harmonise
    from netwerkkracht.harmonise.found import codes_by_variable
    from netwerkkracht.spss.artifacts import from_artifacts
    from netwerkkracht.study.codebook import read_codebook

    log = logs.start("harmonise")
    codebook = read_codebook(args.codebook)
    specs = codebook.study.files
    files = {
        spec.file: from_artifacts(values, labels)
        for spec, values, labels in zip(specs, args.values, args.labels, strict=True)
    }
    made = harmonise(codebook, files)
    findings = [finding for file in files.values() for finding in file.findings] + list(made.findings)
    io.write_csv(args.panel, made.panel)
    io.write_csv(args.trace, made.trace)
    io.write_csv(args.set_aside, with_cells(made.set_aside, {spec.file: spec for spec in specs}))
    io.write_csv(args.flow, made.flow)
    io.write_csv(args.missing, made.missing)
    io.write_csv(args.codes, codes_by_variable(codebook, files))
    io.write_json(args.findings, [asdict(finding) for finding in findings])
    aside = int(made.set_aside["count"].sum())
    log.info("%d rows in the panel, %d set aside, %d findings", len(made.panel), aside, len(findings))


def with_cells(set_aside: Any, specs: dict[str, Any]) -> Any:
    """Return the rows set aside with the wave and group of their file."""
    made = set_aside.copy()
    made.insert(1, "wave", [specs[name].wave for name in made["file"]])
    made.insert(2, "group", [specs[name].group for name in made["file"]])
    return made


STEP = Step(
    "recode, link, score and assemble the panel; say what was set aside and why",
    run,
    part=part,
    sources=(
        File("--values", "the CSV of each file", many=True),
        File("--labels", "the JSON of each file", many=True),
        File("--codebook", "folder of the codebook"),
    ),
    targets=(
        File("--panel", "the panel: one row per person and wave"),
        File("--trace", "which rule made which column of which file, with counts"),
        File("--set-aside", "rows set aside by file, wave, group and reason, as counts"),
        File("--findings", "what was found in files and codebook"),
        File("--flow", "rows in = rows used + rows set aside, by file, wave and group"),
        File("--missing", "missing values by variable, wave, group and reason, as counts"),
        File("--codes", "codes found by variable, file and source, as counts"),
    ),
    calls=("harmonise",),
)
