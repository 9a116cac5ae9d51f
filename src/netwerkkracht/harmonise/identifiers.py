"""Identifiers as they are written and as they are compared. Vectorised: no loop over rows."""

from __future__ import annotations

from typing import Any

import numpy as np


def written(series: Any) -> Any:
    """Return identifiers as text without surrounding blanks (pyarrow array); empty or missing is null."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if pd.api.types.is_numeric_dtype(series.dtype):
        values = series.to_numpy(dtype=np.float64)
        whole = np.isfinite(values) & (values == np.floor(values)) & (np.abs(values) < 2**53)
        texts = pc.cast(pa.array(np.where(whole, values, 0).astype(np.int64)), pa.string())
        other = np.isfinite(values) & ~whole
        if other.any():
            mixed = texts.to_pandas().to_numpy(dtype=object)
            mixed[other] = [repr(float(value)) for value in values[other]]
            texts = pa.array(mixed, type=pa.string())
        return pc.if_else(pa.array(np.isfinite(values)), texts, pa.scalar(None, pa.string()))
    texts = pc.utf8_trim_whitespace(
        pa.array(series.to_numpy(dtype=object), type=pa.string(), from_pandas=True)
    )
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def altered(series: Any) -> Any:
    """Return a mask of text identifiers that carry surrounding blanks."""
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc

    if pd.api.types.is_numeric_dtype(series.dtype):
        return np.zeros(len(series), dtype=bool)
    texts = pa.array(series.to_numpy(dtype=object), type=pa.string(), from_pandas=True)
    changed = pc.not_equal(texts, pc.utf8_trim_whitespace(texts))
    return np.asarray(pc.fill_null(changed, False).to_numpy(zero_copy_only=False), dtype=bool)


def comparable(texts: Any) -> Any:
    """Return identifiers for comparison: case folded, without inner blanks and leading zeros of digits."""
    import pyarrow.compute as pc

    lowered = pc.replace_substring_regex(pc.utf8_lower(texts), r"\s+", "")
    return pc.replace_substring_regex(lowered, r"(^|[^0-9])0+([0-9])", r"\1\2")


def to_objects(texts: Any) -> Any:
    """Return a pyarrow text array as a numpy array of text and None."""
    return texts.to_numpy(zero_copy_only=False)
