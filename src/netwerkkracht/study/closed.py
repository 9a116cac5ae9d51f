"""What every type of the configuration is made of: closed maps, names of a certain form, texts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, RootModel, StringConstraints

from netwerkkracht.core.errors import nearest
from netwerkkracht.core.words import LANGUAGE

NAME = r"^[a-z][a-z0-9_-]{0,63}$"
COLUMN = r"^[A-Za-z][A-Za-z0-9_.]{0,63}$"
FOLDER = r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Column = Annotated[str, StringConstraints(pattern=COLUMN)]
Folder = Annotated[str, StringConstraints(pattern=FOLDER)]
Language = Annotated[str, StringConstraints(pattern=f"^{LANGUAGE}$")]


class Closed(BaseModel):
    """A part of the configuration that refuses keys it does not know and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(RootModel[dict[Language, Annotated[str, Field(min_length=1)]]]):
    """A text by language; which languages it must be in, ``report.languages`` says."""

    model_config = ConfigDict(frozen=True, strict=True)

    def __getitem__(self, lang: str) -> str:
        """Return the text in a language, as any map of words does."""
        return self.root[lang]


def unsaid(value: Any, languages: Sequence[str], place: str = "") -> Iterator[tuple[str, str]]:
    """Find the texts that a language lacks: where they stand, and what is wrong.

    Parameters
    ----------
    value
        A part of the configuration, with all that is in it.
    languages
        Those that every text must be in.
    place
        Where the part stands.
    """
    if isinstance(value, Text):
        missing = [lang for lang in languages if lang not in value.root]
        if missing:
            given = [lang for lang in value.root if lang not in languages]
            hint = nearest(given[0], missing) if given else ""
            said = f"'{place}' has no text in '{missing[0]}', a language of the report"
            yield place, said + (f", but in '{given[0]}'; {hint}" if hint else "")
    elif isinstance(value, BaseModel):
        for name, inner in value:
            yield from unsaid(inner, languages, f"{place}.{name}" if place else name)
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from unsaid(inner, languages, f"{place}.{name}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(value, start=1):
            yield from unsaid(inner, languages, f"{place}[{number}]")
