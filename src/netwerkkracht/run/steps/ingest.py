"""Read the SPSS files of the study as stored, each against the hash it was registered with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netwerkkracht.core import logs
from netwerkkracht.run.step import File, Part, Step

if TYPE_CHECKING:
    from netwerkkracht.study.config import Config


def part(config: Config, _: str) -> Part:
    """Return what the step sees of the configuration."""
    from netwerkkracht.study.config.parts import study_part

    return study_part(config, "codebook", "data", "received")


def run(args: argparse.Namespace, part: Part) -> None:
    """Read every file, then write: one file that cannot be trusted stops the step."""
    from netwerkkracht.core.errors import Finding, StudyError
    from netwerkkracht.spss.artifacts import to_artifacts
    from netwerkkracht.spss.model import SpssFile
    from netwerkkracht.spss.reading.reader import read
    from netwerkkracht.study.codebook.problems import Problems
    from netwerkkracht.study.codebook.study import read_study

    log = logs.start("ingest")
    study = read_study(args.study.parent, Problems())
    register = Path(part["received"]) if part["received"] else None
    files: list[SpssFile] = []
    findings: list[Finding] = []
    for spec, path in zip(study.files, args.files, strict=True):
        known = _expected(register, path, part["status"], log)
        try:
            files.append(read(path, encoding=spec.encoding, sha256=known))
        except StudyError as error:
            findings += error.findings
    if findings:
        raise StudyError(findings)
    for file, values, labels in zip(files, args.values, args.labels, strict=True):
        to_artifacts(file, values, labels)
        log.info("%s: %d rows, %d variables, %s", file.name, file.n_rows, len(file.variables), file.encoding)


def _expected(register: Any, path: Any, status: str, log: Any) -> str | None:
    """Return the registered hash of a file; synthetic files may come in without one."""
    from netwerkkracht.core.errors import StudyError
    from netwerkkracht.spss.register import expected_hash

    if register is None:
        return None
    try:
        return expected_hash(register, path)
    except StudyError as error:
        if status == "synthetic" and error.findings[0].code == "I02":
            log.warning("%s is not in the register; let in because the study is synthetic", path.name)
            return None
        raise


STEP = Step(
    "read the SPSS files with their labels and missing codes, as stored",
    run,
    part=part,
    sources=(
        File("--files", "the SPSS files, in the order of study.yaml", many=True),
        File("--study", "study.yaml: what each file is"),
    ),
    targets=(
        File("--values", "one CSV per file: values as stored", many=True),
        File("--labels", "one JSON per file: labels, missing codes, findings", many=True),
    ),
    calls=("read",),
)
