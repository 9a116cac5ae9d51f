"""Checks each source rule against the variables, code lists and decisions it names."""

from __future__ import annotations

from collections.abc import Mapping

from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.forms import NUMBER_FORMS, date_form
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import (
    FIXED_RULES,
    MERGE_RULES,
    SINGLE_RULES,
    SOURCE_RULES,
    TEXT_TYPES,
    CodeList,
    SourceRule,
    TargetCode,
    Variable,
)

FILE = "sources.csv"
SCALED = ("pomp", "worst", "best")
RESULT_TYPES: Mapping[str, tuple[str, ...]] = {
    "pomp": ("number",),
    "any": ("yesno",),
    "multi": ("yesno",),
    "count": ("integer", "number"),
}
NEEDS_DECISION = (*MERGE_RULES, "impossible", "not_applicable", "constant")
Where = dict[str, str | int | None]


def lint_rule(codebook: Codebook, rule: SourceRule, problems: Problems) -> None:
    """Note everything that is wrong with one row of sources.csv."""
    where: Where = {"file": FILE, "variable": rule.variable, "wave": rule.wave, "group": rule.group}
    variable = codebook.variables.get(rule.variable)
    if variable is None or rule.variable in codebook.study.key_columns:
        problems.unknown("variable", rule.variable, codebook.harmonised, **where)
        return
    if rule.rule not in SOURCE_RULES:
        problems.unknown("rule", rule.rule or "(empty)", SOURCE_RULES, **where)
        return
    _lint_shape(rule, variable, problems, where)
    _lint_lists(codebook, rule, variable, problems, where)
    if rule.decision:
        if rule.decision not in codebook.decisions:
            problems.unknown("decision", rule.decision, codebook.decisions, **where)
    elif rule.rule in NEEDS_DECISION:
        problems.malformed(f"rule '{rule.rule}' without a decision", "a number of decisions.csv", **where)


def _lint_shape(rule: SourceRule, variable: Variable, problems: Problems, where: Where) -> None:
    name, n = rule.rule, len(rule.sources)
    least = 0 if name in FIXED_RULES or name == "constant" else 2 if name in {"worst", "best", "any"} else 1
    most = n if name in (*MERGE_RULES, "multi") else least
    if not least <= n <= most:
        expected = f"{least} source" if least == most else f"{least} sources or more"
        problems.malformed(f"rule '{name}' with {n} sources", expected, **where)
    if name in RESULT_TYPES and variable.type not in RESULT_TYPES[name]:
        expected = f"type {' or '.join(RESULT_TYPES[name])} in variables.csv"
        problems.malformed(f"rule '{name}' for a variable of type '{variable.type}'", expected, **where)
    if n and name != "direct" and not rule.codes:
        problems.malformed(f"rule '{name}' without codes", "a list of codes.csv", **where)
    if bool(rule.scales) != (name == "pomp") and not (rule.scales and name in SCALED):
        expected = "scale with pomp (also worst, best), nowhere else"
        problems.malformed(f"column 'scale' and rule '{name}'", expected, **where)
    if (name in {"multi", "constant"}) != bool(rule.options):
        problems.malformed(
            f"column 'option' and rule '{name}'", "option with multi and constant, nowhere else", **where
        )
    if name in MERGE_RULES and rule.if_missing not in {"use_valid", "missing"}:
        problems.malformed(f"if_missing is '{rule.if_missing}'", "use_valid or missing", **where)
    if name not in MERGE_RULES and rule.if_missing:
        problems.malformed(f"if_missing with rule '{name}'", "an empty cell", **where)
    if name in {"worst", "best"} and not variable.worst:
        problems.malformed(
            "the variable does not say which end is worst", "high or low in column 'worst'", **where
        )
    _lint_forms(rule, variable, problems, where)
    if name not in (*SINGLE_RULES, *MERGE_RULES, "multi") and (rule.filters or rule.codes):
        problems.malformed(f"rule '{name}' with codes or a filter", "empty cells", **where)


