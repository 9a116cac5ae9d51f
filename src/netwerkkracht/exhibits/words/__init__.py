"""The words of exhibits, in the files beside this one: those of each kind, and those that all share."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.core.display import Lang
from netwerkkracht.core.words import Section

WORDS: Final = Section(__name__)
# words for values of columns
FAMILY: Final = WORDS.within("family")
RATIO: Final = WORDS.within("ratio")
ROLE: Final = WORDS.within("role")
SET_ASIDE: Final = WORDS.within("set_aside")
STATUS: Final = WORDS.within("status")


def of_kind(name: str) -> Section:
    """Return the words of one kind of exhibit, by its name or that of its module."""
    return WORDS.within("kinds", name.rpartition(".")[2].replace("_", "-"))


def say(table: Section, key: str, lang: Lang) -> str:
    """Return a word in one language, the key itself where there is none."""
    return table[lang].get(key, key)


def statuses(frame: Any, lang: Lang) -> list[str]:
    """Name the models of an exhibit that have no inference, each with why."""
    if not {"status", f"label_{lang}", "model"} <= set(frame.columns):
        return []
    return [
        f"{row[f'label_{lang}']}: {say(STATUS, str(row['status']), lang)}."
        for row in frame.drop_duplicates("model").to_dict("records")
        if row["status"] not in {"ok", ""}
    ]
