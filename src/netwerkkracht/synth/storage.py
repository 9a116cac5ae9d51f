"""A delivered file, and how its answers are stored: codes, mentions, ticks, dates and open text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.core.errors import fail
from netwerkkracht.spss import SpssVariable
from netwerkkracht.spss.dates import DAY, EPOCH_DAYS
from netwerkkracht.synth.cells import Cells
from netwerkkracht.synth.spec import Answer, Question, SourceFile, Spec
from netwerkkracht.synth.study import Studies
from netwerkkracht.synth.truth import shown

Place = tuple[Any, int]
"""Persons (positions) and the wave (position) of one file."""


@dataclass(frozen=True)
class Delivered:
    """One delivered file before it is written: columns as stored, and its dictionary."""

    source: SourceFile
    frame: Any
    variables: tuple[SpssVariable, ...]


def store(spec: Spec, question: Question, studies: Studies, place: Place, random: np.random.Generator) -> Any:
    """Return the stored column of a question, one entry per person of the file."""
    people, wave = place
    answers = spec.answers.get(question.answers, ())
    if question.kind == "remark":
        texts = [answer.code for answer in answers]
        return [texts[pick] for pick in random.integers(0, len(texts), len(people))]
    if question.kind == "list":
        return _mention(spec, question, studies, place, random)
    cells = studies.cells(question.sources[0])
    values, reasons = cells.numbers[0, people, wave], cells.reasons[0, people, wave]
    if question.kind == "text":
        texts = shown(studies, question.sources[0], cells)[0, people, wave]
        return ["" if text is None else text for text in texts]
    if question.kind == "date":
        return (values + EPOCH_DAYS) * DAY
    return encode(spec, question, answers, values, reasons, random)


def encode(
    spec: Spec,
    question: Question,
    answers: Sequence[Answer],
    values: Any,
    reasons: Any,
    random: np.random.Generator,
) -> Any:
    """Return the stored codes; where several codes mean the same, each is as likely.

    A reason without a code of its own is stored as system-missing.
    """
    stored = np.full(len(values), np.nan)
    through = not answers or any(answer.code == "=" for answer in answers)
    if through:
        stored = np.where(reasons == 0, values, np.nan)
    for value in np.unique(values[reasons == 0]):
        codes = [
            float(a.code)
            for a in answers
            if a.code != "=" and not a.value.startswith(".") and float(a.value) == value
        ]
        if not codes and not through:
            raise fail(
                "S07",
                f"the answers '{question.answers}' have no code for one of the values",
                expected="a code for each value of the variable",
                action="complete answers.csv",
                file=question.file,
                variable=question.variable,
            )
        if codes:
            here = (reasons == 0) & (values == value)
            stored[here] = np.array(codes)[random.integers(0, len(codes), int(here.sum()))]
    for answer in answers:
        if answer.value.startswith("."):
            stored[reasons == spec.reason(answer.value[1:])] = float(answer.code)
    return stored


def _options(question: Question, studies: Studies, place: Place) -> tuple[Any, Cells]:
    """Return which options hold, (persons x options), and the cells of the first option for its reasons."""
    people, wave = place
    first = studies.cells(question.sources[0])
    held = np.array([studies.cells(name).numbers[0, people, wave] == 1 for name in question.sources]).T
    return held, first


def _mention(
    spec: Spec, question: Question, studies: Studies, place: Place, random: np.random.Generator
) -> Any:
    """Return the codes at this place of a list; all its columns share one order of mention."""
    people, wave = place
    held, first = _options(question, studies, place)
    answers = spec.answers[question.answers]
    code_of = {answer.value: float(answer.code) for answer in answers}
    codes = np.array([code_of[name] for name in question.sources])
    turn = np.where(held, random.random(held.shape), np.inf).argsort(axis=1)
    slot = int(question.slot) - 1
    stored = np.where(held.sum(axis=1) > slot, codes[turn[:, slot]], np.nan)
    if slot == 0:
        reasons = first.reasons[0, people, wave]
        for answer in answers:
            if answer.value.startswith("."):
                stored[reasons == spec.reason(answer.value[1:])] = float(answer.code)
    return stored


def texts_of(
    spec: Spec,
    questions: Sequence[Question],
    studies: Studies,
    place: Place,
    randoms: Mapping[str, np.random.Generator],
) -> dict[str, Any]:
    """Return the columns of the blocks with an open 'other, namely' beside ticks.

    Some people write a listed option under 'other' instead of ticking it; a tick at 'other' has a text.
    """
    columns: dict[str, Any] = {}
    for slot, random in randoms.items():
        block = [question for question in questions if question.slot == slot]
        columns.update(_block(spec, block, studies, place, random))
    return columns


def _block(
    spec: Spec, block: Sequence[Question], studies: Studies, place: Place, random: np.random.Generator
) -> dict[str, Any]:
    people, wave = place
    open_text = next(question for question in block if question.kind == "other_text")
    other = next(question for question in block if question.kind == "tick_other")
    ticked = {
        q.variable: studies.cells(q.sources[0]).numbers[0, people, wave].copy()
        for q in block
        if q is not open_text
    }
    source_of = {q.variable: q.sources[0] for q in block if q is not open_text}
    answers = spec.answers[open_text.answers]
    share = spec.number("other.text")
    texts: list[str] = []
    for row in range(len(people)):
        written = ""
        move = random.random() < share
        pick = random.random()
        wanted = [source_of[other.variable]] if ticked[other.variable][row] == 1 else []
        if not wanted and move:
            wanted = [source_of[name] for name, column in ticked.items() if column[row] == 1]
        choices = [answer for answer in answers if answer.value in wanted]
        if choices:
            chosen = choices[int(pick * len(choices))]
            written = chosen.code
            for name, column in ticked.items():
                if source_of[name] == chosen.value:
                    column[row] = 0.0
            ticked[other.variable][row] = 1.0
        texts.append(written)
    columns: dict[str, Any] = {open_text.variable: texts}
    for question in block:
        if question is not open_text:
            reasons = studies.cells(question.sources[0]).reasons[0, people, wave]
            columns[question.variable] = encode(
                spec, question, spec.answers[question.answers], ticked[question.variable], reasons, random
            )
    return columns
