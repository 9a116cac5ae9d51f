"""Reads a codebook folder into one frozen Codebook, and names everything that is wrong with it at once."""

from __future__ import annotations

from pathlib import Path

from netwerkkracht.codebook.book import Codebook
from netwerkkracht.codebook.codelists import parse_codes
from netwerkkracht.codebook.derived import parse_derived
from netwerkkracht.codebook.lint import expand, lint
from netwerkkracht.codebook.problems import Problems
from netwerkkracht.codebook.study import read_study
from netwerkkracht.codebook.tables import (
    load_table,
    parse_decisions,
    parse_examples,
    parse_source,
    parse_targets,
    parse_variables,
)
from netwerkkracht.errors import Finding, StudyError


def examine_codebook(folder: Path) -> tuple[Codebook | None, tuple[Finding, ...]]:
    """Read a codebook and return it with all its errors (None when its tables cannot be read).

    The codebook returned beside errors serves only to find still more errors in the files.
    """
    problems = Problems()
    study = read_study(folder, problems)
    names = ("variables.csv", "sources.csv", "codes.csv", "targets.csv", "derived.csv", "examples.csv")
    tables = {}
    for name in (*names, "decisions.csv"):
        try:
            tables[name] = load_table(folder, name, problems)
        except StudyError as error:
            problems.findings.extend(error.findings)
    if len(tables) < len(names) + 1:
        return None, tuple(problems.findings)
    written = [parse_source(row, line, problems) for line, row in enumerate(tables["sources.csv"], start=2)]
    codebook = Codebook(
        study=study,
        variables=parse_variables(tables["variables.csv"], study, problems),
        targets=parse_targets(tables["targets.csv"], problems),
        rules=expand(written, study, problems),
        codes=parse_codes(tables["codes.csv"], problems),
        derived=parse_derived(tables["derived.csv"], study, problems),
        examples=parse_examples(tables["examples.csv"]),
        decisions=parse_decisions(tables["decisions.csv"], problems),
    )
    lint(codebook, problems)
    return codebook, tuple(problems.findings)


def read_codebook(folder: Path) -> Codebook:
    """Read and check a codebook folder.

    Raises
    ------
    StudyError
        With every mistake found: unknown columns, keys, rules, lists, tags and decisions (X03, X04), empty
        targets (X05), cells without a rule or with two (X01, X02), codes given twice (X06), tags that are not
        allowed (X07), indices over different items (X08), missing files (F02, F04).
    """
    codebook, findings = examine_codebook(Path(folder))
    if findings or codebook is None:
        raise StudyError(findings)
    return codebook
