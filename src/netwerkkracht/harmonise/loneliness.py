"""De Jong Gierveld loneliness: total and subscales with the manual's rules, in both coding directions."""

from __future__ import annotations

import numpy as np

from netwerkkracht.harmonise.derived_values import Items, Scored, finish
from netwerkkracht.study.codebook.types import Derived

MIDDLE = 2.0
"""The answer "more or less"; it counts as lonely in every item."""


def lonely(items: Items, *, emotional: bool, yes_high: bool) -> np.ndarray:
    """Return which valid answers count as lonely.

    Answers are 1, 2, 3 with 2 "more or less". With ``yes_high`` 1 is no and 3 is yes, else the other way
    round. Emotional items count yes, social items count no; the middle counts in both.
    """
    side = 3.0 if emotional == yes_high else 1.0
    return np.asarray(items.valid & ((items.values == MIDDLE) | (items.values == side)))


def score_loneliness(derived: Derived, items: Items) -> Scored:
    """Count the lonely answers.

    Missing data: the total is missing when more than one item is, a subscale when any item is. A missing
    item that is allowed counts as not lonely, as in the manual's syntax.

    Source
    ------
    De Jong Gierveld and Van Tilburg, Manual of the Loneliness Scale: the count of answers (2, 3) of the
    emotional and (1, 2) of the social items when 1 is no.
    """
    yes_high = derived.threshold == ("yes_high",)
    if derived.rule == "djg_total":
        emotional, social = (items.part(names) for names in derived.items)
        count = lonely(emotional, emotional=True, yes_high=yes_high).sum(axis=0)
        count = count + lonely(social, emotional=False, yes_high=yes_high).sum(axis=0)
        allowed = 1
    else:
        is_emotional = derived.rule == "djg_emotional"
        count = lonely(items, emotional=is_emotional, yes_high=yes_high).sum(axis=0)
        allowed = 0
    gaps = (items.used & ~items.valid).sum(axis=0)
    enough = (gaps <= allowed) & items.used.any(axis=0)
    return finish(derived, items, count.astype(float), enough)
