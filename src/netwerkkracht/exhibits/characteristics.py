"""Persons by characteristics of the first wave: what balance and attrition share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Measures
from netwerkkracht.release.attack import Key
from netwerkkracht.study.facts import Facts

if TYPE_CHECKING:
    from netwerkkracht.analysis.missing.persons import Persons


class Options(KindOptions):
    """The characteristics at the first wave."""

    covariates: Measures


def gathered(exhibit: Exhibit[Options], material: Material) -> Persons:
    """Return the persons of the first wave with the option ``covariates``."""
    from netwerkkracht.analysis.missing.persons import gather

    names = list(exhibit.options.covariates)
    return gather(material.panel, material.facts, names[0], names)


def characteristic_label(name: str, facts: Facts, lang: Lang) -> str:
    """Return a characteristic in words: a variable, or one of its codes as ``variable:code``."""
    variable, _, code = name.partition(":")
    known = facts.variable(variable)
    return f"{known.label[lang]}: {known.code_label(code, lang)}" if code else known.label[lang]


def described(options: Mapping[str, Any]) -> Key:
    """Name the count of persons of whom every characteristic is known."""
    return ("described", *sorted(str(name) for name in options["covariates"]))
