"""The words of the pages of notebooks, of their tables, and of what is said of an answer, one file per language."""

from __future__ import annotations

from typing import Final

from netwerkkracht.core.words import Section

WORDS: Final = Section(__name__)
