"""The store of numbers: what one printed number is, how it is printed, and all of a report by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from netwerkkracht.core import display
from netwerkkracht.core.errors import fail, nearest
from netwerkkracht.report.spec import INTERVALS
from netwerkkracht.report.words import WORDS

FIELDS: Final = ("kind", "raw", "decimals", "meaning", "file", "row", "column", "how", "uses")


@dataclass(frozen=True)
class Number:
    """One number or word as printed: raw value, texts by language, and where it stands.

    ``row`` is the line of the file (the header is line 1), None for JSON and for computed numbers;
    ``column`` the column, or the place in a JSON file; ``how`` the row's selector, the computation or the
    rule of a word, in words a reader can check; ``uses`` the keys that a computed number or word is made of.
    """

    key: str
    kind: str
    raw: Any
    decimals: int
    text: Mapping[str, str]
    meaning: Mapping[str, str]
    file: str | None
    row: int | None
    column: str | None
    how: str
    uses: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the number as plain data, the texts by language under their language's name."""
        return {
            "kind": self.kind,
            "raw": self.raw,
            "decimals": self.decimals,
            **self.text,
            "meaning": dict(self.meaning),
            "file": self.file,
            "row": self.row,
            "column": self.column,
            "how": self.how,
            "uses": list(self.uses),
        }


@dataclass(frozen=True)
class Numbers:
    """All numbers and words of a report, by key, in the order of the list."""

    by_key: Mapping[str, Number]

    def __getitem__(self, key: str) -> Number:
        """Return the number of a key, or one clear error."""
        if key not in self.by_key:
            hint = nearest(key, self.by_key)
            raise fail(
                "R02",
                f"there is no number '{key}'{'; ' + hint if hint else ''}",
                expected="a key of the list of numbers",
                action="add the key to numbers.yaml or correct it",
            )
        return self.by_key[key]

    def __iter__(self) -> Iterator[Number]:
        """Iterate over the numbers in order."""
        return iter(self.by_key.values())

    def __len__(self) -> int:
        """Return how many numbers and words there are."""
        return len(self.by_key)

    def to_json(self) -> dict[str, Any]:
        """Return what ``numbers.json`` holds: one map per key."""
        return {key: number.to_json() for key, number in self.by_key.items()}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Numbers:
        """Read back what :meth:`to_json` gave."""
        return cls({key: _from_json(key, given) for key, given in document.items()})


def languages_of(given: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the languages in which an entry of ``numbers.json`` is printed: its keys that are no fields."""
    return tuple(key for key in given if key not in FIELDS)


def _from_json(key: str, given: Mapping[str, Any]) -> Number:
    return Number(
        key=key,
        kind=given["kind"],
        raw=given["raw"],
        decimals=given["decimals"],
        text={lang: given[lang] for lang in languages_of(given)},
        meaning=given["meaning"],
        file=given["file"],
        row=given["row"],
        column=given["column"],
        how=given["how"],
        uses=tuple(given["uses"]),
    )


def format_number(
    raw: Any, kind: str, decimals: int, lang: display.Lang, unit: Mapping[str, str] | None = None
) -> str:
    """Return the printed text of a raw value in one language: the one formatter of the report.

    Parameters
    ----------
    raw
        A number, two limits, a text, or None (printed as "not given").
    kind
        One of ``spec.KINDS``; a ``percent`` is a share between 0 and 1.
    decimals
        Digits after the decimal sign.
    lang
        The language.
    unit
        Text set behind the number after a no-break space, by language.
    """
    text = _printed(raw, kind, decimals, lang)
    tail = (unit or {}).get(lang, "")
    return f"{text}{display.NO_BREAK_SPACE}{tail}" if tail and raw is not None else text


def _printed(raw: Any, kind: str, decimals: int, lang: display.Lang) -> str:
    if raw is None:
        return WORDS.within("numbers")[lang]["not_given"]
    if kind in INTERVALS:
        return display.interval(raw[0], raw[1], lang, decimals, share=kind == "share_interval")
    if kind == "text":
        return str(raw)
    if kind == "percent":
        return display.percent(raw, lang, decimals)
    if kind == "p":
        return display.p_value(raw, lang, decimals)
    if kind == "p_phrase":
        return display.p_phrase(raw, lang, decimals)
    return display.number(raw, lang, decimals, sign=kind == "signed")
