"""What a column of an exhibit is, so that a rule of release can be applied to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from netwerkkracht.core.errors import fail
from netwerkkracht.release.attack import NoCounts, Reader

Name = Literal["text", "plain", "persons", "rows", "share", "moment", "quantile", "estimate", "p", "never"]
# the column that a release adds: what was done to the row
MARK: Final = "release"
ROUNDED, HIDDEN, MERGED, WITHHELD = "rounded", "hidden", "merged", "withheld"


@dataclass(frozen=True)
class Role:
    """What the numbers of one column are.

    ``text`` labels and keys; ``plain`` numbers that say nothing of persons (settings, scale limits, simulated
    or published numbers); ``persons`` a count of persons, ``rows`` a count of interviews; ``share`` a part
    (``part``, or itself times ``whole``) of the persons in ``whole``; ``moment`` a mean, SD or coefficient
    over the persons in ``whole``; ``quantile`` at ``level`` over them; ``estimate`` and ``p`` from a model or
    from all persons together; ``never`` an extreme or a value of one person.
    """

    name: Name
    part: str = ""
    whole: str = ""
    level: float = 0.0
    decimals: int = 2


TEXT: Final = Role("text")
PLAIN: Final = Role("plain")
PERSONS: Final = Role("persons")
ROWS: Final = Role("rows")
ESTIMATE: Final = Role("estimate")
P: Final = Role("p", decimals=3)
NEVER: Final = Role("never")


def share(part: str, whole: str) -> Role:
    """Return the role of a share: of column ``part`` (empty: not printed) in column ``whole``."""
    return Role("share", part, whole, decimals=4)


def moment(whole: str, decimals: int = 2) -> Role:
    """Return the role of a mean or spread over the persons counted in column ``whole``."""
    return Role("moment", whole=whole, decimals=decimals)


def quantile(level: float, whole: str) -> Role:
    """Return the role of a quantile over the persons counted in column ``whole``."""
    return Role("quantile", whole=whole, level=level)


@dataclass(frozen=True)
class Output:
    """The class of output of a kind of exhibit, and how its table is made safe.

    ``statbarn`` is the class in the vocabulary of the SACRO guide; ``treatment`` names the function that
    makes the kind safe. ``lines`` are the columns that name one line of a table of counts, whose ``cells``
    add up (with what is not printed) to ``total``. ``keep`` are values of columns that stay when rows are
    withheld.
    """

    statbarn: str
    treatment: str = "cells"
    lines: tuple[str, ...] = ()
    cells: str = ""
    total: str = ""
    keep: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


FREQUENCIES, MOMENTS, POSITION = "Frequencies", "LinearAggregations", "Position"
CORRELATION, INDIVIDUAL, NOT_PERSONS = "CorrelationCoefficients", "individual", "none (no persons)"


@dataclass(frozen=True)
class Sheet:
    """What the release knows of a kind of exhibit: class, role of each column, who reads its counts.

    ``named_by`` is an option of the exhibit whose keys are text columns.
    """

    output: Output
    columns: Mapping[str, Role]
    counts: Reader | NoCounts | None = None
    named_by: str = ""

    def role(self, column: str, options: Mapping[str, Any]) -> Role | None:
        """Return the role of a column, None where nobody declared one."""
        if column == MARK or (self.named_by and column in (options.get(self.named_by) or {})):
            return TEXT
        return self.columns.get(column)


def columns_without_role(sheet: Sheet, columns: list[str], options: Mapping[str, Any]) -> list[str]:
    """Return the columns that nobody declared, in order."""
    return [name for name in columns if sheet.role(name, options) is None]


def roles_of(sheet: Sheet, columns: list[str], options: Mapping[str, Any]) -> dict[str, Role]:
    """Return the role of every column.

    Raises
    ------
    StudyError
        ``G10`` for columns without a role: what nobody declared does not leave.
    """
    missing = columns_without_role(sheet, columns, options)
    if missing:
        raise fail(
            "G10",
            "columns of an exhibit have no role for release",
            variable=", ".join(missing),
            expected="every column declared as text, count, share, mean, quantile or estimate",
            action="declare them in the kind's file, or release the study without this exhibit",
        )
    return {name: role for name in columns if (role := sheet.role(name, options)) is not None}
