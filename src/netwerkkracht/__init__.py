"""From SPSS waves to a bilingual report; see ``docs/`` for the map of the package."""

__version__ = "0.1.0"
