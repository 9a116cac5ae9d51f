"""Distort a truth into the files a fieldwork would have delivered: codes, names, keys and planted faults."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netwerkkracht.core.seeds import generator
from netwerkkracht.spss import SpssVariable
from netwerkkracht.synth import storage
from netwerkkracht.synth.faults import plant
from netwerkkracht.synth.spec import Question, SourceFile, Spec
from netwerkkracht.synth.storage import Delivered
from netwerkkracht.synth.study import Studies
from netwerkkracht.synth.truth import Truth


@dataclass(frozen=True)
class Fieldwork:
    """All delivered files and the list of what was planted in them."""

    files: Mapping[str, Delivered]
    planted: tuple[Mapping[str, Any], ...]


def distort(truth: Truth, spec: Spec | None = None) -> Fieldwork:
    """Return the files of the fieldwork: every person interviewed, coded as that file codes.

    Parameters
    ----------
    truth
        One study from :func:`netwerkkracht.synth.truth.make_truth`.
    spec
        Another questionnaire for the same truth; by default the one the truth was made with.

    Returns
    -------
    Fieldwork
        Files by name, rows in the order of a file's own ids with the planted rows at their places, and the
        planted faults with what has to be reported about each.
    """
    spec = spec or truth.spec
    files: dict[str, Delivered] = {}
    planted: list[Mapping[str, Any]] = []
    for source in spec.files:
        delivered = _deliver(truth, spec, source)
        for fault in spec.faults:
            if fault.file == source.file:
                delivered, record = plant(delivered, fault, _random(truth, source.file, fault.fault))
                planted.append(record)
        files[source.file] = delivered
    return Fieldwork(files, tuple(planted))


def _random(truth: Truth, *names: str) -> np.random.Generator:
    return generator(truth.seed, "synth", "fieldwork", str(truth.attempt), *names)


def _deliver(truth: Truth, spec: Spec, source: SourceFile) -> Delivered:
    """Store one file's questions for the persons interviewed in its wave and group."""
    import pandas as pd

    studies = truth.studies
    index = [arm.name for arm in spec.arms].index(source.group)
    position = spec.waves.index(source.wave)
    persons = studies.of_arm(index)
    there = np.flatnonzero(studies.interviewed[0, persons, position]) + persons.start
    ids = [identifier(spec, source, studies, int(person)) for person in there]
    order = [*np.argsort(np.array(ids))]
    if any(fault.fault == "row_without_first" and fault.file == source.file for fault in spec.faults):
        there, ids, order = _with_stranger(truth, (there, ids, order), persons, position)
    there = there[order]
    columns: dict[str, Any] = {}
    variables: list[SpssVariable] = []
    questions = spec.questions[source.file]
    blocks = {
        slot: _random(truth, source.file, slot) for slot in {q.slot for q in questions if q.slot.isalpha()}
    }
    written = storage.texts_of(spec, questions, studies, (there, position), blocks)
    for question in questions:
        random = _random(
            truth, source.file, question.sources[0] if question.kind == "list" else question.variable
        )
        if question.kind == "id":
            stored: Any = [ids[row] for row in order]
        elif question.kind in {"tick", "tick_other", "other_text"}:
            stored = written[question.variable]
        else:
            stored = storage.store(spec, question, studies, (there, position), random)
        columns[question.variable] = stored
        variables.append(describe(spec, question, stored))
    return Delivered(source, pd.DataFrame(columns), tuple(variables))


def _with_stranger(
    truth: Truth, rows: tuple[Any, Any, Any], persons: slice, position: int
) -> tuple[Any, Any, Any]:
    """Add one row that agrees in itself and is nobody's: the answers a person who left would have given."""
    there, ids, order = rows
    lost = np.flatnonzero(~truth.studies.interviewed[0, persons, position]) + persons.start
    pool = lost if len(lost) else there
    extra = int(_random(truth, "stranger").choice(pool))
    return np.append(there, extra), [*ids, ids[0]], [*order, len(ids)]


def identifier(spec: Spec, source: SourceFile, studies: Studies, person: int) -> Any:
    """Return how a file writes a person's id: a number, or a text with number and cluster."""
    arm = spec.arms[studies.arm[person]]
    rule = source.id
    number = int(studies.number[person])
    if "times" in rule:
        number = (number * rule["times"]) % arm.persons + rule.get("plus", 0)
    if rule["type"] == "number":
        return float(rule["base"] + number)
    return rule["text"].format(number=number, cluster=int(studies.cluster[person]) + 1)


def describe(spec: Spec, question: Question, stored: Sequence[Any]) -> SpssVariable:
    """Return the dictionary entry: label, format, value labels and declared missing codes."""
    answers = spec.answers.get(question.answers, ())
    if question.kind in {"text", "remark", "other_text"} or (
        question.kind == "id" and isinstance(stored[0], str)
    ):
        width = max(len(str(value).encode()) for value in stored)
        return SpssVariable(
            question.variable, question.label, f"A{max(width, 8)}", "nominal", width=max(width, 8)
        )
    if question.kind == "date":
        return SpssVariable(question.variable, question.label, "EDATE10", "scale", display_width=10)
    labels: dict[float | str, str] = {
        float(answer.code): answer.label for answer in answers if answer.label and answer.code != "="
    }
    missing = tuple(float(answer.code) for answer in answers if answer.declared)
    measure: Any = question.measure
    return SpssVariable(question.variable, question.label, "F4.0", measure, labels, missing)
