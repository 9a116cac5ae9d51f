"""What each column of each exhibit means, and its unit, in both languages: for the README beside its CSV."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from netwerkkracht.core.display import Lang
from netwerkkracht.release.roles import MARK

UNITS: Final[dict[str, tuple[str, str]]] = {
    "": ("", ""),
    "text": ("tekst", "text"),
    "code": ("code uit het codeboek", "code of the codebook"),
    "persons": ("personen", "persons"),
    "rows": ("interviews", "interviews"),
    "count": ("aantal", "count"),
    "studies": ("gesimuleerde studies", "simulated studies"),
    "share": ("aandeel, 0 tot 1", "share, 0 to 1"),
    "p": ("kans, 0 tot 1", "probability, 0 to 1"),
    "model": (
        "eenheid van de uitkomst; logit of log bij niet-lineaire modellen",
        "unit of the outcome; logit or log for models that are not linear",
    ),
    "outcome": ("eenheid van de variabele", "unit of the variable"),
    "sd": ("standaarddeviaties", "standard deviations"),
    "ratio": ("verhouding", "ratio"),
    "axis": ("als op de as van het paneel", "as on the axis of the panel"),
    "yes": ("1 ja, 0 nee", "1 yes, 0 no"),
}
# column -> unit, meaning in Dutch, meaning in English
COLUMNS: Final[dict[str, tuple[str, str, str]]] = {
    "after": ("sd", "verschil tussen de groepen met gewichten", "group difference with weights"),
    "alpha": ("ratio", "Cronbachs alpha", "Cronbach's alpha"),
    "base": ("persons", "personen onder het gevonden getal", "persons below the number found"),
    "before": ("sd", "verschil tussen de groepen zonder gewichten", "group difference without weights"),
    "bias": ("model", "gemiddelde fout van de schatting", "mean error of the estimate"),
    "ceiling": ("share", "aandeel op de hoogste waarde", "share at the highest value"),
    "cells": (
        "rows",
        "interviews met deze reden, of met een geldig antwoord",
        "interviews with this reason, or valid",
    ),
    "code": ("code", "antwoord", "answer"),
    "combination": ("text", "onderdelen die samen voorkomen", "items that occur together"),
    "count": ("persons", "aantal", "number"),
    "covariate": ("text", "kenmerk", "characteristic"),
    "coverage": ("share", "intervallen die de ware waarde bevatten", "intervals that hold the true value"),
    "date": ("text", "datum (jjjj-mm-dd)", "date (yyyy-mm-dd)"),
    "decimals": ("count", "decimalen in de gedrukte vorm", "decimals in print"),
    "decision": ("text", "beslissing in de verwerking", "decision in the processing"),
    "declared": ("yes", "als ontbrekend aangemeld in het bestand", "declared as missing in the file"),
    "delta": ("model", "verschuiving van de niet gegeven antwoorden", "shift of the answers not given"),
    "derived": ("text", "regel waarmee de variabele is afgeleid", "rule by which the variable is derived"),
    "destination": ("code", "antwoord bij de latere meting", "answer at the later wave"),
    "detail": ("text", "bijzonderheid van de regel", "detail of the rule"),
    "df": ("ratio", "vrijheidsgraden", "degrees of freedom"),
    "direction": ("text", "gepubliceerde richting", "published direction"),
    "estimate": ("model", "schatting", "estimate"),
    "family": ("text", "verdeling van de uitkomst in het model", "distribution of the outcome in the model"),
    "file": ("text", "bronbestand", "source file"),
    "first": ("code", "eerste meting van het paar", "first wave of the pair"),
    "fixed": ("yes", "het antwoord ligt in deze groep vast door de opzet", "fixed by design in this group"),
    "floor": ("share", "aandeel op de laagste waarde", "share at the lowest value"),
    "found": (
        "share",
        "waarde van dezelfde berekening in deze gegevens",
        "value of the same calculation in these data",
    ),
    "group": ("code", "groep", "group"),
    "high": ("axis", "bovengrens", "upper bound"),
    "id": ("text", "nummer van de gepubliceerde uitspraak", "number of the published statement"),
    "item": ("text", "onderdeel", "item"),
    "items": ("count", "vragen van de schaal", "items of the scale"),
    "kind": ("text", "soort contrast of berekening", "kind of contrast or calculation"),
    "label": ("text", "label in het bestand", "label in the file"),
    "label_en": ("text", "naam van de uitkomst, Engels", "name of the outcome, English"),
    "label_nl": ("text", "naam van de uitkomst, Nederlands", "name of the outcome, Dutch"),
    "last": ("code", "laatste meting van het paar", "last wave of the pair"),
    "left": ("persons", "niet opnieuw geïnterviewd", "not interviewed again"),
    "low": ("axis", "ondergrens", "lower bound"),
    "lower": ("model", "ondergrens van het {level}-interval", "lower limit of the {level} interval"),
    "mean": ("outcome", "gemiddelde", "mean"),
    "mean_se": ("model", "gemiddelde standaardfout", "mean standard error"),
    "median": ("outcome", "mediaan", "median"),
    "middle": ("axis", "midden", "middle"),
    "min_valid": ("count", "minste aantal geldige onderdelen", "least number of valid items"),
    "minuend": ("code", "groep waarvan wordt afgetrokken", "group from which is subtracted"),
    "missing": ("persons", "zonder geldig antwoord", "without a valid answer"),
    "model": ("text", "naam van het model in de configuratie", "name of the model in the configuration"),
    "n": ("persons", "aantal waarover is gerekend", "number that was calculated over"),
    "n_boundary": (
        "studies",
        "studies met een variantie op de grens",
        "studies with a variance at the boundary",
    ),
    "n_effective": ("persons", "effectief aantal na weging", "effective number after weighting"),
    "n_failed": ("studies", "studies zonder schatting", "studies without an estimate"),
    "n_ok": ("studies", "studies met een geslaagde schatting", "studies with a successful estimate"),
    "n_persons": ("persons", "personen in de schatting", "persons in the estimate"),
    "n_rows": ("rows", "interviews in de schatting", "interviews in the estimate"),
    "n_studies": ("studies", "gesimuleerde studies", "simulated studies"),
    "number": ("text", "nummer van de beslissing", "number of the decision"),
    "omega": ("ratio", "omega van één factor", "omega of one factor"),
    "on_too_few": ("code", "reden als er minder geldig zijn", "reason when fewer are valid"),
    "on_uneven": (
        "text",
        "besluit waar onderdelen niet overal zijn gevraagd",
        "decision where items were not asked everywhere",
    ),
    "only_if": ("text", "variabele die minstens 1 moet zijn", "variable that must be at least 1"),
    "origin": ("code", "antwoord bij de eerdere meting", "answer at the earlier wave"),
    "other": ("code", "groep waarmee is vergeleken", "group of comparison"),
    "p": ("p", "p-waarde", "p value"),
    "p25": ("outcome", "eerste kwartiel", "first quartile"),
    "p75": ("outcome", "derde kwartiel", "third quartile"),
    "p_bh": ("p", "p-waarde volgens Benjamini-Hochberg", "p value by Benjamini-Hochberg"),
    "p_holm": ("p", "p-waarde volgens Holm", "p value by Holm"),
    "part": (
        "text",
        "deel van de figuur of tabel waarbij de rij hoort",
        "part of the exhibit the row belongs to",
    ),
    "pattern": (
        "text",
        "metingen met interview: 1 wel, 0 niet, in volgorde",
        "waves with interview: 1 yes, 0 no, in order",
    ),
    "persons": ("persons", "personen in deze cel", "persons in this cell"),
    "power": ("share", "studies die het ware verschil vonden", "studies that found the true difference"),
    "precision": ("text", "hoe nauwkeurig het is gepubliceerd", "how precisely it was published"),
    "primary": ("yes", "de vooraf opgegeven hoofdanalyse", "the primary analysis declared beforehand"),
    "published_base": ("persons", "gepubliceerde basis", "published base"),
    "ratio": ("ratio", "odds ratio", "odds ratio"),
    "reason": ("code", "reden", "reason"),
    "reason_en": ("text", "reden, Engels", "reason, English"),
    "reason_nl": ("text", "reden, Nederlands", "reason, Dutch"),
    MARK: ("text", "wat bij de vrijgave met de rij is gedaan", "what the release did to the row"),
    "role": ("text", "rol van het model, vooraf opgegeven", "role of the model, declared beforehand"),
    "route": ("text", "manier van omgaan met uitval", "way of dealing with drop-out"),
    "rule": ("text", "regel van het codeboek", "rule of the codebook"),
    "sample": ("text", "wie meedoet in het model", "who takes part in the model"),
    "scale": ("text", "schaal: variabele, of eenheid van de as", "scale: variable, or unit of the axis"),
    "sd": ("outcome", "standaarddeviatie", "standard deviation"),
    "se": ("model", "standaardfout", "standard error"),
    "share": ("share", "aandeel van het totaal", "share of the total"),
    "shifted": ("code", "groep die is verschoven; leeg: alle", "group that was shifted; empty: all"),
    "shown": ("axis", "getekende waarde", "value drawn"),
    "shown_lower": ("axis", "getekende ondergrens", "lower limit drawn"),
    "shown_upper": ("axis", "getekende bovengrens", "upper limit drawn"),
    "size": ("count", "onderdelen in de combinatie", "items in the combination"),
    "smd": ("sd", "gestandaardiseerd verschil tussen de groepen", "standardised group difference"),
    "source": ("text", "bron", "source"),
    "spread": ("outcome", "standaarddeviatie", "standard deviation"),
    "stage": ("text", "stap van bestand naar model", "stage from file to model"),
    "standardised": ("sd", "schatting in standaarddeviaties", "estimate in standard deviations"),
    "state": ("text", "gebleven, verdwenen, nieuw of afwezig", "stayed, gone, new or absent"),
    "statistic": ("text", "soort getal", "kind of number"),
    "statistic_en": ("text", "gepubliceerde uitspraak, Engels", "published statement, English"),
    "statistic_nl": ("text", "gepubliceerde uitspraak, Nederlands", "published statement, Dutch"),
    "status": ("text", "afloop van de schatting; ok: geslaagd", "outcome of the estimation; ok: it worked"),
    "subtrahend": ("code", "groep die wordt afgetrokken", "group that is subtracted"),
    "target": ("model", "ware waarde in de simulatie", "true value in the simulation"),
    "term": ("text", "term van het model of kenmerk", "term of the model or characteristic"),
    "text": ("text", "tekst bij de rij", "text with the row"),
    "threshold": ("text", "grenswaarde van de regel", "threshold of the rule"),
    "total": ("persons", "personen in het geheel", "persons in the whole"),
    "turned": ("count", "vragen die zijn omgekeerd", "items that were reversed"),
    "type": ("text", "soort variabele", "type of variable"),
    "type_one": (
        "share",
        "studies die ten onrechte een verschil meldden",
        "studies that reported a difference in error",
    ),
    "unit": ("text", "eenheid van het gepubliceerde getal", "unit of the published number"),
    "upper": ("model", "bovengrens van het {level}-interval", "upper limit of the {level} interval"),
    "used": ("text", "waar de variabele voor is gebruikt", "what the variable is used for"),
    "used_in": ("text", "waar de beslissing geldt", "where the decision acts"),
    "valid": ("rows", "interviews met een geldig antwoord", "interviews with a valid answer"),
    "value": ("outcome", "waarde", "value"),
    "variable": ("text", "naam van de variabele in het codeboek", "name of the variable in the codebook"),
    "wave": ("code", "meting", "wave"),
    "who": ("text", "wie besliste", "who decided"),
    "x": ("axis", "plaats op de horizontale as", "place on the horizontal axis"),
}
# where a kind of exhibit means something else by a column
OF_KIND: Final[dict[tuple[str, str], tuple[str, str, str]]] = {
    ("codes", "code"): ("text", "code in het bestand", "code in the file"),
    ("codes", "target"): ("code", "waarde na vertaling", "value after translation"),
    ("decisions", "decision_en"): ("text", "beslissing, Engels", "decision, English"),
    ("decisions", "decision_nl"): ("text", "beslissing, Nederlands", "decision, Dutch"),
    ("indices", "items"): (
        "text",
        "onderdelen, groepen door een streep gescheiden",
        "items, groups separated by a bar",
    ),
    ("dictionary", "missing"): (
        "rows",
        "interviews zonder geldig antwoord",
        "interviews without a valid answer",
    ),
    ("models", "estimate"): (
        "model",
        "schatting, variantie of maat van het model",
        "estimate, variance or fit",
    ),
    ("outcomes", "missing"): (
        "rows",
        "interviews zonder geldig antwoord",
        "interviews without a valid answer",
    ),
    ("published", "value"): (
        "text",
        "gepubliceerde waarde, in de eenheid van `unit`",
        "published value, in `unit`",
    ),
    ("missing-data", "n_persons"): ("persons", "personen in de schatting", "persons in the estimate"),
}
SPREAD: Final = "_mcse"


def describe(kind: str, column: str, options: Mapping[str, Any]) -> tuple[str, str, str] | None:
    """Return unit, Dutch and English meaning of one column; None for a column that nobody described."""
    if (kind, column) in OF_KIND:
        return OF_KIND[kind, column]
    if column in (options.get("choices") or {}):
        return ("text", "gekozen alternatief", "alternative chosen")
    if column.endswith(SPREAD) and column.removesuffix(SPREAD) in COLUMNS:
        of = column.removesuffix(SPREAD)
        return (COLUMNS[of][0], f"toevalsfout van `{of}` door simulatie", f"simulation error of `{of}`")
    return COLUMNS.get(column)


def unit(name: str, lang: Lang) -> str:
    """Return a unit in words."""
    return UNITS[name][lang == "en"]
