"""Checks the tables of a codebook against one another: X01 to X08 without opening a file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import number
from netwerkkracht.study.codebook.derived import DATE_RULES, asked_items, split_item, uneven
from netwerkkracht.study.codebook.lint_rules import lint_rule
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import Derived, SourceRule, Study


def expand(
    written: Sequence[SourceRule], study: Study, problems: Problems
) -> dict[tuple[str, str, str], SourceRule]:
    """Give each variable x wave x group its rule; two rules for one cell are X02."""
    from dataclasses import replace

    found: dict[tuple[str, str, str], SourceRule] = {}
    for rule in written:
        for wave in _selected(rule.wave, study.waves, "wave", rule, problems):
            for group in _selected(rule.group, tuple(study.groups), "group", rule, problems):
                key = (rule.variable, wave, group)
                if key in found:
                    problems.add(
                        "X02",
                        f"two rules for one cell (lines {found[key].line} and {rule.line})",
                        "exactly one rule per variable, wave and group; there is no precedence",
                        "remove or narrow one of the two lines",
                        file="sources.csv",
                        variable=rule.variable,
                        wave=wave,
                        group=group,
                    )
                found[key] = replace(rule, wave=wave, group=group)
    return found


def _selected(
    cell: str, known: tuple[str, ...], kind: str, rule: SourceRule, problems: Problems
) -> tuple[str, ...]:
    if cell == "*":
        return known
    words = tuple(cell.split())
    if not words:
        problems.malformed(f"empty {kind}", "* or names", file="sources.csv", variable=rule.variable)
    for word in words:
        if word not in known:
            problems.unknown(kind, word, known, file="sources.csv", variable=rule.variable)
    return tuple(word for word in words if word in known)


def lint(codebook: Codebook, problems: Problems) -> None:
    """Note everything that is wrong between the tables."""
    seen: set[tuple[str, int]] = set()
    for rule in codebook.rules.values():
        # one line of sources.csv stands for several cells: name its mistakes once
        if (rule.variable, rule.line) not in seen:
            seen.add((rule.variable, rule.line))
            lint_rule(codebook, rule, problems)
    _lint_study(codebook, problems)
    _lint_variables(codebook, problems)
    for derived in codebook.derived.values():
        lint_derived(codebook, derived, problems)
    for example in codebook.examples:
        where = {"file": "examples.csv", "variable": example.variable}
        if example.variable not in codebook.columns:
            problems.unknown("variable", example.variable, codebook.columns, **where)
        if example.wave not in codebook.study.waves:
            problems.unknown("wave", example.wave, codebook.study.waves, **where)
    for code_list in codebook.codes.values():
        for entry in code_list.entries:
            _known_decision(codebook, entry.decision, problems, file="codes.csv", variable=code_list.name)


def _known_decision(codebook: Codebook, number_: str, problems: Problems, **where: str | int | None) -> None:
    if number_ and number_ not in codebook.decisions:
        problems.unknown("decision", number_, codebook.decisions, **where)


def _lint_study(codebook: Codebook, problems: Problems) -> None:
    study = codebook.study
    for name, policy in study.linking.items():
        _known_decision(codebook, policy.decision, problems, file="study.yaml", variable=f"linking.{name}")
        if policy.do != "error" and not policy.decision:
            problems.malformed(
                f"linking.{name} is '{policy.do}' without a decision",
                "a number of decisions.csv",
                file="study.yaml",
            )
    _known_decision(codebook, study.id_rule.decision, problems, file="study.yaml", variable="id_rule")
    if study.id_rule.rules and not study.id_rule.decision:
        problems.malformed("id_rule without a decision", "a number of decisions.csv", file="study.yaml")
    _known_decision(codebook, study.weights.decision, problems, file="study.yaml", variable="weights")
    for rule in study.leave_out:
        _known_decision(
            codebook, rule.decision, problems, file="study.yaml", variable=f"leave_out.{rule.name}"
        )
        if not rule.decision:
            problems.malformed(
                f"leave_out '{rule.name}' without a decision", "a number of decisions.csv", file="study.yaml"
            )
    for spec in study.files:
        _known_decision(codebook, spec.unmatched, problems, file="study.yaml", variable=spec.file)
    date = codebook.variables.get(study.date or "")
    if study.date and (date is None or date.type != "date"):
        known = [item.name for item in codebook.variables.values() if item.type == "date"]
        problems.unknown("date variable", study.date, known, file="study.yaml")


def _lint_variables(codebook: Codebook, problems: Problems) -> None:
    keys = codebook.study.key_columns
    for variable in codebook.variables.values():
        where = {"file": "variables.csv", "variable": variable.name}
        if variable.targets and variable.targets not in codebook.targets:
            problems.unknown("target list", variable.targets, codebook.targets, **where)
        if variable.type == "code" and not variable.targets:
            problems.malformed("type code without targets", "a list of targets.csv", **where)
        if variable.name in keys:
            if variable.type != "id":
                problems.malformed("a key column", "type id", **where)
            continue
        if variable.name in codebook.derived:
            problems.malformed(
                "the name stands in variables.csv and in derived.csv", "one of the two", **where
            )
        for wave, group in codebook.cells:
            if (variable.name, wave, group) not in codebook.rules:
                problems.add(
                    "X01",
                    "no rule for this cell",
                    "exactly one rule per variable, wave and group",
                    "add a row to sources.csv; write not_asked where it was not asked",
                    file="sources.csv",
                    variable=variable.name,
                    wave=wave,
                    group=group,
                )


def lint_derived(codebook: Codebook, derived: Derived, problems: Problems) -> None:
    """Note everything that is wrong with one row of derived.csv, given the rows before it."""
    where: Mapping[str, str | int | None] = {"file": "derived.csv", "variable": derived.name}
    order = list(codebook.derived)
    earlier = {*codebook.harmonised, *order[: order.index(derived.name)]}
    for item in (*derived.flat, *([derived.only_if] if derived.only_if else [])):
        name, wave = split_item(item)
        if name not in earlier:
            problems.unknown("variable (or a later index)", name, earlier, **where)
            return
        if wave is not None and wave not in codebook.study.waves:
            problems.unknown("wave", wave, codebook.study.waves, **where)
            return
    _known_decision(codebook, derived.decision, problems, **where)
    names = [split_item(item)[0] for item in derived.flat]
    if derived.rule in DATE_RULES and not all(_is_date(codebook, name) for name in names):
        problems.malformed(f"'{derived.rule}' of other variables than dates", "two dates in 'from'", **where)
    if derived.targets and derived.targets not in codebook.targets:
        problems.unknown("target list", derived.targets, codebook.targets, **where)
    for group in derived.structural:
        if group not in codebook.study.groups:
            problems.unknown("group", group, codebook.study.groups, **where)
    if derived.targets in codebook.targets:
        _lint_result_codes(codebook, derived, problems)
    _lint_uneven(codebook, derived, problems)


def _is_date(codebook: Codebook, name: str) -> bool:
    """Whether a variable is a date, or an index that takes one from another wave."""
    if name in codebook.derived:
        derived = codebook.derived[name]
        return derived.rule == "from_wave" and _is_date(codebook, split_item(derived.flat[0])[0])
    return codebook.variables[name].type == "date"


def _lint_result_codes(codebook: Codebook, derived: Derived, problems: Problems) -> None:
    known = {item.code for item in codebook.targets[derived.targets]}
    made: set[float] = set()
    if derived.rule == "combine":
        made = {number(word) or 0.0 for word in derived.threshold or ("1", "2", "3", "4")}
    elif derived.rule == "classes":
        made = set(map(float, range(1, len(derived.threshold) + 2)))
    if made - known:
        problems.malformed(
            f"'{derived.rule}' makes codes that target list '{derived.targets}' does not have",
            "a label for each code",
            file="derived.csv",
            variable=derived.name,
        )


def _lint_uneven(codebook: Codebook, derived: Derived, problems: Problems) -> None:
    """X08: an index over different items in different cells, until a decision says what to do."""
    if not uneven(codebook, derived) or (derived.on_uneven and derived.decision):
        return
    cells = asked_items(codebook, derived)
    most = max(len(items) for items in cells.values())
    everywhere = set.intersection(*(set(items) for items in cells.values()))
    parts = [
        f"wave {wave} {group}: {len(items)} of {most}"
        + (f" (also {', '.join(sorted(set(items) - everywhere))})" if set(items) - everywhere else "")
        for (wave, group), items in cells.items()
    ]
    problems.add(
        "X08",
        "the index is made of different items in different cells: " + "; ".join(parts),
        "the same items in every cell, or a decision",
        "set on_uneven to common, asked or leave_out and name the decision",
        file="derived.csv",
        variable=derived.name,
    )
