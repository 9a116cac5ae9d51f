"""Reads derived.csv and says which items of an index are asked in which cell (X08)."""

from __future__ import annotations

from collections.abc import Mapping

from netwerkkracht.core.words import by_language
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.codelists import number
from netwerkkracht.study.codebook.problems import Problems
from netwerkkracht.study.codebook.types import FIXED_RULES, REASONS, Derived, Study

FILE = "derived.csv"
COUNTS_VALID = ("count_from", "count_upto", "sum", "mean", "max", "min", "mean_present")
"""Rules that look at ``min_valid``."""
FLAGS = ("at_least", "at_most", "greater", "equals")
ITEM_RULES = ("count_from", "count_upto", "sum", "mean", "max", "min", "all_of", "any_of")
DATE_RULES = ("months_between", "years_between")
PAIRED = ("areas", "mean_present", "djg_total")
DERIVED_RULES = (
    *ITEM_RULES,
    *FLAGS,
    *PAIRED,
    "djg_emotional",
    "djg_social",
    "classes",
    "combine",
    *DATE_RULES,
    "from_wave",
    "in_wave",
)
COMPOSITE = (*ITEM_RULES, *PAIRED, "djg_emotional", "djg_social")
"""Rules whose result means something else when the items differ between cells."""


def parse_derived(rows: list[dict[str, str]], study: Study, problems: Problems) -> dict[str, Derived]:
    """Turn the rows of derived.csv into indices and check the shape of each rule."""
    found: dict[str, Derived] = {}
    for row in rows:
        name = row["variable"]
        problems.name(name, "variable", file=FILE, variable=name)
        if name in found:
            problems.malformed(f"'{name}' stands twice", "each index once", file=FILE, variable=name)
        derived = _one(row, problems)
        _check_shape(derived, study, problems)
        found[name] = derived
    return found


def _one(row: dict[str, str], problems: Problems) -> Derived:
    name = row["variable"]
    valid = number(row["min_valid"]) if row["min_valid"] else None
    if row["min_valid"] and (valid is None or not valid.is_integer() or valid < 0):
        problems.malformed(f"min_valid '{row['min_valid']}'", "a whole number", file=FILE, variable=name)
        valid = None
    tag = row["on_too_few"].removeprefix(".")
    if tag and (tag not in REASONS[1:] or not row["on_too_few"].startswith(".")):
        problems.unknown(
            "tag", row["on_too_few"], [f".{reason}" for reason in REASONS[1:]], file=FILE, variable=name
        )
    if row["scale"] not in {"", "yes"}:
        problems.malformed(f"scale is '{row['scale']}'", "yes or empty", file=FILE, variable=name)
    groups = tuple(tuple(part.split()) for part in row["from"].split("|")) if row["from"] else ()
    return Derived(
        name,
        by_language(row, "label", name),
        row["rule"],
        groups,
        tuple(row["threshold"].split()),
        int(valid) if valid is not None else None,
        tag,
        row["on_uneven"],
        row["only_if"],
        row["targets"],
        row["scale"] == "yes",
        frozenset(row["structural"].split()),
        row["decision"],
    )


