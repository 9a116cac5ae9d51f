"""Numbers into words: the one formatter, for every language that there is a file of signs for.

Every printed number of the report, the tables and the figures passes through here, so that decimal signs,
minus signs, intervals and p values cannot differ from place to place. Intervals are built here and not in
the report's markup, where a separator once vanished without a warning.
"""

from __future__ import annotations

import math
from functools import cache
from typing import Final

from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.core.words import Texts

Lang = str

MISSING: Final = "\u2013"  # en dash: shown where there is no number
MINUS: Final = "\u2212"
NO_BREAK_SPACE: Final = "\u00a0"


@cache
def _signs(lang: Lang) -> Texts:
    return LANGUAGES.within("signs")[lang]


def _absent(value: float | None) -> bool:
    return value is None or math.isnan(value)


def number(value: float | None, lang: Lang, decimals: int = 2, *, sign: bool = False) -> str:
    """Return a number with a fixed number of decimals.

    Parameters
    ----------
    value
        The raw number; None and NaN give an en dash, infinity the sign for it.
    lang
        The language, whose signs stand in ``core/languages``.
    decimals
        Digits after the decimal sign.
    sign
        Print a plus before positive numbers too (differences and changes).

    Returns
    -------
    str
        Thousands are grouped, the minus is U+2212, and a number that rounds to zero has no sign.
    """
    if value is None or math.isnan(value):
        return MISSING
    lead = MINUS if value < 0 else "+" if sign and value > 0 else ""
    if math.isinf(value):
        return f"{lead}∞"
    text = f"{abs(value):,.{decimals}f}"
    if not any(digit in "123456789" for digit in text):
        lead = ""
    whole, _, fraction = text.partition(".")
    signs = _signs(lang)
    whole = whole.replace(",", signs["thousands"])
    return f"{lead}{whole}{signs['decimal']}{fraction}" if fraction else f"{lead}{whole}"


def count(value: float | None, lang: Lang) -> str:
    """Return a count: a whole number with grouped thousands."""
    return number(value, lang, 0)


def percent(value: float | None, lang: Lang, decimals: int = 0) -> str:
    """Return a share between 0 and 1 as a percentage, the sign attached."""
    if value is None or math.isnan(value):
        return MISSING
    return f"{number(100 * value, lang, decimals)}%"


def count_percent(part: float | None, total: float | None, lang: Lang, decimals: int = 0) -> str:
    """Return ``28 (62%)``; only the count where the total is zero or missing."""
    if part is None or math.isnan(part):
        return MISSING
    if total is None or math.isnan(total) or total == 0:
        return count(part, lang)
    return f"{count(part, lang)}{NO_BREAK_SPACE}({percent(part / total, lang, decimals)})"


def mean_sd(mean: float | None, sd: float | None, lang: Lang, decimals: int = 1) -> str:
    """Return ``4,6 (2,1)``; the mean alone where there is no standard deviation."""
    text = number(mean, lang, decimals)
    return text if _absent(sd) else f"{text}{NO_BREAK_SPACE}({number(sd, lang, decimals)})"


def p_value(p: float | None, lang: Lang, decimals: int = 3) -> str:
    """Return a p value: ``0,034``, ``< 0,001`` or ``> 0,999``; never zero and never one.

    Raises
    ------
    ValueError
        When p lies outside [0, 1].
    """
    if p is None or math.isnan(p):
        return MISSING
    if not 0.0 <= p <= 1.0:
        raise ValueError("a p value lies between 0 and 1")
    step = 10.0**-decimals
    if p < step:
        return f"<{NO_BREAK_SPACE}{number(step, lang, decimals)}"
    if round(p, decimals) >= 1.0:
        return f">{NO_BREAK_SPACE}{number(1.0 - step, lang, decimals)}"
    return number(p, lang, decimals)


def p_phrase(p: float | None, lang: Lang, decimals: int = 3) -> str:
    """Return a p value with its letter and relation: ``p = 0,034`` or ``p < 0,001``."""
    text = p_value(p, lang, decimals)
    relation = "" if text[0] in "<>" else f"={NO_BREAK_SPACE}"
    return f"p{NO_BREAK_SPACE}{relation}{text}"


def interval(
    lower: float | None, upper: float | None, lang: Lang, decimals: int = 2, *, share: bool = False
) -> str:
    """Return an interval: ``[2,92; 3,44]`` in Dutch, ``[2.92, 3.44]`` in English.

    Parameters
    ----------
    lower, upper
        Limits; one missing limit makes the whole interval missing.
    share
        The limits are shares and are printed as percentages.
    """
    if lower is None or upper is None or math.isnan(lower) or math.isnan(upper):
        return MISSING
    opening, between, closing = (_signs(lang)[sign] for sign in ("opening", "between", "closing"))
    between = between.replace(" ", NO_BREAK_SPACE)
    if share:
        return f"{opening}{percent(lower, lang, decimals)}{between}{percent(upper, lang, decimals)}{closing}"
    return f"{opening}{number(lower, lang, decimals)}{between}{number(upper, lang, decimals)}{closing}"


def as_given(value: float, lang: Lang, least: int = 0) -> str:
    """Return a number with as many decimals as it has, ``least`` or more: a setting is not rounded."""
    settled = round(value, 6)
    return number(settled, lang, max(least, len(f"{settled:g}".partition(".")[2])))


def level_text(lang: Lang, level: float) -> str:
    """Return what intervals cover: ``95%``, with as many decimals as the level has."""
    return f"{as_given(100 * level, lang)}%"


def interval_label(lang: Lang, level: float) -> str:
    """Return ``95%-BI`` or ``95% CI``, as the language writes it."""
    return _signs(lang)["interval"].format(level=level_text(lang, level))


def estimate_interval(
    value: float | None, lower: float | None, upper: float | None, lang: Lang, decimals: int = 2
) -> str:
    """Return ``−0,31 [−0,92; 0,30]``; the estimate alone where there is no interval."""
    text = number(value, lang, decimals)
    limits = interval(lower, upper, lang, decimals)
    return text if limits == MISSING else f"{text} {limits}"


def parse_number(text: str, lang: Lang) -> float:
    """Read back what :func:`number` or :func:`percent` printed; an en dash gives NaN.

    Raises
    ------
    ValueError
        When the text is no printed number of that language.
    """
    if text == MISSING:
        return math.nan
    bare, signs = text.removesuffix("%"), _signs(lang)
    bare = bare.replace(signs["thousands"], "").replace(signs["decimal"], ".").replace(MINUS, "-")
    value = float(bare.replace("∞", "inf"))
    return value / 100 if text.endswith("%") else value
