"""Words for how a fit ended and for the degrees of freedom of its tests."""

from __future__ import annotations

from typing import Literal

Status = Literal[
    "ok",
    "boundary",
    "separated",
    "rank_deficient",
    "not_converged",
    "not_identified",
    "too_small",
    "constant",
    "no_data",
]
# statuses that leave standard errors and tests meaningful
INFERENCE: tuple[str, ...] = ("ok", "boundary", "rank_deficient")
Method = Literal["kenward-roger", "satterthwaite", "asymptotic"]
METHODS: tuple[Method, ...] = ("kenward-roger", "satterthwaite", "asymptotic")
