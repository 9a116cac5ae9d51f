"""What a codebook says where the study says nothing itself: reasons of missing values, yes and no."""

from __future__ import annotations

from typing import Final

from netwerkkracht.core.words import Section

WORDS: Final = Section(__name__)
