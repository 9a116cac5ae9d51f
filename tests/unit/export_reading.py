"""Read an export back into the panel it was made of: the proof that an export loses nothing."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from netwerkkracht.codebook_tools.exports import SPSS_CODES, _is_date, text_columns
from netwerkkracht.core import io
from netwerkkracht.harmonise.panel import restore
from netwerkkracht.harmonise.reasons import VALID, to_categorical
from netwerkkracht.spss import read
from netwerkkracht.spss.dates import DAY, EPOCH_DAYS
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import REASONS


def from_spss(codebook: Codebook, frame: Any) -> Any:
    """Return the panel that ``to_spss`` was given, from the frame of the file."""
    tags = {code: REASONS.index(reason) for reason, code in SPSS_CODES.items()}
    columns: dict[str, Any] = {}
    for name in codebook.study.key_columns:
        columns[name] = frame[name].astype("str")
    for name in codebook.columns:
        if codebook.is_text(name) and not _is_date(codebook, name):
            coded = frame[f"{name}__reason"].to_numpy(dtype=float)
            reasons = _reason_codes(coded, tags)
            texts = frame[name].astype(object).to_numpy()
            columns[name] = pd.Series(np.where(reasons == VALID, texts, None), dtype="str")
        else:
            coded = frame[name].to_numpy(dtype=float)
            reasons = _reason_codes(coded, tags)
            if _is_date(codebook, name):
                columns[name] = pd.Series(_dates(coded, reasons), dtype="str")
            else:
                columns[name] = pd.Series(np.where(reasons == VALID, coded, np.nan))
        columns[f"{name}__reason"] = pd.Series(to_categorical(reasons))
    return pd.DataFrame(columns, copy=False)


def _reason_codes(coded: Any, tags: dict[float, int]) -> Any:
    reasons = np.zeros(len(coded), dtype=np.int8)
    for code, place in tags.items():
        reasons[coded == code] = place
    return reasons


def _dates(seconds: Any, reasons: Any) -> Any:
    days = np.where(reasons == VALID, seconds / DAY - EPOCH_DAYS, 0).astype(np.int64)
    texts = np.datetime_as_string(days.astype("datetime64[D]")).astype(object)
    texts[reasons != VALID] = None
    return texts


def read_export(codebook: Codebook, path: Path) -> Any:
    """Read an export back into a panel equal to the one written."""
    if path.suffix == ".csv":
        return restore(codebook, io.read_csv(path, text=text_columns(codebook)))
    if path.suffix == ".parquet":
        return restore(codebook, pq.read_table(path).to_pandas())
    return from_spss(codebook, read(path).frame)
