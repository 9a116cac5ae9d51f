"""The words of exhibits: those of each kind in the files beside this one, and fixed ones that all share."""

from __future__ import annotations

from typing import Final

from netwerkkracht.core.display import Lang
from netwerkkracht.core.words import Section

WORDS: Final = Section(__name__)


def of_kind(name: str) -> Section:
    """Return the words of one kind of exhibit, by its name or that of its module."""
    return WORDS.within("kinds", name.rpartition(".")[2].replace("_", "-"))


Pair = dict[str, str]

# what every exhibit made from synthetic data says in itself
STAMP: Final[Pair] = {"nl": "synthetische gegevens", "en": "synthetic data"}

STATUS: Final[dict[str, Pair]] = {
    "ok": {"nl": "ok", "en": "ok"},
    "boundary": {"nl": "variantie op de grens (nul)", "en": "variance at its boundary (zero)"},
    "separated": {"nl": "gescheiden: cel met alleen ja of nee", "en": "separated: a cell of only yes or no"},
    "rank_deficient": {"nl": "kolommen hangen van elkaar af", "en": "columns depend on each other"},
    "singular": {"nl": "singulier", "en": "singular"},
    "not_converged": {"nl": "niet geconvergeerd", "en": "not converged"},
    "not_identified": {"nl": "niet te bepalen", "en": "not identified"},
    "too_small": {"nl": "te weinig gegevens", "en": "too few data"},
    "constant": {"nl": "uitkomst is constant", "en": "constant outcome"},
    "no_data": {"nl": "geen gegevens", "en": "no data"},
    "structural": {"nl": "ligt vast door het ontwerp", "en": "fixed by design"},
}  # fmt: skip

FAMILY: Final[dict[str, Pair]] = {
    "gaussian": {"nl": "lineair", "en": "linear"},
    "binomial": {"nl": "logistisch", "en": "logistic"},
    "poisson": {"nl": "Poisson", "en": "Poisson"},
    "negative-binomial": {"nl": "negatief-binomiaal", "en": "negative binomial"},
    "ordinal": {"nl": "ordinaal logistisch", "en": "ordinal logistic"},
}

SET_ASIDE: Final[dict[str, Pair]] = {
    "duplicate_identical": {"nl": "dubbele rij", "en": "duplicate row"},
    "duplicate_different": {"nl": "dubbel, met verschillen", "en": "duplicate with differences"},
    "unknown_key": {"nl": "sleutel onbekend", "en": "unknown key"},
    "no_first_wave": {"nl": "geen eerste interview", "en": "no first interview"},
    "both_groups": {"nl": "in beide groepen", "en": "in both groups"},
    "empty_id": {"nl": "geen sleutel", "en": "no key"},
    "no_interview": {"nl": "geen interview in deze meting", "en": "no interview in this wave"},
}

ROLE: Final[dict[str, Pair]] = {
    "primary": {"nl": "primair", "en": "primary"},
    "secondary": {"nl": "secundair", "en": "secondary"},
    "exploratory": {"nl": "verkennend", "en": "exploratory"},
    "sensitivity": {"nl": "gevoeligheid", "en": "sensitivity"},
}

# what exp() of a coefficient is called
RATIO: Final[dict[str, Pair]] = {
    "binomial": {"nl": "odds ratio", "en": "odds ratio"},
    "ordinal": {"nl": "odds ratio", "en": "odds ratio"},
    "poisson": {"nl": "verhouding", "en": "rate ratio"},
    "negative-binomial": {"nl": "verhouding", "en": "rate ratio"},
}


def say(table: dict[str, Pair], key: str, lang: Lang) -> str:
    """Return a word in one language, the key itself where the table has none."""
    return table.get(key, {}).get(lang, key)
