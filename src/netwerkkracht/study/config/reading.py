"""Read ``config.yaml`` and answer each mistake with the key, what was expected and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from netwerkkracht.core.errors import Finding, StudyError, fail, nearest
from netwerkkracht.core.strict_yaml import load
from netwerkkracht.study.config.schema import COLUMN, EXHIBIT, FOLDER, NAME, Config

# what a pattern asks for, in words
FORMS = {
    FOLDER: "a path inside the folder of the study: letters, digits, '.', '_', '-' and '/'; "
    "no blank, drive or backslash",
    NAME: "small letters, digits, '_' and '-', a letter first",
    COLUMN: "the name of a variable: letters, digits, '_' and '.', a letter first",
    EXHIBIT: "figure- or table- with a number, such as figure-1",
}


def read_config(path: Path) -> Config:
    """Return the typed configuration, models and exhibits put in order by ``order`` and ``id``.

    Raises
    ------
    StudyError
        ``C01`` when the file is missing, ``C02`` when it is no plain YAML, ``C03`` for unknown keys and
        ``C04`` for values that do not fit; all mistakes at once.
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
    try:
        config = Config.model_validate(given)
    except ValidationError as cause:
        raise StudyError(_finding(error, file) for error in cause.errors()) from cause
    return config.model_copy(
        update={
            "models": tuple(sorted(config.models, key=lambda model: (model.order, model.id))),
            "exhibits": tuple(sorted(config.exhibits, key=lambda item: (item.order, item.id))),
        }
    )


def _place(location: Sequence[str | int]) -> str:
    """Return ``models[2].family`` for a location of pydantic."""
    words = ""
    for step in location:
        words += f"[{step + 1}]" if isinstance(step, int) else f".{step}" if words else str(step)
    return words


def _known_keys(location: Sequence[str | int]) -> tuple[str, ...]:
    """Return the keys allowed in the map that holds the last step of a location."""
    model: Any = Config
    for step in location[:-1]:
        if isinstance(step, int) or model is None:
            continue
        field = model.model_fields.get(step)
        model = _model_in(field.annotation) if field else model
    return tuple(model.model_fields) if model is not None else ()


def _model_in(annotation: Any) -> type[BaseModel] | None:
    """Return the model class inside an annotation such as ``tuple[Model, ...]`` or ``Means | None``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _model_in(inner)
        if found is not None:
            return found
    return None


def _finding(error: Mapping[str, Any], file: str) -> Finding:
    location, kind = error["loc"], error["type"]
    place = _place(location)
    if kind == "extra_forbidden":
        known = _known_keys(location)
        hint = nearest(str(location[-1]), known)
        return Finding(
            "C03",
            "error",
            f"unknown key '{place}'" + (f"; {hint}" if hint else ""),
            file=file,
            expected=", ".join(known),
            action="correct or remove the key",
        )
    if kind == "missing":
        return Finding(
            "C03",
            "error",
            f"the key '{place}' is missing",
            file=file,
            expected=_described(location) or "a value",
            action=f"add '{place}'; docs/config.md explains it",
        )
    what, expected, action = _value_words(error, place)
    return Finding("C04", "error", what, file=file, expected=expected, action=action)


def _value_words(error: Mapping[str, Any], place: str) -> tuple[str, str, str]:
    kind, given, context = error["type"], error["input"], error.get("ctx", {})
    shown = f"'{given}'" if isinstance(given, (str, int, float, bool)) else f"a {type(given).__name__}"
    if kind == "value_error":
        # raised by our own checks: the text says what and what to do
        return str(context["error"]), "a configuration that hangs together", "correct one of the two"
    if kind == "literal_error":
        hint = nearest(str(given), re.findall(r"'([^']+)'", context["expected"]))
        words = f"'{place}' is {shown}" + (f"; {hint}" if hint else "")
        return words, f"one of {context['expected']}", "choose one of these"
    if kind == "string_type" and isinstance(given, (int, float, bool)):
        return f"'{place}' is {shown}, not text", "text", f'put it between quotes: "{given}"'
    if kind == "string_pattern_mismatch":
        return (
            f"'{place}' is {shown}",
            FORMS.get(context["pattern"], f"text of the form {context['pattern']}"),
            "correct the value",
        )
    return (
        f"'{place}' is {shown}: {error['msg'].lower()}",
        _described(error["loc"]) or "another value",
        ("correct the value; docs/config.md explains it"),
    )


def _described(location: Sequence[str | int]) -> str:
    """Return the description of the key at a location, empty where there is none."""
    model: Any = Config
    words = ""
    for step in location:
        if isinstance(step, int) or model is None:
            continue
        field = model.model_fields.get(step)
        if field is None:
            return ""
        words, model = field.description or "", _model_in(field.annotation)
    return words
