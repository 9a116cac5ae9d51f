"""The page and the schema made from the typed configuration, so that they cannot say something else."""

from __future__ import annotations

import json
from typing import Any, get_args, get_origin

from pydantic import BaseModel, RootModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from netwerkkracht.study.config.schema import Config

INTRODUCTION = """# The configuration

`config.yaml` says what is analysed and shown; the study itself stands in the codebook. Every key is listed
here. A key that is not is refused with the nearest one that is. What several models or exhibits use stands
once, in `covariates`, `model_sets` and `notes`, and is used by name. Names are held against the codebook
before any job (`netwerkkracht check` does it by itself). Words such as `no` stay words, `true` and
`false` are the only booleans, a key may stand once, and aliases are not allowed. Order in lists is given by
`order`, never by place.

Made from the code by `netwerkkracht schema`; a test holds it to it.
"""


def json_schema() -> str:
    """Return the schema with which an editor completes and checks keys."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Config.model_json_schema()}
    return json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def page() -> str:
    """Return the page on the configuration: one table per section."""
    parts = [INTRODUCTION, _section("config.yaml", Config)]
    seen: set[type[BaseModel]] = {Config}
    waiting: list[tuple[str, type[BaseModel]]] = _inner("", Config)
    while waiting:
        place, model = waiting.pop(0)
        if model in seen:
            continue
        seen.add(model)
        parts.append(_section(place, model))
        waiting += _inner(place, model)
    return "\n".join(parts)


def _inner(place: str, model: type[BaseModel]) -> list[tuple[str, type[BaseModel]]]:
    return [
        (f"{place}.{name}" if place else name, inner)
        for name, field in model.model_fields.items()
        for inner in _models(field.annotation)
    ]


def _models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [] if issubclass(annotation, RootModel) else [annotation]
    return [model for inner in get_args(annotation) for model in _models(inner)]


def _section(place: str, model: type[BaseModel]) -> str:
    doc = (model.__doc__ or "").strip().splitlines()[0]
    lines = [f"## {place}", "", doc, "", "| key | what | value | default |", "| --- | --- | --- | --- |"]
    for name, field in model.model_fields.items():
        cells = (f"`{name}`", field.description or "", _kind(field.annotation, field), _default(field))
        lines.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = field.default
    if value is PydanticUndefined or isinstance(value, BaseModel):
        return (
            "as below"
            if isinstance(value, BaseModel) or field.default_factory not in {dict, list}
            else "none"
        )
    if value is None or value == ():
        return "none"
    shown = list(value) if isinstance(value, tuple) else value
    return f"`{json.dumps(shown, ensure_ascii=False)}`"


def _kind(annotation: Any, field: FieldInfo | None = None) -> str:
    """Return a type in words that a researcher reads."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if annotation is None or annotation is type(None):
        return ""
    if inner and all(isinstance(word, str) for word in inner):
        return ", ".join(f"`{word}`" for word in inner)
    if origin is tuple:
        return f"list of {_kind(inner[0])}"
    if origin is dict:
        return f"map of {_kind(inner[1])}"
    if inner and origin is not None and str(origin) in {"typing.Union", "<class 'types.UnionType'>"}:
        return " or ".join(filter(None, (_kind(word) for word in inner)))
    if inner:  # Annotated: a text of a certain form
        return _kind(inner[0])
    if isinstance(annotation, type) and issubclass(annotation, RootModel):
        return "text by language, such as `{nl: ..., en: ...}`"
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return f"section ({', '.join(annotation.model_fields)})"
    words = {str: "text", int: "whole number", float: "number", bool: "true or false"}
    limits = "".join(f" {_limit(rule)}" for rule in (field.metadata if field else ()) if _limit(rule))
    return words.get(annotation, "anything") + limits


def _limit(rule: Any) -> str:
    for name, sign in (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below")):
        if getattr(rule, name, None) is not None:
            return f"{sign} {getattr(rule, name)}"
    return ""
