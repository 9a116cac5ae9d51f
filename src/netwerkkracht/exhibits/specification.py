"""Specification curve: the same contrast under every combination of declared choices."""

from __future__ import annotations

import math
from typing import Any

from netwerkkracht import display
from netwerkkracht.display import Lang
from netwerkkracht.exhibits.kinds import Exhibit, Kind, Material
from netwerkkracht.exhibits.style import (
    BLUE,
    FAINT,
    INK,
    SOFT,
    VERMILION,
    language_axis,
    new_figure,
    settings,
    stamp,
)
from netwerkkracht.models.alternatives import specification_curve
from netwerkkracht.models.facts import Facts

WORDS = {
    "nl": {
        "axis": "Verschil in verandering (SD)",
        "primary": "primaire keuze",
        "other": "andere keuze",
        "none": "zonder toets",
        "alt": "Het verschil in verandering ({a} min {b}) onder {n} combinaties van keuzen: van "
        "{low} tot {high} SD; "
        "de primaire keuze geeft {main}. {below} van de {n} schattingen liggen onder nul.",
    },
    "en": {
        "axis": "Difference in change (SD)",
        "primary": "primary choice",
        "other": "other choice",
        "none": "without a test",
        "alt": "The difference in change ({a} minus {b}) under {n} combinations of choices: from "
        "{low} to {high} SD; "
        "the primary choice gives {main}. {below} of the {n} estimates lie below zero.",
    },
}


def data(exhibit: Exhibit, material: Material) -> Any:
    """Fit every combination of the option ``choices``, starting from the model of the option ``model``."""
    spec = material.specs[exhibit.models[0]]
    wave = str(exhibit.options.get("wave", material.facts.waves[-1]))
    frame = specification_curve(
        spec, exhibit.options["choices"], material.panel, material.facts, wave, alpha=material.alpha
    )
    frame = frame.sort_values("estimate", kind="stable").reset_index(drop=True)
    return frame.assign(minuend=material.facts.groups[0], subtrahend=material.facts.groups[1])


def _label(exhibit: Exhibit, choice: str, name: str, lang: Lang) -> str:
    changes = exhibit.options["choices"][choice][name] or {}
    words = changes.get("label") or {}
    return str(words.get(lang, name))


def draw(frame: Any, exhibit: Exhibit, facts: Facts, lang: Lang) -> Any:
    """Draw the sorted estimates with intervals above, and below them which choices each one took."""
    words, choices = WORDS[lang], exhibit.options["choices"]
    lines = [(choice, name) for choice, options in choices.items() for name in options]
    with settings():
        figure = new_figure(62 + 5 * len(lines) + 3 * len(choices))
        curve, matrix = figure.subplots(
            2, 1, sharex=True, height_ratios=[55, 5 * len(lines) + 3 * len(choices)]
        )
        _curve(curve, frame, words)
        language_axis(curve.yaxis, lang, sign=True)
        curve.set_ylabel(words["axis"])
        heights, labels, at = {}, [], 0.0
        for choice, options in choices.items():
            for name in options:
                heights[(choice, name)] = at
                labels.append((at, _label(exhibit, choice, name, lang)))
                at += 1.0
            at += 0.6
        for (choice, name), y in heights.items():
            taken = (frame[choice].map(str) == str(name)).to_numpy()
            x = frame.index.to_numpy()
            matrix.plot(x[~taken], [y] * int((~taken).sum()), "o", ms=2.2, color=FAINT)
            matrix.plot(x[taken], [y] * int(taken.sum()), "o", ms=3.6, color=INK)
        matrix.set_yticks([y for y, _ in labels], [text for _, text in labels])
        matrix.set_ylim(at - 0.6, -0.8)
        matrix.set_xticks([])
        matrix.tick_params(axis="y", length=0)
        for side in ("left", "bottom"):
            matrix.spines[side].set_visible(False)
        curve.legend(loc="upper left", fontsize=7, ncols=3)
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _curve(axes: Any, frame: Any, words: dict[str, str]) -> None:
    axes.axhline(0, color=INK, lw=0.8, zorder=0)
    primary = frame["primary"] == 1
    groups = (
        (primary, VERMILION, "D", 5.5, words["primary"]),
        (~primary & frame["lower"].notna(), BLUE, "o", 3.6, words["other"]),
        (~primary & frame["lower"].isna(), SOFT, "o", 3.6, words["none"]),
    )
    for mask, colour, marker, size, label in groups:
        mine = frame[mask]
        if len(mine):
            axes.vlines(mine.index, mine["lower"], mine["upper"], color=colour, lw=1.0, alpha=0.7)
            face = "white" if label == words["none"] else colour
            axes.plot(mine.index, mine["estimate"], marker, ms=size, color=colour, mfc=face, label=label)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.16 * (high - low))
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def alt(frame: Any, _exhibit: Exhibit, facts: Facts, lang: Lang) -> str:
    """Say the range of the estimates, the primary one, and how many lie below zero."""
    known = frame[frame["estimate"].notna()]
    main = known.loc[known["primary"] == 1, "estimate"]
    values = {
        "low": float(known["estimate"].min()),
        "high": float(known["estimate"].max()),
        "main": float(main.iloc[0]) if len(main) else math.nan,
    }
    first = frame.iloc[0]
    return WORDS[lang]["alt"].format(
        a=facts.group_label(first["minuend"], lang),
        b=facts.group_label(first["subtrahend"], lang),
        n=len(known),
        below=int((known["estimate"] < 0).sum()),
        **{name: display.number(value, lang, 2) for name, value in values.items()},
    )


def notes(frame: Any, _exhibit: Exhibit, _facts: Facts, lang: Lang) -> list[str]:
    """Say what the curve is not."""
    n = len(frame)
    if lang == "nl":
        return [
            f"Elk van de {n} combinaties is vooraf opgegeven; het deel dat van nul verschilt is geen kans."
        ]
    return [f"Each of the {n} combinations was declared beforehand; the share off zero is no probability."]


TEXT = ("status", "minuend", "subtrahend")
KIND = Kind("specification", "figure", ("panel", "specs"), TEXT, data, draw, alt, notes)
