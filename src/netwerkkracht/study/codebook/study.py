"""Reads study.yaml and the key table: waves, groups, files, tags and linking policies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netwerkkracht.core.errors import StudyError, fail
from netwerkkracht.core.io import read_rows
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.core.words import ByLanguage
from netwerkkracht.study.codebook.problems import Problems, mapping, text
from netwerkkracht.study.codebook.types import (
    ID_RULES,
    LINKING,
    REASONS,
    Conditions,
    FileSpec,
    IdRule,
    KeyRow,
    LeaveOut,
    Policy,
    Study,
)
from netwerkkracht.study.codebook.words import WORDS

FILE = "study.yaml"
NEEDED = ("study", "title", "waves", "groups", "person", "group", "wave", "files")
ALLOWED = (
    *NEEDED,
    "wave_labels",
    "tags",
    "keys",
    "examples",
    "date",
    "label_drift",
    "no_interview",
    "linking",
    "id_rule",
    "leave_out",
    "weights",
)
FILE_NEEDED = ("file", "wave", "group", "path", "id")
FILE_ALLOWED = (*FILE_NEEDED, "encoding", "rows", "unmatched", "present_if", "part")
PRESENT = ("present",)
LEAVE_OUT = ("name", "label", "where", "unless", "files", "decision")
OWN_REASONS = ("no_cell", "no_interview")


# keys of study.yaml that name a table: it may lie elsewhere, where answers and identifiers of persons belong
TABLES = ("keys", "examples")


def load_yaml(path: Path) -> Mapping[str, object]:
    """Read a YAML mapping; a key given twice is an error, since the second would win silently."""
    try:
        content = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as cause:
        raise fail(
            "F02",
            "the file is missing",
            file=path.name,
            expected="the description of the study",
            action="write it as docs/codebook.md says, or start from 'scaffold'",
        ) from cause
    except UnicodeDecodeError as cause:
        raise fail(
            "X04",
            "the file is not UTF-8",
            file=path.name,
            expected="YAML in UTF-8, each key once",
            action="save it as UTF-8",
        ) from cause
    return mapping(load(content, file=path.name, code="X04"))


def words(value: object, fallback: str = "") -> ByLanguage:
    """Return a text by language; a plain text serves for every language."""
    if isinstance(value, dict):
        return ByLanguage({lang: text(said) for lang, said in mapping(value).items()}, fallback)
    return ByLanguage({}, text(value) or fallback)


def _labelled(value: object) -> dict[str, ByLanguage]:
    return {key: words(item, key) for key, item in mapping(value).items()}


def _texts(value: object) -> tuple[str, ...]:
    """Return a YAML list of names, or the one name given."""
    return tuple(text(item) for item in (value if isinstance(value, list) else [value]))


def _conditions(value: object) -> Conditions:
    found = []
    for column, wanted in mapping(value).items():
        found.append((column, _texts(wanted)))
    return tuple(found)


def _file(entry: object, study: Mapping[str, tuple[str, ...]], problems: Problems) -> FileSpec:
    given = mapping(entry)
    name = text(given.get("file"))
    problems.keys(given, FILE_ALLOWED, f"key of file '{name}'", FILE)
    problems.required(given, FILE_NEEDED, f"keys of file '{name}'", FILE)
    wave, group = text(given.get("wave")), text(given.get("group"))
    if wave not in study["waves"]:
        problems.unknown("wave", wave, study["waves"], file=FILE)
    if group not in study["groups"]:
        problems.unknown("group", group, study["groups"], file=FILE)
    encoding = text(given.get("encoding")) or None
    path, key = text(given.get("path")), _texts(given.get("id"))
    if "id" in given and not (key and all(key)):
        wanted = "the name of the variable that says whose row it is (or a list of names)"
        problems.malformed(f"file '{name}' has an empty 'id'", wanted, file=FILE)
    rows, present = _conditions(given.get("rows")), _texts(given.get("present_if"))
    return FileSpec(
        *(name, wave, group, path, key, encoding),
        rows=tuple(condition for condition in rows if condition[1] != PRESENT),
        unmatched=text(given.get("unmatched")),
        # a column that must be present, among 'rows', is a list of one
        present_if=(
            *((column,) for column, wanted in rows if wanted == PRESENT),
            *((present,) if any(present) else ()),
        ),
        part=text(given.get("part")),
    )


def _linking(value: object, problems: Problems) -> dict[str, Policy]:
    given = mapping(value)
    problems.keys(given, tuple(LINKING), "linking policy", FILE)
    policies = {}
    for name, choices in LINKING.items():
        entry = given.get(name, "error")
        item = mapping(entry) if isinstance(entry, dict) else {"do": entry}
        problems.keys(item, ("do", "decision", "by"), f"key of linking.{name}", FILE)
        policy = Policy(text(item.get("do")) or "error", text(item.get("decision")), text(item.get("by")))
        if policy.by and policy.do not in {"keep_first", "keep_last"}:
            problems.malformed(f"'by' with linking.{name}", "with keep_first and keep_last only", file=FILE)
        if policy.do not in choices:
            problems.malformed(f"linking.{name} is '{policy.do}'", f"one of: {', '.join(choices)}", file=FILE)
        policies[name] = policy
    return policies


def _id_rule(value: object, problems: Problems) -> IdRule:
    given = mapping(value)
    if value is not None and not given:
        problems.malformed("id_rule is no mapping", "{rules: [case], decision: B1}", file=FILE)
    problems.keys(given, ("rules", "decision"), "key of id_rule", FILE)
    rules = _texts(given["rules"]) if given.get("rules") else ()
    for name in rules:
        if name not in ID_RULES:
            problems.unknown("rule of id_rule", name, ID_RULES, file=FILE)
    # in the order of the closed list, so that the same rules are the same study
    return IdRule(tuple(name for name in ID_RULES if name in rules), text(given.get("decision")))


def _leave_out(value: object, files: tuple[str, ...], problems: Problems) -> tuple[LeaveOut, ...]:
    if value is not None and not isinstance(value, list):
        problems.malformed("leave_out is no list", "a list of {name, where, decision}", file=FILE)
    found: list[LeaveOut] = []
    for entry in value if isinstance(value, list) else ():
        given = mapping(entry)
        name = text(given.get("name"))
        problems.keys(given, LEAVE_OUT, f"key of leave_out '{name}'", FILE)
        problems.required(given, ("name", "decision"), f"keys of leave_out '{name}'", FILE)
        problems.name(name, "rule that leaves rows out", file=FILE)
        if name in (*LINKING, *OWN_REASONS, *(rule.name for rule in found)):
            problems.malformed(f"leave_out '{name}'", "a name that no other reason has", file=FILE)
        stated = [key for key in ("where", "unless") if mapping(given.get(key))]
        if len(stated) != 1:
            problems.malformed(
                f"leave_out '{name}' has {' and '.join(stated) or 'no condition'}",
                "where or unless",
                file=FILE,
            )
        wanted = _texts(given["files"]) if given.get("files") else ()
        for file in wanted:
            if file not in files:
                problems.unknown("file", file, files, file=FILE)
        conditions = _conditions(given.get(stated[0])) if stated else ()
        label, decision = words(given.get("label"), name), text(given.get("decision"))
        found.append(LeaveOut(name, label, decision, conditions, "unless" in stated, wanted))
    return tuple(found)


def _weights(value: object, problems: Problems) -> Policy:
    """Read what is done with the weights that files are saved with; so far they can only be ignored."""
    if value is None:
        return Policy("")
    given = mapping(value)
    problems.keys(given, ("do", "decision"), "key of weights", FILE)
    policy = Policy(text(given.get("do")), text(given.get("decision")))
    if policy.do == "use":
        problems.malformed(
            "weights are to be used, and this version does not weight",
            "ignore with a decision (all results are then unweighted), or another program for this study",
            file=FILE,
        )
    elif policy.do != "ignore":
        problems.malformed(
            f"weights is '{policy.do or text(value)}'", "{do: ignore, decision: B1}", file=FILE
        )
    elif not policy.decision:
        problems.malformed("weights without a decision", "a number of decisions.csv", file=FILE)
    return policy


def _choice(given: Mapping[str, object], key: str, choices: tuple[str, ...], problems: Problems) -> str:
    value = text(given.get(key)) or choices[0]
    if value not in choices:
        problems.malformed(f"{key} is '{value}'", f"one of: {', '.join(choices)}", file=FILE)
    return value


def _tags(value: object, problems: Problems) -> dict[str, ByLanguage]:
    problems.keys(mapping(value), REASONS[1:], "tag", FILE)
    known = WORDS.within("reasons")
    given = _labelled(value)
    return {tag: given[tag] if tag in given else ByLanguage(known.each(tag)) for tag in REASONS[1:]}


def read_study(folder: Path, problems: Problems) -> Study:
    """Read study.yaml and its key table; what is wrong is noted in ``problems``."""
    given = load_yaml(folder / FILE)
    problems.keys(given, ALLOWED, "key", FILE)
    problems.required(given, NEEDED, "keys", FILE)
    listed = given.get("waves")
    waves = tuple(text(wave) for wave in listed) if isinstance(listed, list) else ()
    groups = _labelled(given.get("groups"))
    if not waves or len(set(waves)) != len(waves):
        problems.malformed("waves is not a list of different names", 'e.g. ["1", "2"]', file=FILE)
    entries = given.get("files")
    known = {"waves": waves, "groups": tuple(groups)}
    files = tuple(_file(entry, known, problems) for entry in (entries if isinstance(entries, list) else ()))
    _check_files(files, problems)
    labels = _labelled(given.get("wave_labels"))
    problems.keys(labels, waves, "wave in wave_labels", FILE)
    key_file = text(given.get("keys"))
    return Study(
        name=text(given.get("study")),
        title=words(given.get("title")),
        waves=waves,
        wave_labels={wave: labels.get(wave, words(wave)) for wave in waves},
        groups=groups,
        tags=_tags(given.get("tags"), problems),
        person=text(given.get("person")),
        group=text(given.get("group")),
        wave=text(given.get("wave")),
        files=files,
        keys=read_keys(folder / key_file, files, problems) if key_file else None,
        linking=_linking(given.get("linking"), problems),
        date=text(given.get("date")) or None,
        label_drift=_choice(given, "label_drift", ("error", "warning"), problems),
        no_interview=_choice(given, "no_interview", ("none", "rows"), problems),
        examples=text(given.get("examples")) or Study.examples,
        id_rule=_id_rule(given.get("id_rule"), problems),
        weights=_weights(given.get("weights"), problems),
        leave_out=_leave_out(given.get("leave_out"), tuple(entry.file for entry in files), problems),
    )


def codebook_files(folder: Path) -> list[Path]:
    """Return every file that a codebook is read from: its own, and tables that study.yaml names elsewhere.

    A study.yaml that cannot be read names none: reading the codebook says what is wrong with it.
    """
    own = sorted(path for path in folder.glob("*.*") if path.is_file())
    try:
        given = load_yaml(folder / FILE)
    except StudyError:
        return own
    named = (folder / text(given[key]) for key in TABLES if given.get(key))
    return own + [path for path in named if path not in own and path.is_file()]


def _check_files(files: tuple[FileSpec, ...], problems: Problems) -> None:
    names = [entry.file for entry in files]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.malformed(f"two files are called '{name}'", "a name of its own for each file", file=FILE)
    if len({len(entry.id) for entry in files}) > 1:
        problems.malformed(
            "the key of a row has another number of columns in one file than in another",
            "as many columns in each 'id', in the same order",
            file=FILE,
        )
    cells = [(entry.wave, entry.group) for entry in files]
    for wave, group in sorted({cell for cell in cells if cells.count(cell) > 1}):
        parts = [entry.part for entry in files if (entry.wave, entry.group) == (wave, group)]
        if not all(parts) or len(set(parts)) < len(parts):
            problems.malformed(
                "two files claim the same wave and group",
                "one entry per cell; files that are parts of one cell each have a 'part' of their own",
                file=FILE,
                wave=wave,
                group=group,
            )


def read_keys(path: Path, files: tuple[FileSpec, ...], problems: Problems) -> tuple[KeyRow, ...]:
    """Read the key table (file;source_id;person_id); doubles and unknown files are noted by count."""
    rows = read_rows(path, separator=";")
    columns = ("file", "source_id", "person_id")
    if rows:
        problems.keys(rows[0], columns, "column", path.name)
        problems.required(rows[0], columns, "columns", path.name)
    known = {entry.file for entry in files}
    for name in sorted({row.get("file", "") for row in rows} - known):
        problems.unknown("file", name, known, file=path.name)
    empty = sum(
        1 for row in rows if not row.get("source_id", "").strip() or not row.get("person_id", "").strip()
    )
    if empty:
        problems.add(
            "K04",
            "lines of the key table without an identifier",
            "source_id and person_id filled",
            "complete or remove these lines",
            file=path.name,
            count=empty,
        )
    return tuple(
        KeyRow(row.get("file", ""), row.get("source_id", "").strip(), row.get("person_id", "").strip())
        for row in rows
    )
