"""Tables of the codebook itself: rule per variable and file, codes found with counts, decisions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, Final

import pandas as pd

from netwerkkracht.analysis.describe.crosswalk import decisions, matrix
from netwerkkracht.core import display
from netwerkkracht.core.display import LANGS
from netwerkkracht.exhibits.cells import absent, both
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.released import SIGN
from netwerkkracht.exhibits.table_model import Column, Heading, TableModel
from netwerkkracht.harmonise.found import COUNTED, NUMBERS, OTHERS, SYSMIS, TEXTS, VALUES
from netwerkkracht.study.facts import Facts

Row = dict[str, Any]
MOST_FILES = 6
"""More files than this do not fit beside each other: each wave then has a row of its own."""
MOST_PLACES = 4
MOST_SOURCES = 3
WIDE_NAME, WIDE_CELL = 25, 26
FIXED: Final = {
    "not_asked": {"nl": "niet gevraagd", "en": "not asked"},
    "not_applicable": {"nl": "niet van toepassing", "en": "not applicable"},
    "impossible": {"nl": "niet te bepalen", "en": "cannot be known"},
}
RULES: Final = {
    "direct": {"nl": "zoals het in het bestand staat", "en": "as it stands in the file"},
    "recode": {"nl": "volgens de codelijst", "en": "by the code list"},
    "pomp": {"nl": "omgerekend naar 0-100", "en": "rescaled to 0-100"},
    "worst": {"nl": "de ernstigste van de bronnen", "en": "the most severe of the sources"},
    "best": {"nl": "de minst ernstige van de bronnen", "en": "the least severe of the sources"},
    "any": {"nl": "ja als een van de bronnen ja is", "en": "yes when any source is yes"},
    "count": {"nl": "hoeveel bronnen ja zijn", "en": "how many sources are yes"},
    "multi": {"nl": "één van meer mogelijke antwoorden", "en": "one of several possible answers"},
    "constant": {"nl": "voor iedereen gelijk", "en": "the same for everybody"},
}
SIGNS: Final = {
    "nl": "[ ] codelijst, = mogelijkheid, als filter, achteraan de beslissing.",
    "en": "[ ] code list, = option, if filter, last the decision.",
}
MANY: Final = {
    "nl": "{n} bronnen, in het gegevensbestand",
    "en": "{n} sources, in the data file",
}
WORDS: Final = {
    NUMBERS: {"nl": "getallen", "en": "numbers"},
    TEXTS: {"nl": "teksten", "en": "texts"},
    VALUES: {"nl": "waarden", "en": "values"},
    OTHERS: {"nl": "andere", "en": "others"},
    SYSMIS: {"nl": "leeg", "en": "empty"},
}
CODE_NOTE: Final = {
    "nl": "Code van het bestand: aantal rijen. De letter tussen haakjes is de reden waarom de code als "
    "ontbrekend telt ({tags}). Sleutels, datums, teksten en grotere getallen zijn alleen geteld. Wat elke "
    "code betekent en wordt, staat in het gegevensbestand.",
    "en": "Code of the file: number of rows. The letter in brackets is the reason for which the code counts "
    "as missing ({tags}). Keys, dates, texts and larger numbers are counted only. What each code means and "
    "becomes is in the data file.",
}


def spread(
    frame: Any, facts: Facts, name: Callable[[str], Any], cell: Callable[[list[Row]], Any]
) -> tuple[tuple[Heading, ...], tuple[tuple[Any, ...], ...]]:
    """Lay rows per variable and file out with the files side by side, or a row per wave when there are many.

    Parameters
    ----------
    frame
        Rows with variable, file, wave and group.
    facts
        Labels of waves and groups.
    name
        First cell of a variable's row.
    cell
        Makes one cell from the rows of a variable in a file.

    Returns
    -------
    tuple
        Columns and rows of the table.
    """
    files = frame[["file", "wave", "group"]].drop_duplicates().to_dict("records")
    # plain rows: a group of a data frame costs more than what is done with it
    parts: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in frame.to_dict("records"):
        parts[(row["variable"], row["file"])].append(row)
    held = {key: cell(rows) for key, rows in parts.items()}
    names = list(dict.fromkeys(frame["variable"]))
    first = Column("variable", "variabele", "variable", width=WIDE_NAME)
    if len(files) <= MOST_FILES:
        columns = [first]
        for file in files:
            span = {lang: facts.wave_label(file["wave"], lang) for lang in LANGS}
            own = dict.fromkeys(LANGS, file["file"])
            columns.append(Heading(file["file"], own, over=span, width=WIDE_CELL))
        rows = [(name(one), *(held.get((one, file["file"])) for file in files)) for one in names]
        return tuple(columns), tuple(rows)
    columns = [first, Column("wave", "meting", "wave")]
    columns += [
        Column(group, facts.group_label(group, "nl"), facts.group_label(group, "en"))
        for group in dict.fromkeys(file["group"] for file in files)
    ]
    by = {(file["wave"], file["group"]): file["file"] for file in files}
    rows = []
    for one in names:
        for place, wave in enumerate(dict.fromkeys(file["wave"] for file in files)):
            cells = [held.get((one, by.get((wave, column.key), ""))) for column in columns[2:]]
            label = {lang: facts.wave_label(wave, lang) for lang in LANGS}
            rows.append((name(one) if place == 0 else None, label, *cells))
    return tuple(columns), tuple(rows)


def crosswalk_data(_exhibit: Exhibit, material: Material) -> Any:
    """List the rule of every variable in every file."""
    return matrix(material.codebook)


def crosswalk_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one line per variable, one column per file."""
    columns, rows = spread(frame, facts, lambda one: one, lambda rows: _rule(rows[0]))
    used = [rule for rule in RULES if (frame["rule"] == rule).any()]
    note = both(lambda lang: "; ".join(f"{rule}: {RULES[rule][lang]}" for rule in used) + ". " + SIGNS[lang])
    return TableModel(exhibit.id, exhibit.title, columns, rows, (), (note,))


