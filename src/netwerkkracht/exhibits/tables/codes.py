"""Codes found in the files behind each variable, with counts."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.cells import Spoken, absent
from netwerkkracht.exhibits.kind import Column, Kind, codes, names, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import NoOptions
from netwerkkracht.exhibits.released import SIGN
from netwerkkracht.exhibits.spread import Row, spread
from netwerkkracht.exhibits.table_model import TableModel
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import MOST, Key, Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import FREQUENCIES, PERSONS, TEXT, Output
from netwerkkracht.release.rules import Rules, coarse, number
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
COLUMNS = (
    *texts("variable", "file"),
    *codes("wave", "group"),
    *texts("source", "code", "label"),
    *codes("target"),
    Column("declared", TEXT, "yes"),
    Column("count", PERSONS),
)
MOST_SOURCES = 3


def data(_exhibit: Exhibit[NoOptions], material: Material) -> Any:
    """List the codes found in the files behind every variable, with counts."""
    import pandas as pd

    frame = pd.DataFrame(list(material.found), columns=names(COLUMNS))
    return frame.assign(count=frame["count"].astype(float).astype(int))


def table(frame: Any, exhibit: Exhibit[NoOptions], facts: Facts) -> TableModel:
    """Print one line per variable, one column per file: each code with its count."""
    columns, rows = spread(WORDS, frame, facts, _codes)
    seen = [tag for tag in facts.tags if (frame["target"] == f".{tag}").any()]
    note = Spoken(
        lambda lang: WORDS[lang]["note"].format(
            tags=", ".join(f"{tag} {facts.tags[tag][lang]}" for tag in seen)
        )
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows, notes=(note,))


def _codes(rows: list[Row]) -> Any:
    """Return the codes of one variable in one file; where several sources are merged, each with its name."""
    parts = _parts(rows)
    if len(parts) > MOST_SOURCES:
        return WORDS.each("many", n=len(parts))
    return Spoken(
        lambda lang: "; ".join(
            (f"{source} " if len(parts) > 1 else "") + " · ".join(_code(row, lang) for row in part)
            for source, part in parts
        )
    )


def _parts(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the sources of a cell; columns of mentions, which hold the same codes, are added up."""
    from netwerkkracht.harmonise.found import OTHERS

    mentions = list(dict.fromkeys(row["source"] for row in rows if row["code"] == OTHERS))
    apart: dict[str, list[Row]] = defaultdict(list)
    sums: dict[tuple[str, str], float] = {}
    for row in rows:
        if row["source"] in mentions:
            key = (row["code"], row["target"])
            # a hidden count hides the sum
            sums[key] = sums.get(key, 0.0) + float(row["count"])
        else:
            apart[row["source"]].append(row)
    if sums:
        name = mentions[0] if len(mentions) == 1 else f"{mentions[0]}…{mentions[-1]}"
        apart[name] = [{"code": code, "target": target, "count": n} for (code, target), n in sums.items()]
    return list(apart.items())


def _code(row: Row, lang: Lang) -> str:
    code = str(row["code"])
    shown = WORDS.within("shown")[lang].get(code, code)
    reason = f" ({row['target'][1:]})" if str(row["target"]).startswith(".") else ""
    count = SIGN if absent(row["count"]) else display.count(row["count"], lang)
    return f"{shown}{reason}: {count}".replace(" ", display.NO_BREAK_SPACE)


def counts(known: Known, where: str, rows: Rows, _options: Given, rules: Rules) -> None:
    """Enter the codes of each variable, file and source: they add up to the rows of the file."""
    lines: dict[tuple[str, str, str], list[Key]] = {}
    for row in rows:
        line = (row["variable"], row["file"], row["source"])
        key = ("code", *line, row["code"], row["target"])
        lines.setdefault(line, []).append(key)
        known.tell(key, number(row["count"]), coarse(rules), where)
        whole, interviews = ("rows of", *line), ("interviews", row["group"], row["wave"])
        low, high = known.bounds.get(interviews, (0.0, float(MOST)))
        # rows set aside are few, or stand in the flow
        known.bounds[whole] = (low, high + rules.least - 1)
    for line, keys in lines.items():
        known.add(keys, [("rows of", *line)])


KIND = Kind(
    module=__name__,
    options=NoOptions,
    needs=("found",),
    columns=COLUMNS,
    output=Output(FREQUENCIES, treatment="found", lines=("variable", "file", "source"), cells="count"),
    data=data,
    table=table,
    counts=counts,
    compares=False,
)
