"""Means of a model on the scale of its outcome, as exhibits show them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwerkkracht.analysis.models.result import ModelResult


def response_means(result: ModelResult) -> list[Any]:
    """Return the response-scale means; of an ordinal outcome the expected category number."""
    rows = [row for row in result.means if row["scale"] == "response"]
    if not rows or not rows[0]["category"]:
        return rows
    expected: dict[tuple[str, str], float] = {}
    for row in rows:
        key = (row["group"], row["wave"])
        expected[key] = expected.get(key, 0.0) + float(row["category"]) * row["estimate"]
    return [
        {"group": group, "wave": wave, "estimate": value, "lower": math.nan, "upper": math.nan}
        for (group, wave), value in expected.items()
    ]
