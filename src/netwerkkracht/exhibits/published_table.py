"""Published beside synthetic: each published finding and its counterpart here, never in one column."""

from __future__ import annotations

from typing import Any

import pandas as pd

from netwerkkracht.analysis.describe.published import counterparts
from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import absent, both, without_stem
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import Column, TableModel
from netwerkkracht.study.facts import Facts

DIRECTION = {
    "nearly all": {"nl": "vrijwel allen", "en": "nearly all"},
    "many": {"nl": "veel", "en": "many"},
    "few": {"nl": "weinig", "en": "few"},
    "all": {"nl": "allen", "en": "all"},
    "exists": {"nl": "komt voor", "en": "exists"},
    "named": {"nl": "genoemd", "en": "named"},
    "above": {"nl": "hoger", "en": "higher"},
    "below": {"nl": "lager", "en": "lower"},
    "last": {"nl": "laatste in de rij", "en": "last in the list"},
    "not in the data": {"nl": "alleen in woorden", "en": "in words only"},
}
NOTE_SYNTHETIC = {
    "nl": "De synthetische gegevens bevestigen niets: zij zijn zo gemaakt dat deze getallen "
    "eruit komen. Een gelijk "
    "getal laat alleen zien dat de verwerking leest wat erin is gestopt.",
    "en": "The synthetic data confirm nothing: they were made to give these numbers. An equal "
    "number shows only "
    "that the pipeline reads what was put in.",
}
NOTE_REAL = {
    "nl": "Een gelijk getal bevestigt geen bevinding: een tweede telling van hetzelfde onderzoek "
    "is geen tweede onderzoek.",
    "en": "An equal number confirms no finding: a second count of the same study is not a second study.",
}
NOTE_DASH = {
    "nl": "Een streep: geen getal gepubliceerd, of geen tegenhanger in de gegevens.",
    "en": "A dash: no number published, or no counterpart in the data.",
}
GIVEN = ("statistic_nl", "statistic_en", "group", "wave", "value", "unit", "precision", "direction", "source")
COLUMNS = ["id", "part", *GIVEN, "published_base", "kind", "variable", "found", "count", "base"]
TEXT = tuple(name for name in COLUMNS if name not in {"value", "published_base", "found", "count", "base"})


def data(_exhibit: Exhibit, material: Material) -> Any:
    """Put each published statistic beside its counterpart; a ranking gives a row per variable."""
    made = counterparts(material.published, material.panel, material.facts)
    given = pd.DataFrame(list(material.published))[["id", "part", "base", *GIVEN]]
    given = given.rename(columns={"base": "published_base"})
    for name in ("value", "published_base"):
        given[name] = pd.to_numeric(given[name], errors="coerce")
    return made.merge(given, on=["id", "part"], how="left", validate="many_to_one")[COLUMNS]


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one line per finding: published in one column, here in another."""
    here_nl, here_en = ("synthetisch", "synthetic") if facts.synthetic else ("deze gegevens", "these data")
    columns = (
        Column("statistic", "bevinding", "finding"),
        Column("id", "nr.", "no."),
        Column("published", "gepubliceerd", "published", "number"),
        Column("found", here_nl, here_en, "number"),
        Column("source", "bron", "source"),
    )
    rows = []
    for _, group in frame.groupby(["id", "part"], sort=False):
        first = group.iloc[0]
        statistic = {"nl": first["statistic_nl"], "en": first["statistic_en"]}
        label = f"{first['id']}{first['part']}"
        found = both(lambda lang, group=group: _found(group, facts, lang))  # type: ignore[misc]
        published = both(lambda lang, first=first: _published(first, lang))  # type: ignore[misc]
        rows.append((statistic, label, published, found, first["source"]))
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), (), _notes(facts))


def _notes(facts: Facts) -> tuple[Any, ...]:
    return (NOTE_SYNTHETIC if facts.synthetic else NOTE_REAL, NOTE_DASH)


def _published(row: Any, lang: Lang) -> str:
    if absent(row["value"]):
        return DIRECTION[row["direction"]][lang] if row["direction"] else display.MISSING
    circa = f"ca.{display.NO_BREAK_SPACE}" if row["precision"] == "circa" else ""
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
        whole = display.count(first["base"], lang)
        of = "van" if lang == "nl" else "of"
        return f"{display.percent(value, lang)} ({display.count(first['count'], lang)} {of} {whole})"
    if kind == "rank":
        labels = without_stem([facts.label(name, lang) for name in group["variable"]])
        shares = [display.percent(share, lang) for share in group["found"]]
        return "; ".join(f"{label} {share}" for label, share in zip(labels, shares, strict=True))
    return display.number(value, lang, 2, sign=True)


KIND = Kind("published", "table", ("panel", "published"), TEXT, data, table)
