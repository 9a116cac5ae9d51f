"""What every index is made of: its rule, its items, and what happens when items are missing."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken
from netwerkkracht.exhibits.kind import Column, Kind, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import NoOptions
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.roles import NOT_PERSONS, TEXT, Output
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("variable", "rule", "items", "threshold"),
    Column("min_valid", TEXT, "count"),
    *codes("on_too_few"),
    *texts("on_uneven", "only_if", "decision"),
)
# rules that have a threshold where none is written
DEFAULT: Final = {"count_from": "1", "count_upto": "1", "areas": "1"}


def data(_exhibit: Exhibit[NoOptions], material: Material) -> Any:
    """List the indices of the codebook."""
    from netwerkkracht.analysis.describe.crosswalk import indices

    return indices(material.codebook)


def table(frame: Any, exhibit: Exhibit[NoOptions], facts: Facts) -> TableModel:
    """Print one line per index."""
    columns = (
        heading(WORDS, "variable", width=24),
        heading(WORDS, "label", width=28),
        heading(WORDS, "rule", width=24),
        heading(WORDS, "items", width=34),
        heading(WORDS, "condition", width=24),
        heading(WORDS, "decision", width=9),
    )
    rows = tuple(
        (
            row["variable"],
            dict(facts.variable(row["variable"]).label),
            Spoken(lambda lang, row=row: _rule(row, lang)),  # type: ignore[misc]
            row["items"].replace("|", "–"),
            Spoken(lambda lang, row=row: _condition(row, facts, lang)),  # type: ignore[misc]
            row["decision"],
        )
        for row in frame.to_dict("records")
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows, notes=(WORDS.each("note"),))


def _rule(row: Any, lang: Lang) -> str:
    threshold = row["threshold"] or DEFAULT.get(row["rule"], "")
    said = WORDS.within("rules")[lang].get(row["rule"], row["rule"])
    return said.format(t=", ".join(threshold.split()))


def _condition(row: Any, facts: Facts, lang: Lang) -> str:
    words, parts = WORDS[lang], []
    if row["min_valid"]:
        tag = row["on_too_few"]
        reason = f"'{facts.tag_label(tag, lang)}'" if tag else words["common_reason"]
        parts.append(words["least"].format(n=row["min_valid"], reason=reason))
    if row["only_if"]:
        parts.append(words["only"].format(name=row["only_if"]))
    if row["on_uneven"]:
        parts.append(WORDS.within("uneven")[lang][row["on_uneven"]])
    return "; ".join(parts)


KIND = Kind(
    module=__name__,
    options=NoOptions,
    needs=("codebook",),
    columns=COLUMNS,
    output=Output(NOT_PERSONS),
    data=data,
    table=table,
)
