"""What a language is called and how it writes numbers: one file per language."""

from __future__ import annotations

from typing import Final

from netwerkkracht.core.words import Section

LANGUAGES: Final = Section(__name__)
