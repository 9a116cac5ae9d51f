"""Typed facts of a study: waves, groups, files, target variables, rules, code lists, indices, decisions.

Everything is frozen and made of plain values, so that a codebook can be compared, hashed and printed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from netwerkkracht.core.words import ByLanguage

REASONS: Final = ("", "w", "r", "n", "q", "s", "x", "m", "g")
"""Reasons in the order of their internal codes; the empty one means "valid"."""

TYPES: Final = ("id", "code", "integer", "number", "date", "yesno", "text")
TEXT_TYPES: Final = ("id", "date", "text")

FIXED_RULES: Final[Mapping[str, str]] = {"not_asked": "q", "impossible": "x", "not_applicable": "n"}
MERGE_RULES: Final = ("worst", "best", "any", "count")
SINGLE_RULES: Final = ("direct", "recode", "pomp")
SOURCE_RULES: Final = (*SINGLE_RULES, *MERGE_RULES, "multi", *FIXED_RULES, "constant")

LINKING: Final[Mapping[str, tuple[str, ...]]] = {
    "duplicate_identical": ("error", "set_aside"),
    "duplicate_different": ("error", "set_aside", "keep_first", "keep_last", "keep_most_complete"),
    "unknown_key": ("error", "set_aside"),
    "no_first_wave": ("error", "set_aside", "keep"),
    "both_groups": ("error", "set_aside", "as_first", "as_last"),
    "empty_id": ("error", "set_aside"),
}

ID_RULES: Final = (
    "case",
    "leading_blanks",
    "inner_blanks",
    "leading_zeros",
    "inner_zeros",
    "invisible",
    "unicode_form",
    "number_text",
    "large_numbers",
)
"""In what identifiers may differ and still be one person, each only when study.yaml names it."""


Conditions = tuple[tuple[str, tuple[str, ...]], ...]
"""Columns with the values they must hold: numbers, ranges ``a..b``, texts, or SYSMIS for empty."""


@dataclass(frozen=True)
class FileSpec:
    """One received file as one cell (wave x group) of the study.

    ``id`` names the columns that together are the key of a row (mostly one). ``rows`` narrows a file that
    holds several cells: each column must hold one of the values given. ``unmatched`` is the decision that
    such a value may match no row. ``present_if`` says who is interviewed in this wave: of each list of
    columns one must hold an answer. ``part`` tells files of one cell apart.
    """

    file: str
    wave: str
    group: str
    path: str
    id: tuple[str, ...]
    encoding: str | None = None
    rows: Conditions = ()
    unmatched: str = ""
    present_if: tuple[tuple[str, ...], ...] = ()
    part: str = ""


@dataclass(frozen=True)
class LeaveOut:
    """A rule that leaves rows out of the study, by a decision and with its name as the reason.

    Left out is a row that fulfils ``where``, or (``unless``) one that does not: each column holds one of
    its values. ``files`` names the entries of study.yaml it acts on (none: all).
    """

    name: str
    label: ByLanguage
    decision: str
    conditions: Conditions
    unless: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Policy:
    """What linking does with a kind of row, and the decision that says so.

    ``by`` names the column of a file that puts repeated rows in order (none: the order in the file).
    """

    do: str = "error"
    decision: str = ""
    by: str = ""


@dataclass(frozen=True)
class IdRule:
    """In what identifiers of one person may differ (names of ``ID_RULES``), and the decision that says so."""

    rules: tuple[str, ...] = ()
    decision: str = ""


@dataclass(frozen=True)
class KeyRow:
    """One line of the key table: this identifier in this file is that person."""

    file: str
    source_id: str
    person_id: str


@dataclass(frozen=True)
class Study:
    """Waves in order, groups (first is the reference), files, linking policies and the names of the keys."""

    name: str
    title: ByLanguage
    waves: tuple[str, ...]
    wave_labels: Mapping[str, ByLanguage]
    groups: Mapping[str, ByLanguage]
    tags: Mapping[str, ByLanguage]
    person: str
    group: str
    wave: str
    files: tuple[FileSpec, ...]
    keys: tuple[KeyRow, ...] | None
    linking: Mapping[str, Policy]
    date: str | None = None
    label_drift: str = "error"
    no_interview: str = "none"
    examples: str = "examples.csv"
    id_rule: IdRule = IdRule()
    leave_out: tuple[LeaveOut, ...] = ()
    weights: Policy = Policy("")

    @property
    def key_columns(self) -> tuple[str, str, str]:
        """Names of the three key columns of the panel."""
        return (self.person, self.group, self.wave)


@dataclass(frozen=True)
class Variable:
    """One canonical variable. ``low``/``high`` are bounds (dates: days since 1970-01-01) or None."""

    name: str
    label: ByLanguage
    type: str
    low: float | None = None
    high: float | None = None
    targets: str = ""
    tags: frozenset[str] = frozenset()
    structural: frozenset[str] = frozenset()
    worst: str = ""


@dataclass(frozen=True)
class TargetCode:
    """One canonical code with its labels."""

    code: float
    label: ByLanguage


@dataclass(frozen=True)
class CodeEntry:
    """One line of a code list: a number, an interval, a text or SYSMIS, and where it goes.

    Exactly one of ``target``, ``same``, ``tag`` and ``text_target`` is set.
    """

    low: float | None = None
    high: float | None = None
    text: str | None = None
    sysmis: bool = False
    labels: tuple[str, ...] = ()
    target: float | None = None
    same: bool = False
    tag: str = ""
    text_target: str | None = None
    decision: str = ""

    @property
    def source(self) -> str:
        """The source as written in codes.csv."""
        if self.sysmis:
            return "SYSMIS"
        if self.text is not None:
            return self.text
        low = number_text(self.low)
        return low if self.low == self.high else f"{low}..{number_text(self.high)}"


@dataclass(frozen=True)
class CodeList:
    """A named, total list of source codes. There is no else row."""

    name: str
    entries: tuple[CodeEntry, ...]

    @property
    def tags(self) -> frozenset[str]:
        """Tags this list can produce."""
        return frozenset(entry.tag for entry in self.entries if entry.tag)

    @property
    def interval(self) -> bool:
        """Whether the list describes a quantity (holds an interval)."""
        return any(entry.low is not None and entry.low != entry.high for entry in self.entries)


@dataclass(frozen=True)
class SourceRule:
    """The one rule of a variable in a wave and group; ``codes``, ``filters`` ... follow ``sources``."""

    variable: str
    wave: str
    group: str
    rule: str
    sources: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    options: tuple[float, ...] = ()
    scales: tuple[tuple[float, float], ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    if_missing: str = ""
    number_forms: tuple[str, ...] = ()
    date_form: str = ""
    labels: tuple[str, ...] = ()
    decision: str = ""
    line: int = 0

    def number_form(self, place: int) -> str:
        """Return how a source writes its numbers; empty for whole numbers only."""
        return self.number_forms[place] if self.number_forms else ""


@dataclass(frozen=True)
class Derived:
    """One index from the fixed set of rules; ``items`` are the groups of ``from`` split at ``|``."""

    name: str
    label: ByLanguage
    rule: str
    items: tuple[tuple[str, ...], ...] = ()
    threshold: tuple[str, ...] = ()
    min_valid: int | None = None
    on_too_few: str = ""
    on_uneven: str = ""
    only_if: str = ""
    targets: str = ""
    scale: bool = False
    structural: frozenset[str] = frozenset()
    decision: str = ""

    @property
    def flat(self) -> tuple[str, ...]:
        """All items in one row."""
        return tuple(item for group in self.items for item in group)


@dataclass(frozen=True)
class Example:
    """A worked example by hand: this person, wave and variable must come out as expected."""

    person_id: str
    wave: str
    variable: str
    expected: str


@dataclass(frozen=True)
class Decision:
    """A numbered decision with its reason and who took it."""

    number: str
    date: str
    decision: ByLanguage
    reason: ByLanguage
    who: str


def number_text(value: float | None) -> str:
    """Return a number as written in the codebook (whole numbers without decimals)."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else repr(float(value))
