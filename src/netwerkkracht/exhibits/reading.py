"""How to read a figure: one or two plain lines under it, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.exhibits.old import Exhibit
from netwerkkracht.exhibits.words import STATUS, of_kind, say
from netwerkkracht.study.facts import Facts

Notes = Callable[[Any, Exhibit, Facts, Lang], list[str]]


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


def statuses(frame: Any, lang: Lang) -> list[str]:
    """Name the models of an exhibit that have no inference, each with why."""
    if not {"status", f"label_{lang}", "model"} <= set(frame.columns):
        return []
    return [
        f"{row[f'label_{lang}']}: {say(STATUS, str(row['status']), lang)}."
        for row in frame.drop_duplicates("model").to_dict("records")
        if row["status"] not in {"ok", ""}
    ]


def reading(kind: str) -> Notes:
    """Return the notes of a kind: how to read it, and the models without inference by name."""

    def notes(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> list[str]:
        lines = [of_kind(kind)[lang]["how"]]
        if kind in COUNTED:
            lines += COUNTED[kind](frame, facts, lang)
        lines += statuses(frame, lang)
        if kind in {"trajectories", "forest", "missing-data"}:
            lines.append(f"{display.interval_label(lang, facts.level)}.")
        return lines

    return notes
