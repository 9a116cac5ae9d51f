"""How a language writes numbers and what every layer calls by one name: one file per language."""

from __future__ import annotations

from typing import Final

from netwerkkracht.core.words import Section

LANGUAGES: Final = Section(__name__)
