"""Checks of the outcome that only these families need."""

from __future__ import annotations

import numpy as np

from netwerkkracht.core.errors import StudyError, fail
from netwerkkracht.mixed.formula.design import Design


def read_outcome(design: Design, family: str, nodes: int) -> None:
    """Refuse values an outcome of this family cannot have.

    Raises
    ------
    StudyError
        OUTCOME or OPTION; never with a value of a person.
    """
    if nodes < 1 or int(nodes) != nodes:
        raise fail(
            "OPTION",
            "the number of quadrature nodes is not a whole number above zero",
            expected="nodes of 1 (Laplace) or more; 15 serves nearly all models",
            action="correct the option nodes",
        )
    y, levels = design.y, design.response_levels
    if family == "ordinal":
        if len(np.unique(y)) < 2 or (levels is None and not _whole(y)):
            raise _outcome(design, "an ordinal outcome has two or more ordered categories", ~_is_whole(y))
        return
    if levels is not None and (family != "binomial" or len(levels) > 2):
        raise _outcome(design, f"the family '{family}' needs a number, not a factor", np.ones(len(y), bool))
    if family == "binomial":
        trials = np.ones(len(y)) if design.trials is None else design.trials
        wrong = ~_is_whole(y) | (y < 0) | (y > trials) | (trials < 1) | ~_is_whole(trials)
        expected = "0 or 1" if design.trials is None else "whole numbers of successes from 0 to the trials"
    else:
        wrong, expected = ~_is_whole(y) | (y < 0), "whole numbers from 0"
    if wrong.any():
        raise _outcome(design, expected, wrong)


def _is_whole(y: np.ndarray) -> np.ndarray:
    return np.asarray(y == np.round(y))


def _whole(y: np.ndarray) -> bool:
    return bool(_is_whole(y).all())


def _outcome(design: Design, expected: str, wrong: np.ndarray) -> StudyError:
    return fail(
        "OUTCOME",
        f"'{design.formula.response}' holds values this family cannot have",
        expected=expected,
        action="choose another family, or recode the outcome",
        variable=design.formula.response,
        count=int(wrong.sum()),
    )


def endless_variance(design: Design, family: str) -> str:
    """Say so where a 0/1 outcome never changes within any level of the only grouping factor.

    The likelihood then rises with the standard deviation of its intercept without end.
    """
    if len(design.random) != 1 or design.random[0].names != ("(Intercept)",):
        return ""
    if family not in {"binomial", "ordinal"} or (design.trials is not None and (design.trials > 1).any()):
        return ""
    term = design.random[0]
    low = np.full(term.n_levels, np.inf)
    high = np.full(term.n_levels, -np.inf)
    np.minimum.at(low, term.codes, design.y)
    np.maximum.at(high, term.codes, design.y)
    if (high > low).any() or design.n_rows == term.n_levels:
        return ""
    return (
        f"the outcome never changes within a level of '{term.group}': the variance between levels has "
        "no finite estimate"
    )
