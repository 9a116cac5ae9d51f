"""The families by name. A family that leaves a piece out is refused here, before anything is fitted."""

from __future__ import annotations

from typing import get_type_hints

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.mixed.families.binomial import Binomial
from netwerkkracht.mixed.families.family import Family
from netwerkkracht.mixed.families.gaussian import Gaussian
from netwerkkracht.mixed.families.negative_binomial import NegativeBinomial
from netwerkkracht.mixed.families.ordinal import Ordinal
from netwerkkracht.mixed.families.poisson import Poisson

FAMILIES: dict[str, Family] = {}


def register(kind: type[Family]) -> type[Family]:
    """Take up a family; usable as a decorator.

    Raises
    ------
    StudyError
        FAMILY when a piece is missing or the name is taken.
    """
    pieces = {*get_type_hints(Family), *kind.__abstractmethods__}
    missing = sorted(
        piece for piece in pieces if not hasattr(kind, piece) or piece in kind.__abstractmethods__
    )
    if missing:
        raise fail(
            "FAMILY",
            f"the family {kind.__name__} does not say its {', '.join(missing)}",
            expected="every attribute and method that `Family` and its engine ask for",
            action="give the missing pieces; none has a default that would hold for any family",
        )
    if kind.name in FAMILIES:
        raise fail(
            "FAMILY",
            f"there is a family '{kind.name}' already",
            expected="a name of its own",
            action="choose another name",
        )
    FAMILIES[kind.name] = kind()
    return kind


def family(name: str) -> Family:
    """Return the family of a name.

    Raises
    ------
    StudyError
        OPTION, with the nearest name, when there is none.
    """
    if name not in FAMILIES:
        raise fail(
            "OPTION",
            f"the family '{name}' is not known",
            expected=f"one of {', '.join(FAMILIES)}. {nearest(name, FAMILIES)}",
            action="correct the option family",
        )
    return FAMILIES[name]


for _kind in (Gaussian, Binomial, Poisson, NegativeBinomial, Ordinal):
    register(_kind)
