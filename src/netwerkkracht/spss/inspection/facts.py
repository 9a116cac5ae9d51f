"""What is in a file: everything that is known of it, as JSON values."""

from __future__ import annotations

import hashlib
import math
from typing import Any

from netwerkkracht.spss.artifacts import code_out
from netwerkkracht.spss.dates import kind_of, to_iso, valid
from netwerkkracht.spss.model import SpssFile, SpssVariable

FEW = 15
SYSMIS = "."


def facts(file: SpssFile) -> dict[str, Any]:
    """Return all that is known of a file as JSON values, variables in file order.

    ``value_counts`` stands with variables of at most 15 distinct values (system-missing, written ``.``, is
    one); user-missing codes are counted as the values they are, dates as SPSS seconds. ``counts_sha`` is the
    first 16 hexadecimal digits of SHA-256 over ``name<TAB>value<TAB>count<LF>`` of every variable.
    """
    counts = {variable.name: value_counts(file.frame[variable.name], variable) for variable in file.variables}
    return {
        "file": file.name,
        "container": file.container,
        "bytes": file.size,
        "sha256": file.sha256,
        "encoding": file.encoding,
        "n_undecodable": file.undecodable,
        "product": file.product,
        "file_label": file.file_label,
        "weight": file.weight_variable,
        "n_rows": file.n_rows,
        "n_vars": len(file.variables),
        "counts_sha": counts_sha(counts),
        "findings": [
            {name: value for name, value in vars(finding).items() if value is not None}
            for finding in file.findings
        ],
        "documents": list(file.documents),
        "mr_sets": {
            one.name: {
                "label": one.label,
                "kind": one.kind,
                "counted": one.counted,
                "variables": list(one.variables),
            }
            for one in file.multiple_response_sets
        },
        "variables": {
            variable.name: _variable(variable, file.frame[variable.name], counts[variable.name])
            for variable in file.variables
        },
    }


def _variable(variable: SpssVariable, column: Any, counts: dict[str, int]) -> dict[str, Any]:
    single = [code_out(rule) for rule in variable.missing if not isinstance(rule, tuple)]
    ranges = [[code_out(end) for end in rule] for rule in variable.missing if isinstance(rule, tuple)]
    known: dict[str, Any] = {
        "label": variable.label,
        "format": variable.format,
        "measure": variable.measure,
        "role": variable.role,
        "value_labels": {code_text(code): words for code, words in variable.value_labels.items()},
        "missing": {"values": single, "ranges": ranges},
        "n_sysmis": counts.get(SYSMIS, 0) if not variable.is_string else 0,
        "n_user_missing": _n_user_missing(variable, column),
        "n_distinct": _n_distinct(column),
    }
    if not variable.is_string:
        known |= _numbers(variable, column) if kind_of(variable.format) is None else _dates(variable, column)
    if known["n_distinct"] <= FEW:
        known["value_counts"] = counts
    return known


def _n_distinct(column: Any) -> int:
    """Count the different values as stored; system-missing is one."""
    return int(column.nunique(dropna=True)) + int(column.isna().any())


def _numbers(variable: SpssVariable, column: Any) -> dict[str, Any]:
    """Return the lowest and highest number that is no missing code, None where there is none."""
    import numpy as np

    values = column.to_numpy()
    # infinity is no number that SPSS knows, but a file can hold it and JSON cannot
    real = values[~_user_missing(variable, values) & np.isfinite(values)]
    ends = (float(real.min()), float(real.max())) if len(real) else (None, None)
    return {"lowest": ends[0], "highest": ends[1]}


def _dates(variable: SpssVariable, column: Any) -> dict[str, Any]:
    """Return the first and last date or time that is no missing code, and how many are out of range."""
    kind = kind_of(variable.format)
    assert kind is not None
    values = column.to_numpy()
    real = values[~_user_missing(variable, values) & ~_isnan(values)]
    good = real[valid(real, kind)]
    ends = to_iso([good.min(), good.max()], variable.format).values if len(good) else [None, None]
    return {"first": ends[0], "last": ends[1], "n_invalid": len(real) - len(good)}


def _isnan(values: Any) -> Any:
    import numpy as np

    return np.isnan(values)


def _user_missing(variable: SpssVariable, values: Any) -> Any:
    """Return which numbers are declared missing."""
    import numpy as np

    declared = np.zeros(len(values), dtype=bool)
    for rule in variable.missing:
        if isinstance(rule, tuple):
            declared |= (values >= rule[0]) & (values <= rule[1])
        else:
            declared |= values == rule
    return declared


def _n_user_missing(variable: SpssVariable, column: Any) -> int:
    if not variable.missing:
        return 0
    if variable.is_string:
        return int(column.isin([rule for rule in variable.missing if isinstance(rule, str)]).sum())
    return int(_user_missing(variable, column.to_numpy()).sum())


def code_text(code: float | str) -> str:
    """Return a code as text: at most 6 decimals, no trailing zeros, no minus zero."""
    if isinstance(code, str):
        return code
    if not math.isfinite(code):
        return SYSMIS if math.isnan(code) else str(code)
    text = f"{code:.6f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def value_counts(column: Any, variable: SpssVariable) -> dict[str, int]:
    """Count the values of a column by their text, in the order of the values; SYSMIS is ``.``, last."""
    found: dict[str, int] = {}
    for value, count in column.value_counts(dropna=True).sort_index().items():
        text = str(value).rstrip(" ") if variable.is_string else code_text(float(value))
        found[text] = found.get(text, 0) + int(count)
    empty = int(column.isna().sum())
    return found | {SYSMIS: empty} if empty else found


def counts_sha(counts: dict[str, dict[str, int]]) -> str:
    """Return the checksum over all value counts."""
    lines = sorted(
        (name.lower(), value, count) for name, by_value in counts.items() for value, count in by_value.items()
    )
    text = "".join(f"{name}\t{value}\t{count}\n" for name, value, count in lines)
    return hashlib.sha256(text.encode("utf-8")).hexdigest()[:16]
