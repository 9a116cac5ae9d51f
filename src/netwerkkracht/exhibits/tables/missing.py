"""Why values are missing: valid answers and missing reasons per variable, or per wave and group as well."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import Column, Kind, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Variables, checked, one_of
from netwerkkracht.exhibits.released import SIGN
from netwerkkracht.exhibits.table_model import UNNAMED, Heading, TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Key, Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, valid
from netwerkkracht.release.roles import FREQUENCIES, ROWS, Output
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (*texts("variable"), *codes("wave", "group", "reason"), Column("cells", ROWS))
# beside the tags of the codebook: missing, and nobody knows why
UNKNOWN = "?"


class Options(KindOptions):
    """The variables (all without it), and ``cell`` for a column per wave and group."""

    variables: Variables = ()
    by: Annotated[str, checked(lambda value, _: one_of(value, ("cell",), "way to split"))] = ""


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Count missing reasons of the option ``variables`` (all without it) by group and wave."""
    from netwerkkracht.analysis.describe.counts import missing_reasons, with_absent

    facts, held = material.facts, material.panel.columns
    keys = {facts.person, facts.group, facts.wave}
    known = [name for name in facts.variables if name in held and name not in keys]
    found = missing_reasons(material.panel, facts, list(exhibit.options.variables or known))
    return with_absent(found, material.panel, facts) if exhibit.options.by else found


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one line per variable: valid cells, then one column per reason that occurs.

    With the option ``by`` as ``cell`` there is a column per wave and group instead. Counts that a release
    added up over waves and groups stand in a column of their own.
    """
    if exhibit.options.by:
        return _by_cell(frame, exhibit, facts)
    found = [tag for tag in (*facts.tags, UNKNOWN) if (frame["reason"] == tag).any()]
    columns = (
        Heading("variable", UNNAMED),
        heading(WORDS, "valid", "count"),
        *(Heading(tag, _tag(tag, facts), "count") for tag in found),
    )
    cells = frame.groupby(["variable", "reason"])["cells"].sum(min_count=1)
    rows = tuple(
        (dict(facts.variable(name).label), *(cells.get((name, tag), 0) for tag in ("valid", *found)))
        for name in dict.fromkeys(frame["variable"])
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows)


def _tag(tag: str, facts: Facts) -> Mapping[str, str]:
    """Return the words of a reason."""
    if tag == UNKNOWN:
        return WORDS.within("headings").each("unknown")
    return Spoken(lambda lang: facts.tag_label(tag, lang))


def _by_cell(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    seen = set(zip(frame["wave"], frame["group"], strict=True))
    cells = [(wave, group) for wave in facts.waves for group in facts.groups if (wave, group) in seen]
    columns = [heading(WORDS, "variable", width=28), heading(WORDS, "label", width=34)]
    columns += [_cell_heading(wave, group, facts) for wave, group in cells]
    if ("", "") in seen:
        cells.append(("", ""))
        columns.append(heading(WORDS, "all"))
    held = dict(list(frame.groupby(["variable", "wave", "group"], sort=False)))
    rows = tuple(
        (name, dict(facts.variable(name).label), *(_reasons(held.get((name, *cell))) for cell in cells))
        for name in dict.fromkeys(frame["variable"])
    )
    tags = [tag for tag in facts.tags if (frame["reason"] == tag).any()]
    notes = (Spoken(lambda lang: _note(tags, facts, lang)),)
    return TableModel(exhibit.id, exhibit.title, tuple(columns), rows, (), notes)


def _cell_heading(wave: str, group: str, facts: Facts) -> Heading:
    words = Spoken(lambda lang: facts.group_label(group, lang))
    over = Spoken(lambda lang: facts.wave_label(wave, lang))
    return Heading(f"{wave} {group}", words, over=over, width=20)


def _note(tags: list[str], facts: Facts, lang: Lang) -> str:
    return WORDS[lang]["note"].format(
        reasons=", ".join(f"{tag} {facts.tag_label(tag, lang)}" for tag in tags)
    )


def _reasons(rows: Any) -> Any:
    """Return valid and missing answers of one cell: ``52 · s 2 · r 1``."""
    if rows is None:
        return None
    cells = dict(zip(rows["reason"], rows["cells"], strict=True))
    order = ["valid", *(reason for reason in cells if reason != "valid")]

    def one(reason: str, lang: Lang) -> str:
        count = SIGN if absent(cells[reason]) else display.count(cells[reason], lang)
        return count if reason == "valid" else f"{reason}{display.NO_BREAK_SPACE}{count}"

    return Spoken(lambda lang: " · ".join(one(reason, lang) for reason in order if reason in cells))


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the reasons of each variable: they add up to the answers that are missing.

    Persons without a row in a wave are missing answers only where the panel has rows for them.
    """
    from netwerkkracht.analysis.describe.counts import NO_INTERVIEW

    lines: dict[tuple[str, str, str], list[Key]] = {}
    for row in rows:
        line, reason = (row["variable"], row["group"], row["wave"]), row["reason"]
        key = valid(*line) if reason == "valid" else ("reason", *line, reason)
        known.tell(key, number(row["cells"]), rules, where)
        if reason != "valid" and (known.absent or reason != NO_INTERVIEW):
            lines.setdefault(line, []).append(key)
    for line, keys in lines.items():
        known.add(keys, [("empty", *line)])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(FREQUENCIES, treatment="reasons"),
    data=data,
    table=table,
    counts=counts,
    compares=False,
)
