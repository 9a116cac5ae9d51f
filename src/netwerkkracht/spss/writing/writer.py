"""Write .sav and .zsav files, the same bytes for the same content.

The bytes are made here and not by the reading library, which writes UTF-8 only, stamps the time of writing
and loses roles, weight, declared widths and multiple-response sets. Format: PSPP developer's guide, "System
File Format".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

from netwerkkracht.core import io
from netwerkkracht.core.errors import StudyError, fail
from netwerkkracht.spss.codepages import codec_for
from netwerkkracht.spss.model import MultipleResponseSet, SpssVariable

Packing = Literal["none", "rows", "zlib"]


@dataclass(frozen=True)
class Extras:
    """What a file can hold beside values and variables."""

    file_label: str = ""
    weight_variable: str | None = None
    documents: tuple[str, ...] = ()
    multiple_response_sets: tuple[MultipleResponseSet, ...] = ()
    attributes: Mapping[str, tuple[str, ...]] | None = None


def write(
    path: Path | str,
    frame: Any,
    variables: Sequence[SpssVariable],
    *,
    file_label: str = "",
    encoding: str = "UTF-8",
    extras: Extras | None = None,
) -> None:
    """Write a data frame as .sav, or as .zsav when the name says so.

    Parameters
    ----------
    path
        Where to write.
    frame
        Columns in the order of ``variables``: numbers (NaN becomes SYSMIS), or text (missing becomes an
        empty string). Dates are SPSS seconds.
    variables
        The dictionary; a string variable of width 0 gets the width its longest value needs.
    file_label
        At most 64 bytes.
    encoding
        Declared in the file and used for all its texts: UTF-8, or a code page such as windows-1252.
    extras
        Weight, documents, multiple-response sets and file attributes.

    Raises
    ------
    StudyError
        ``I04`` when something does not fit the format or the encoding; no value is quoted.
    """
    path = Path(path)
    extras = replace(extras or Extras(), file_label=file_label or (extras.file_label if extras else ""))
    content = to_bytes(
        frame,
        variables,
        extras,
        name=path.name,
        encoding=encoding,
        packing="zlib" if path.suffix.lower() == ".zsav" else "rows",
    )
    io.write_bytes(path, content, writer="sav")


def to_bytes(
    frame: Any,
    variables: Sequence[SpssVariable],
    extras: Extras,
    *,
    name: str = "file.sav",
    encoding: str = "UTF-8",
    packing: Packing = "rows",
) -> bytes:
    """Return the bytes of a .sav file (``zlib``: of a .zsav file); see :func:`write`."""
    from netwerkkracht.spss.writing.sav_data import case_bytes, packed_bytes
    from netwerkkracht.spss.writing.sav_dictionary import Layout, dictionary_bytes

    codec = codec_for(encoding)
    if codec is None:
        raise _unfit(name, None, "this encoding is not known", "UTF-8 or a code page such as windows-1252")
    if [variable.name for variable in variables] != [str(column) for column in frame.columns]:
        raise _unfit(name, None, "columns and variables differ", "one variable per column, in that order")
    encode = Encoder(name, codec)
    columns: list[Any] = []
    settled: list[SpssVariable] = []
    for variable in variables:
        values, known = _column(frame[variable.name], variable, encode)
        columns.append(values)
        settled.append(known)
    check(settled, extras, encode)
    layout = Layout(settled, encode, declared=encoding)
    head = dictionary_bytes(layout, extras, rows=len(frame), packing=packing)
    cases = case_bytes(columns, settled, rows=len(frame), compressed=packing != "none")
    return head + (packed_bytes(cases, offset=len(head)) if packing == "zlib" else cases)


@dataclass(frozen=True)
class Encoder:
    """Encodes the texts of one file; a letter the encoding lacks is an error, never a question mark."""

    file: str
    codec: str

    def __call__(self, text: str, variable: str | None = None) -> bytes:
        """Return the bytes of ``text``."""
        try:
            return text.encode(self.codec)
        except UnicodeEncodeError:
            raise _unfit(
                self.file, variable, "a text holds a letter that the encoding lacks", "UTF-8, which has all"
            ) from None


def _column(series: Any, variable: SpssVariable, encode: Encoder) -> tuple[Any, SpssVariable]:
    """Return the values as float64 array or list of bytes, and the variable with its width settled."""
    import pandas as pd

    textual = variable.is_string or (
        not pd.api.types.is_numeric_dtype(series.dtype) and not pd.api.types.is_bool_dtype(series.dtype)
    )
    if not textual:
        return series.astype("float64").to_numpy(), variable
    missing = series.isna().tolist()
    raw = [
        b"" if gone else encode(str(value), variable.name).rstrip(b" ")
        for value, gone in zip(series.tolist(), missing, strict=True)
    ]
    needed = max((len(value) for value in raw), default=1)
    width = variable.width or max(needed, 1)
    if needed > width or width > 32767:
        raise _unfit(encode.file, variable.name, f"a text needs {needed} bytes", f"at most {width} bytes")
    shown = variable.format if variable.format.upper().startswith("A") else f"A{width}"
    return raw, replace(variable, width=width, format=shown)


def check(variables: Iterable[SpssVariable], extras: Extras, encode: Encoder) -> None:
    """Refuse what the format cannot hold, all at once."""
    found: list[StudyError] = []

    def need(fine: bool, variable: str | None, what: str, expected: str) -> None:
        if not fine:
            found.append(_unfit(encode.file, variable, what, expected))

    seen: set[str] = set()
    for variable in variables:
        name = variable.name
        size = len(encode(name, name))
        need(0 < size <= 64, name, "the name does not fit", "a name of 1 to 64 bytes")
        need(not set(name) & set(" \t=/:()\n\x00"), name, "the name holds a sign SPSS uses itself", "letters")
        need(name.lower() not in seen, name, "the name occurs twice (capitals do not count)", "unique names")
        seen.add(name.lower())
        need(len(encode(variable.label or "", name)) <= 255, name, "the label is too long", "255 bytes")
        for label in variable.value_labels.values():
            need(len(encode(label, name)) <= 120, name, "a value label is too long", "120 bytes")
        _check_missing(variable, encode, need)
    need(len(encode(extras.file_label)) <= 64, None, "the file label is too long", "64 bytes")
    for line in extras.documents:
        need(len(encode(line)) <= 80, None, "a document line is too long", "80 bytes")
    need(
        extras.weight_variable is None or extras.weight_variable.lower() in seen,
        extras.weight_variable,
        "no such weight",
        "a variable",
    )
    if found:
        raise StudyError([finding for error in found for finding in error.findings])


def _check_missing(variable: SpssVariable, encode: Encoder, need: Any) -> None:
    ranges = [rule for rule in variable.missing if isinstance(rule, tuple)]
    single = [rule for rule in variable.missing if not isinstance(rule, tuple)]
    fits = (not ranges and len(single) <= 3) or (len(ranges) == 1 and len(single) <= 1)
    need(fits, variable.name, "more missing values than SPSS can hold", "three codes, or a range and a code")
    right = all(isinstance(rule, str) == variable.is_string for rule in single)
    need(right and not (ranges and variable.is_string), variable.name, "missing values of the wrong type", "")
    for rule in single:
        if isinstance(rule, str):
            need(
                len(encode(rule, variable.name)) <= 8, variable.name, "a missing text is too long", "8 bytes"
            )


def _unfit(file: str, variable: str | None, what: str, expected: str) -> StudyError:
    return fail(
        "I04",
        f"this cannot be written as an SPSS file: {what}",
        file=file,
        variable=variable,
        expected=expected,
        action="shorten or change it, or choose another encoding",
    )
