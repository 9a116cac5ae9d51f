"""What models, descriptions and exhibits must know of a study: names, order, labels, fixed-by-design values.

Variable, group and wave names never stand in the code; they arrive here from the codebook.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from netwerkkracht.core.words import ByLanguage

if TYPE_CHECKING:
    from netwerkkracht.study.codebook.book import Codebook


Words = Mapping[str, str]  # language -> text
BETWEEN_WAVES, BETWEEN_GROUPS = "waves", "groups"


@dataclass(frozen=True)
class VariableFacts:
    """One variable of the codebook.

    ``codes`` holds the target codes in codebook order with their labels; ``structural`` the groups in which
    the value is fixed by design; ``parts`` the variables a derived index is made from, ``against`` those of
    them whose high answers mean a low index; ``versions`` says whether the answer scale differs between waves
    or between groups of one wave.
    """

    name: str
    label: Words
    type: str = "number"
    low: float | None = None
    high: float | None = None
    codes: tuple[tuple[str, Words], ...] = ()
    structural: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    derived: str = ""
    versions: frozenset[str] = frozenset()
    against: tuple[str, ...] = ()

    def code_label(self, code: str, lang: str) -> str:
        """Return the label of a code, the code itself where there is none."""
        return next((words[lang] for known, words in self.codes if known == code), code)


@dataclass(frozen=True)
class Facts:
    """The design of a study.

    Groups and waves stand in order: the first group is the reference of every contrast, and the first wave
    the one changes are counted from. ``level`` is what the intervals of the analysis cover; ``languages`` are
    those that the study speaks, in order.
    """

    person: str
    group: str
    wave: str
    groups: tuple[str, ...]
    waves: tuple[str, ...]
    group_labels: Mapping[str, Words] = field(default_factory=dict)
    wave_labels: Mapping[str, Words] = field(default_factory=dict)
    variables: Mapping[str, VariableFacts] = field(default_factory=dict)
    tags: Mapping[str, Words] = field(default_factory=dict)
    left_out: Mapping[str, Words] = field(default_factory=dict)
    synthetic: bool = True
    level: float = 0.95
    languages: tuple[str, ...] = ()

    @property
    def alpha(self) -> float:
        """Level of the tests: what the intervals leave out."""
        return round(1 - self.level, 12)

    def variable(self, name: str) -> VariableFacts:
        """Return the facts of a variable; an unknown one is labelled with its own name."""
        return self.variables.get(name) or VariableFacts(name, ByLanguage({}, name).within(self.languages))

    def label(self, name: str, lang: str) -> str:
        """Return the label of a variable."""
        return self.variable(name).label[lang]

    def group_label(self, code: str, lang: str) -> str:
        """Return the label of a group, the code itself where there is none."""
        return self.group_labels.get(code, {}).get(lang, code)

    def wave_label(self, code: str, lang: str) -> str:
        """Return the label of a wave, the code itself where there is none."""
        return self.wave_labels.get(code, {}).get(lang, code)

    def group_title(self, code: str, lang: str) -> str:
        """Return the label of a group with a capital, for legends and headings."""
        label = self.group_label(code, lang)
        return label[:1].upper() + label[1:]

    def wave_title(self, code: str, lang: str) -> str:
        """Return the label of a wave with a capital, for headings and axes."""
        label = self.wave_label(code, lang)
        return label[:1].upper() + label[1:]

    def tag_label(self, tag: str, lang: str) -> str:
        """Return a missing reason in words, the tag itself where there are none."""
        return self.tags.get(tag, {}).get(lang, tag)


def code_text(value: object) -> str:
    """Return a group, wave or category code as text: ``2.0`` and ``2`` are the same code."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


FLAGS = frozenset(
    {"at_least", "at_most", "greater", "equals", "all_of", "any_of", "areas", "in_wave"}
)  # rules of derived indices that give yes or no


def facts_from_codebook(
    codebook: Codebook, *, synthetic: bool, alpha: float = 0.05, languages: Sequence[str] = ()
) -> Facts:
    """Return the facts of a study as its codebook states them, with the level of its intervals.

    ``languages`` are those of its report; what is made in none, such as a model, needs none.
    """
    study = codebook.study
    versions = _versions(codebook)
    named = {name: _plain(codebook, name, versions, languages) for name in codebook.variables}
    for name in codebook.derived:
        named[name] = _derived(codebook, name, named, languages)
    return Facts(
        person=study.person,
        group=study.group,
        wave=study.wave,
        groups=tuple(study.groups),
        waves=study.waves,
        group_labels=_within(study.groups, languages),
        wave_labels=_within(study.wave_labels, languages),
        variables=named,
        tags=_within(study.tags, languages),
        left_out=_within({rule.name: rule.label for rule in study.leave_out}, languages),
        synthetic=synthetic,
        level=1 - alpha,
        languages=tuple(languages),
    )


