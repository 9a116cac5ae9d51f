"""Crosswalk of the codebook: the rule of each variable in each file."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import Kind, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import NoOptions
from netwerkkracht.exhibits.spread import spread
from netwerkkracht.exhibits.table_model import TableModel
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.roles import NOT_PERSONS, Output
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (*texts("variable", "file"), *codes("wave", "group"), *texts("rule", "detail", "decision"))


def data(_exhibit: Exhibit[NoOptions], material: Material) -> Any:
    """List the rule of every variable in every file."""
    from netwerkkracht.analysis.describe.crosswalk import matrix

    return matrix(material.codebook)


def table(frame: Any, exhibit: Exhibit[NoOptions], facts: Facts) -> TableModel:
    """Print one line per variable, one column per file."""
    columns, rows = spread(WORDS, frame, facts, lambda rows: _rule(rows[0]))
    used = set(frame["rule"])

    def note(lang: Lang) -> str:
        known = WORDS.within("rules")[lang].held
        told = "; ".join(f"{rule}: {said}" for rule, said in known.items() if rule in used)
        return f"{told}. {WORDS[lang]['signs']}"

    return TableModel(exhibit.id, exhibit.title, columns, rows, notes=(Spoken(note),))


def _rule(row: Any) -> Any:
    decision = "" if absent(row["decision"]) else str(row["decision"])

    def said(lang: Lang) -> str:
        rule = WORDS.within("fixed")[lang].get(row["rule"], row["rule"])
        detail = row["detail"].replace(" if ", f" {WORDS[lang]['if']} ")
        return " ".join(word for word in (rule, detail, decision) if word)

    return Spoken(said)


KIND = Kind(
    module=__name__,
    options=NoOptions,
    needs=("codebook",),
    columns=COLUMNS,
    output=Output(NOT_PERSONS),
    data=data,
    table=table,
    compares=False,
)
