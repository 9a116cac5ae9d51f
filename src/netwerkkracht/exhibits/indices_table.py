"""What every index is made of: its rule, its items, and what happens when items are missing."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.analysis.describe.crosswalk import indices
from netwerkkracht.core.display import LANGS
from netwerkkracht.exhibits.material import Material
from netwerkkracht.exhibits.old import Exhibit, Kind
from netwerkkracht.exhibits.table_model import Column, TableModel
from netwerkkracht.study.facts import Facts

RULES: Final = {
    "count_from": ("hoeveel er {t} of meer zijn", "how many are {t} or more"),
    "count_upto": ("hoeveel er {t} of minder zijn", "how many are {t} or less"),
    "sum": ("som", "sum"),
    "mean": ("gemiddelde", "mean"),
    "max": ("hoogste", "highest"),
    "min": ("laagste", "lowest"),
    "any_of": ("ja als een ervan ja is", "yes when any is yes"),
    "all_of": ("ja als alle ja zijn", "yes when all are yes"),
    "at_least": ("ja bij {t} of meer", "yes at {t} or more"),
    "at_most": ("ja bij {t} of minder", "yes at {t} or less"),
    "greater": ("ja boven {t}", "yes above {t}"),
    "equals": ("ja bij {t}", "yes at {t}"),
    "classes": ("klassen, nieuwe vanaf {t}", "classes, new ones from {t}"),
    "combine": ("combinatie van twee keer ja of nee", "combination of two times yes or no"),
    "areas": ("ja als elk gebied iets van {t} of meer heeft", "yes when each area has one of {t} or more"),
    "mean_present": (
        "gemiddelde van het tweede waar het eerste 1 is",
        "mean of the second where the first is 1",
    ),
    "years_between": (
        "voltooide jaren van het eerste tot het tweede",
        "years completed from the first to the second",
    ),
    "months_between": ("maanden van het eerste tot het tweede", "months from the first to the second"),
    "from_wave": ("waarde bij meting {t}", "value at wave {t}"),
    "in_wave": ("ja als er bij meting {t} is gesproken", "yes with an interview at wave {t}"),
    "djg_total": (
        "De Jong Gierveld, totaal; hoogstens één onderdeel ontbreekt",
        "De Jong Gierveld, total; at most one item is missing",
    ),
    "djg_emotional": ("De Jong Gierveld, emotioneel", "De Jong Gierveld, emotional"),
    "djg_social": ("De Jong Gierveld, sociaal", "De Jong Gierveld, social"),
}
# rules that have a threshold where none is written
DEFAULT: Final = {"count_from": "1", "count_upto": "1", "areas": "1"}
UNEVEN: Final = {
    "common": ("alleen wat overal is gevraagd", "only what was asked everywhere"),
    "asked": ("wat in de cel is gevraagd", "what was asked in the cell"),
    "leave_out": ("niet waar onderdelen ontbreken", "not where items were not asked"),
}
LEAST: Final = ("minstens {n} geldig, anders {reason}", "at least {n} valid, else {reason}")
ONLY: Final = ("alleen als {name} minstens 1 is", "only when {name} is at least 1")
COMMON_REASON: Final = ("de reden van wat ontbreekt", "the reason of what is missing")
NOTE: Final = {
    "nl": "Zonder voorwaarde moeten alle onderdelen geldig zijn; van ja en nee beslist ook één antwoord dat "
    "de uitkomst vastlegt. Een naam met @ is de waarde van dezelfde persoon bij die meting, een streep "
    "scheidt groepen.",
    "en": "Without a condition all items must be valid; of yes and no one answer that settles the outcome "
    "decides too. A name with @ is the value of the same person at that wave, a dash separates groups.",
}


def data(_exhibit: Exhibit, material: Material) -> Any:
    """List the indices of the codebook."""
    return indices(material.codebook)


def table(frame: Any, exhibit: Exhibit, facts: Facts) -> TableModel:
    """Print one line per index."""
    columns = (
        Column("variable", "index", "index", width=24),
        Column("label", "omschrijving", "label", width=28),
        Column("rule", "regel", "rule", width=24),
        Column("items", "onderdelen", "items", width=34),
        Column("condition", "voorwaarde", "condition", width=24),
        Column("decision", "besluit", "decision", width=9),
    )
    rows = tuple(
        (
            row["variable"],
            dict(facts.variable(row["variable"]).label),
            {lang: _rule(row, place) for place, lang in enumerate(LANGS)},
            row["items"].replace("|", "–"),
            {lang: _condition(row, place, facts) for place, lang in enumerate(LANGS)},
            row["decision"],
        )
        for row in frame.to_dict("records")
    )
    return TableModel(exhibit.id, exhibit.title, columns, rows, (), (NOTE,))


def _rule(row: Any, place: int) -> str:
    words = RULES.get(row["rule"])
    threshold = row["threshold"] or DEFAULT.get(row["rule"], "")
    return row["rule"] if words is None else words[place].format(t=", ".join(threshold.split()))


def _condition(row: Any, place: int, facts: Facts) -> str:
    parts = []
    if row["min_valid"]:
        tag, lang = row["on_too_few"], LANGS[place]
        reason = f"'{facts.tag_label(tag, lang)}'" if tag else COMMON_REASON[place]
        parts.append(LEAST[place].format(n=row["min_valid"], reason=reason))
    if row["only_if"]:
        parts.append(ONLY[place].format(name=row["only_if"]))
    if row["on_uneven"]:
        parts.append(UNEVEN[row["on_uneven"]][place])
    return "; ".join(parts)


TEXT = (
    "variable", "rule", "items", "threshold", "min_valid", "on_too_few", "on_uneven", "only_if", "decision",
)  # fmt: skip
KIND = Kind("indices", "table", ("codebook",), TEXT, data, table)
