"""Variables of the panel: name, label, type, range, valid and missing answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import Column, Kind, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Variables
from netwerkkracht.exhibits.table_model import TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import no_counts
from netwerkkracht.release.roles import FREQUENCIES, PLAIN, ROWS, Output
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("variable", "type", "derived"),
    Column("low", PLAIN, "axis"),
    Column("high", PLAIN, "axis"),
    Column("valid", ROWS),
    Column("missing", ROWS),
    *texts("used"),
)
EPOCH: Final = date(1970, 1, 1)  # dates are days since then


class Options(KindOptions):
    """The variables that are listed: all of the codebook without it."""

    variables: Variables = ()


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """List the option ``variables`` that the panel has: type, range, valid and missing."""
    import pandas as pd

    facts = material.facts
    rows = []
    for name in exhibit.options.variables or facts.variables:
        if name not in material.panel.columns:
            continue
        known = facts.variable(name)
        low, high = known.low, known.high
        if known.codes and all(code.lstrip("-").isdigit() for code, _ in known.codes):
            low, high = float(known.codes[0][0]), float(known.codes[-1][0])
        n = int(material.panel[name].notna().sum())
        used = " ".join(
            model.id for model in material.models.values() if name in {model.outcome, model.source}
        )
        rows.append((name, known.type, known.derived, low, high, n, len(material.panel) - n, used))
    return pd.DataFrame(rows, columns=names(COLUMNS))


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one line per variable."""
    columns = (
        heading(WORDS, "variable", width=33),
        heading(WORDS, "label", width=56),
        heading(WORDS, "type", width=19),
        heading(WORDS, "range", "number", width=26),
        heading(WORDS, "valid", "count", width=10),
        heading(WORDS, "missing", "count", width=15),
    )
    rows = tuple(
        (row["variable"], dict(facts.variable(row["variable"]).label), _type(row["type"]), _range(row),
         row["valid"], row["missing"])
        for row in frame.to_dict("records")
    )  # fmt: skip
    return TableModel(exhibit.id, exhibit.title, columns, rows)


def _type(name: str) -> Spoken:
    types = WORDS.within("types")
    return Spoken(lambda lang: types[lang].get(name, name))


def _range(row: Any) -> Spoken:
    return Spoken(lambda lang: _between(row, lang))


def _between(row: Any, lang: Lang) -> str:
    if absent(row["low"]) or absent(row["high"]) or row["type"] == "yesno":
        return ""
    if row["type"] == "date":
        return "–".join(f"{EPOCH + timedelta(days=float(row[end])):%Y-%m-%d}" for end in ("low", "high"))
    places = 0 if float(row["low"]).is_integer() and float(row["high"]).is_integer() else 1
    return f"{display.number(row['low'], lang, places)}–{display.number(row['high'], lang, places)}"


# read with the table of missing reasons, these counts narrow some of its hidden reasons to three values: the
# treatments of the two would have to protect each other first
UNREAD = no_counts(
    "counts of interviews over the whole study, not yet protected against those of missing reasons"
)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel", "models"),
    columns=COLUMNS,
    output=Output(FREQUENCIES),
    data=data,
    table=table,
    counts=UNREAD,
    compares=False,
)
