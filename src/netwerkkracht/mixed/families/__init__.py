"""The families of outcomes: each one object, and one registry that knows them by name."""

from __future__ import annotations

from netwerkkracht.mixed.families.family import CanonicalFamily, Family
from netwerkkracht.mixed.families.registry import FAMILIES, family, register

__all__ = ["FAMILIES", "CanonicalFamily", "Family", "family", "register"]
