"""Identifiers as they are stored, and what a rule of the study lets differ between two of one person.

Without a rule two identifiers are one person only when they are equal as stored, after trailing blanks. A
whole number is written with its digits, so that the number 7 and the text '7' are one identifier.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from netwerkkracht.study.codebook.types import ID_RULES

EXACT = 2.0**53
"""From here on a numeric variable holds the same number for different identifiers."""
JOIN = "|"
NUMBER = re.compile(r" *(-?[0-9]+)(?:[.,]([0-9]+))?")


def stored(frame: Any, columns: Sequence[str]) -> Any:
    r"""Return the identifier of each row as text (array of objects), None where a part of it is empty.

    Parameters
    ----------
    frame
        The rows of a file.
    columns
        The columns that together are the key. Several are written with ``|`` between (a ``|`` or ``\`` of
        their own gets a ``\`` before it), so that different keys are different texts.

    Returns
    -------
    array of object
        Trailing blanks are no part of an identifier; every other character is. Numbers are written with the
        digits they have (``repr`` where they are not whole).
    """
    parts = [_texts(frame[column]) for column in columns]
    if len(parts) == 1:
        return parts[0]
    joined = np.full(len(frame), None, dtype=object)
    whole = np.logical_and.reduce([part != None for part in parts])  # noqa: E711  # element by element
    texts = ([_escape(text) for text in part[whole]] for part in parts)
    joined[whole] = [JOIN.join(row) for row in zip(*texts, strict=True)]
    return joined


def _texts(series: Any) -> Any:
    import pandas as pd

    index, uniques = pd.factorize(series.to_numpy(), use_na_sentinel=True)
    if pd.api.types.is_numeric_dtype(series.dtype):
        written = [_number(float(value)) for value in uniques]
    else:
        written = [str(value).rstrip(" ") or None for value in uniques]
    # the last place is what a missing value takes
    return np.array([*written, None], dtype=object)[index]


def _number(value: float) -> str | None:
    if not np.isfinite(value):
        return None
    return str(int(value)) if value.is_integer() else repr(value)


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace(JOIN, f"\\{JOIN}")


def _parts(text: str) -> list[str]:
    """Split a key of several columns at its separators, leaving the escapes as they are."""
    return re.findall(rf"(?:^|(?<={re.escape(JOIN)}))((?:[^\\{JOIN}]|\\.)*)(?={re.escape(JOIN)}|$)", text)


def too_large(frame: Any, columns: Sequence[str]) -> Any:
    """Return a mask of rows with a numeric identifier of 2^53 or more: others were stored as the same."""
    import pandas as pd

    mask = np.zeros(len(frame), dtype=bool)
    for column in columns:
        if pd.api.types.is_numeric_dtype(frame[column].dtype):
            values = frame[column].to_numpy(dtype=np.float64)
            mask |= np.isfinite(values) & (np.abs(values) >= EXACT)
    return mask


def folded(texts: Any, rules: Sequence[str], *, several: bool = False) -> Any:
    """Return identifiers for comparison: what a rule lets differ is made equal, all else stays as stored.

    Parameters
    ----------
    texts
        Identifiers of :func:`stored` (None stays None).
    rules
        Names of ``ID_RULES``; their order does not matter. Without any the texts come back as they are.
    several
        Whether the key has several columns: each is folded by itself.
    """
    steps = [_STEPS[name] for name in ORDER if name in rules]
    if not steps:
        return texts
    import pandas as pd

    index, uniques = pd.factorize(np.asarray(texts, dtype=object), use_na_sentinel=True)
    made = [
        JOIN.join(_fold(part, steps) for part in _parts(text)) if several else _fold(text, steps)
        for text in uniques
    ]
    return np.array([*made, None], dtype=object)[index]


def _fold(text: str, steps: Sequence[Callable[[str], str]]) -> str:
    if text.isascii() and text.isdigit() and text[0] != "0":
        # most identifiers are this, and it is the same under every rule
        return text
    for step in steps:
        text = step(text)
    return text.rstrip(" ")


def _visible(text: str) -> str:
    """Drop characters that show nothing; other blanks than the ordinary one become that."""
    seen = (" " if mark.isspace() else mark for mark in text)
    return "".join(mark for mark in seen if unicodedata.category(mark) not in {"Cf", "Cc"})


def _head(text: str) -> tuple[str, str]:
    body = text.lstrip(" ")
    return text[: len(text) - len(body)], body


def _no_inner_blanks(text: str) -> str:
    head, body = _head(text)
    return head + body.replace(" ", "")


def _no_inner_zeros(text: str) -> str:
    # zeros behind a decimal sign are no leading zeros
    head, body = _head(text)
    return head + re.sub(r"(?<=[^0-9.,])0+(?=[0-9])", "", body)


def _number_text(text: str) -> str:
    match = NUMBER.fullmatch(text.rstrip(" "))
    if match is None:
        return text
    decimals = (match[2] or "").rstrip("0")
    return f"{match[1]}.{decimals}" if decimals else match[1]


def _same(text: str) -> str:
    return text


_STEPS: Mapping[str, Callable[[str], str]] = {
    "unicode_form": lambda text: unicodedata.normalize("NFKC", text),
    "invisible": _visible,
    "case": str.lower,
    "number_text": _number_text,
    "leading_blanks": lambda text: text.lstrip(" "),
    "inner_blanks": _no_inner_blanks,
    "leading_zeros": lambda text: re.sub(r"^( *)0+(?=[0-9])", r"\1", text),
    "inner_zeros": _no_inner_zeros,
    # a matter of numbers: it lets them stand, and changes no text
    "large_numbers": _same,
}
ORDER = tuple(_STEPS)
TEXT_RULES = tuple(name for name in ID_RULES if name != "large_numbers")
