"""Writes a codebook skeleton from the metadata of files: everything proposed, every target empty."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from netwerkkracht.codebook_tools.matching import Held, match_variables
from netwerkkracht.codebook_tools.study_skeleton import study_text
from netwerkkracht.core import io
from netwerkkracht.harmonise.check_labels import MISSING_WORDS
from netwerkkracht.harmonise.columns import Column, SourceFile, make_column
from netwerkkracht.study.codebook.codelists import fold
from netwerkkracht.study.codebook.tables import columns_of
from netwerkkracht.study.codebook.types import number_text

DATE_FORMATS = re.compile(r"(A|E|J|S)?DATE|DATETIME|YMDHMS")
ID_WORDS = re.compile(r"resp|client|^id$|_id$|^id_|nr$|nummer|number|code$", re.IGNORECASE)
MOST_CODES = 15
YES_NO = {frozenset({"ja", "nee"}), frozenset({"yes", "no"})}
TAGS = "w r n q s"


@dataclass
class Lists:
    """Code lists made so far, so that variables with the same codes and labels share one."""

    names: dict[tuple[tuple[str, str], ...], str] = field(default_factory=dict)
    rows: list[tuple[str, ...]] = field(default_factory=list)

    def name_for(self, wanted: str, lines: tuple[tuple[str, str], ...]) -> str:
        """Return the list with these lines, making it when it is new."""
        if lines not in self.names:
            name, n = wanted, 1
            while name in self.names.values():
                n += 1
                name = f"{wanted}_{n}"
            self.names[lines] = name
            self.rows += [(name, source, label, "", "") for source, label in lines]
        return self.names[lines]


def scaffold(
    files: Mapping[str, SourceFile],
    cells: Sequence[tuple[str, str]],
    paths: Sequence[str],
    *,
    languages: Sequence[str],
    study: str = "study",
) -> dict[str, str]:
    """Return the texts of a codebook skeleton.

    Parameters
    ----------
    files
        Files by a short name, in order.
    cells
        Wave and group of each file.
    paths
        File name of each file, as it goes into study.yaml.
    languages
        The languages that labels will be written in; what the files say goes to the first.
    study
        Name of the study.

    Returns
    -------
    dict
        study.yaml, variables.csv, targets.csv, sources.csv, codes.csv, derived.csv, examples.csv,
        decisions.csv and matches.csv. Variables are matched over files by name and by label; matches.csv says
        how, and is not read by the program. The targets in codes.csv are empty: an empty target is an error,
        so that nothing is taken over unseen. Intervals are round numbers around what the file holds.
    """
    columns = {
        name: {variable.name: make_column(variable, file.frame[variable.name]) for variable in file.variables}
        for name, file in files.items()
    }
    ids = {name: guess_id(held) for name, held in columns.items()}
    shown = {
        name: {key: col for key, col in held.items() if key != ids[name]} for name, held in columns.items()
    }
    groups = match_variables(
        {
            name: [Held(key, column.label, column.numeric) for key, column in held.items()]
            for name, held in shown.items()
        }
    )
    lists, unsaid = Lists(), [""] * (len(languages) - 1)
    variables, sources, targets, matches = [], [], [], []
    for target, members in groups:
        kind, labels = _kind([shown[file][member.name] for file, member in members.items()])
        first = next(iter(members.values()))
        listed = target if kind == "code" else ""
        variables.append((target, first.label or target, *unsaid, kind, "", "", listed, TAGS, "", ""))
        targets += [(listed, code, label, *unsaid) for code, label in labels] if listed else []
        for (wave, group), file in zip(cells, files, strict=True):
            if file not in members:
                sources.append((target, wave, group, "not_asked", "", "", "", ""))
                continue
            column = shown[file][members[file].name]
            rule, codes = _rule(kind, target, column, lists)
            sources.append((target, wave, group, rule, column.name, codes, _one_line(column.label), ""))
            how = members[file]
            matches.append((target, file, column.name, _one_line(column.label), how.how, f"{how.score:.2f}"))
    return {
        "study.yaml": study_text(study, list(files), cells, paths, ids),
        "variables.csv": _csv(_columns("variables.csv", languages), variables),
        "targets.csv": _csv(_columns("targets.csv", languages), targets),
        "sources.csv": _csv(_needed("sources.csv", languages), sources),
        "codes.csv": _csv(("codes", "source", "source_label", "target", "decision"), lists.rows),
        "derived.csv": _csv((*_needed("derived.csv", languages), "decision"), []),
        "examples.csv": _csv(("person_id", "wave", "variable", "expected"), []),
        "decisions.csv": _csv(_needed("decisions.csv", languages), []),
        "matches.csv": _csv(("variable", "file", "source", "source_label", "how", "score"), matches),
    }


def _needed(name: str, languages: Sequence[str]) -> tuple[str, ...]:
    """Return the columns that a table must have, with its texts in every language."""
    stems = ("label", "decision", "reason")
    return columns_of(name, [f"{stem}_{lang}" for stem in stems for lang in languages])[0]


def _columns(name: str, languages: Sequence[str]) -> tuple[str, ...]:
    """Return all columns of a table."""
    return (*_needed(name, languages), *columns_of(name, ())[1])


def _csv(columns: tuple[str, ...], rows: list[Any]) -> str:
    return io.csv_text(columns, rows, separator=";")


def _one_line(label: str) -> str:
    """Return a label as one cell; a bar would divide labels in the format."""
    return " ".join(label.replace("|", "/").split())


def guess_id(columns: Mapping[str, Column]) -> str:
    """Return the variable that most looks like an identifier: all different, named or labelled so."""
    best, name = 0.0, ""
    for place, (key, column) in enumerate(columns.items()):
        rows = int(column.counts.sum())
        if not rows or column.n_empty or len(column.uniques) < rows * 0.9:
            continue
        score = 1.0 + 2.0 * bool(ID_WORDS.search(key)) + bool(ID_WORDS.search(column.label)) - 0.01 * place
        if score > best and not DATE_FORMATS.match(column.format.upper()):
            best, name = score, key
    return name


def _meaning(column: Column) -> dict[float, str]:
    """Return the labelled codes that are no missing codes."""
    return {
        float(code): label
        for code, label in column.value_labels.items()
        if not isinstance(code, str) and not column.declares(code) and not MISSING_WORDS.search(label)
    }


def _kind(columns: Sequence[Column]) -> tuple[str, list[tuple[str, str]]]:
    """Return the type proposed for a variable, and its target codes when it has labelled ones."""
    first = columns[0]
    if DATE_FORMATS.match(first.format.upper()) and first.numeric:
        return "date", []
    if not first.numeric:
        return "text", []
    labelled = next((column for column in columns if len(_meaning(column)) > 1), None)
    # of a scale only the ends have labels: more values without one than with one make it a number
    bare = set() if labelled is None else set(_values(labelled).tolist()) - set(_meaning(labelled))
    if labelled is not None and len(_values(labelled)) <= MOST_CODES and len(bare) < len(_meaning(labelled)):
        meaning = _meaning(labelled)
        if frozenset(fold(label) for label in meaning.values()) in YES_NO:
            return "yesno", []
        return "code", [(number_text(code), _one_line(label)) for code, label in sorted(meaning.items())]
    values = np.concatenate([_values(column) for column in columns])
    return ("integer" if (values == np.floor(values)).all() else "number"), []


def _values(column: Column) -> Any:
    """Return the distinct numbers that are neither declared missing nor labelled as a reason."""
    return np.array(
        [
            float(value)
            for value in column.uniques
            if not column.declares(value) and not MISSING_WORDS.search(column.value_labels.get(value, ""))
        ]
    )


def _rule(kind: str, target: str, column: Column, lists: Lists) -> tuple[str, str]:
    if kind in {"date", "text"}:
        return "direct", ""
    lines: list[tuple[str, str]] = []
    coded = kind in {"code", "yesno"}
    seen = set() if not column.numeric else {float(value) for value in column.uniques}
    labelled = {
        float(code): label for code, label in column.value_labels.items() if not isinstance(code, str)
    }
    declared = {float(rule) for rule in column.missing if isinstance(rule, (int, float))}
    plain = _values(column) if column.numeric else np.array([])
    if not coded and len(plain):
        reasons = {code for code, label in labelled.items() if MISSING_WORDS.search(label)}
        reasons |= declared | (seen - set(plain))
        pieces = spans(plain, reasons)
        lines += [(f"{number_text(low)}..{number_text(high)}", "") for low, high in pieces]
        apart = [code for code in labelled if not any(low <= code <= high for low, high in pieces)]
        codes = {*apart, *reasons}
    else:
        codes = {*labelled, *declared, *seen}
    lines += [(number_text(code), _one_line(labelled.get(code, ""))) for code in sorted(codes)]
    lines.append(("SYSMIS", ""))
    return ("recode" if coded else "direct"), lists.name_for(target, tuple(lines))


def spans(values: Any, reasons: AbstractSet[float]) -> list[tuple[float, float]]:
    """Return round intervals around numbers, cut at the codes that are reasons of a missing value.

    Round, so that no extreme of a person gets into the codebook.
    """
    low, high = float(values.min()), float(values.max())
    start = 0.0 if low >= 0 else -_round_up(-low)
    top = _round_up(high) if high > 0 else 0.0
    room = 1.0 if bool((values == np.floor(values)).all()) else 1e-6
    made = []
    for code in sorted(code for code in reasons if start <= code <= top):
        if ((values >= start) & (values < code)).any():
            made.append((start, round(code - room, 6)))
        start = round(code + room, 6)
    if (values >= start).any():
        made.append((start, top))
    return made


def _round_up(value: float) -> float:
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value))
