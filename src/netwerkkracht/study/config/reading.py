"""Read ``config.yaml`` and answer each mistake with the key, what was expected and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, RootModel, ValidationError

from netwerkkracht.core.errors import Finding, StudyError, fail, nearest
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.core.words import LANGUAGE
from netwerkkracht.study.closed import COLUMN, FOLDER, NAME, unsaid
from netwerkkracht.study.config.named import resolve
from netwerkkracht.study.config.schema import EXHIBIT, Config

# what a pattern asks for, in words
FORMS = {
    FOLDER: "a path inside the folder of the study: letters, digits, '.', '_', '-' and '/'; "
    "no blank, drive or backslash",
    NAME: "small letters, digits, '_' and '-', a letter first",
    COLUMN: "the name of a variable: letters, digits, '_' and '.', a letter first",
    EXHIBIT: "figure- or table- with a number, such as figure-1",
    f"^{LANGUAGE}$": "the code of a language: two or three small letters",
}


def read_config(path: Path) -> Config:
    """Return the typed configuration, models and exhibits put in order by ``order`` and ``id``.

    Raises
    ------
    StudyError
        ``C01`` when the file is missing, ``C02`` when it is no plain YAML, ``C03`` for unknown keys and
        ``C04`` for values that do not fit and names of sets that are not there; all mistakes at once.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, IsADirectoryError) as cause:
        raise fail(
            "C01",
            "the configuration is missing",
            file=path.name,
            expected="a file config.yaml in the folder where you run",
            action="go to the folder of the study, or restore the file",
        ) from cause
    except UnicodeDecodeError as cause:
        raise fail(
            "C02",
            "the file is not UTF-8",
            file=path.name,
            expected="UTF-8 text",
            action="save the file as UTF-8",
        ) from cause
    return parse_config(text, file=path.name)


@lru_cache(maxsize=2)  # a run's helper has read it once for all jobs
def parse_config(text: str, *, file: str = "config.yaml") -> Config:
    """Return the typed configuration of a text (see ``read_config``)."""
    given = load(text, file=file)
    if not isinstance(given, dict):
        raise fail(
            "C03",
            "the file holds no map of keys",
            file=file,
            expected=", ".join(Config.model_fields),
            action="start from the config.yaml of the repository",
        )
    return make_config(given, file=file)


def make_config(given: Mapping[str, Any], *, file: str = "config.yaml") -> Config:
    """Return the typed configuration of a map of keys (see ``read_config``)."""
    try:
        config = Config.model_validate(given)
    except ValidationError as cause:
        raise StudyError(findings(cause, Config, file=file)) from cause
    unspoken = [
        Finding(
            "C04",
            "error",
            what,
            file=file,
            expected=f"a text in {', '.join(config.report.languages)}",
            action=f"add it to '{place}', or correct 'report.languages'",
        )
        for place, what in unsaid(config, config.report.languages)
    ]
    if unspoken:
        raise StudyError(unspoken)
    config = resolve(config, file)
    return config.model_copy(
        update={
            "models": tuple(sorted(config.models, key=lambda model: (model.order, model.id))),
            "exhibits": tuple(sorted(config.exhibits, key=lambda item: (item.order, item.id))),
        }
    )


def findings(
    cause: ValidationError, shape: type[BaseModel], *, file: str, at: Sequence[str | int] = ()
) -> list[Finding]:
    """Return what is wrong with a part of the configuration, each with its place and the nearest right word.

    Parameters
    ----------
    cause
        What pydantic said of the part.
    shape
        The type of the part.
    file
        Name of the file it stands in.
    at
        Keys and positions (from 0) that lead from the top of the file to the part.
    """
    return [_finding(error, shape, file, at) for error in cause.errors()]


def _place(location: Sequence[str | int]) -> str:
    """Return ``models[2].family`` for a location of pydantic."""
    words = ""
    for step in location:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else str(step)
    return words


def _plain(annotation: Any) -> Any:
    """Return a type without its limits and without ``None``."""
    while get_origin(annotation) in {Annotated, Union, UnionType}:
        annotation = next(inner for inner in get_args(annotation) if inner is not type(None))
    return annotation


def _inside(shape: Any, location: Sequence[str | int]) -> tuple[Any, str]:
    """Return the type at a location, None where there is none, and the description of its key."""
    here, words = shape, ""
    for step in location:
        here = _plain(here)
        if isinstance(here, type) and issubclass(here, RootModel):
            here = here.model_fields["root"].annotation
        if isinstance(here, type) and issubclass(here, BaseModel):
            field = here.model_fields.get(str(step))
            if field is None:
                return None, ""
            here, words = field.annotation, field.description or ""
        elif get_origin(here) is dict:
            here = get_args(here)[1]
        elif get_origin(here) is tuple:
            here = get_args(here)[0]
        else:
            return None, words
    return _plain(here), words


def _finding(error: Mapping[str, Any], shape: type[BaseModel], file: str, at: Sequence[str | int]) -> Finding:
    location = tuple(step for step in error["loc"] if step != "[key]")
    kind, place = error["type"], _place((*at, *location))
    if kind == "extra_forbidden":
        holder, _ = _inside(shape, location[:-1])
        known = tuple(holder.model_fields) if holder is not None else ()
        hint = nearest(str(location[-1]), known)
        return Finding(
            "C03",
            "error",
            f"unknown key '{place}'" + (f"; {hint}" if hint else ""),
            file=file,
            expected=", ".join(known),
            action="correct or remove the key",
        )
    _, described = _inside(shape, location)
    if kind == "missing":
        return Finding(
            "C03",
            "error",
            f"the key '{place}' is missing",
            file=file,
            expected=described or "a value",
            action=f"add '{place}'; docs/config.md explains it",
        )
    what, expected, action = _value_words(error, place, described)
    return Finding("C04", "error", what, file=file, expected=expected, action=action)


def _value_words(error: Mapping[str, Any], place: str, described: str) -> tuple[str, str, str]:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    shown = f"'{given}'" if isinstance(given, (str, int, float, bool)) else f"a {type(given).__name__}"
    if kind == "value_error":
        # raised by our own checks: the text says what and what to do
        said = str(context["error"])
        said = f"'{place}': {said}" if place else said
        return said, "a configuration that hangs together", "correct one of the two"
    if kind == "literal_error":
        hint = nearest(str(given), re.findall(r"'([^']+)'", context["expected"]))
        words = f"'{place}' is {shown}" + (f"; {hint}" if hint else "")
        return words, f"one of {context['expected']}", "choose one of these"
    if kind == "string_type" and isinstance(given, (int, float, bool)):
        return f"'{place}' is {shown}, not text", "text", f'put it between quotes: "{given}"'
    if kind == "string_pattern_mismatch":
        head = str(given).partition("-")[0]
        hint = nearest(head, ("figure", "table")) if context["pattern"] == EXHIBIT else ""
        return (
            f"'{place}' is {shown}" + (f"; {hint}" if hint else ""),
            FORMS.get(context["pattern"], f"text of the form {context['pattern']}"),
            "correct the value",
        )
    return (
        f"'{place}' is {shown}: {error['msg'].lower()}",
        described or "another value",
        ("correct the value; docs/config.md explains it"),
    )
