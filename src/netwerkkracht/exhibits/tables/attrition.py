"""Who was not interviewed again: odds ratios of characteristics at the first wave."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, lower_first
from netwerkkracht.exhibits.characteristics import Options, characteristic_label, described, gathered
from netwerkkracht.exhibits.kind import Column, Kind, estimates, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.table_model import UNNAMED, Heading, TableModel, heading, interval_column
from netwerkkracht.exhibits.words import STATUS, of_kind, say
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, ESTIMATE, PERSONS, Output, P
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("term"),
    Column("ratio", ESTIMATE, "ratio"),
    *estimates("lower", "upper"),
    Column("p", P),
    *texts("status"),
    Column("n", PERSONS),
    Column("left", PERSONS),
)


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Regress not being interviewed in the last wave on group and the option ``covariates`` at the first."""
    import numpy as np
    import pandas as pd
    from scipy.special import ndtri

    from netwerkkracht.analysis.describe.counts import interviewed, keyed
    from netwerkkracht.analysis.missing.weights import group_columns, logistic

    facts = material.facts
    persons = gathered(exhibit, material)
    panel = keyed(material.panel, facts)
    here = panel[interviewed(material.panel, facts) & (panel[facts.wave] == facts.waves[-1])]
    left = ~np.isin(persons.ids, here[facts.person].astype("str").to_numpy())
    measured = [":" not in name for name in persons.names]
    spread = np.where(measured, np.nanstd(persons.X, axis=0, ddof=1), 1.0)
    X = np.column_stack([group_columns(persons), persons.X / spread])[persons.known]
    made = logistic(left[persons.known].astype(float), X)
    terms = [*(f"{facts.group}:{group}" for group in facts.groups[1:]), *persons.names]
    reached = float(ndtri((1 + facts.level) / 2))
    rows = []
    for name, beta, se in zip(terms, made.beta[1:], made.se[1:], strict=True):
        ok = made.status == "ok" and se > 0
        reach = reached * se if ok else math.nan
        rows.append((name, math.exp(beta), math.exp(beta - reach), math.exp(beta + reach),
                     math.erfc(abs(beta / se) / math.sqrt(2)) if ok else math.nan))  # fmt: skip
    frame = pd.DataFrame(rows, columns=["term", "ratio", "lower", "upper", "p"])
    known = persons.known
    return frame.assign(status=made.status, n=int(known.sum()), left=int(left[known].sum()))


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print one odds ratio per characteristic."""
    columns = (
        Heading("term", UNNAMED),
        heading(WORDS, "ratio", "number", 2),
        interval_column(facts.level),
        heading(WORDS, "p", "p", 3),
    )
    lines = frame.to_dict("records")
    rows = [(_term(str(row["term"]), facts), row["ratio"], _limits(row), row["p"]) for row in lines]
    counted = Spoken(lambda lang: _counted(lines[0], lang))
    notes = (WORDS.each("note"), _compared_with(frame, facts), counted)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), (), notes)


def _counted(row: Any, lang: Lang) -> str:
    status = say(STATUS, str(row["status"]), lang)
    return WORDS[lang]["counted"].format(left=int(row["left"]), n=int(row["n"]), status=status)


def _compared_with(frame: Any, facts: Facts) -> Spoken:
    """Say with whom the groups and categories of the table are compared."""
    coded = list(dict.fromkeys(name.partition(":")[0] for name in frame["term"] if ":" in name))
    first = [facts.groups[0] if name == facts.group else facts.variable(name).codes[0][0] for name in coded]

    def said(lang: Lang) -> str:
        names = [_term(f"{name}:{code}", facts)[lang] for name, code in zip(coded, first, strict=True)]
        return WORDS[lang]["compared"].format(names=", ".join([*names[:1], *map(lower_first, names[1:])]))

    return Spoken(said)


def _term(name: str, facts: Facts) -> Spoken:
    variable, _, code = name.partition(":")
    if variable == facts.group:
        return Spoken(lambda lang: facts.group_title(code, lang))
    return Spoken(lambda lang: characteristic_label(name, facts, lang))


def _limits(row: Any) -> Spoken:
    return Spoken(lambda lang: display.interval(row["lower"], row["upper"], lang, 2))


def counts(known: Known, where: str, rows: Rows, options: Given, rules: Rules) -> None:
    """Enter who was lost: with those who stayed they are the persons with every characteristic known."""
    whole = described(options)
    known.tell(whole, number(rows[0]["n"]), rules, where)
    known.tell(("left", *whole), number(rows[0]["left"]), rules, where)
    known.add([("left", *whole), ("stayed", *whole)], [whole])


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="terms", total="n", cells="left"),
    data=data,
    table=table,
    counts=counts,
)
