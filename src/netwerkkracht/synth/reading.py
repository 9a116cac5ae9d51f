"""Read a specification folder: structure.yaml and five small tables beside it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from netwerkkracht.core.errors import Finding, StudyError, fail, nearest
from netwerkkracht.core.io import read_rows
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.core.words import by_language
from netwerkkracht.synth.spec import (
    Answer,
    Arm,
    Assumption,
    Fault,
    Node,
    Question,
    Sign,
    SourceFile,
    Spec,
    Target,
    Witness,
)

COMMON = {
    "name",
    "kind",
    "each",
    "waves",
    "not_for",
    "fixed",
    "when",
    "force",
    "nonresponse",
    "reasons",
    "complete",
}
LATENT = {"parameter", "codes", "loads", "persist", "by", "floor"}
KINDS: dict[str, set[str]] = {
    "latent": LATENT,
    "normal": LATENT | {"min", "max"},
    "count": LATENT | {"min", "max"},
    "bank": LATENT | {"mean"},
    "scaled": {"of", "parameter"},
    "map": {"of", "table"},
    "set": {"options", "max", "alone"},
    "parts": {"of", "merge", "present", "stem", "top"},
    "visits": {"window", "interval"},
    "date_before": {"of", "band", "months"},
    "cluster": set(),
    "status": {"codes", "done"},
    "derived": {"rule", "of", "and", "at", "need", "few", "by_wave", "areas", "only"},
}
_LIST = re.compile(r"\{(\w+)\}")


def read_spec(folder: Path) -> Spec:
    """Read and check a specification.

    Raises
    ------
    StudyError
        ``F02`` for a missing file, ``S01`` with everything that is wrong in it.
    """
    path = folder / "structure.yaml"
    if not path.is_file():
        raise fail(
            "F02", "the file is missing", file=path.name, expected="the structure", action="restore it"
        )
    raw = load(path.read_text(encoding="utf-8"), file=path.name, code="S01")
    nodes = {node.name: node for node in _nodes(raw)}
    spec = Spec(
        study=raw["study"],
        person=raw["keys"]["person"],
        group=raw["keys"]["group"],
        wave=raw["keys"]["wave"],
        waves=tuple(raw["waves"]),
        tags=tuple(raw["tags"]),
        arms=tuple(_arms(raw["roster"])),
        dropout=raw.get("dropout", {}).get("effects", {}),
        traits=raw.get("traits", {}),
        nodes=nodes,
        made_by={output: node.name for node in nodes.values() for output in node.outputs},
        assumptions={
            row["parameter"]: _assumption(row) for row in read_rows(folder / "assumptions.csv", separator=";")
        },
        targets=tuple(_targets(folder)),
        signs=tuple(_signs(folder)),
        files=tuple(SourceFile(**entry) for entry in raw["files"]),
        questions=_questions(folder),
        answers=_answers(folder),
        faults=tuple(_faults(raw.get("faults", []))),
        witnesses=tuple(_witnesses(folder)),
        defaults=raw.get("defaults", {}),
    )
    _check(spec)
    return spec


def _questions(folder: Path) -> dict[str, tuple[Question, ...]]:
    found: dict[str, list[Question]] = {}
    for row in read_rows(folder / "questionnaire.csv", separator=";"):
        sources = tuple(row["from"].split())
        rest = (row["answers"], row["slot"], row["measure"])
        question = Question(row["file"], row["variable"], row["label"], row["kind"], sources, *rest)
        found.setdefault(question.file, []).append(question)
    return {file: tuple(rows) for file, rows in found.items()}


def _answers(folder: Path) -> dict[str, tuple[Answer, ...]]:
    found: dict[str, list[Answer]] = {}
    for row in read_rows(folder / "answers.csv", separator=";"):
        answer = Answer(row["code"], row["label"], row["value"], row["missing"] == "declared")
        found.setdefault(row["answers"], []).append(answer)
    return {name: tuple(rows) for name, rows in found.items()}


def _arms(roster: Mapping[str, Any]) -> Iterator[Arm]:
    for name, facts in roster.items():
        clusters = tuple(facts.get("clusters", [facts["persons"]]))
        yield Arm(
            name, facts["persons"], facts["id"], facts["retained"], clusters, facts.get("cluster", "{}")
        )


def _assumption(row: Mapping[str, str]) -> Assumption:
    given = {name: row[name] for name in ("parameter", "value", "tag", "source")}
    return Assumption(**given, reason=by_language(row, "reason"))


def _faults(raw: Iterable[Mapping[str, Any]]) -> Iterator[Fault]:
    for entry in raw:
        rest = {key: value for key, value in entry.items() if key not in {"fault", "file", "finding"}}
        yield Fault(entry["fault"], entry["file"], entry["finding"], rest)


def _targets(folder: Path) -> Iterator[Target]:
    path = folder / "targets.csv"
    for row in read_rows(path, separator=";") if path.is_file() else []:
        yield Target(**{**row, "count": int(row["count"])})  # type: ignore[arg-type]


def _witnesses(folder: Path) -> Iterator[Witness]:
    path = folder / "witnesses.csv"
    for row in read_rows(path, separator=";") if path.is_file() else []:
        yield Witness(row["person"], row["wave"], row["variable"], row["value"])


def _signs(folder: Path) -> Iterator[Sign]:
    path = folder / "signs.csv"
    for row in read_rows(path, separator=";") if path.is_file() else []:
        yield Sign(
            row["id"],
            row["kind"],
            tuple(row["variable"].split()),
            tuple(float(value) for value in row["value"].split()),
            tuple(row["against"].split()),
            tuple(row["group"].split()),
            tuple(row["wave"].split()),
            row["set"],
            row["operator"],
            float(row["threshold"]),
            row["statement"],
        )


def _nodes(raw: Mapping[str, Any]) -> Iterator[Node]:
    lists: Mapping[str, list[str]] = raw.get("lists", {})
    for entry in raw["nodes"]:
        names = lists[entry["each"]] if "each" in entry else [""]
        for name in names:
            options = {key: _fill(value, name, lists) for key, value in entry.items()}
            yield Node(options["name"], options["kind"], options, _outputs(options))


def _fill(value: Any, name: str, lists: Mapping[str, list[str]]) -> Any:
    """Put the name of the family member in place of {}, and a whole family in place of {list}."""
    if isinstance(value, str):
        return value.replace("{}", name)
    if isinstance(value, list):
        return list(itertools.chain.from_iterable(_several(item, name, lists) for item in value))
    if isinstance(value, Mapping):
        return {_fill(key, name, lists): _fill(item, name, lists) for key, item in value.items()}
    return value


def _several(item: Any, name: str, lists: Mapping[str, list[str]]) -> list[Any]:
    found = _LIST.search(item) if isinstance(item, str) else None
    if found:
        return [item.replace(found.group(0), member) for member in lists[found.group(1)]]
    return [_fill(item, name, lists)]


def _outputs(options: Mapping[str, Any]) -> tuple[str, ...]:
    if options["kind"] == "set":
        return tuple(f"{options['name']}_{option}" for option in options["options"])
    if options["kind"] == "parts":
        stem = options.get("stem", options["name"])
        return (f"{stem}_a", f"{stem}_b")
    return (options["name"],)


def _check(spec: Spec) -> None:
    """Refuse unknown kinds, options, names and lists, all at once."""
    problems: list[str] = []
    for node in spec.nodes.values():
        if node.kind not in KINDS:
            problems.append(f"node '{node.name}': unknown kind '{node.kind}' {nearest(node.kind, KINDS)}")
            continue
        known = COMMON | KINDS[node.kind]
        problems += [
            f"node '{node.name}': unknown option '{key}' {nearest(key, known)}"
            for key in node.options
            if key not in known
        ]
    for file, rows in spec.questions.items():
        for row in rows:
            problems += [
                f"{file}.{row.variable}: unknown variable '{name}' {nearest(name, spec.made_by)}"
                for name in row.sources
                if name not in spec.made_by
            ]
            if row.answers and row.answers not in spec.answers:
                problems.append(f"{file}.{row.variable}: unknown answers '{row.answers}'")
    problems += [
        f"target {row.id}: unknown node '{row.node}'" for row in spec.targets if row.node not in spec.nodes
    ]
    problems += [
        f"sign {row.id}: unknown variable '{name}'"
        for row in spec.signs
        for name in row.variables
        if name not in spec.made_by
    ]
    problems += [
        f"witness: unknown variable '{row.variable}'"
        for row in spec.witnesses
        if row.variable not in spec.made_by
    ]
    for arm in spec.arms:
        if sum(arm.clusters) != arm.persons:
            problems.append(
                f"group '{arm.name}': clusters hold {sum(arm.clusters)} persons, not {arm.persons}"
            )
    if problems:
        action = "correct structure.yaml or the table"
        raise StudyError(
            Finding("S01", "error", text, expected="a known name", action=action) for text in problems
        )
