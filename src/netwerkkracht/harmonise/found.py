"""Codes found in the files, with counts: those a codebook does not know yet, and where each one goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.harmonise.columns import Column, SourceFile, make_column
from netwerkkracht.harmonise.recode import matches
from netwerkkracht.harmonise.selection import select_rows
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import fold
from netwerkkracht.study.codebook.types import TEXT_TYPES, CodeEntry, SourceRule, Variable, number_text

MOST_CODES = 15
"""Numeric variables with more distinct values than this are quantities: their values are not listed."""
NUMBERS, TEXTS, VALUES, OTHERS, SYSMIS = "(numbers)", "(texts)", "(values)", "(others)", "SYSMIS"
FOUND = ("file", "source", "code", "label", "declared", "count", "used_by", "covered")
COUNTED = (
    *("variable", "file", "wave", "group", "source"),
    *("code", "label", "target", "declared", "count"),
)


def codes_found(codebook: Codebook, files: Mapping[str, SourceFile]) -> Any:
    """List the codes found in each file with their counts and whether the crosswalk covers them.

    For the one who writes the codebook: the counts are exact and small ones are shown, so the list stays in
    the restricted room.

    Parameters
    ----------
    codebook, files
        The study and its files.

    Returns
    -------
    DataFrame
        file, source (without identifiers), code, label, declared (missing), count, used_by (canonical
        variables), covered (yes, no, or unused when no rule looks at the variable). Texts and the values of
        quantities are not listed, they are counted in one row with code ``(texts)`` or ``(numbers)``.
    """
    import pandas as pd

    rows = []
    chosen = select_rows(codebook, files, []).frames
    for spec in codebook.study.files:
        if spec.file not in files:
            continue
        uses = _uses(codebook, spec.wave, spec.group)
        source = files[spec.file]
        frame = chosen.get(spec.file, source.frame)
        for variable in source.variables:
            if variable.name in spec.id:
                continue
            column = make_column(variable, frame[variable.name])
            used, lists = uses.get(variable.name, ((), ()))
            covered = np.zeros(len(column.uniques) + 1, dtype=bool)
            for name, form in lists:
                if name in codebook.codes:
                    covered |= matches(column, codebook.codes[name].entries, form) >= 0
            whole = bool(used) and not lists
            for code, label, declared, count, known in _lines(column, covered | whole):
                state = "unused" if not used else "yes" if known else "no"
                rows.append((spec.file, variable.name, code, label, declared, count, " ".join(used), state))
    return pd.DataFrame(rows, columns=list(FOUND))


def _uses(
    codebook: Codebook, wave: str, group: str
) -> dict[str, tuple[tuple[str, ...], tuple[tuple[str, str], ...]]]:
    """Return per source variable the variables that use it, and the code lists with their number_form."""
    used: dict[str, list[str]] = defaultdict(list)
    lists: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for name in codebook.harmonised:
        rule = codebook.rules.get((name, wave, group))
        if rule is None:
            continue
        for place, column in enumerate(rule.sources):
            used[column].append(name)
            lists[column] += [(rule.codes[place], rule.number_form(place))] if rule.codes else []
        for column, listed in rule.filters:
            used[column].append(name)
            lists[column].append((listed, ""))
    return {
        column: (tuple(dict.fromkeys(names)), tuple(dict.fromkeys(lists[column])))
        for column, names in used.items()
    }


def _lines(column: Column, covered: Any) -> list[tuple[str, str, str, int, bool]]:
    lines: list[tuple[str, str, str, int, bool]] = []
    listed = column.numeric and len(column.uniques) <= MOST_CODES
    order = np.argsort(column.uniques).tolist() if column.numeric else []
    numbers = [0, 0]
    for place in order:
        value, count = float(column.uniques[place]), int(column.counts[place])
        label = column.value_labels.get(value, "")
        if listed or label:
            declared = "yes" if column.declares(value) else ""
            lines.append((number_text(value), label, declared, count, bool(covered[place])))
        else:
            numbers[int(covered[place])] += count
    for state, count in enumerate(numbers):
        if count:
            lines.append((NUMBERS, "", "", count, bool(state)))
    if not column.numeric:
        for state in (False, True):
            count = int(column.counts[:-1][covered[:-1] == state].sum())
            if count:
                lines.append((TEXTS, "", "", count, state))
    if column.n_empty:
        lines.append((SYSMIS, "", "", column.n_empty, bool(covered[-1])))
    return lines


def codes_by_variable(codebook: Codebook, files: Mapping[str, SourceFile]) -> Any:
    """Count the codes behind every variable of the result, per file and source, with where each code goes.

    For the report. Only codes that a line of a code list names are listed one by one, and numbers of a
    scale of at most ``MOST_CODES`` steps. Identifiers, dates, texts and larger quantities are counted in one
    row; of a multiple-response question the answers that are not the variable's own option are.

    Parameters
    ----------
    codebook, files
        The study and its files; every code must be covered (``harmonise`` sees to that).

    Returns
    -------
    DataFrame
        variable, file, wave, group, source, code, label (of the file, where the codebook has it), target
        (a code, ``=`` or a tag, empty where several differ), declared (``1`` when the file declares it
        missing), count. The counts of one variable, file and source add up to the rows of the file in that
        wave and group.
    """
    import pandas as pd

    rows = []
    chosen = select_rows(codebook, files, []).frames
    for spec in codebook.study.files:
        if spec.file not in chosen:
            continue
        declared = {variable.name: variable for variable in files[spec.file].variables}
        columns: dict[str, Column] = {}
        for name in codebook.harmonised:
            rule = codebook.rules.get((name, spec.wave, spec.group))
            for place, source in enumerate(rule.sources if rule is not None else ()):
                if source not in columns:
                    columns[source] = make_column(declared[source], chosen[spec.file][source])
                held = _Source(codebook, rule, place, columns[source])
                rows += [(name, spec.file, spec.wave, spec.group, source, *line) for line in held.lines()]
    order = {name: place for place, name in enumerate(codebook.harmonised)}
    rows.sort(key=lambda row: order[row[0]])
    return pd.DataFrame(rows, columns=list(COUNTED))


@dataclass(frozen=True)
class _Source:
    """One source of a rule, with the distinct values it holds."""

    codebook: Codebook
    rule: Any
    place: int
    column: Column

    def lines(self) -> Iterator[tuple[str, str, str, str, int]]:
        """Yield code, label, target, declared and count; those counted together come last."""
        column, entries = self.column, self._entries()
        found = matches(column, entries, self.rule.number_form(self.place))
        together: dict[tuple[str, str], int] = {}
        order = np.argsort(column.uniques) if column.numeric else np.arange(len(column.uniques))
        singly = self._singly(entries, found)
        for place in order.tolist():
            count, entry = int(column.counts[place]), entries[found[place]] if found[place] >= 0 else None
            if entry is not None and singly[place]:
                value = float(column.uniques[place])
                declared = "1" if column.declares(value) else "0"
                label = _known(column.value_labels.get(value, ""), entry)
                yield number_text(value), label, _target(entry), declared, count
                continue
            key = self._kind(entry), _target(entry) if entry is not None and entry.same else ""
            together[key] = together.get(key, 0) + count
        for (code, target), count in together.items():
            yield code, "", target, "", count
        if column.n_empty:
            entry = entries[found[-1]] if found[-1] >= 0 else None
            # without a list an empty cell is system-missing
            yield SYSMIS, "", ".s" if entry is None else _target(entry), "", column.n_empty

    def _entries(self) -> tuple[CodeEntry, ...]:
        rule: SourceRule = self.rule
        listed = self.codebook.codes.get(rule.codes[self.place]) if rule.codes else None
        return listed.entries if listed is not None else ()

    def _variable(self) -> Variable:
        return self.codebook.variables[self.rule.variable]

    def _singly(self, entries: tuple[CodeEntry, ...], found: Any) -> list[bool]:
        """Say which distinct values are listed one by one."""
        column = self.column
        if not column.numeric:
            return [False] * len(column.uniques)
        kept = [place >= 0 and _narrow(entries[place], self._variable()) for place in found[:-1].tolist()]
        option = self.rule.options[self.place] if self.rule.options else None
        own = [
            kept[n]
            and (option is None or bool(entries[place].tag) or _gives(entries[place], column, n, option))
            for n, place in enumerate(found[:-1].tolist())
        ]
        others = sum(mine and not its for mine, its in zip(kept, own, strict=True))
        # yes and no of a tick say more than 'others'
        return kept if others <= 1 else own

    def _kind(self, entry: CodeEntry | None) -> str:
        if self.rule.options and entry is not None:
            return OTHERS
        if entry is None or self._variable().type in TEXT_TYPES:
            return VALUES
        return NUMBERS if self.column.numeric else TEXTS


def _narrow(entry: CodeEntry, variable: Variable) -> bool:
    """Whether a line stands for a code, or for a scale of few steps; never for an identifier or a date."""
    if entry.low is None or entry.high is None:
        return False
    if entry.low == entry.high:
        return bool(entry.tag) or variable.type not in TEXT_TYPES
    return variable.type not in TEXT_TYPES and entry.high - entry.low < MOST_CODES


def _gives(entry: CodeEntry, column: Column, place: int, option: float) -> bool:
    value = float(column.uniques[place]) if entry.same else entry.target
    return value == option


def _known(label: str, entry: CodeEntry) -> str:
    """Return a file's label when the codebook has it too; words of a file only may be anybody's."""
    return label if fold(label) in {fold(known) for known in entry.labels} else ""


def _target(entry: CodeEntry) -> str:
    if entry.tag:
        return f".{entry.tag}"
    if entry.same:
        return "="
    return entry.text_target if entry.text_target is not None else number_text(entry.target)
