"""What must be said under an exhibit that compares answers to questions that were not asked alike."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.material import Exhibit
from netwerkkracht.exhibits.words import WORDS
from netwerkkracht.study.facts import BETWEEN_GROUPS, BETWEEN_WAVES, Facts

SAID: Final = WORDS.within("versions")


def lines(frame: Any, exhibit: Exhibit[Any], facts: Facts, lang: Lang) -> list[str]:
    """Return the warnings that belong under an exhibit, none where like was compared with like.

    Parameters
    ----------
    frame
        The exhibit's data: its columns say whether waves and groups are compared.
    exhibit
        Its options name variables; ``confounded`` holds the models declared so in the configuration.
    facts
        Says of each variable whether its answer scale differs between waves or groups.
    lang
        Language of the lines.
    """
    shown = [facts.variables[name] for name in _variables(frame, exhibit) if name in facts.variables]
    found: dict[str, list[str]] = {}
    for version, compared in ((BETWEEN_WAVES, _waves(frame)), (BETWEEN_GROUPS, _groups(frame))):
        found[version] = [known.label[lang] for known in shown if compared and version in known.versions]
    found[BETWEEN_WAVES] += [words[lang] for words in exhibit.confounded]
    return [SAID[lang][version].format(what="; ".join(what)) for version, what in found.items() if what]


def _variables(frame: Any, exhibit: Exhibit[Any]) -> list[str]:
    """Return the variables that an exhibit shows, by its options and its rows, each once."""
    given: list[str] = []
    for option in ("variable", "variables", "covariates", "scales"):
        value = exhibit.given.get(option) or ()
        given += [value] if isinstance(value, str) else [str(name) for name in value]
    for column in ("variable", "covariate"):
        given += [str(name).partition(":")[0] for name in frame.get(column, ())]
    return list(dict.fromkeys(given))


def _waves(frame: Any) -> bool:
    return {"first", "last"} <= set(frame.columns) or ("wave" in frame and _kinds_of(frame["wave"]) > 1)


def _groups(frame: Any) -> bool:
    return bool({"minuend", "before"} & set(frame.columns)) or (
        "group" in frame and _kinds_of(frame["group"]) > 1
    )


def _kinds_of(cells: Iterable[Any]) -> int:
    return len({str(cell) for cell in cells} - {"", "nan", "*"})
