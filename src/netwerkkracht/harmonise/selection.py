"""Takes the rows of each cell from its file, less what a rule leaves out and who was not interviewed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.core.errors import Finding, nearest
from netwerkkracht.harmonise.columns import Column, SourceFile, make_column
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import fold, interval, number
from netwerkkracht.study.codebook.types import Conditions, FileSpec, LeaveOut, number_text

Mask = npt.NDArray[np.bool_]
NO_CELL, NO_INTERVIEW = "no_cell", "no_interview"
EMPTY = "SYSMIS"


@dataclass
class Selection:
    """The rows of each entry of study.yaml, and the rows that are not among them.

    ``aside`` counts per entry and reason: rows that a rule leaves out (its name), and rows without an
    interview in this wave. Rows of the received file that no entry takes are counted under its first
    entry. So every row is taken, or counted.
    """

    frames: dict[str, Any] = field(default_factory=dict)
    aside: dict[str, Counter[str]] = field(default_factory=dict)


@dataclass
class _Received:
    """One received file while its entries are gone through: which rows were taken, or left out and why."""

    first: str
    taken: Mask
    left: Any


def select_rows(codebook: Codebook, files: Mapping[str, SourceFile], findings: list[Finding]) -> Selection:
    """Return the rows per file entry.

    A file that is not given is D00, a column that is not there D07, rows of no cell K05, a value of a
    condition that matches nothing K09, rows left out by a rule K10.
    """
    made = Selection()
    received: dict[str, _Received] = {}
    rules = {rule.name: _Rule(rule) for rule in codebook.study.leave_out}
    for spec in codebook.study.files:
        if spec.file not in files:
            findings.append(_not_given(spec))
            continue
        frame = files[spec.file].frame
        absent = [column for column in _columns(codebook, spec) if column not in frame.columns]
        findings += [
            missing_column(spec, column, frame.columns, "identifier or selection")
            for column in dict.fromkeys(absent)
            # an empty name was told when the codebook was read
            if column
        ]
        if absent:
            continue
        blank = _Received(spec.file, np.zeros(len(frame), dtype=bool), np.full(len(frame), "", dtype=object))
        whole = received.setdefault(spec.path, blank)
        columns = _Columns(files[spec.file])
        inside, unmatched = columns.fulfil(spec.rows)
        findings += _unmatched(spec, inside, unmatched, columns)
        made.frames[spec.file], made.aside[spec.file] = _narrow(
            spec, columns, inside, [rule for rule in rules.values() if rule.acts(spec)], whole, findings
        )
    for rule in rules.values():
        findings += rule.unmatched()
    for whole in received.values():
        findings += _rest(made, whole)
    findings += _left_out(codebook, made)
    return made


def _narrow(
    spec: FileSpec,
    columns: _Columns,
    inside: Mask,
    rules: list[_Rule],
    whole: _Received,
    findings: list[Finding],
) -> tuple[Any, Counter[str]]:
    """Take from the rows of an entry what rules leave out and who is absent; say what that was."""
    aside: Counter[str] = Counter()
    whole.taken |= inside
    kept = inside
    for rule in rules:
        out = rule.leaves_out(columns)
        whole.left[out & (whole.left == "")] = rule.rule.name
        aside[rule.rule.name] += int((kept & out).sum())
        if kept.any() and not (kept & ~out).any():
            what = f"leave_out '{rule.rule.name}' leaves no row of this file"
            findings.append(_matches_nothing(spec, what, "rows that stay", ""))
        kept = kept & ~out
    present = columns.present(spec)
    aside[NO_INTERVIEW] += int((kept & ~present).sum())
    kept = kept & present
    frame = columns.source.frame
    return frame if kept.all() else frame.loc[kept].reset_index(drop=True), +aside


def _columns(codebook: Codebook, spec: FileSpec) -> Iterator[str]:
    """Yield the columns that selecting the rows of an entry looks at."""
    yield from spec.id
    yield from (column for column, _ in spec.rows)
    yield from (column for listed in spec.present_if for column in listed)
    for rule in codebook.study.leave_out:
        if not rule.files or spec.file in rule.files:
            yield from (column for column, _ in rule.conditions)


class _Columns:
    """The columns of a file as conditions look at them."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self._declared = {variable.name: variable for variable in source.variables}

    def get(self, name: str) -> Column:
        return make_column(self._declared[name], self.source.frame[name])

    def fulfil(self, conditions: Conditions) -> tuple[Mask, list[tuple[str, str]]]:
        """Return which rows fulfil all conditions, and the values (column, value) that match no row."""
        mask = np.ones(len(self.source.frame), dtype=bool)
        unmatched = []
        for name, words in conditions:
            column = self.get(name)
            hit = np.zeros(len(column.uniques) + 1, dtype=bool)
            for word in words:
                found = _holds(column, word)
                hit |= found
                if not (column.counts[found] > 0).any():
                    unmatched.append((name, word))
            mask &= hit[column.index]
        return mask, unmatched

    def present(self, spec: FileSpec) -> Mask:
        """Return which rows are interviews: of each list one column holds an answer.

        A declared missing code is no answer, and neither is an empty cell.
        """
        mask = np.ones(len(self.source.frame), dtype=bool)
        for listed in spec.present_if:
            some = np.zeros(len(mask), dtype=bool)
            for name in listed:
                column = self.get(name)
                answers = [not column.declares(value) for value in column.uniques.tolist()]
                some |= np.array([*answers, False], dtype=bool)[column.index]
            mask &= some
        return mask


