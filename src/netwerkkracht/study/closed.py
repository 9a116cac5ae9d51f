"""What every type of the configuration is made of: closed maps, names of a certain form, texts."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

NAME = r"^[a-z][a-z0-9_-]{0,63}$"
COLUMN = r"^[A-Za-z][A-Za-z0-9_.]{0,63}$"
FOLDER = r"^[A-Za-z0-9_][A-Za-z0-9_./-]*$"
Name = Annotated[str, StringConstraints(pattern=NAME)]
Column = Annotated[str, StringConstraints(pattern=COLUMN)]
Folder = Annotated[str, StringConstraints(pattern=FOLDER)]
Language = Literal["nl", "en"]


class Closed(BaseModel):
    """A part of the configuration that refuses keys it does not know and cannot be changed."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Text(Closed):
    """A text in both languages."""

    nl: str = Field(min_length=1, description="the Dutch text")
    en: str = Field(min_length=1, description="the English text")

    def __getitem__(self, lang: str) -> str:
        """Return the text in a language, as any map of words does."""
        return cast("str", getattr(self, lang))