def _lint_forms(rule: SourceRule, variable: Variable, problems: Problems, where: Where) -> None:
    if rule.date_form and (variable.type != "date" or rule.rule != "direct"):
        problems.malformed(
            f"date_form with rule '{rule.rule}' of a variable of type '{variable.type}'",
            "date_form with direct of a date, nowhere else",
            **where,
        )
    elif rule.date_form and date_form(rule.date_form) is None:
        expected = "such as dd/mm/yyyy, yyyymmdd, dd-mm-yy from 1930, mm-yyyy day 1 or days since 1899-12-30"
        problems.malformed(f"date_form '{rule.date_form}'", expected, **where)
    if rule.number_forms and (not rule.sources or variable.type in TEXT_TYPES):
        problems.malformed(
            f"number_form with rule '{rule.rule}' of a variable of type '{variable.type}'",
            "number_form with a source of numbers or codes",
            **where,
        )
    for name in dict.fromkeys(rule.number_forms):
        if name not in NUMBER_FORMS:
            problems.unknown("number_form", name, NUMBER_FORMS, **where)


def _lint_lists(
    codebook: Codebook, rule: SourceRule, variable: Variable, problems: Problems, where: Where
) -> None:
    tags: set[str] = set()
    for name in dict.fromkeys(rule.codes):
        if name not in codebook.codes:
            problems.unknown("code list", name, codebook.codes, **where)
            continue
        tags |= codebook.codes[name].tags
        if rule.rule != "multi" and not rule.scales:
            _lint_targets(codebook.codes[name], rule, variable, codebook.targets, problems)
    for name in dict.fromkeys(listed for _, listed in rule.filters):
        if name not in codebook.codes:
            problems.unknown("code list", name, codebook.codes, **where)
            continue
        tags |= codebook.codes[name].tags
        _lint_filter(codebook.codes[name], rule, variable, problems, where)
    if rule.rule in FIXED_RULES:
        tags.add(FIXED_RULES[rule.rule])
    if rule.rule in (*MERGE_RULES, "multi") and len(rule.sources) > 1:
        quiet = {"n", "s"} if rule.rule == "multi" else {"n"}
        if len(tags - quiet) > 1:
            tags.add("g")
    for tag in sorted(tags - variable.tags):
        problems.add(
            "X07",
            f"tag .{tag} can come out of rule '{rule.rule}' but is not allowed for the variable",
            f"only: {' '.join(sorted(variable.tags)) or 'no tags'}",
            "allow the tag in variables.csv or correct the code list",
            **where,
        )


def _lint_filter(
    listed: CodeList, rule: SourceRule, variable: Variable, problems: Problems, where: Where
) -> None:
    takes_no = variable.type == "yesno" or rule.rule in {"multi", "any", "count"}
    allowed = {0.0, 1.0} if takes_no else {1.0}
    for entry in listed.entries:
        if entry.same or entry.text_target or (entry.target is not None and entry.target not in allowed):
            problems.malformed(
                f"list '{listed.name}' as a filter maps '{entry.source}' to another value",
                "1 (asked), a tag" + (" or 0 (no)" if takes_no else ""),
                **where,
            )


def _lint_targets(
    listed: CodeList,
    rule: SourceRule,
    variable: Variable,
    targets: Mapping[str, tuple[TargetCode, ...]],
    problems: Problems,
) -> None:
    """Check that a list leads to codes the variable has; intervals with ``=`` are checked on the data."""
    where: Where = {"file": "codes.csv", "variable": rule.variable, "wave": rule.wave, "group": rule.group}
    allowed: set[float] | None = None
    if variable.type == "yesno" or rule.rule == "count":
        allowed = {0.0, 1.0}
    elif variable.type == "code":
        allowed = {item.code for item in targets.get(variable.targets, ())}
    textual = variable.type in TEXT_TYPES and variable.type != "date"
    for entry in listed.entries:
        value = entry.low if entry.same and entry.low == entry.high else entry.target
        if entry.text_target is not None and not textual:
            problems.malformed(
                f"target '{entry.text_target}' of list '{listed.name}'", "a number, '=' or a tag", **where
            )
        elif value is not None and allowed is not None and value not in allowed:
            problems.malformed(
                f"list '{listed.name}' maps '{entry.source}' to a code the variable does not have",
                "one of its target codes",
                **where,
            )
        elif entry.same and entry.text is not None and not textual:
            problems.malformed(f"text '{entry.source}' with target '='", "a number or a tag", **where)
