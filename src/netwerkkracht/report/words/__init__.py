"""The words of the report: what its frame, its checks and its source library say, one file per language."""

from __future__ import annotations

from typing import Final

from netwerkkracht.core.words import Section

WORDS: Final = Section(__name__)
# what the proof-reading of source and page knows of a language
READING: Final = WORDS.within("reading")
