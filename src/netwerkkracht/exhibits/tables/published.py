"""Published beside synthetic: each published finding and its counterpart here, never in one column."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent, spoken_cell, without_stem
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, spoken, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import NoOptions as Options
from netwerkkracht.exhibits.table_model import Heading, TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, PLAIN, Output, share
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
# as published, beside the keys
GIVEN: Final = (
    *spoken("statistic"),
    *codes("group", "wave"),
    Column("value", PLAIN, "text"),
    *texts("unit", "precision", "direction", "source"),
    Column("published_base", PLAIN, "persons"),
)
COLUMNS = (
    *texts("id", "part"),
    *GIVEN,
    *texts("kind", "variable"),
    Column("found", share("count", "base")),
    Column("count", PERSONS),
    Column("base", PERSONS),
)


def data(_exhibit: Exhibit[Options], material: Material) -> Any:
    """Put each published statistic beside its counterpart; a ranking gives a row per variable."""
    import pandas as pd

    from netwerkkracht.analysis.describe.published import counterparts

    made = counterparts(material.published, material.panel, material.facts)
    given = pd.DataFrame(list(material.published)).rename(columns={"base": "published_base"})
    given = given[["id", "part", *names(GIVEN, material.facts.languages)]]
    for name in ("value", "published_base"):
        given[name] = pd.to_numeric(given[name], errors="coerce")
    return made.merge(given, on=["id", "part"], how="left", validate="many_to_one")[
        names(COLUMNS, material.facts.languages)
    ]


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one line per finding: published in one column, here in another."""
    here = "synthetic" if facts.synthetic else "real"
    columns = (
        heading(WORDS, "statistic"),
        heading(WORDS, "id"),
        heading(WORDS, "published", "number"),
        Heading("found", WORDS.within("headings").each(here), "number"),
        heading(WORDS, "source"),
    )
    rows = []
    for _, group in frame.groupby(["id", "part"], sort=False):
        first = group.iloc[0]
        statistic = spoken_cell(first, "statistic")
        label = f"{first['id']}{first['part']}"
        found = Spoken(lambda lang, group=group: _found(group, facts, lang))  # type: ignore[misc]
        published = Spoken(lambda lang, first=first: _published(first, lang))  # type: ignore[misc]
        rows.append((statistic, label, published, found, first["source"]))
    notes = (WORDS.each(f"note_{here}"), WORDS.each("note_dash"))
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), notes=notes)


def _published(row: Any, lang: Lang) -> str:
    if absent(row["value"]):
        return WORDS.within("directions")[lang][row["direction"]] if row["direction"] else display.MISSING
    circa = f"{WORDS[lang]['circa']}{display.NO_BREAK_SPACE}" if row["precision"] == "circa" else ""
    if row["unit"] == "percent":
        return f"{circa}{display.percent(row['value'] / 100, lang)}"
    return circa + display.count(row["value"], lang)


def _found(group: Any, facts: Facts, lang: Lang) -> str:
    first = group.iloc[0]
    kind, value = first["kind"], first["found"]
    if absent(value):
        return display.MISSING
    if kind == "persons":
        return display.count(value, lang)
    if kind in {"share", "share_any"}:
        return WORDS[lang]["share"].format(
            share=display.percent(value, lang),
            count=display.count(first["count"], lang),
            base=display.count(first["base"], lang),
        )
    if kind == "rank":
        labels = without_stem([facts.label(name, lang) for name in group["variable"]])
        shares = [display.percent(share, lang) for share in group["found"]]
        return "; ".join(f"{label} {share}" for label, share in zip(labels, shares, strict=True))
    return display.number(value, lang, 2, sign=True)


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter each share as a part of its base, and each count of persons by its finding.

    Which answers a share counts, and of whom, the table does not say: its counts have names of their own.
    """
    for row in rows:
        line = (row["id"], row["part"], row["variable"])
        if row["kind"] == "persons":
            known.tell(("finding", *line), number(row["found"]), rules, where)
        elif row["kind"] in {"share", "share_any", "rank"}:
            known.tell(("finding", *line), number(row["count"]), rules, where)
            known.tell(("base of", *line), number(row["base"]), rules, where)
            known.add([("finding", *line), ("beside", *line)], [("base of", *line)])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel", "published"),
    columns=COLUMNS,
    output=Output(FREQUENCIES, treatment="published"),
    data=data,
    table=table,
    counts=counts,
)
