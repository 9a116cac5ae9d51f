"""What each column of each kind of table is, for the release of real data; the figures stand in roles.py."""

from __future__ import annotations

from typing import Any, Final

from netwerkkracht.release.roles import (
    CORRELATION,
    ESTIMATE,
    FREQUENCIES,
    MOMENTS,
    NOT_PERSONS,
    PERSONS,
    PLAIN,
    POSITION,
    ROWS,
    TEXT,
    Output,
    P,
    Role,
    Sheet,
    moment,
    quantile,
    share,
)


def texts(names: str) -> dict[str, Role]:
    """Return the role of labels and keys for the columns named, separated by blanks."""
    return dict.fromkeys(names.split(), TEXT)


def estimates(names: str) -> dict[str, Role]:
    """Return the role of estimates for the columns named, separated by blanks."""
    return dict.fromkeys(names.split(), ESTIMATE)


def sheet(statbarn: str, columns: dict[str, Role], *, named_by: str = "", **output: Any) -> Sheet:
    """Return the sheet of a kind that is not yet one file."""
    return Sheet(Output(statbarn, **output), columns, None, named_by)


MODEL: Final = texts("model label_nl label_en")
MOVES: Final = sheet(
    FREQUENCIES,
    {**texts("group origin destination variable first last"), "persons": PERSONS},
    treatment="transitions",
)
SIMULATED: Final = sheet(
    NOT_PERSONS,
    {
        **MODEL,
        "family": TEXT,
        **dict.fromkeys(
            (
                *("n_studies", "n_ok", "n_boundary", "n_failed", "target", "mean", "bias", "bias_mcse", "sd"),
                *("sd_mcse", "mean_se", "coverage", "coverage_mcse", "type_one", "type_one_mcse"),
                *("power", "power_mcse"),
            ),
            PLAIN,
        ),
    },
)
MANY_MODELS: Final = sheet(
    CORRELATION,
    {
        **MODEL,
        **texts("role family status sample kind wave group other"),
        **estimates("estimate lower upper"),
        **dict.fromkeys(("p", "p_holm", "p_bh"), P),
        "n_persons": PERSONS,
        "n_rows": ROWS,
        "decimals": PLAIN,
    },
    treatment="models",
)

TABLES: Final[dict[str, Sheet]] = {
    "transitions": MOVES,
    "attrition": sheet(
        CORRELATION,
        {
            **texts("term status"),
            **estimates("ratio lower upper"),
            "p": P,
            "n": PERSONS,
            "left": PERSONS,
        },
        treatment="terms",
        total="n",
        cells="left",
    ),
    "operating-table": SIMULATED,
    "baseline": sheet(
        f"{FREQUENCIES}, {MOMENTS}",
        {
            **texts("variable code statistic group wave"),
            "value": share("count", "n"),
            "spread": moment("n"),
            "n": PERSONS,
            "count": PERSONS,
            "missing": PERSONS,
            "smd": ESTIMATE,
        },
        treatment="baseline",
        lines=("variable", "group", "wave"),
        cells="count",
        total="n",
    ),
    "models": sheet(
        CORRELATION,
        {
            **MODEL,
            **texts("part term text"),
            **estimates("estimate lower upper df"),
            "p": P,
            "decimals": PLAIN,
        },
        treatment="models",
    ),
    "published": sheet(
        FREQUENCIES,
        {
            **texts(
                "id part statistic_nl statistic_en group wave unit precision direction source kind variable"
            ),
            **dict.fromkeys(("value", "published_base"), PLAIN),
            "found": share("count", "base"),
            "count": PERSONS,
            "base": PERSONS,
        },
        treatment="published",
    ),
    "outcomes": sheet(
        f"{MOMENTS}, {POSITION}",
        {
            **texts("variable group wave"),
            **dict.fromkeys(("n", "missing"), PERSONS),
            **dict.fromkeys(("mean", "sd"), moment("n")),
            "median": quantile(0.5, "n"),
            "p25": quantile(0.25, "n"),
            "p75": quantile(0.75, "n"),
            **dict.fromkeys(("floor", "ceiling"), share("", "n")),
        },
    ),
    "means": sheet(
        CORRELATION,
        {
            **MODEL,
            **texts("family status part group other wave"),
            **estimates("estimate lower upper standardised"),
            "p": P,
            "decimals": PLAIN,
        },
        treatment="models",
    ),
    "multiplicity": MANY_MODELS,
    "sensitivity": MANY_MODELS,
    "dictionary": sheet(
        FREQUENCIES,
        {
            **texts("variable type derived used"),
            **dict.fromkeys(("low", "high"), PLAIN),
            **dict.fromkeys(("valid", "missing"), ROWS),
        },
    ),
    "missing": sheet(
        FREQUENCIES,
        {**texts("variable wave group reason"), "cells": ROWS},
        treatment="reasons",
    ),
    "crosswalk": sheet(NOT_PERSONS, texts("variable file wave group rule detail decision")),
    "codes": sheet(
        FREQUENCIES,
        {
            **texts("variable file wave group source code label target declared"),
            "count": PERSONS,
        },
        treatment="found",
        lines=("variable", "file", "source"),
        cells="count",
    ),
    "indices": sheet(
        NOT_PERSONS,
        texts("variable rule items threshold min_valid on_too_few on_uneven only_if decision"),
    ),
    "decisions": sheet(
        NOT_PERSONS, texts("number date decision_nl decision_en reason_nl reason_en who used_in")
    ),
}
