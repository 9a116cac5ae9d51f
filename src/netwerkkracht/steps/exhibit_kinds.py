"""The module of each exhibit: rules fingerprint it, so that an edit of one kind redraws that kind only."""

from __future__ import annotations

from netwerkkracht.config import Config

# kinds made from simulated studies, not from fitted models
SIMULATED = ("operating", "operating-table")


def simulated(config: Config) -> frozenset[str]:
    """Return the ids of the exhibits that show operating characteristics."""
    return frozenset(exhibit.id for exhibit in config.exhibits if exhibit.kind in SIMULATED)


def of_codes(config: Config) -> frozenset[str]:
    """Return the ids of the exhibits that list the codes found in the files."""
    return frozenset(exhibit.id for exhibit in config.exhibits if exhibit.kind == "codes")


def kind_modules(config: Config) -> dict[str, str]:
    """Return the module of every exhibit's kind, by the id of the exhibit.

    Raises
    ------
    StudyError
        ``E01`` for an unknown kind, with the nearest one.
    """
    from netwerkkracht.exhibits.registry import MODULES, kind_of

    for exhibit in config.exhibits:
        if exhibit.kind not in MODULES:
            kind_of(exhibit.kind)
    return {exhibit.id: f"netwerkkracht.exhibits.{MODULES[exhibit.kind]}" for exhibit in config.exhibits}