def _check_shape(derived: Derived, study: Study, problems: Problems) -> None:
    """Check number of items, item groups and the threshold against what the rule takes."""
    rule, items, limits = derived.rule, derived.flat, derived.threshold
    where = {"file": FILE, "variable": derived.name}
    if rule not in DERIVED_RULES:
        problems.unknown("rule", rule, DERIVED_RULES, **where)
        return
    wanted = {
        "in_wave": 0,
        "combine": 2,
        **dict.fromkeys(DATE_RULES, 2),
        "from_wave": 1,
        "classes": 1,
        "djg_total": None,
    }
    count = wanted.get(rule, 1 if rule in FLAGS else None)
    if count is not None and len(items) != count:
        problems.malformed(f"'{rule}' with {len(items)} items", f"{count} items in 'from'", **where)
    if count is None and not items:
        problems.malformed(f"'{rule}' without items", "names in 'from'", **where)
    if rule in {"mean_present", "djg_total"} and (
        len(derived.items) != 2 or (rule == "mean_present" and len(set(map(len, derived.items))) != 1)
    ):
        problems.malformed(f"'{rule}' needs two groups of items", "a b | c d", **where)
    if rule in {"from_wave", "in_wave"}:
        if len(limits) != 1 or limits[0] not in study.waves:
            problems.unknown("wave", " ".join(limits), study.waves, **where)
    elif rule.startswith("djg"):
        if limits not in {("yes_high",), ("yes_low",)}:
            problems.malformed(
                f"direction '{' '.join(limits)}'", "yes_high or yes_low in 'threshold'", **where
            )
    elif any(number(limit) is None for limit in limits) or (
        rule in (*FLAGS, "count_upto") and len(limits) != 1
    ):
        problems.malformed(f"threshold '{' '.join(limits)}'", "a number", **where)
    elif rule == "classes" and (not limits or sorted(map(float, limits)) != list(map(float, limits))):
        problems.malformed("bounds of classes", "rising numbers in 'threshold'", **where)
    elif rule == "combine" and len(limits) not in {0, 4}:
        problems.malformed("codes of combine", "four codes: yes-yes yes-no no-yes no-no", **where)
    if derived.min_valid is not None and rule not in COUNTS_VALID:
        problems.malformed(f"'{rule}' takes no min_valid", "an empty cell", **where)
    if derived.min_valid == 0 and rule in {"mean", "max", "min"}:
        problems.malformed(f"min_valid 0 with '{rule}', which has no value of nothing", "at least 1", **where)
    if derived.min_valid is not None and derived.min_valid > len(items):
        problems.malformed("min_valid is larger than the number of items", f"at most {len(items)}", **where)
    if derived.on_uneven not in {"", "common", "asked", "leave_out"}:
        problems.malformed(
            f"on_uneven is '{derived.on_uneven}'", "common, asked, leave_out or empty", **where
        )


def split_item(item: str) -> tuple[str, str | None]:
    """Split ``name@wave`` into name and wave (None when the item is of the row's own wave)."""
    name, at, wave = item.partition("@")
    return name, wave if at else None


def available(codebook: Codebook, item: str, wave: str, group: str) -> bool:
    """Whether an item can have a value in a cell: its rule is not one of the fixed missing ones."""
    name, other = split_item(item)
    at = other if other is not None else wave
    if name in codebook.derived:
        derived = codebook.derived[name]
        if derived.rule == "in_wave":
            return True
        if not derived.flat:
            return False
        if derived.rule == "from_wave" and derived.threshold:
            return available(codebook, derived.flat[0], derived.threshold[0], group)
        held = [available(codebook, part, at, group) for part in derived.flat]
        return any(held) if derived.rule in COMPOSITE else all(held)
    rule = codebook.rules.get((name, at, group))
    return rule is not None and rule.rule not in FIXED_RULES


def pairs(derived: Derived) -> tuple[tuple[str, ...], ...]:
    """Return what counts as one item of the index: a pair for mean_present, else each item alone."""
    if derived.rule == "mean_present" and len(derived.items) == 2:
        return tuple(zip(*derived.items, strict=False))
    return tuple((item,) for item in derived.flat)


def asked_items(codebook: Codebook, derived: Derived) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Return the items asked in each cell, for cells where at least one is."""
    found = {}
    for wave, group in codebook.cells:
        held = tuple(
            item
            for pair in pairs(derived)
            if all(available(codebook, part, wave, group) for part in pair)
            for item in pair
        )
        if held:
            found[(wave, group)] = held
    return found


def uneven(codebook: Codebook, derived: Derived) -> bool:
    """Whether an index is made of different items in different cells."""
    return derived.rule in COMPOSITE and len(set(asked_items(codebook, derived).values())) > 1
