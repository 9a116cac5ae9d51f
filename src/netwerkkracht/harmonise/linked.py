"""What linking makes: the person of each row, and why a row is set aside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netwerkkracht.core.errors import Finding
from netwerkkracht.study.codebook.types import FileSpec

Mask = npt.NDArray[np.bool_]

WHAT: Mapping[str, tuple[str, str]] = {
    "empty_id": ("D04", "rows without an identifier"),
    "unknown_key": ("K02", "rows whose identifier is not in the key table"),
    "duplicate_identical": ("D04", "rows that stand twice (equal in every column)"),
    "duplicate_different": ("D04", "rows of one person in one wave that differ from one another"),
    "both_groups": ("D05", "rows of persons who stand in more than one group"),
    "no_first_wave": ("K03", "rows of persons who have a later wave but not the first"),
}
ACTION: Mapping[str, str] = {
    "empty_id": "complete the identifier in the source",
    "unknown_key": "add the identifier to the key table",
    "duplicate_identical": "remove the copy at the source",
    "duplicate_different": "find out which row is right and remove the other at the source",
    "both_groups": "correct the key table or the file",
    "no_first_wave": "find the person's first interview, or keep the row by decision",
}


@dataclass(frozen=True)
class Rows:
    """One file as rows.

    ``persons`` holds the number of each row's person in ``Linking.people`` (-1 where unknown), ``aside`` the
    reason why the row is set aside (empty when it is kept), ``groups`` the number of the group the person
    counts in, which a policy may take from another wave.
    """

    spec: FileSpec
    persons: npt.NDArray[np.int64]
    aside: Any
    groups: npt.NDArray[np.int64]

    @property
    def kept(self) -> Mask:
        """Rows that go into the panel."""
        return np.asarray(self.aside == "", dtype=bool)


@dataclass
class Linking:
    """Rows per file, the sorted names of all persons, and the findings made on the way.

    ``stuck`` counts per file and reason the rows that a policy could not decide on; they are an error.
    """

    files: dict[str, Rows] = field(default_factory=dict)
    people: Any = None
    stuck: dict[tuple[str, str], int] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
