"""The result of one model: frozen, complete, and the same after a trip through JSON."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

COEFFICIENTS = ("term", "estimate", "se", "df", "statistic", "p", "lower", "upper")
VARIANCES = ("group", "term", "variance", "sd", "correlation")
MEANS = ("group", "wave", "scale", "category", "estimate", "se", "df", "lower", "upper")
CONTRASTS = ("kind", "wave", "minuend", "subtrahend", "scale", "estimate", "se", "df", "statistic", "p",
             "lower", "upper")  # fmt: skip
DROPPED = ("variable", "reason", "rows")
INFERENCE = ("se", "df", "statistic", "p", "lower", "upper")
# what a coefficient is in each family, for readers who ask no engine; a test holds it to the families
EFFECTS = {
    "gaussian": "difference",
    "binomial": "odds",
    "poisson": "rate",
    "negative-binomial": "rate",
    "ordinal": "odds",
}

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Second:
    """What a second, independent engine said: largest differences, and whether they are small enough.

    ``estimate_gap`` is what the largest difference of a fixed effect stays within, in units of its standard
    error, ``se_gap`` the same of a standard error, relative, ``loglik_gap`` the absolute one. Each is a power
    of ten (`precision.bound`): the digits below it are noise of two optimisers.
    """

    engine: str
    status: str
    estimate_gap: float
    se_gap: float
    loglik_gap: float
    agreed: bool


@dataclass(frozen=True)
class ModelResult:
    """One fitted model.

    Tables are tuples of rows with the columns named at the top of this module. ``means`` are on the link
    and the response scale; a ``contrasts`` row is, on the link scale, group ``minuend`` minus group
    ``subtrahend`` in one wave (``kind="difference"``) or in the change from the first wave to that one
    (``kind="change"``), or that change within the group ``minuend`` (``kind="within"``). Models that are
    not linear have the change on the response scale as well: in units, averaged over people. With a status
    other than ok all inference is missing, so that nothing downstream can print it.
    """

    id: str
    label: Mapping[str, str]
    role: str
    order: int
    family: str
    formula: str
    outcome: str
    source: str
    status: str
    engine: str
    sample: str
    method: str
    df_method: str
    decimals: int
    n_rows: int
    n_persons: int
    persons_by_group: Mapping[str, int]
    coefficients: tuple[Row, ...] = ()
    variances: tuple[Row, ...] = ()
    means: tuple[Row, ...] = ()
    contrasts: tuple[Row, ...] = ()
    dropped: tuple[Row, ...] = ()
    loglik: float = math.nan
    aic: float = math.nan
    icc: float = math.nan
    r2_marginal: float = math.nan
    r2_conditional: float = math.nan
    sd_first: float = math.nan
    messages: tuple[str, ...] = ()
    unit: Mapping[str, str] | None = None
    alternative_to: str | None = None
    choices: Mapping[str, str] = field(default_factory=dict)
    version_confounded: bool = False
    second: Second | None = None

    @property
    def ok(self) -> bool:
        """Whether inference may be printed."""
        return self.status == "ok"

    @property
    def effect(self) -> str:
        """What a contrast is on the scale that is shown: a difference, or a ratio of odds or rates."""
        return EFFECTS[self.family]

    def contrast(self, kind: str, wave: str, scale: str = "link") -> Row | None:
        """Return one contrast row, None where the model has none."""
        for row in self.contrasts:
            if (row["kind"], row["wave"], row["scale"]) == (kind, wave, scale):
                return row
        return None

    def to_dict(self) -> dict[str, Any]:
        """Return plain containers for JSON; missing numbers become null there."""
        return asdict(self)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> ModelResult:
        """Read back :meth:`to_dict` after JSON; null becomes NaN in number columns.

        Raises
        ------
        TypeError
            When a key is unknown.
        """
        values = dict(given)
        for name, columns in (
            ("coefficients", COEFFICIENTS),
            ("variances", VARIANCES),
            ("means", MEANS),
            ("contrasts", CONTRASTS),
            ("dropped", DROPPED),
        ):
            values[name] = tuple(_row(row, columns) for row in values.get(name) or ())
        for name in ("loglik", "aic", "icc", "r2_marginal", "r2_conditional", "sd_first"):
            values[name] = _float(values.get(name))
        values["messages"] = tuple(values.get("messages") or ())
        if values.get("second"):
            second = dict(values["second"])
            gaps = {key: _float(second[key]) for key in ("estimate_gap", "se_gap", "loglik_gap")}
            values["second"] = Second(**{**second, **gaps})
        return cls(**values)


TEXT = {"term", "group", "wave", "scale", "kind", "category", "minuend", "subtrahend", "variable",
        "reason"}  # fmt: skip


def _float(value: Any) -> float:
    return math.nan if value is None else float(value)


def _row(row: Row, columns: tuple[str, ...]) -> dict[str, Any]:
    cells: dict[str, Any] = {}
    for name in columns:
        value = row.get(name)
        if name == "rows":
            cells[name] = int(value or 0)
        else:
            cells[name] = ("" if value is None else str(value)) if name in TEXT else _float(value)
    return cells


def tidy(frame: Any, columns: tuple[str, ...], *, inference: bool) -> tuple[Row, ...]:
    """Turn an engine's frame into rows with fixed columns; without ``inference`` only estimates stay."""
    rows = []
    for record in frame.to_dict("records"):
        cells = _row(record, columns)
        if not inference:
            cells |= {name: math.nan for name in INFERENCE if name in cells}
        rows.append(cells)
    return tuple(rows)
