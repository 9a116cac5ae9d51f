"""Reads a codebook folder into one frozen Codebook, and names everything that is wrong with it at once."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import parse_codes
from netwerkkracht.study.codebook.derived import DERIVED_RULES, parse_derived
from netwerkkracht.study.codebook.lint import expand, lint, lint_derived
from netwerkkracht.study.codebook.lint_rules import lint_rule
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.study import codebook_files, read_study
from netwerkkracht.study.codebook.tables import (
    load_table,
    parse_decisions,
    parse_examples,
    parse_source,
    parse_targets,
    parse_variables,
)


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
            place = study.examples if name == "examples.csv" else None
            tables[name] = load_table(folder, name, problems, place=place)
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


def usable(codebook: Codebook, findings: tuple[Finding, ...]) -> Codebook:
    """Return the codebook without the rules and indices that are wrong, or rest on a wrong code list.

    For ``check``, which looks at the files although the codebook has mistakes (``findings``).
    """
    rules = {}
    wrong = {finding.variable for finding in findings if finding.file == "codes.csv"}
    for key, rule in codebook.rules.items():
        if wrong & {*rule.codes, *(listed for _, listed in rule.filters)}:
            continue
        problems = Problems()
        lint_rule(codebook, rule, problems)
        if not problems.findings:
            rules[key] = rule
    variables = {
        name: variable
        for name, variable in codebook.variables.items()
        if name in codebook.study.key_columns or any(key[0] == name for key in rules)
    }
    sound = replace(codebook, rules=rules, variables=variables, derived={})
    for name, derived in codebook.derived.items():
        problems = Problems()
        trial = replace(sound, derived={**sound.derived, name: derived})
        lint_derived(trial, derived, problems)
        if not problems.findings and derived.rule in DERIVED_RULES:
            sound = trial
    columns = set(sound.columns)
    examples = tuple(example for example in sound.examples if example.variable in columns)
    date = sound.study.date if sound.study.date in columns else None
    return replace(sound, examples=examples, study=replace(sound.study, date=date))


def read_codebook(folder: Path) -> Codebook:
    """Read and check a codebook folder.

    Raises
    ------
    StudyError
        With every mistake found: unknown columns, keys, rules, lists, tags and decisions (X03, X04), empty
        targets (X05), cells without a rule or with two (X01, X02), codes given twice (X06), tags that are not
        allowed (X07), indices over different items (X08), missing files (F02, F04).
    """
    here = Path(folder)
    # a run's helper has read it once for all jobs; other bytes are read again
    try:
        content = tuple((path.as_posix(), path.read_bytes()) for path in codebook_files(here))
    except OSError:
        return _read.__wrapped__(here, ())  # which names the file
    return _read(here, content)


@lru_cache(maxsize=2)
def _read(folder: Path, _content: tuple[tuple[str, bytes], ...]) -> Codebook:
    codebook, findings = examine_codebook(folder)
    if findings or codebook is None:
        raise StudyError(findings)
    return codebook
