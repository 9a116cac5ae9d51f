"""Logging to standard error: one fact a line, counts and never a person's values."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging


def start(step: str) -> logging.Logger:
    """Return the logger of a step, writing ``step: fact`` lines to standard error.

    No clock in the lines: two runs of the same step log the same text.
    """
    # a command that only explains itself logs nothing
    import logging

    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    logger = logging.getLogger(step)
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    return logger