def _rule(row: Any) -> Any:
    decision = "" if absent(row["decision"]) else str(row["decision"])
    rule = row["rule"]
    return both(
        lambda lang: " ".join(
            word
            for word in (FIXED[rule][lang] if rule in FIXED else rule, _said(row["detail"], lang), decision)
            if word
        )
    )


def _said(detail: str, lang: Any) -> str:
    return detail.replace(" if ", " als ") if lang == "nl" else detail


def codes_data(_exhibit: Exhibit, material: Material) -> Any:
    """List the codes found in the files behind every variable, with counts."""
    frame = pd.DataFrame(list(material.found), columns=list(COUNTED))
    return frame.assign(count=frame["count"].astype(float).astype(int))


def codes_table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one line per variable, one column per file: each code with its count."""
    columns, rows = spread(frame, facts, lambda one: one, _codes)
    seen = [tag for tag in facts.tags if (frame["target"] == f".{tag}").any()]
    note = both(
        lambda lang: CODE_NOTE[lang].format(tags=", ".join(f"{tag} {facts.tags[tag][lang]}" for tag in seen))
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows, (), (note,))


def _codes(rows: list[Row]) -> Any:
    """Return the codes of one variable in one file; where several sources are merged, each with its name."""
    parts = _parts(rows)
    if len(parts) > MOST_SOURCES:
        return both(lambda lang: MANY[lang].format(n=len(parts)))
    return both(
        lambda lang: "; ".join(
            (f"{source} " if len(parts) > 1 else "") + " · ".join(_code(row, lang) for row in part)
            for source, part in parts
        )
    )


def _parts(rows: list[Row]) -> list[tuple[str, list[Row]]]:
    """Return the sources of a cell; columns of mentions, which hold the same codes, are added up."""
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


def _code(row: Any, lang: Any) -> str:
    shown = WORDS[row["code"]][lang] if row["code"] in WORDS else str(row["code"])
    reason = f" ({row['target'][1:]})" if str(row["target"]).startswith(".") else ""
    count = SIGN if absent(row["count"]) else display.count(row["count"], lang)
    return f"{shown}{reason}: {count}".replace(" ", display.NO_BREAK_SPACE)


def decisions_data(_exhibit: Exhibit, material: Material) -> Any:
    """List the decisions with the places where they act."""
    return decisions(material.codebook, material.facts.languages)


def decisions_table(frame: Any, exhibit: Exhibit, _facts: Facts) -> TableModel:
    """Print one line per decision."""
    columns = (
        Column("number", "nr.", "no.", width=5),
        Column("date", "datum", "date", width=14),
        Column("decision", "beslissing", "decision", width=34),
        Column("reason", "reden", "reason", width=37),
        Column("used_in", "geldt voor", "applies to", width=24),
        Column("who", "wie", "who", width=14),
    )
    rows = tuple(
        (
            *(row["number"], row["date"]),
            {lang: row[f"decision_{lang}"] for lang in LANGS},
            {lang: row[f"reason_{lang}"] for lang in LANGS},
            _places(row["used_in"].split()),
            row["who"],
        )
        for row in frame.to_dict("records")
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows)


def _places(names: Sequence[str]) -> Any:
    shown, more = ", ".join(names[:MOST_PLACES]), len(names) - MOST_PLACES
    if more <= 0:
        return shown
    return {"nl": f"{shown} en {more} andere", "en": f"{shown} and {more} others"}


TEXT = ("variable", "file", "wave", "group")
KIND = Kind(
    "crosswalk", "table", ("codebook",), (*TEXT, "rule", "detail", "decision"),
    crosswalk_data, crosswalk_table,
)  # fmt: skip
CODES = Kind(
    "codes", "table", ("found",), (*TEXT, "source", "code", "label", "target", "declared"),
    codes_data, codes_table,
)  # fmt: skip
DECISIONS = Kind(
    "decisions", "table", ("codebook",),
    ("number", "date", "decision_nl", "decision_en", "reason_nl", "reason_en", "who", "used_in"),
    decisions_data, decisions_table,
)  # fmt: skip