def _within(texts: Mapping[str, ByLanguage], languages: Sequence[str]) -> dict[str, ByLanguage]:
    return {name: text.within(languages) for name, text in texts.items()}


def _codes(codebook: Codebook, targets: str, languages: Sequence[str]) -> tuple[tuple[str, Words], ...]:
    listed = codebook.targets.get(targets, ())
    return tuple((code_text(item.code), item.label.within(languages)) for item in listed)


def _plain(
    codebook: Codebook, name: str, versions: Mapping[str, frozenset[str]], languages: Sequence[str]
) -> VariableFacts:
    known = codebook.variables[name]
    return VariableFacts(
        name,
        known.label.within(languages),
        known.type,
        known.low,
        known.high,
        _codes(codebook, known.targets, languages),
        tuple(sorted(known.structural)),
        versions=versions.get(name, frozenset()),
    )


def _versions(codebook: Codebook) -> dict[str, frozenset[str]]:
    """Return between what the answer scales of each variable differ, by the rules that make them 0-100."""
    lengths: dict[str, dict[tuple[str, str], frozenset[float]]] = {}
    for (variable, wave, group), rule in codebook.rules.items():
        if rule.scales:
            found = frozenset(abs(high - low) for low, high in rule.scales)
            lengths.setdefault(variable, {})[wave, group] = found
    return {variable: _differ(found) for variable, found in lengths.items()}


def _differ(lengths: Mapping[tuple[str, str], frozenset[float]]) -> frozenset[str]:
    found = set()
    for axis, version in ((0, BETWEEN_GROUPS), (1, BETWEEN_WAVES)):
        for same in {key[axis] for key in lengths}:
            if len({length for key, length in lengths.items() if key[axis] == same}) > 1:
                found.add(version)
    return frozenset(found)


def _derived(
    codebook: Codebook, name: str, known: Mapping[str, VariableFacts], languages: Sequence[str]
) -> VariableFacts:
    made = codebook.derived[name]
    label = made.label.within(languages)
    codes = _codes(codebook, made.targets, languages)
    parts = tuple(item.partition("@")[0] for item in made.flat)
    versions = frozenset[str]().union(*(known[part].versions for part in parts if part in known))
    if made.rule == "from_wave" and parts and parts[0] in known:
        source = known[parts[0]]
        one = versions - {BETWEEN_WAVES}  # every row holds the answer of one wave
        return replace(source, name=name, label=label, parts=parts, derived=made.rule, versions=one)
    kind = "code" if codes else "yesno" if made.rule in FLAGS else "number"
    low, high = _range(made.rule, [known[part] for part in parts if part in known])
    if made.rule in {"count_from", "count_upto", "sum", "years_between"} or made.rule.startswith("djg"):
        kind = "integer" if kind == "number" else kind
    against = made.items[1] if made.rule == "djg_total" else ()
    return VariableFacts(
        name, label, kind, low, high, codes, tuple(sorted(made.structural)), parts, made.rule,
        versions, against,
    )  # fmt: skip


def _range(rule: str, parts: list[VariableFacts]) -> tuple[float | None, float | None]:
    """Return the limits an index can reach, None where its rule has none."""
    if rule in {"count_from", "count_upto"} or rule.startswith("djg"):
        return 0.0, float(len(parts))
    if rule in FLAGS:
        return 0.0, 1.0
    if rule == "mean_present":
        parts = parts[len(parts) // 2 :]  # the first half says which are present
    limits = [_limits(part) for part in parts]
    lows = [low for low, _ in limits if low is not None]
    highs = [high for _, high in limits if high is not None]
    if not parts or len(lows) < len(parts) or len(highs) < len(parts):
        return None, None
    if rule == "sum":
        return sum(lows), sum(highs)
    return (min(lows), max(highs)) if rule in {"mean", "max", "min", "mean_present"} else (None, None)


def _limits(part: VariableFacts) -> tuple[float | None, float | None]:
    if part.low is None and part.codes:
        codes = [float(code) for code, _ in part.codes]
        return min(codes), max(codes)
    return part.low, part.high
