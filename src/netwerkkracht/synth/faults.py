"""Plant the faults a specification asks for; each leaves a record of what has to be reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.synth.spec import Fault
from netwerkkracht.synth.storage import Delivered


def plant(
    delivered: Delivered, fault: Fault, random: np.random.Generator
) -> tuple[Delivered, dict[str, Any]]:
    """Return the file with the fault in it, and its record (never an id or a value of a person).

    Raises
    ------
    StudyError
        ``S08`` for a fault the generator does not know.
    """
    if fault.fault not in _PLANTS:
        raise fail(
            "S08",
            f"no fault is called '{fault.fault}' {nearest(fault.fault, _PLANTS)}",
            expected=", ".join(_PLANTS),
            action="correct structure.yaml",
            file=fault.file,
        )
    id_column = delivered.variables[0].name
    frame = _PLANTS[fault.fault](delivered.frame.copy(), id_column, fault.options, random)
    texts: Mapping[str, Any] = fault.options
    record = {
        "fault": fault.fault,
        "file": fault.file,
        "finding": fault.finding,
        "set_aside": texts.get("set_aside", ""),
        "count": 1,
        **texts["said"],
    }
    return replace(delivered, frame=frame), record


def _stray_key(frame: Any, id_column: str, _options: Mapping[str, Any], random: np.random.Generator) -> Any:
    """Write one text key with blanks around it and in lower case."""
    row = int(random.integers(1, len(frame) - 1))
    frame.loc[row, id_column] = f" {frame.loc[row, id_column].lower()} "
    return frame


def _duplicate_row(frame: Any, _id: str, _options: Mapping[str, Any], random: np.random.Generator) -> Any:
    """Put an exact copy of one row at the end."""
    import pandas as pd

    row = int(random.integers(0, len(frame)))
    return pd.concat([frame, frame.iloc[[row]]], ignore_index=True)


def _row_without_first(
    frame: Any, id_column: str, options: Mapping[str, Any], _random: np.random.Generator
) -> Any:
    """Give the last row, which is of no interviewed person, an id that no key table knows."""
    frame.loc[len(frame) - 1, id_column] = options["id"]
    return frame


_PLANTS: Mapping[str, Callable[[Any, str, Mapping[str, Any], np.random.Generator], Any]] = {
    "stray_key": _stray_key,
    "duplicate_row": _duplicate_row,
    "row_without_first": _row_without_first,
}
