"""The codebook as people read it: the rule of each variable in each file, and where decisions act."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from netwerkkracht.study.codebook.types import SourceRule, number_text

if TYPE_CHECKING:
    from netwerkkracht.study.codebook.book import Codebook

MATRIX = ("variable", "file", "wave", "group", "rule", "detail", "decision")
INDICES = (
    *("variable", "rule", "items", "threshold"),
    *("min_valid", "on_too_few", "on_uneven", "only_if", "decision"),
)


def matrix(codebook: Codebook) -> Any:
    """Return the crosswalk variable by file, one row per cell.

    Returns
    -------
    DataFrame
        variable, file, wave, group, rule, detail (sources, code lists, option, scale, form and filter as
        :func:`detail` writes them), decision. A cell without a rule has no row.
    """
    import pandas as pd

    rows = []
    for name in codebook.harmonised:
        for spec in codebook.study.files:
            rule = codebook.rules.get((name, spec.wave, spec.group))
            if rule is not None:
                rows.append((name, spec.file, spec.wave, spec.group, rule.rule, detail(rule), rule.decision))
    return pd.DataFrame(rows, columns=list(MATRIX))


def detail(rule: SourceRule) -> str:
    """Return what a rule works on: ``sources [code lists] =option (first..last) as form if filter:list``."""
    parts = [*rule.sources]
    if rule.codes:
        parts.append(f"[{' '.join(dict.fromkeys(rule.codes))}]")
    if rule.options:
        parts.append(f"={' '.join(dict.fromkeys(number_text(option) for option in rule.options))}")
    if rule.scales:
        first, last = rule.scales[0]
        parts.append(f"({number_text(first)}..{number_text(last)})")
    forms = [rule.date_form, *dict.fromkeys(rule.number_forms)]
    parts += [f"as {form}" for form in forms if form]
    if rule.filters:
        parts.append("if " + " ".join(dict.fromkeys(f"{name}:{listed}" for name, listed in rule.filters)))
    return " ".join(parts)


def indices(codebook: Codebook) -> Any:
    """Return what every index is made of.

    Returns
    -------
    DataFrame
        variable, rule, items (groups of them separated by `` | ``), threshold, min_valid (items that must be
        valid at least), on_too_few (the reason when fewer are), on_uneven (what was decided where items are
        not asked in every cell), only_if, decision.
    """
    import pandas as pd

    rows = [
        (
            *(made.name, made.rule, " | ".join(" ".join(group) for group in made.items)),
            *(" ".join(made.threshold), "" if made.min_valid is None else str(made.min_valid)),
            *(made.on_too_few, made.on_uneven, made.only_if, made.decision),
        )
        for made in codebook.derived.values()
    ]
    return pd.DataFrame(rows, columns=list(INDICES))


def decisions(codebook: Codebook, languages: Sequence[str]) -> Any:
    """Return the decisions with the places where they act, their texts in the languages of the study.

    Returns
    -------
    DataFrame
        number, date, decision_LANGUAGE and reason_LANGUAGE for each of them, who, used_in (variables, code
        lists and linking policies, separated by blanks).
    """
    import pandas as pd

    places: dict[str, list[str]] = defaultdict(list)
    for policy_name, policy in codebook.study.linking.items():
        places[policy.decision].append(f"linking.{policy_name}")
    places[codebook.study.id_rule.decision].append("id_rule")
    places[codebook.study.weights.decision].append("weights")
    for left_out in codebook.study.leave_out:
        places[left_out.decision].append(f"leave_out.{left_out.name}")
    for spec in codebook.study.files:
        places[spec.unmatched].append(spec.file)
    for rule in codebook.rules.values():
        places[rule.decision].append(rule.variable)
    for code_list in codebook.codes.values():
        for entry in code_list.entries:
            places[entry.decision].append(code_list.name)
    for derived in codebook.derived.values():
        places[derived.decision].append(derived.name)
    rows = [
        (
            *(item.number, item.date),
            *(text[lang] for text in (item.decision, item.reason) for lang in languages),
            *(item.who, " ".join(dict.fromkeys(places[item.number]))),
        )
        for item in codebook.decisions.values()
    ]
    said = [f"{text}_{lang}" for text in ("decision", "reason") for lang in languages]
    return pd.DataFrame(rows, columns=["number", "date", *said, "who", "used_in"])
