"""What the treatment of an exhibit must know besides its table: models, small categories, sizes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from netwerkkracht.analysis.describe.counts import keyed
from netwerkkracht.analysis.models.frame import analysis_frame
from netwerkkracht.analysis.models.result import ModelResult
from netwerkkracht.release.rules import Rules, refused
from netwerkkracht.study.facts import Facts, code_text
from netwerkkracht.study.model import Model


@dataclass(frozen=True)
class Context:
    """Facts for the release of one exhibit.

    ``waves`` is the number of waves; ``refused`` names models of too few persons; ``telling`` names models
    whose response-scale means give small cells of a yes/no outcome back; ``small_terms`` are names of model
    terms of categories with too few persons, as ``variable:code`` and ``variablecode``.
    """

    rules: Rules
    waves: int = 1
    refused: frozenset[str] = frozenset()
    telling: frozenset[str] = frozenset()
    small_terms: frozenset[str] = frozenset()
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def interviews(self) -> Rules:
        """The rules for counts of interviews: each person gives up to one per wave."""
        return Rules(self.rules.least * self.waves, self.rules.step)


def gather(
    rules: Rules,
    facts: Facts,
    options: Mapping[str, Any],
    panel: Any,
    models: Mapping[str, ModelResult],
    specs: Mapping[str, Model],
) -> Context:
    """Gather the context of an exhibit from panel and models."""
    return Context(
        rules=rules,
        waves=len(facts.waves),
        refused=frozenset(
            name
            for name, model in models.items()
            if refused(model.persons_by_group, len(model.coefficients), rules)
        ),
        telling=frozenset(name for name, spec in specs.items() if _telling(spec, panel, facts, rules)),
        small_terms=_small_terms(panel, facts, rules, _covariates(options, specs)),
        options=options,
    )


def _telling(spec: Model, panel: Any, facts: Facts, rules: Rules) -> bool:
    """Whether yes or no is rare in a group and wave: the model's probability there is the share itself."""
    if spec.family != "binomial" or spec.trials:
        return False
    rows = analysis_frame(spec, panel, facts).frame
    cells = rows.groupby([facts.group, facts.wave], observed=True)[spec.outcome].agg(["sum", "count"])
    return any(rules.small(yes) or rules.small(n - yes) or rules.small(n) for yes, n in cells.to_numpy())


def _covariates(options: Mapping[str, Any], specs: Mapping[str, Model]) -> set[str]:
    named = {str(name) for name in options.get("covariates") or ()}
    for spec in specs.values():
        named |= {taken.variable for taken in spec.at_wave.values()}
    return named


def _small_terms(panel: Any, facts: Facts, rules: Rules, names: set[str]) -> frozenset[str]:
    """Return the terms of categories held by too few persons in some group."""
    found: set[str] = set()
    for name in sorted(names & set(panel.columns)):
        codes = [code for code, _ in facts.variable(name).codes]
        if not codes:
            continue
        rows = keyed(panel, facts, [name])
        texts = rows[name].map(code_text, na_action="ignore")
        for code in codes:
            persons = rows[texts == code].groupby(facts.group)[facts.person].nunique()
            # a category that too few have anywhere is not told apart from the reference either
            if any(rules.small(n) for n in persons):
                found |= {f"{name}:{code}", f"{name}{code}"}
    return frozenset(found)
