"""Names and numbers of encodings as SPSS, PSPP and others write them, and Python's codec for each."""

from __future__ import annotations

import codecs
import re
from typing import Final

ALIASES: Final = {
    "ansi_x3.4-1968": "ascii",
    "us-ascii": "ascii",
    "system": "windows-1252",
    "euc-cn": "gb2312",
    "windows-31j": "cp932",
    "x-sjis": "shift_jis",
    "windows-936": "gbk",
}
# numbers of code pages that are no name of a codec with "cp" before them
PAGES: Final = {
    2: "ascii",
    3: "ascii",
    10000: "mac-roman",
    10006: "mac-greek",
    10007: "mac-cyrillic",
    10029: "mac-latin2",
    10081: "mac-turkish",
    1361: "johab",
    20127: "ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    51932: "euc-jp",
    20932: "euc-jp",
    51936: "gb2312",
    20936: "gb2312",
    51949: "euc-kr",
    54936: "gb18030",
    65001: "UTF-8",
    **{28590 + part: f"iso-8859-{part}" for part in (*range(1, 12), *range(13, 17))},
}
SAME_PAGE: Final = {"gbk": "cp936", "shift_jis": "cp932", "big5": "cp950"}
ASCII_PAGES: Final = frozenset({2, 3, 20127})
FORBIDDEN: Final = frozenset({"utf-16", "utf-32", "utf-7", "utf-8-sig", "idna", "punycode", "hz"})
MULTIBYTE: Final = frozenset(
    {
        *("gb2312", "gbk", "gb18030", "big5", "big5hkscs", "cp950", "johab"),
        *("shift_jis", "shift_jis_2004", "shift_jisx0213", "cp932"),
        *("euc_jp", "euc_jis_2004", "euc_jisx0213", "euc_kr", "cp949"),
    }
)


def codec_for(name: str) -> str | None:
    """Return Python's name of an 8-bit text codec, or None when it is unknown or unfit for SPSS."""
    wanted = name.strip().lower()
    wanted = ALIASES.get(wanted, wanted)
    for word in (wanted, _simple(wanted)):
        try:
            found = codecs.lookup(word)
        except (LookupError, ValueError):
            continue
        fit = found._is_text_encoding and found.name not in FORBIDDEN  # noqa: SLF001 - no public name for it
        return found.name if fit and not found.name.startswith("iso2022") else None
    return None


def _simple(name: str) -> str:
    """Return ``cp949`` for ``x-windows-949``, ``ms949`` and the like, ``macroman`` for ``x-mac-roman``."""
    if page := re.fullmatch(r"(?:x-)?(?:windows|win|ibm|ms|cp|dos)?[-_]?(\d{3,5})", name):
        return f"cp{page[1]}"
    return re.sub(r"^x-mac-?", "mac", name).replace("mac-", "mac")


def codec_of_page(page: int) -> tuple[str, str] | None:
    """Return codec and shown name for the number of a code page, None when it is not known."""
    shown = PAGES.get(page, f"windows-{page}" if 1250 <= page <= 1258 else f"cp{page}")
    codec = codec_for(shown)
    return None if codec is None else (codec, shown)


def page_of(name: str) -> int:
    """Return the number of a code page for the name of an encoding; 2 (ASCII) where it has none."""
    codec = codec_for(name)
    if codec is None:
        return 2
    found: int | None = next((page for page, known in PAGES.items() if codec_for(known) == codec), None)
    if found is not None:
        return found
    digits = re.search(r"(\d{3,5})$", SAME_PAGE.get(codec, codec))
    return 2 if digits is None else int(digits[1])
