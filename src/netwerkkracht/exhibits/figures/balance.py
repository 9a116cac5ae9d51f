"""How comparable the groups are at the first wave, before and after overlap weights."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.characteristics import Options, characteristic_label, described, gathered
from netwerkkracht.exhibits.kind import Column, Kind, codes, estimates, texts
from netwerkkracht.exhibits.material import Exhibit, Material
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
from netwerkkracht.exhibits.words import STATUS, of_kind, say
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, PERSONS, Output
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("covariate"),
    *estimates("before", "after", unit="sd"),
    *texts("status"),
    Column("n", PERSONS),
    Column("n_effective", PERSONS),
    *codes("minuend", "subtrahend"),
)


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Compute standardised differences of the option ``covariates``, without and with overlap weights."""
    import numpy as np
    import pandas as pd

    from netwerkkracht.analysis.missing.weights import (
        effective_size,
        overlap_weights,
        standardised_differences,
    )

    persons = gathered(exhibit, material)
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


def draw(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw a dot before and a diamond after weighting for every covariate, the largest difference on top."""
    words = WORDS[lang]
    order = frame["before"].abs().sort_values(kind="stable", ascending=False).index
    rows = frame.loc[order].reset_index(drop=True)
    labels = ["\n".join(wrap(characteristic_label(str(name), facts, lang), 64)) for name in rows["covariate"]]
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
        named = {key: facts.group_label(group, lang) for key, group in ends.items()}
        stamp(figure, lang, synthetic=facts.synthetic, below=words["axis"].format(**named))
    return figure


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
    """Say the largest difference before and after."""
    place = frame["before"].abs().idxmax()
    after = frame["after"].abs().max()
    return WORDS[lang]["alt"].format(
        n=len(frame),
        before=display.number(float(frame.loc[place, "before"]), lang, 2),
        what=characteristic_label(str(frame.loc[place, "covariate"]), facts, lang),
        after=display.number(float(after), lang, 2),
    )


def notes(frame: Any, _exhibit: Exhibit[Options], _facts: Facts, lang: Lang) -> list[str]:
    """Say how many persons the weights leave, or why there are none."""
    first = frame.iloc[0]
    if first["status"] != "ok":
        return [WORDS[lang]["status"].format(status=say(STATUS, str(first["status"]), lang))]
    size = display.count(first["n_effective"], lang)
    return [WORDS[lang]["size"].format(ess=size, n=display.count(first["n"], lang))]


def counts(known: Known, where: str, rows: Rows, options: Given, rules: Rules) -> None:
    """Enter the persons with every characteristic known; an effective number counts nobody."""
    known.tell(described(options), number(rows[0]["n"]), rules, where)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="terms", total="n"),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
    counts=counts,
)
