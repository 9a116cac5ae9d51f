"""Reads study.yaml and the key table: waves, groups, files, tags and linking policies."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from netwerkkracht.core.display import LANGUAGES
from netwerkkracht.core.errors import fail
from netwerkkracht.core.io import read_rows
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.core.words import ByLanguage
from netwerkkracht.study.codebook.problems import Problems, mapping, text
from netwerkkracht.study.codebook.types import LINKING, REASONS, FileSpec, KeyRow, Policy, Study

FILE = "study.yaml"
NEEDED = ("study", "title", "waves", "groups", "person", "group", "wave", "files")
ALLOWED = (*NEEDED, "wave_labels", "tags", "keys", "date", "label_drift", "no_interview", "linking")
FILE_NEEDED = ("file", "wave", "group", "path", "id")
FILE_ALLOWED = (*FILE_NEEDED, "encoding", "rows")


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


def _rows(value: object) -> tuple[tuple[str, tuple[str, ...]], ...]:
    found = []
    for column, wanted in mapping(value).items():
        listed = wanted if isinstance(wanted, list) else [wanted]
        found.append((column, tuple(text(item) for item in listed)))
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
    path, key = text(given.get("path")), text(given.get("id"))
    if "id" in given and not key:
        wanted = "the name of the variable that says whose row it is"
        problems.malformed(f"file '{name}' has an empty 'id'", wanted, file=FILE)
    return FileSpec(name, wave, group, path, key, encoding, _rows(given.get("rows")))


def _linking(value: object, problems: Problems) -> dict[str, Policy]:
    given = mapping(value)
    problems.keys(given, tuple(LINKING), "linking policy", FILE)
    policies = {}
    for name, choices in LINKING.items():
        entry = given.get(name, "error")
        item = mapping(entry) if isinstance(entry, dict) else {"do": entry}
        problems.keys(item, ("do", "decision"), f"key of linking.{name}", FILE)
        policy = Policy(text(item.get("do")) or "error", text(item.get("decision")))
        if policy.do not in choices:
            problems.malformed(f"linking.{name} is '{policy.do}'", f"one of: {', '.join(choices)}", file=FILE)
        policies[name] = policy
    return policies


def _choice(given: Mapping[str, object], key: str, choices: tuple[str, ...], problems: Problems) -> str:
    value = text(given.get(key)) or choices[0]
    if value not in choices:
        problems.malformed(f"{key} is '{value}'", f"one of: {', '.join(choices)}", file=FILE)
    return value


def _tags(value: object, problems: Problems) -> dict[str, ByLanguage]:
    problems.keys(mapping(value), REASONS[1:], "tag", FILE)
    known = LANGUAGES.within("reasons")
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
    )


def _check_files(files: tuple[FileSpec, ...], problems: Problems) -> None:
    names = [entry.file for entry in files]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.malformed(f"two files are called '{name}'", "a name of its own for each file", file=FILE)
    cells = [(entry.wave, entry.group) for entry in files]
    for wave, group in sorted({cell for cell in cells if cells.count(cell) > 1}):
        problems.malformed(
            "two files claim the same wave and group", "one entry per cell", file=FILE, wave=wave, group=group
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
