"""Read-only views for the appendix: variable x file, codes found in files, decisions and their places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np

from netwerkkracht.codebook.book import Codebook
from netwerkkracht.codebook.types import SourceRule, number_text
from netwerkkracht.harmonise.columns import SourceFile, make_column
from netwerkkracht.harmonise.recode import matches

MOST_CODES = 15
"""Numeric variables with more distinct values than this are quantities: their values are not listed."""


def matrix(codebook: Codebook) -> Any:
    """Return the crosswalk as people read it: one row per variable, one column per file.

    Returns
    -------
    DataFrame
        variable, label_nl, label_en, then one column per file with ``rule sources [code lists]``.
    """
    import pandas as pd

    rows = []
    for name in codebook.harmonised:
        row = {
            "variable": name,
            "label_nl": codebook.label(name, "nl"),
            "label_en": codebook.label(name, "en"),
        }
        for spec in codebook.study.files:
            rule = codebook.rules.get((name, spec.wave, spec.group))
            row[spec.file] = "" if rule is None else cell(rule)
        rows.append(row)
    files = [spec.file for spec in codebook.study.files]
    return pd.DataFrame(rows, columns=["variable", "label_nl", "label_en", *files])


def cell(rule: SourceRule) -> str:
    """Return one cell of the matrix view."""
    parts = [rule.rule, *rule.sources]
    if rule.codes:
        parts.append(f"[{' '.join(dict.fromkeys(rule.codes))}]")
    if rule.options:
        parts.append(f"={number_text(rule.options[0])}")
    if rule.scales:
        first, last = rule.scales[0]
        parts.append(f"({number_text(first)}..{number_text(last)})")
    return " ".join(parts)


def codes_found(codebook: Codebook, files: Mapping[str, SourceFile], *, only_open: bool = False) -> Any:
    """List the codes found in each file with their counts and whether the crosswalk covers them.

    Parameters
    ----------
    codebook, files
        The study and its files.
    only_open
        Only the codes that no rule covers, and variables that no rule uses.

    Returns
    -------
    DataFrame
        file, source (without identifiers), code, label, declared (missing), count, used_by (canonical
        variables), covered (yes, no, or unused when no rule looks at the variable). Texts and the values of
        quantities are not listed, they are counted in one row with code ``(texts)`` or ``(numbers)``.
    """
    import pandas as pd

    rows = []
    for spec in codebook.study.files:
        if spec.file not in files:
            continue
        uses = _uses(codebook, spec.wave, spec.group)
        source = files[spec.file]
        for variable in source.variables:
            if variable.name == spec.id:
                continue
            column = make_column(variable, source.frame[variable.name])
            used, lists = uses.get(variable.name, ((), ()))
            covered = np.zeros(len(column.uniques) + 1, dtype=bool)
            for name in lists:
                if name in codebook.codes:
                    covered |= matches(column, codebook.codes[name].entries) >= 0
            whole = bool(used) and not lists
            for code, label, declared, count, known in _lines(column, covered | whole):
                state = "unused" if not used else "yes" if known else "no"
                if not only_open or state != "yes":
                    rows.append(
                        (spec.file, variable.name, code, label, declared, count, " ".join(used), state)
                    )
    columns = ["file", "source", "code", "label", "declared", "count", "used_by", "covered"]
    return pd.DataFrame(rows, columns=columns)


def _uses(codebook: Codebook, wave: str, group: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    """Return per source variable the canonical variables that use it and the code lists they apply."""
    used: dict[str, list[str]] = defaultdict(list)
    lists: dict[str, list[str]] = defaultdict(list)
    for name in codebook.harmonised:
        rule = codebook.rules.get((name, wave, group))
        if rule is None:
            continue
        for place, column in enumerate(rule.sources):
            used[column].append(name)
            lists[column] += [rule.codes[place]] if rule.codes else []
        for column, listed in rule.filters:
            used[column].append(name)
            lists[column].append(listed)
    return {
        column: (tuple(dict.fromkeys(names)), tuple(dict.fromkeys(lists[column])))
        for column, names in used.items()
    }


def _lines(column: Any, covered: Any) -> list[tuple[str, str, str, int, bool]]:
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
            lines.append(("(numbers)", "", "", count, bool(state)))
    if not column.numeric:
        for state in (False, True):
            count = int(column.counts[:-1][covered[:-1] == state].sum())
            if count:
                lines.append(("(texts)", "", "", count, state))
    if column.n_empty:
        lines.append(("SYSMIS", "", "", column.n_empty, bool(covered[-1])))
    return lines


def decisions_table(codebook: Codebook) -> Any:
    """Return the decisions with the places where they act, for the report.

    Returns
    -------
    DataFrame
        number, date, decision, reason, who, used_in (variables, code lists and linking policies).
    """
    import pandas as pd

    places: dict[str, list[str]] = defaultdict(list)
    for policy_name, policy in codebook.study.linking.items():
        places[policy.decision].append(f"linking.{policy_name}")
    for rule in codebook.rules.values():
        places[rule.decision].append(rule.variable)
    for code_list in codebook.codes.values():
        for entry in code_list.entries:
            places[entry.decision].append(code_list.name)
    for derived in codebook.derived.values():
        places[derived.decision].append(derived.name)
    rows = [
        (
            item.number,
            item.date,
            item.decision,
            item.reason,
            item.who,
            " ".join(dict.fromkeys(places[item.number])),
        )
        for item in codebook.decisions.values()
    ]
    return pd.DataFrame(rows, columns=["number", "date", "decision", "reason", "who", "used_in"])
