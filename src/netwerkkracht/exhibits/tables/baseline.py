"""Who takes part: participants of one wave by group, missing values, standardised differences."""

from __future__ import annotations

from typing import Any

from netwerkkracht.core import display
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import Column, Kind, codes, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Measures, Wave
from netwerkkracht.exhibits.table_model import UNNAMED, Heading, TableModel, heading
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows, answered, answers
from netwerkkracht.release.roles import ESTIMATE, FREQUENCIES, MOMENTS, PERSONS, Output, moment, share
from netwerkkracht.release.rules import Rules
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("variable"),
    *codes("code"),
    *texts("statistic"),
    *codes("group"),
    Column("value", share("count", "n"), "outcome"),
    Column("spread", moment("n")),
    Column("n", PERSONS),
    Column("count", PERSONS),
    Column("missing", PERSONS),
    Column("smd", ESTIMATE, "sd"),
    *codes("wave"),
)


class Options(KindOptions):
    """The characteristics, and the wave (the first without it)."""

    wave: Wave = ""
    variables: Measures


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Describe the option ``variables`` in the option ``wave``."""
    from netwerkkracht.analysis.describe.summaries import balance

    options = exhibit.options
    wave = options.wave or material.facts.waves[0]
    return balance(material.panel, material.facts, list(options.variables), wave).assign(wave=wave)


def table(frame: Any, exhibit: Exhibit[Options], facts: Facts) -> TableModel:
    """Print numbers as mean (SD), codes as count (percent), one block per variable."""
    columns = (
        Heading("variable", UNNAMED),
        *_groups(frame, facts),
        heading(WORDS, "smd", "number", 2),
        heading(WORDS, "missing", "count"),
    )
    rows: list[tuple[Any, ...]] = []
    levels: list[int] = []
    for name in dict.fromkeys(frame["variable"]):
        mine = frame[frame["variable"] == name]
        missing = float(mine.drop_duplicates("group")["missing"].sum(skipna=False))
        smd = mine["smd"].iloc[0]
        label = dict(facts.variable(name).label)
        codes = list(dict.fromkeys(mine["code"]))
        if len(codes) == 1:
            rows.append((label, *(_cell(mine, codes[0], group) for group in facts.groups), smd, missing))
            levels.append(1)
            continue
        rows.append((label, *([None] * len(facts.groups)), smd, missing))
        levels.append(1)
        for code in codes:
            words = Spoken(lambda lang, code=code, name=name: facts.variable(name).code_label(code, lang))  # type: ignore[misc]
            rows.append((words, *(_cell(mine, code, group) for group in facts.groups), None, None))
            levels.append(2)
    notes = (WORDS.each("note"),)
    return TableModel(exhibit.id, exhibit.title, columns, tuple(rows), tuple(levels), notes)


def _groups(frame: Any, facts: Facts) -> list[Heading]:
    """Return a heading per group, with the number of its persons."""
    persons = {
        group: int((part["n"] + part["missing"].fillna(0)).max())
        for group, part in frame.groupby("group", sort=False)
    }
    of = f"n{display.NO_BREAK_SPACE}={display.NO_BREAK_SPACE}"
    made = []
    for group in facts.groups:
        n = f"({of}{persons.get(group, 0)})"
        words = Spoken(lambda lang, group=group, n=n: f"{facts.group_title(group, lang)} {n}")  # type: ignore[misc]
        made.append(Heading(group, words, "number"))
    return made


def _cell(mine: Any, code: str, group: str) -> Any:
    row = mine[(mine["code"] == code) & (mine["group"] == group)].iloc[0]
    if row["statistic"] == "mean":
        return Spoken(lambda lang: display.mean_sd(row["value"], row["spread"], lang))
    if absent(row["count"]):
        return display.MISSING
    return Spoken(lambda lang: display.count_percent(row["count"], row["n"], lang))


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the answers of coded characteristics, and of each one who answered and who did not."""
    coded = [row for row in rows if row["statistic"] == "share"]
    answers(known, where, coded, rules, ("variable", "code", "count", "n"))
    seen = set()
    for row in rows:
        line = (row["variable"], row["group"], row["wave"])
        if line not in seen:
            seen.add(line)
            answered(known, where, row, rules)


KIND = Kind(
    module=__name__,
    options=Options,
    needs=("panel",),
    columns=COLUMNS,
    output=Output(
        f"{FREQUENCIES}, {MOMENTS}",
        treatment="baseline",
        lines=("variable", "group", "wave"),
        cells="count",
        total="n",
    ),
    data=data,
    table=table,
    counts=counts,
)
