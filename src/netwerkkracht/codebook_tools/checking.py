"""Lints a codebook and its files together and says all that is wrong at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netwerkkracht.core import io
from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.harmonise.assemble import harmonise
from netwerkkracht.harmonise.columns import SourceFile
from netwerkkracht.harmonise.found import codes_found
from netwerkkracht.study.codebook import examine_codebook
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.read import usable


@dataclass(frozen=True)
class Check:
    """Everything found, errors first, and the text for a terminal."""

    findings: tuple[Finding, ...]
    errors: int
    warnings: int
    text: str


def check(
    codebook: Codebook, codebook_findings: tuple[Finding, ...], files: Mapping[str, SourceFile]
) -> tuple[Finding, ...]:
    """Return the findings of a codebook together with those of its files.

    Rules and indices that are wrong in themselves are left out when the files are looked at, so that one
    mistake is named once.
    """
    sound = usable(codebook, codebook_findings)
    found = list(codebook_findings)
    if sound.study.waves and sound.study.groups and sound.study.files:
        found += harmonise(sound, files, strict=False).findings
    return tuple(sorted(dict.fromkeys(found), key=lambda finding: finding.severity != "error"))


def as_text(findings: tuple[Finding, ...]) -> str:
    """Return the findings as a person reads them in a terminal, with one closing line."""
    errors = sum(finding.severity == "error" for finding in findings)
    blocks = [str(finding) for finding in findings]
    closing = (
        "nothing to remark: codebook and files agree"
        if not findings
        else f"{errors} errors, {len(findings) - errors} warnings; docs/findings.md explains each code"
    )
    return "\n\n".join([*blocks, closing]) + "\n"


def read_files(
    codebook: Codebook, data: Path, register: Path | None = None
) -> tuple[dict[str, Any], list[Finding]]:
    """Read the files of a study; a file that cannot be read gives findings, and the others are read on.

    With a register each file is compared with the hash it was received with (I01, I02, I03).
    """
    from netwerkkracht.spss.reading.reader import read
    from netwerkkracht.spss.register import expected_hash

    files: dict[str, Any] = {}
    findings: list[Finding] = []
    known: dict[str, Any] = {}
    for spec in codebook.study.files:
        key = f"{spec.path}|{spec.encoding}"
        try:
            if key not in known:
                path = data / spec.path
                there = register is not None and path.is_file()
                expected = expected_hash(register, path) if there and register is not None else None
                known[key] = read(path, encoding=spec.encoding, sha256=expected)
        except StudyError as error:
            findings += error.findings
            continue
        files[spec.file] = known[key]
        findings += known[key].findings
    return files, findings


def run_check(
    codebook: Path,
    data: Path,
    register: Path | None = None,
    *,
    codes: Path | None = None,
    beside: Sequence[Finding] = (),
) -> Check:
    """Read a codebook and its files and say all that is wrong, without stopping at the first thing.

    Parameters
    ----------
    codebook, data
        Folder of the codebook, folder of the SPSS files.
    register
        The register of received files, when the study has one.
    codes
        Where to write the codes found with counts and whether the crosswalk covers them (inside the
        restricted room: counts may be small).
    beside
        What is wrong with the configuration, to be told with the rest.

    Returns
    -------
    Check
        Findings (errors first), their numbers, and the text to print. Nothing is raised for what is wrong.
    """
    try:
        book, findings = examine_codebook(codebook)
    except StudyError as error:
        book, findings = None, error.findings
    if book is not None:
        files, unread = read_files(book, data, register)
        given = {finding.file for finding in unread if finding.severity == "error"}
        of_files = check(book, findings, files)
        # a file that could not be read was named by the reader, with the reason; its persons are not absent
        echoes = {"D00", "K03"} if given else set()
        findings = (*unread, *(finding for finding in of_files if finding.code not in echoes))
        if codes is not None:
            io.write_csv(codes, codes_found(book, files))
    findings = tuple(
        sorted(dict.fromkeys((*beside, *findings)), key=lambda finding: finding.severity != "error")
    )
    errors = sum(finding.severity == "error" for finding in findings)
    return Check(findings, errors, len(findings) - errors, as_text(findings))
