"""How comparable people are: the groups before and after overlap weights, and who was not seen again."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from netwerkkracht.analysis.describe.counts import interviewed, keyed
from netwerkkracht.analysis.missing.persons import Persons, gather
from netwerkkracht.analysis.missing.weights import (
    effective_size,
    group_columns,
    logistic,
    overlap_weights,
    standardised_differences,
)
from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import both, lower_first
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.style import (
    BLUE,
    FAINT,
    INK,
    SOFT,
    language_axis,
    new_figure,
    settings,
    stamp,
    wrap,
)
from netwerkkracht.exhibits.table_model import Column, TableModel, interval_column
from netwerkkracht.exhibits.words import STATUS, of_kind, say
from netwerkkracht.study.facts import Facts

WORDS = of_kind("balance")
ATTRITION_NOTES = (
    {
        "nl": "Logistische regressie van niet opnieuw geïnterviewd zijn op kenmerken van de eerste "
        "meting. Odds ratio boven "
        "1: grotere kans op uitval. Kenmerken in getallen: per SD.",
        "en": "Logistic regression of not being interviewed again on characteristics at the first "
        "wave. Odds ratio above "
        "1: greater chance of dropping out. Characteristics that are numbers: per SD.",
    },
)


def _gathered(exhibit: Exhibit, material: Material) -> Persons:
    names = [str(name) for name in exhibit.options["covariates"]]
    return gather(material.panel, material.facts, names[0], names)


def _label(name: str, facts: Facts, lang: Lang) -> str:
    variable, _, code = name.partition(":")
    known = facts.variable(variable)
    return f"{known.label[lang]}: {known.code_label(code, lang)}" if code else known.label[lang]


def balance_data(exhibit: Exhibit, material: Material) -> Any:
    """Compute standardised differences of the option ``covariates``, without and with overlap weights."""
    persons = _gathered(exhibit, material)
    everyone = np.ones(len(persons.ids), dtype=bool)
    weights, status = overlap_weights(persons, rows=everyone)
    plain = np.where(persons.known, 1.0, np.nan)
    # first minus second group, as everywhere in the report
    before = -standardised_differences(persons, plain)
    after = -standardised_differences(persons, weights) if status == "ok" else np.full(len(before), np.nan)
    size = effective_size(weights) if status == "ok" else math.nan
    frame = pd.DataFrame({"covariate": list(persons.names), "before": before, "after": after})
    return frame.assign(
        status=status,
        n=int(persons.known.sum()),
        n_effective=size,
        minuend=material.facts.groups[0],
        subtrahend=material.facts.groups[1],
    )


def balance_draw(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> Any:
    """Draw a dot before and a diamond after weighting for every covariate, the largest difference on top."""
    words = WORDS[lang]
    order = frame["before"].abs().sort_values(kind="stable", ascending=False).index
    rows = frame.loc[order].reset_index(drop=True)
    labels = ["\n".join(wrap(_label(str(name), facts, lang), 64)) for name in rows["covariate"]]
    with settings():
        figure = new_figure(30 + 6.2 * len(rows))
        axes = figure.add_subplot()
        y = rows.index.to_numpy()
        axes.axvline(0, color=INK, lw=0.8, zorder=0)
        for limit in (-0.1, 0.1):
            axes.axvline(limit, color=SOFT, lw=0.7, ls="--", zorder=0)
        axes.hlines(y, rows["before"], rows["after"], color=FAINT, lw=1.2, zorder=1)
        axes.plot(rows["before"], y, "o", mfc="white", color=BLUE, label=words["before"])
        axes.plot(rows["after"], y, "D", ms=4, color=BLUE, label=words["after"])
        axes.set_yticks(y, labels)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        language_axis(axes.xaxis, lang, sign=True)
        figure.legend(loc="outside upper left", ncols=2, borderaxespad=0.2)
        ends = {"a": frame["minuend"].iloc[0], "b": frame["subtrahend"].iloc[0]}
        names = {key: facts.group_label(group, lang) for key, group in ends.items()}
        stamp(figure, lang, synthetic=facts.synthetic, below=words["axis"].format(**names))
    return figure


def balance_alt(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> str:
    """Say the largest difference before and after."""
    place = frame["before"].abs().idxmax()
    after = frame["after"].abs().max()
    return WORDS[lang]["alt"].format(
        n=len(frame),
        before=display.number(float(frame.loc[place, "before"]), lang, 2),
        what=_label(str(frame.loc[place, "covariate"]), facts, lang),
        after=display.number(float(after), lang, 2),
    )


def balance_notes(frame: Any, _exhibit: Exhibit, _facts: Facts, lang: Lang) -> list[str]:
    """Say how many persons the weights leave, or why there are none."""
    first = frame.iloc[0]
    if first["status"] != "ok":
        return [WORDS[lang]["status"].format(status=say(STATUS, str(first["status"]), lang))]
    size = display.count(first["n_effective"], lang)
    return [WORDS[lang]["size"].format(ess=size, n=display.count(first["n"], lang))]


def attrition_data(exhibit: Exhibit, material: Material) -> Any:
    """Regress not being interviewed in the last wave on group and the option ``covariates`` at the first."""
    facts = material.facts
    persons = _gathered(exhibit, material)
    panel = keyed(material.panel, facts)
    here = panel[interviewed(material.panel, facts) & (panel[facts.wave] == facts.waves[-1])]
    left = ~np.isin(persons.ids, here[facts.person].astype("str").to_numpy())
    numbers = [":" not in name for name in persons.names]
    spread = np.where(numbers, np.nanstd(persons.X, axis=0, ddof=1), 1.0)
    X = np.column_stack([group_columns(persons), persons.X / spread])[persons.known]
    made = logistic(left[persons.known].astype(float), X)
    names = [*(f"{facts.group}:{group}" for group in facts.groups[1:]), *persons.names]
    from scipy.special import ndtri

    reached = float(ndtri((1 + facts.level) / 2))
    rows = []
    for name, beta, se in zip(names, made.beta[1:], made.se[1:], strict=True):
        ok = made.status == "ok" and se > 0
        reach = reached * se if ok else math.nan
        rows.append((name, math.exp(beta), math.exp(beta - reach), math.exp(beta + reach),
                     math.erfc(abs(beta / se) / math.sqrt(2)) if ok else math.nan))  # fmt: skip
    frame = pd.DataFrame(rows, columns=["term", "ratio", "lower", "upper", "p"])
    known = persons.known
    return frame.assign(status=made.status, n=int(known.sum()), left=int(left[known].sum()))


def attrition_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one odds ratio per characteristic."""
    columns = (
        Column("term", "", ""),
        Column("ratio", "odds ratio", "odds ratio", "number", 2),
        interval_column(facts.level),
        Column("p", "p", "p", "p", 3),
    )
    lines = frame.to_dict("records")
    rows = [(_term(str(row["term"]), facts), row["ratio"], _limits(row), row["p"]) for row in lines]
    first = frame.iloc[0]
    of = {"nl": "van", "en": "of"}
    persons = {"nl": "personen", "en": "persons"}
    counted = both(
        lambda lang: (
            f"{int(first['left'])} {of[lang]} {int(first['n'])} {persons[lang]}; "
            f"status: {say(STATUS, str(first['status']), lang)}."
        )
    )
    notes = (*ATTRITION_NOTES, _compared_with(frame, facts), counted)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), (), notes)


