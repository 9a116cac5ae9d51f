"""Specification curve: the same contrast under every combination of declared choices."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import ConfigDict, ValidationError

from netwerkkracht.core import display
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import Finding
from netwerkkracht.core.precision import rounded
from netwerkkracht.core.words import Texts
from netwerkkracht.exhibits.kind import Column, Kind, codes, estimates, texts
from netwerkkracht.exhibits.material import Exhibit, Material
from netwerkkracht.exhibits.options import KindOptions, Model, Several, Wave
from netwerkkracht.exhibits.options import Known as Named
from netwerkkracht.exhibits.style import (
    BLUE,
    FAINT,
    INK,
    SOFT,
    VERMILION,
    language_axis,
    new_figure,
    note,
    settings,
    stamp,
)
from netwerkkracht.exhibits.words import of_kind
from netwerkkracht.release.attack import Known
from netwerkkracht.release.readers import Options as Given
from netwerkkracht.release.readers import Rows
from netwerkkracht.release.roles import CORRELATION, PERSONS, PLAIN, Output, P
from netwerkkracht.release.rules import Rules, number
from netwerkkracht.study.closed import Text, unsaid
from netwerkkracht.study.curve import Curve
from netwerkkracht.study.facts import Facts

WORDS = of_kind(__name__)
# beside one column of text per choice
COLUMNS = (
    *texts("status"),
    *estimates("estimate", "lower", "upper"),
    Column("p", P),
    Column("n_persons", PERSONS),
    Column("primary", PLAIN, "yes"),
    *codes("minuend", "subtrahend"),
)
ROW, GAP, HEADING = 4.6, 0.55, 0.85  # millimetres a line, and lines before a block with and without a heading


class Options(Curve, KindOptions):
    """The primary model and the choices around it; the contrast is the change to ``wave``, or to the last."""

    # a list of the configuration is a list of notes too; what stands inside the choices stays strict
    model_config = ConfigDict(strict=False)

    model: Model
    imputations: Several = 50
    wave: Wave = ""

    @classmethod
    def faults(cls, exhibit: str, given: Mapping[str, Any], known: Named) -> Iterator[Finding]:
        """Find choices that the primary model cannot take, and texts that a language of the study lacks."""
        from netwerkkracht.analysis.models.declared import curve_faults

        primary = known.specs.get(str(given.get("model")))
        try:
            curve = Curve.of(given)
        except ValidationError:
            return  # told where the types of the options are
        for _, what in unsaid(curve, known.facts.languages if known.facts else ()):
            yield Finding(
                "E02",
                "error",
                f"exhibit '{exhibit}': {what}",
                file="config.yaml",
                expected="a text in every language of the report",
                action="add it, or correct 'report.languages'",
            )
        if primary is not None:
            yield from curve_faults(exhibit, primary, curve, known.facts)


def data(exhibit: Exhibit[Options], material: Material) -> Any:
    """Fit every possible combination of the option ``choices``, starting from the option ``model``."""
    from netwerkkracht.analysis.missing.curve import specification_curve
    from netwerkkracht.analysis.missing.routes import Plan
    from netwerkkracht.analysis.models.variants import vary
    from netwerkkracht.core.seeds import generator

    options, facts = exhibit.options, material.facts
    frame = specification_curve(
        vary(material.specs[options.model], options),
        material.panel,
        facts,
        Plan((), (), options.imputations, material.alpha),
        lambda: generator(material.seed, "exhibit", exhibit.id),
        wave=options.wave,
    )
    # combinations that are equal in every digit that leaves stand as they were declared
    frame = frame.sort_values("estimate", key=lambda column: column.map(rounded), kind="stable")
    frame = frame.reset_index(drop=True)
    return frame.assign(minuend=facts.groups[0], subtrahend=facts.groups[1])


def _words(label: Text | None, name: str, lang: Lang) -> str:
    """Return the words of a label in a language, the name itself where it has none."""
    return label[lang] if label else name


def _blocks(curve: Curve, lang: Lang) -> Iterator[tuple[float, str, str, str]]:
    """Yield height, choice, alternative and words of each line; a heading has no alternative."""
    at = 0.0
    for choice, options in curve.choices.items():
        if choice in curve.headings:
            yield at, choice, "", curve.headings[choice][lang]
            at += HEADING
        for name, change in options.items():
            yield at, choice, name, _words(change.label, name, lang)
            at += 1.0
        at += GAP


def draw(frame: Any, exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> Any:
    """Draw the sorted estimates with intervals above, and below them which choices each one took."""
    words, lines = WORDS[lang], list(_blocks(exhibit.options, lang))
    bottom = lines[-1][0] + 1.0
    with settings():
        figure = new_figure(68 + ROW * bottom)
        curve, matrix = figure.subplots(2, 1, sharex=True, height_ratios=[58, ROW * bottom])
        _curve(curve, frame, words)
        language_axis(curve.yaxis, lang, sign=True)
        curve.set_ylabel(words["axis"])
        curve.legend(loc="upper left", fontsize=7, ncols=3)
        _matrix(matrix, frame, lines, lang)
        matrix.set_ylim(bottom - 0.3, -0.7)
        matrix.set_xlim(-1.0, len(frame))
        stamp(figure, lang, synthetic=facts.synthetic)
    return figure


def _matrix(axes: Any, frame: Any, lines: list[tuple[float, str, str, str]], lang: Lang) -> None:
    """Mark the alternative each specification took, and print the median under each alternative."""
    x, primary = frame.index.to_numpy(), (frame["primary"] == 1).to_numpy()
    size = min(3.6, 200 / max(len(frame), 1))
    note(axes, WORDS[lang]["median"], (1.0, 1.0), (4, 1), xycoords="axes fraction", fontsize=6.5, color=SOFT)
    for y, choice, name, text in lines:
        beside = {"xycoords": axes.get_yaxis_transform(), "va": "center"}
        if not name:
            note(axes, text, (0.0, y), (-6, 0), ha="right", fontsize=7, color=SOFT, style="italic", **beside)
            continue
        taken = (frame[choice].map(str) == str(name)).to_numpy()
        axes.plot(x[~taken], [y] * int((~taken).sum()), ".", ms=1.2, color=FAINT)
        axes.plot(x[taken & ~primary], [y] * int((taken & ~primary).sum()), "o", ms=size, mew=0, color=INK)
        axes.plot(x[taken & primary], [y] * int((taken & primary).sum()), "D", ms=4.4, color=VERMILION)
        note(axes, text, (0.0, y), (-6, 0), ha="right", fontsize=7.5, **beside)
        median = float(frame.loc[taken, "estimate"].median())
        note(axes, display.number(median, lang, 2, sign=True), (1.0, y), (4, 0), fontsize=7, **beside)
    axes.set_yticks([])
    axes.set_xticks([])
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)


def _curve(axes: Any, frame: Any, words: Texts) -> None:
    axes.axhline(0, color=INK, lw=0.8, zorder=0)
    primary, size = frame["primary"] == 1, min(3.6, 220 / max(len(frame), 1))
    groups = (
        (~primary & frame["lower"].notna(), BLUE, "o", size, words["other"]),
        (~primary & frame["lower"].isna(), SOFT, "o", size, words["none"]),
        (primary, VERMILION, "D", 5.5, words["primary"]),
    )
    for mask, colour, marker, ms, label in groups:
        mine = frame[mask]
        if len(mine):
            wide = 1.6 if marker == "D" else 0.8
            axes.vlines(mine.index, mine["lower"], mine["upper"], color=colour, lw=wide, alpha=0.75)
            face = "white" if label == words["none"] else colour
            axes.plot(mine.index, mine["estimate"], marker, ms=ms, color=colour, mfc=face, label=label)
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.16 * (high - low))
    axes.tick_params(axis="x", length=0, labelbottom=False)
    axes.spines["bottom"].set_visible(False)


def alt(frame: Any, _exhibit: Exhibit[Options], facts: Facts, lang: Lang) -> str:
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


def notes(frame: Any, exhibit: Exhibit[Options], _facts: Facts, lang: Lang) -> list[str]:
    """Say what the curve is not, on which scale it stands, and which combinations cannot be."""
    words = WORDS[lang]
    lines, curve = [words["declared"].format(n=len(frame)), words["scale"]], exhibit.options
    if curve.impossible:
        whole = curve.combinations()
        counts = Counter(curve.left_out(names) for names in whole)
        del counts[None]
        reasons = [
            f"{_words(rule.label, '?', lang)} ({counts[place]})"
            for place, rule in enumerate(curve.impossible)
        ]
        lines.append(words["impossible"].format(all=len(whole), n=counts.total(), reasons="; ".join(reasons)))
    return lines


def counts(known: Known, where: str, rows: Rows, options: Given, rules: Rules) -> None:
    """Enter the persons of each combination: their samples overlap, and no count is a difference."""
    for row in rows:
        key = ("by choice", str(options["model"]), *(row[choice] for choice in options["choices"]))
        known.tell(key, number(row["n_persons"]), rules, where)


KIND = Kind(
    module=__name__,
    costly=True,
    options=Options,
    needs=("panel", "specs"),
    columns=COLUMNS,
    output=Output(CORRELATION, treatment="estimates", total="n_persons"),
    data=data,
    draw=draw,
    alt=alt,
    notes=notes,
    counts=counts,
    named_by="choices",
)
