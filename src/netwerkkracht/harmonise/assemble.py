"""Turns received files into one panel: link, apply each rule, score, check. Nobody is dropped silently."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.harmonise.check_columns import check_rule
from netwerkkracht.harmonise.check_files import check_encoding, check_same_rows, check_weight
from netwerkkracht.harmonise.check_panel import check_panel
from netwerkkracht.harmonise.columns import Column, SourceFile, make_column
from netwerkkracht.harmonise.counts import TRACE, count_missing, flow_table, set_aside_table, trace_row
from netwerkkracht.harmonise.examples import check_examples
from netwerkkracht.harmonise.linking import link
from netwerkkracht.harmonise.panel import PanelBuilder
from netwerkkracht.harmonise.rules import evaluate
from netwerkkracht.harmonise.scoring import score
from netwerkkracht.harmonise.selection import select_rows
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import FileSpec


@dataclass(frozen=True)
class Harmonised:
    """The panel and everything that says where it comes from.

    Attributes
    ----------
    panel : DataFrame
        One row per person x wave observed, sorted by person and wave: key columns, then each variable and its
        reason column (categorical, empty when valid).
    set_aside : DataFrame
        file, reason, count: rows that are not in the panel. Counts only.
    flow : DataFrame
        file, wave, group, rows_in, used, set_aside.
    missing : DataFrame
        variable, wave, group, reason, count: valid (empty reason) and missing values, with persons who have
        no interview in a wave counted under ``m``.
    findings : tuple of Finding
        Warnings (errors are raised, unless ``strict`` is off).
    trace : DataFrame
        One row per variable x file: rule, sources, code lists, decision, valid and missing counts.
    """

    panel: Any
    set_aside: Any
    flow: Any
    missing: Any
    findings: tuple[Finding, ...]
    trace: Any


class View:
    """One file as the rules see it: its rows of this cell, and each column folded once."""

    def __init__(self, spec: FileSpec, source: SourceFile, frame: Any, shared: Mapping[str, int]) -> None:
        """Keep the rows; ``shared`` says how often a column is used, so that only those are kept folded."""
        self.spec, self.frame, self._shared = spec, frame, shared
        self.declared = {variable.name: variable for variable in source.variables}
        self._folded: dict[str, Column] = {}

    def get(self, name: str) -> Column | None:
        """Return a column folded to its distinct values, None when the file does not have it."""
        if name in self._folded:
            return self._folded[name]
        if name not in self.declared or name not in self.frame.columns:
            return None
        column = make_column(self.declared[name], self.frame[name])
        if self._shared.get(name, 0) > 1:
            self._folded[name] = column
        return column


def _uses(codebook: Codebook, spec: FileSpec) -> Counter[str]:
    """Count how often the rules of a cell look at each column."""
    uses: Counter[str] = Counter()
    for name in codebook.harmonised:
        rule = codebook.rules.get((name, spec.wave, spec.group))
        if rule is not None:
            uses.update([*rule.sources, *(column for column, _ in rule.filters)])
    return uses


def harmonise(codebook: Codebook, files: Mapping[str, SourceFile], *, strict: bool = True) -> Harmonised:
    """Harmonise the files of a study into one panel.

    Parameters
    ----------
    codebook
        The study; see ``read_codebook``.
    files
        Received files by their key in study.yaml, values as stored (user-missing codes kept).
    strict
        Raise on errors. Off (for ``check``), the errors stand among the findings and cells that no rule
        covers are missing as invalid.

    Returns
    -------
    Harmonised
        Panel, counts, findings and trace. Missing data: every missing value carries its reason.

    Raises
    ------
    StudyError
        With all errors found: D00 to D17, K02 to K09, T01.
    """
    import pandas as pd

    findings: list[Finding] = []
    selection = select_rows(codebook, files, findings)
    chosen = selection.frames
    linking = link(codebook, files, chosen)
    findings += linking.findings
    linked = all(finding.severity == "warning" for finding in findings)
    builder = PanelBuilder(codebook, linking)
    trace = []
    for file, rows in linking.files.items():
        spec = rows.spec
        view = View(spec, files[file], chosen[file], _uses(codebook, spec))
        kept = rows.kept
        for name in codebook.harmonised:
            rule = codebook.rules.get((name, spec.wave, spec.group))
            if rule is None:
                continue
            result = evaluate(codebook, rule, view.get, len(view.frame))
            builder.put(file, name, result.numbers[kept], result.reasons[kept])
            trace.append(trace_row(file, rule, result.reasons[kept]))
            findings += check_rule(codebook, rule, view.get, result, view)
        findings += check_encoding(spec, files[file], view.frame)
        findings += check_weight(codebook, spec, files[file])
    findings += check_same_rows(codebook, chosen)
    panel = score(codebook, builder.frame())
    findings += check_panel(codebook, panel)
    findings += check_examples(codebook, panel, linked=linked)
    findings = list(dict.fromkeys(findings))
    if strict and any(finding.severity == "error" for finding in findings):
        raise StudyError(finding for finding in findings if finding.severity == "error")
    return Harmonised(
        panel=panel,
        set_aside=set_aside_table(codebook, linking, selection),
        flow=flow_table(linking, selection),
        missing=count_missing(codebook, panel),
        findings=tuple(findings),
        trace=pd.DataFrame(trace, columns=list(TRACE)),
    )