def _holds(column: Column, word: str) -> Mask:
    """Return which distinct values (last: empty) a value of a condition means."""
    hit = np.zeros(len(column.uniques) + 1, dtype=bool)
    if word == EMPTY:
        hit[-1] = True
    elif column.numeric:
        value, ends = number(word), interval(word)
        if value is not None:
            hit[:-1] = column.uniques == value
        elif ends is not None:
            hit[:-1] = (column.uniques >= ends[0]) & (column.uniques <= ends[1])
    else:
        hit[:-1] = [fold(text) == fold(word) for text in column.uniques.tolist()]
    return hit


class _Rule:
    """A rule that leaves rows out, and which of its values matched a row in any file so far."""

    def __init__(self, rule: LeaveOut) -> None:
        self.rule = rule
        self._open = {(name, word) for name, words in rule.conditions for word in words}
        self._seen = False

    def acts(self, spec: FileSpec) -> bool:
        return not self.rule.files or spec.file in self.rule.files

    def leaves_out(self, columns: _Columns) -> Mask:
        mask, unmatched = columns.fulfil(self.rule.conditions)
        self._open &= set(unmatched)
        self._seen = True
        return ~mask if self.rule.unless else mask

    def unmatched(self) -> list[Finding]:
        """K09: values that matched no row in any of the files the rule acts on."""
        return [
            Finding(
                "K09",
                "error",
                f"the value '{word}' of '{name}' in leave_out '{self.rule.name}' matches no row of any file",
                file="study.yaml",
                variable=name,
                expected="values that the files hold",
                action="correct the value, or remove the rule",
            )
            for name, word in sorted(self._open if self._seen else ())
        ]


def _unmatched(
    spec: FileSpec, inside: Mask, unmatched: list[tuple[str, str]], columns: _Columns
) -> list[Finding]:
    """K09: values of ``rows`` that match no row, or values that match none together."""
    if not len(inside):
        # a wave in which nobody was interviewed
        return []
    found = [
        _matches_nothing(
            spec,
            f"the value '{word}' of '{name}' in 'rows' matches no row",
            _codes_found(columns.get(name)),
            nearest(word, ["present"]),
        )
        for name, word in unmatched
    ]
    if not found and not inside.any():
        found = [_matches_nothing(spec, "'rows' takes no row of the file", "rows that hold all values", "")]
    return found


def _codes_found(column: Column) -> str:
    """Say what a column holds as far as that is the questionnaire's: labelled codes, and the type."""
    known = [
        f"{number_text(value) if column.numeric else value} '{label}'"
        for value, label in column.value_labels.items()
        if (column.counts[:-1][np.asarray(column.uniques == value, dtype=bool)] > 0).any()
    ]
    kind = "numbers" if column.numeric else "texts"
    return f"{kind} that the column holds" + (f": {', '.join(known[:12])}" if known else "")


def _matches_nothing(spec: FileSpec, what: str, expected: str, hint: str) -> Finding:
    said = f"; let be by decision {spec.unmatched}" if spec.unmatched else ""
    return Finding(
        "K09",
        "warning" if spec.unmatched else "error",
        what + (f" ({hint})" if hint else "") + said,
        spec.file,
        wave=spec.wave,
        group=spec.group,
        expected=expected,
        action="correct study.yaml; when it is right that there are none, write 'unmatched' with a decision "
        "in this entry",
    )


def _rest(made: Selection, whole: _Received) -> list[Finding]:
    """Count the rows that no entry takes: left out by a rule, or K05."""
    aside = made.aside[whole.first]
    for reason in whole.left[~whole.taken & (whole.left != "")].tolist():
        aside[reason] += 1
    count = int((~whole.taken & (whole.left == "")).sum())
    if not count:
        return []
    aside[NO_CELL] += count
    return [
        Finding(
            "K05",
            "error",
            "rows that belong to no wave and group",
            file=whole.first,
            count=count,
            expected="every row taken by one of the file's entries in study.yaml",
            action="complete 'rows' of the entries of this file, or write the rule in leave_out that leaves "
            "them out",
        )
    ]


def _left_out(codebook: Codebook, made: Selection) -> list[Finding]:
    """K10: how many rows a rule left out of each entry."""
    specs = {spec.file: spec for spec in codebook.study.files}
    return [
        Finding(
            "K10",
            "warning",
            f"rows left out by the rule '{rule.name}', by decision {rule.decision}",
            specs[file].file,
            wave=specs[file].wave,
            group=specs[file].group,
            count=counts[rule.name],
            expected="as many as were known to be outside the study",
            action="nothing to do when the number is right",
        )
        for file, counts in made.aside.items()
        for rule in codebook.study.leave_out
        if counts[rule.name]
    ]


def _not_given(spec: FileSpec) -> Finding:
    return Finding(
        "D00",
        "error",
        "the file was not read",
        file=spec.file,
        wave=spec.wave,
        group=spec.group,
        expected=f"the file {spec.path}",
        action="put the file in the data folder",
    )


def missing_column(spec: FileSpec, column: str, held: Any, kind: str) -> Finding:
    """Return the finding for a column that the crosswalk names and the file does not have (D07)."""
    hint = nearest(column, [str(name) for name in held])
    return Finding(
        "D07",
        "error",
        f"the {kind} '{column}' is not in the file" + (f" ({hint})" if hint else ""),
        file=spec.file,
        variable=column,
        wave=spec.wave,
        group=spec.group,
        expected="the variables that the codebook names",
        action="correct the name in the codebook, or ask for the complete file",
    )
