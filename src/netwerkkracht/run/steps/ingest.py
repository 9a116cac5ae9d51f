"""Read the SPSS files of the study as stored, each against the hash it was registered with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from netwerkkracht.core import logs
from netwerkkracht.run.steps.arguments import Part, add_common, add_source, add_target


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command line."""
    add_common(parser)
    add_source(parser, "--files", "the SPSS files, in the order of study.yaml", many=True)
    add_source(parser, "--study", "study.yaml: what each file is")
    add_target(parser, "--values", "one CSV per file: values as stored", many=True)
    add_target(parser, "--labels", "one JSON per file: labels, missing codes, findings", many=True)


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
