"""Words are data: one YAML file per language beside the code of a layer; code asks by key.

A layer keeps its words in a package of its own, ``LANGUAGE.yaml`` each. The files say which languages there
are: no code names one. What a study says (labels, titles) comes with the study, in the languages it declares.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, NoReturn

from netwerkkracht.core import strict_yaml
from netwerkkracht.core.errors import fail, nearest

# the code of a language, as in the name of its file: of two or three letters
LANGUAGE: Final = r"[a-z]{2,3}"


class ByLanguage(Mapping[str, str]):
    """What a study says in each language that it says it in.

    A language in which it is not said gets the first one, or ``otherwise`` where there is none: a label may
    stand once for all languages. Whether a study speaks the languages of its report, ``check`` says.
    """

    __slots__ = ("held", "otherwise")

    def __init__(self, texts: Mapping[str, str], otherwise: str = "") -> None:
        """Keep the texts that say something, in their order."""
        self.held = {lang: text for lang, text in texts.items() if text}
        self.otherwise = next(iter(self.held.values()), otherwise)

    def __getitem__(self, lang: str) -> str:
        """Return the text in a language, or what is said instead."""
        return self.held.get(lang, self.otherwise)

    def within(self, languages: Iterable[str]) -> ByLanguage:
        """Return the text in exactly these languages."""
        return ByLanguage({lang: self[lang] for lang in languages}, self.otherwise)

    def __iter__(self) -> Iterator[str]:
        """Iterate over the languages that it is said in."""
        return iter(self.held)

    def __len__(self) -> int:
        """Return in how many languages it is said."""
        return len(self.held)

    def __contains__(self, lang: object) -> bool:
        """Whether it is said in a language."""
        return lang in self.held

    def __eq__(self, other: object) -> bool:
        """Whether the same is said; also against a plain map of texts."""
        if isinstance(other, ByLanguage) and self.otherwise != other.otherwise:
            return False
        return isinstance(other, Mapping) and self.held == dict(other)

    def __hash__(self) -> int:
        """Return the same number for the same texts."""
        return hash(tuple(self.held.items()))

    def __repr__(self) -> str:
        """Return the texts as they were given."""
        return f"ByLanguage({self.held!r}, {self.otherwise!r})"


def language_of(column: str, stem: str) -> str:
    """Return the language of a column ``STEM_LANGUAGE``, empty where it is another column."""
    lang = column.removeprefix(f"{stem}_")
    return lang if lang != column and re.fullmatch(LANGUAGE, lang) else ""


def by_language(row: Mapping[str, str], stem: str, otherwise: str = "") -> ByLanguage:
    """Return a text of a row by language: the cells of ``STEM_LANGUAGE``, in the order of the columns."""
    spoken = {language_of(name, stem): cell for name, cell in row.items()}
    return ByLanguage({lang: cell for lang, cell in spoken.items() if lang}, otherwise)


@dataclass(frozen=True)
class Texts:
    """The texts of one section in one language, by key."""

    file: str
    section: str
    held: Mapping[str, Any]

    def __getitem__(self, key: str) -> str:
        """Return one text.

        Raises
        ------
        StudyError
            ``L02`` where the file has no such text.
        """
        text = self.held.get(key)
        return text if isinstance(text, str) else _absent(self.file, self._place(key), self.held)

    def listed(self, key: str) -> tuple[str, ...]:
        """Return a list of words.

        Raises
        ------
        StudyError
            ``L02`` where the file has no such list.
        """
        words = self.held.get(key)
        return tuple(words) if isinstance(words, list) else _absent(self.file, self._place(key), self.held)

    def _place(self, key: str) -> str:
        return f"{self.section}.{key}".lstrip(".")

    def __contains__(self, key: str) -> bool:
        """Whether there is such a text."""
        return isinstance(self.held.get(key), str)

    def get(self, key: str, otherwise: str) -> str:
        """Return one text, or another where there is none: for words of values that data bring."""
        text = self.held.get(key)
        return text if isinstance(text, str) else otherwise


@dataclass(frozen=True)
class Section:
    """One section of the words in every language, ``section[lang][key]``; read when it is asked."""

    package: str
    path: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages that there are files for."""
        return tuple(_read(self.package))

    def __getitem__(self, lang: str) -> Texts:
        """Return the texts in one language.

        Raises
        ------
        StudyError
            ``L02`` for a language without a file, or a file without the section.
        """
        known, folder = _read(self.package), self.package.rpartition(".")[2]
        held = known[lang] if lang in known else _absent(folder, lang, known)
        for place, key in enumerate(self.path):
            inner = held.get(key)
            if not isinstance(inner, Mapping):
                _absent(f"{folder}/{lang}.yaml", ".".join(self.path[: place + 1]), held)
            held = inner
        return Texts(f"{folder}/{lang}.yaml", ".".join(self.path), held)

    def __contains__(self, key: str) -> bool:
        """Whether every language has such a text."""
        return all(key in self[lang] for lang in self.languages)

    def any_texts(self, lang: str) -> Texts:
        """Return the texts in one language, none where the file has no such section."""
        held: Any = _read(self.package).get(lang, {})
        for key in self.path:
            held = held.get(key, {}) if isinstance(held, Mapping) else {}
        return Texts(f"{self.package.rpartition('.')[2]}/{lang}.yaml", ".".join(self.path), held)

    def each(self, key: str, **values: object) -> dict[str, str]:
        """Return a text in every language, ``values`` put in where any are given."""
        found = {lang: self[lang][key] for lang in self.languages}
        return {lang: text.format(**values) for lang, text in found.items()} if values else found

    def within(self, *keys: str) -> Section:
        """Return a section inside this one."""
        return Section(self.package, (*self.path, *keys))

    def digestible(self, lang: str) -> str:
        """Return all that the section says in one language as one text, for a fingerprint."""
        return json.dumps(self[lang].held, sort_keys=True, ensure_ascii=False)


@cache
def _read(package: str) -> dict[str, Mapping[str, Any]]:
    """Return what the files of a package say, by language, in the order of their names."""
    found = {}
    for entry in sorted(files(package).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            name = f"{package.rpartition('.')[2]}/{entry.name}"
            held = strict_yaml.load(entry.read_text(encoding="utf-8"), file=name, code="L01")
            if not isinstance(held, Mapping):
                raise fail(
                    "L01",
                    "the words of a language are no map",
                    file=name,
                    expected="sections of key: text",
                    action="write them as in the file of another language",
                )
            found[entry.name.removesuffix(".yaml")] = held
    return found


def _absent(file: str, key: str, known: Mapping[str, Any]) -> NoReturn:
    hint = nearest(key.rpartition(".")[2], known)
    raise fail(
        "L02",
        f"there are no words for '{key}'" + (f"; {hint}" if hint else ""),
        file=file,
        expected="the same keys in the file of every language",
        action=f"add '{key}' to the file",
    )
