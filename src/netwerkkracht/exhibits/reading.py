"""How to read a figure: one or two plain lines under it, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.kinds import Exhibit
from netwerkkracht.exhibits.words import STATUS, say
from netwerkkracht.study.facts import Facts

Notes = Callable[[Any, Exhibit, Facts, Lang], list[str]]

LINES: Final = {
    "flow": {
        "nl": "Rijen in het bestand = apart gezet + geïnterviewd. Een model gebruikt ook wie maar "
        "één keer sprak.",
        "en": "Rows in the file = set aside + interviewed. A model also uses those interviewed only once.",
    },
    "distribution": {
        "nl": "Het teken boven de staven is het gemiddelde van elke groep; n is het aantal geldige "
        "antwoorden.",
        "en": "The mark above the bars is the mean of each group; n is the number of valid answers.",
    },
    "trajectories": {
        "nl": "Rechts de gegevens zelf: de balk is de middelste helft van de personen, de streep de mediaan.",
        "en": "Right: the data themselves; the bar is the middle half of the persons, the line "
        "the median.",
    },
    "forest": {
        "nl": "Ruit: primaire uitkomst. Open teken: geen toets mogelijk. Een interval over de "
        "middellijn laat de "
        "richting open.",
        "en": "Diamond: primary outcome. Open marker: no test possible. An interval across the "
        "middle line leaves "
        "the direction open.",
    },
    "contrasts": {
        "nl": "Een interval over de lijn van geen verschil laat de richting open.",
        "en": "An interval across the line of no difference leaves the direction open.",
    },
    "upset": {
        "nl": "Elke kolom is een combinatie: de donkere stippen komen samen voor, de staaf telt de "
        "personen. Alleen de vaakst voorkomende onderdelen zijn gecombineerd; een kolom zonder donkere "
        "stippen: geen daarvan. Wie "
        "op een onderdeel geen antwoord gaf, telt niet mee.",
        "en": "Each column is a combination: the dark dots occur together, the bar counts persons. "
        "Only the commonest items are combined; a column without dark dots: none of them. Those without "
        "an answer on an item are left out.",
    },
    "moves": {
        "nl": "Wat tot 100% ontbreekt: in geen van beide metingen. Aandelen onder 7% zonder getal.",
        "en": "What is left up to 100%: in neither wave. Shares below 7% have no number.",
    },
    "alluvial": {
        "nl": "De hoogte van een blok of stroom is een aantal personen.",
        "en": "The height of a block or a stream is a number of persons.",
    },
    "missing-data": {
        "nl": "Rechts: als de niet gegeven antwoorden zoveel punten hoger of lager waren dan "
        "voorspeld; de band is "
        "het interval voor beide groepen samen.",
        "en": "Right: if the answers not given were this many points higher or lower than "
        "predicted; the "
        "band is the interval for both groups together.",
    },
    "influence": {
        "nl": "Hoe smaller de verdeling, hoe minder de uitkomst op één persoon rust.",
        "en": "The narrower the distribution, the less the result rests on one person.",
    },
    "diagnostics": {
        "nl": "Band: waar de punten liggen als het model klopt. Kleine p: het model beschrijft de "
        "gegevens daar "
        "niet goed.",
        "en": "Band: where the dots lie if the model is right. Small p: there the model does not "
        "describe the data "
        "well.",
    },
    "pattern": {
        "nl": "Donkere stip: geïnterviewd in die meting.",
        "en": "Dark dot: interviewed in that wave.",
    },
    "shares": {
        "nl": "De grijze lijn verbindt de eerste met de laatste meting van een groep; het zijn niet precies "
        "dezelfde personen.",
        "en": "The grey line joins the first and the last wave of a group; they are not exactly the "
        "same persons.",
    },
}  # fmt: skip


def _persons_counted(frame: Any, _facts: Facts, lang: Lang) -> list[str]:
    """Say how many persons the combinations hold together."""
    held = frame.loc[frame["part"] == "combination", "persons"]
    return [] if held.isna().any() else [f"n = {display.count(held.sum(), lang)}."]


def _answers_counted(frame: Any, facts: Facts, lang: Lang) -> list[str]:
    """Say per group how many answered in the first and in the last wave, where that is known."""
    told, ends = [], (facts.waves[0], facts.waves[-1])
    for group in facts.groups:
        here = frame[(frame["group"] == group) & (frame["fixed"] == 0)]
        counts = []
        for wave in ends:
            totals = here.loc[here["wave"] == wave, "total"]
            if totals.isna().any() or not len(totals):
                return []
            least, most = (display.count(value, lang) for value in (totals.min(), totals.max()))
            counts.append(f"{least} ({facts.wave_label(wave, lang)})" if least == most else
                          f"{least}\u2013{most} ({facts.wave_label(wave, lang)})")  # fmt: skip
        told.append(f"{facts.group_title(group, lang)} {', '.join(counts)}")
    start = "Antwoorden" if lang == "nl" else "Answers"
    return [f"{start}: {'; '.join(told)}."]


COUNTED: Final = {"upset": _persons_counted, "shares": _answers_counted}


def reading(kind: str) -> Notes:
    """Return the notes of a kind: how to read it, and the models without inference by name."""

    def notes(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> list[str]:
        lines = [LINES[kind][lang]]
        if kind in COUNTED:
            lines += COUNTED[kind](frame, facts, lang)
        if {"status", f"label_{lang}", "model"} <= set(frame.columns):
            for row in frame.drop_duplicates("model").to_dict("records"):
                if row["status"] not in {"ok", ""}:
                    label = str(row[f"label_{lang}"])
                    lines.append(f"{label}: {say(STATUS, str(row['status']), lang)}.")
        if kind in {"trajectories", "forest", "contrasts", "missing-data"}:
            lines.append(f"{display.interval_label(lang, facts.level)}.")
        return lines

    return notes
