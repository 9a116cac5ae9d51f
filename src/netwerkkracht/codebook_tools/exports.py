"""Exports the panel inside the restricted room: CSV, Parquet, labelled SPSS."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from netwerkkracht.core import io
from netwerkkracht.core.display import Lang
from netwerkkracht.core.errors import fail
from netwerkkracht.harmonise.panel import restore
from netwerkkracht.harmonise.reasons import VALID, from_column
from netwerkkracht.harmonise.scoring import to_days
from netwerkkracht.spss.dates import DAY, EPOCH_DAYS
from netwerkkracht.spss.model import Code, Measure, SpssVariable
from netwerkkracht.study.codebook import read_codebook
from netwerkkracht.study.codebook.book import Codebook
from netwerkkracht.study.codebook.types import REASONS

LOW, HIGH = -99.0, -91.0
SPSS_CODES = {reason: LOW + 8 - place for place, reason in enumerate(REASONS[1:])}
"""w -91, r -92, n -93, q -94, s -95, x -96, m -97, g -98."""


def to_spss(codebook: Codebook, panel: Any, lang: Lang) -> tuple[Any, tuple[SpssVariable, ...]]:
    """Return the panel as an SPSS frame with its dictionary.

    Numbers, codes, yes/no and dates carry their reason as one of eight labelled codes, declared missing as
    the one range -99 THRU -91. Texts (identifiers, free text) are empty where missing and have a numeric
    companion ``<name>__reason`` with the same labelled codes and 0 for valid.

    Raises
    ------
    StudyError
        ``P01`` when a valid value lies in the range of the missing codes.
    """
    import pandas as pd

    columns: dict[str, Any] = {}
    variables: list[SpssVariable] = []
    study = codebook.study
    reasons_said: dict[Code, str] = {SPSS_CODES[tag]: words[lang] for tag, words in study.tags.items()}
    for name in study.key_columns:
        label = codebook.variables[name].label[lang] if name in codebook.variables else name
        columns[name] = panel[name].astype(object).to_numpy()
        variables.append(SpssVariable(name, label, measure="nominal", width=_width(columns[name])))
    for name in codebook.columns:
        reasons = from_column(panel[f"{name}__reason"])
        coded = np.array([0.0, *SPSS_CODES.values()])[reasons]
        label = codebook.label(name, lang)
        if codebook.is_text(name) and not _is_date(codebook, name):
            texts = panel[name].astype(object).to_numpy()
            columns[name] = np.where(reasons == VALID, texts, "").astype(object)
            variables.append(SpssVariable(name, label, measure="nominal", width=_width(columns[name])))
            columns[f"{name}__reason"] = coded
            variables.append(
                SpssVariable(
                    f"{name}__reason",
                    f"{label} (reason)",
                    "F3.0",
                    "nominal",
                    {0.0: "valid", **reasons_said},
                )
            )
            continue
        values = _numbers(codebook, name, panel[name])
        _check_free(name, values[reasons == VALID])
        columns[name] = np.where(reasons == VALID, values, coded)
        variables.append(_numeric_variable(codebook, name, lang, reasons_said))
    return pd.DataFrame(columns, copy=False), tuple(variables)


def _numeric_variable(codebook: Codebook, name: str, lang: str, said: dict[Code, str]) -> SpssVariable:
    labels: dict[Code, str] = dict(codebook.value_labels(name, lang).items())
    known = codebook.variables.get(name)
    kind = known.type if known is not None else "derived"
    form = "SDATE10" if _is_date(codebook, name) else "F8.2" if kind in {"number", "derived"} else "F8.0"
    measure: Measure = "nominal" if labels else "scale"
    return SpssVariable(name, codebook.label(name, lang), form, measure, {**labels, **said}, ((LOW, HIGH),))


def _is_date(codebook: Codebook, name: str) -> bool:
    if name in codebook.derived:
        derived = codebook.derived[name]
        return derived.rule == "from_wave" and _is_date(codebook, derived.flat[0].partition("@")[0])
    return codebook.variables[name].type == "date"


def _numbers(codebook: Codebook, name: str, column: Any) -> Any:
    if _is_date(codebook, name):
        return (to_days(column.astype(object).where(column.notna(), None)) + EPOCH_DAYS) * DAY
    return column.to_numpy(dtype=np.float64)


def _width(texts: Any) -> int:
    return max((len(str(text).encode()) for text in texts if text is not None), default=1) or 1


def _check_free(name: str, values: Any) -> None:
    inside = (values >= LOW) & (values <= HIGH)
    if inside.any():
        raise fail(
            "P01",
            "valid values lie in the range of the missing codes",
            variable=name,
            count=int(inside.sum()),
            expected=f"no valid value from {LOW:.0f} to {HIGH:.0f}",
            action="export as CSV or Parquet, or rescale the variable",
        )


def to_parquet_table(codebook: Codebook, panel: Any) -> Any:
    """Return the panel as an Arrow table: float64 and text, reasons as text, no metadata of any kind."""
    import pyarrow as pa

    columns: dict[str, Any] = {}
    for name in codebook.study.key_columns:
        columns[name] = pa.array(panel[name].astype(object), type=pa.string(), from_pandas=True)
    for name in codebook.columns:
        kind = pa.string() if codebook.is_text(name) else pa.float64()
        values = panel[name].astype(object) if codebook.is_text(name) else panel[name]
        columns[name] = pa.array(values, type=kind, from_pandas=True)
        said = np.array(REASONS, dtype=object)[from_column(panel[f"{name}__reason"])]
        columns[f"{name}__reason"] = pa.array(said, type=pa.string())
    return pa.table(columns).replace_schema_metadata(None)


def write_export(codebook: Codebook, panel: Any, out: Path, lang: Lang) -> None:
    """Write the panel as ``.csv``, ``.parquet`` or ``.sav``, by the name of the file; labels in one language.

    The Parquet file holds no pandas metadata, no attributes and no column statistics (these hold extremes).
    """
    if out.suffix == ".csv":
        io.write_csv(out, panel)
    elif out.suffix == ".parquet":
        import pyarrow.parquet as pq

        table = to_parquet_table(codebook, panel)
        io.write_via(out, lambda path: pq.write_table(table, path, write_statistics=False), writer="parquet")
    elif out.suffix in {".sav", ".zsav"}:
        from netwerkkracht.spss.writing.writer import write

        frame, variables = to_spss(codebook, panel, lang)
        write(out, frame, variables, file_label=codebook.study.name[:60])
    else:
        raise fail(
            "P02",
            f"'{out.suffix}' is no kind of export",
            file=out.name,
            expected=".csv, .parquet or .sav",
            action="give the file one of these endings",
        )


def text_columns(codebook: Codebook) -> list[str]:
    """Return the columns of a panel CSV that hold text: keys, text variables and every reason."""
    texts = [name for name in codebook.columns if codebook.is_text(name)]
    return [*codebook.study.key_columns, *texts, *(f"{name}__reason" for name in codebook.columns)]


def run_export(codebook: Path, panel: Path, out: Path, lang: Lang) -> None:
    """Export the panel of a finished run (results/restricted/panel.csv) to CSV, Parquet or SPSS."""
    book = read_codebook(codebook)
    write_export(book, restore(book, io.read_csv(panel, text=text_columns(book))), out, lang)