def _compared_with(frame: Any, facts: Facts) -> dict[str, str]:
    """Say with whom the groups and categories of the table are compared."""
    coded = list(dict.fromkeys(name.partition(":")[0] for name in frame["term"] if ":" in name))
    first = [facts.groups[0] if name == facts.group else facts.variable(name).codes[0][0] for name in coded]

    def said(lang: Lang) -> str:
        names = [_term(f"{name}:{code}", facts)[lang] for name, code in zip(coded, first, strict=True)]
        start = "Vergeleken met" if lang == "nl" else "Compared with"
        return f"{start}: {', '.join([*names[:1], *map(lower_first, names[1:])])}."

    return both(said)


def _term(name: str, facts: Facts) -> dict[str, str]:
    variable, _, code = name.partition(":")
    if variable == facts.group:
        return both(lambda lang: facts.group_title(code, lang))
    return both(lambda lang: _label(name, facts, lang))


def _limits(row: Any) -> dict[str, str]:
    return both(lambda lang: display.interval(row["lower"], row["upper"], lang, 2))


TEXT = ("covariate", "status", "minuend", "subtrahend")
KIND = Kind("balance", "figure", ("panel",), TEXT, balance_data, balance_draw, balance_alt, balance_notes)
ATTRITION = Kind("attrition", "table", ("panel",), ("term", "status"), attrition_data, attrition_table)
