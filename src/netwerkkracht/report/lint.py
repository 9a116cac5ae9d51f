"""What a reader of the source would have to see unaided: silent Typst traps and forbidden words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Final

from netwerkkracht.core.errors import Finding
from netwerkkracht.report.words import READING

# a semicolon behind a code expression in markup ends the expression and is not printed
_LOST_SEMICOLON: Final = re.compile(r"#[a-zA-Z][\w.-]*(?:\([^()\n]*\))?(?:\[[^\[\]\n]*\])*;")
_PARTICLES: Final = "van|von|de|den|der|het|ten|ter|te|op|'t"
_BARE_PARTICLE: Final = re.compile(rf"(?:^|\band\s+)(?:{_PARTICLES})\s+[^,{{}}]*,", re.IGNORECASE)
# what HTML export leaves out with its content; allowed behind a guard for the paged form
_LAYOUT: Final = re.compile(
    r"#(grid|align|place|columns|rect|line|stack|move|scale|rotate|pad|h|v|colbreak)\s*[\(\[]"
)
# a line that happens to begin so is read as the item of a list
_ACCIDENTAL_ITEM: Final = re.compile(r"^\s*\d+\.\s")
_NUMBER: Final = re.compile(r"(?<![\w.])\d[\d.,]*")


def find(source: Mapping[str, bytes], *, literals: Iterable[str] = ()) -> list[Finding]:
    """Return all faults of a report's source.

    Parameters
    ----------
    source
        The source folder: Typst, bibliography and other files by relative name.
    literals
        Regular expressions of numbers that may stand in the text as they are (years, names of scales); when
        none are given, bare numbers are not looked for.

    Returns
    -------
    list of Finding
        ``R20`` a semicolon that Typst swallows or a line it takes for a list, ``R21`` a Dutch name particle
        outside braces, ``R22`` an element that vanishes from HTML, ``R23`` a word that claims a cause,
        ``R24`` a number in the text that comes from no file.
    """
    allowed = [re.compile(pattern) for pattern in literals]
    faults: list[Finding] = []
    for name, content in sorted(source.items()):
        text = content.decode("utf-8", errors="replace") if name.endswith((".typ", ".bib")) else ""
        if name.endswith(".typ"):
            faults += list(_typst_faults(name, text))
            if allowed:
                faults += list(_bare_numbers(name, text, allowed))
        elif name.endswith(".bib"):
            faults += list(_bibliography_faults(name, text))
    return faults


def _finding(code: str, what: str, name: str, line: int, expected_action: tuple[str, str]) -> Finding:
    expected, action = expected_action
    return Finding(code, "error", what, file=f"{name}:{line}", expected=expected, action=action)


def _lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.splitlines(), start=1):
        yield number, re.sub(r"(?<!:)//.*", "", line)


def _typst_faults(name: str, text: str) -> Iterator[Finding]:
    for number, line in _lines(text):
        for hit in _LOST_SEMICOLON.finditer(line):
            yield _finding(
                "R20", f"the semicolon after '{hit[0][:-1]}' would not be printed", name, number,
                ("no semicolon directly behind a code expression", "write another sign, or '#[;]'"),
            )  # fmt: skip
        for hit in _LAYOUT.finditer(line):
            yield _finding(
                "R22", f"'{hit[1]}' and what it holds vanish from the HTML", name, number,
                ("text and elements that exist in both forms", "use a box, table or list of lib.typ"),
            )  # fmt: skip
    yield from _accidental_items(name, text)
    for lang, sentence, number in _sentences(text):
        claims = [re.search(pattern, sentence, re.IGNORECASE) for pattern in READING[lang].listed("causal")]
        for claim in () if _denies(sentence, lang) else filter(None, claims):
            yield _finding(
                "R23", f"the word '{claim[0]}' claims more than this design can carry", name, number,
                ("words of difference and change, or a sentence that denies it", "rewrite the sentence"),
            )  # fmt: skip


def _denies(sentence: str, lang: str) -> bool:
    words = "|".join(READING[lang].listed("denied"))
    return re.search(rf"\b(?:{words})\b", sentence, re.IGNORECASE) is not None


def _accidental_items(name: str, text: str) -> Iterator[Finding]:
    """Find a line in the middle of a paragraph that Typst would set as a list."""
    for _, passage, start in blocks(text):
        lines = passage.splitlines()
        for place, (above, line) in enumerate(pairwise(lines), start=1):
            if above.strip() and _ACCIDENTAL_ITEM.match(line) and not _ACCIDENTAL_ITEM.match(above):
                yield _finding(
                    "R20", f"the line that begins with '{line.split()[0]}' would be set as a list", name,
                    start + place, ("a paragraph that runs on", "break the line elsewhere"),
                )  # fmt: skip


def blocks(text: str) -> Iterator[tuple[str, str, int]]:
    """Return the passages of each language: the content of ``#nl[...]``, ``#en[...]`` ..., with its line."""
    for start in re.finditer(rf"#({'|'.join(READING.languages)})\[", text):
        depth, end = 1, start.end()
        while end < len(text) and depth:
            depth += {"[": 1, "]": -1}.get(text[end], 0)
            end += 1
        yield start[1], text[start.end() : end - 1], text.count("\n", 0, start.start()) + 1


def _sentences(text: str) -> Iterator[tuple[str, str, int]]:
    for lang, passage, line in blocks(text):
        for sentence in re.split(r"(?<=[.!?:])(?=[\s#\]])", passage):
            yield lang, sentence, line


def _bare_numbers(name: str, text: str, allowed: list[re.Pattern[str]]) -> Iterator[Finding]:
    for _, passage, line in blocks(text):
        prose = re.sub(r"#[a-zA-Z-]+\([^()]*\)|<[\w-]+>|@[\w-]+|\$[^$]*\$|`[^`]*`", " ", passage)
        for pattern in allowed:
            prose = pattern.sub(" ", prose)
        for hit in _NUMBER.finditer(prose):
            yield _finding(
                "R24", f"the number '{hit[0]}' comes from no file", name, line,
                ('a number by its key: #num("key")', "add it to numbers.yaml, or to 'literals' in meta.yaml"),
            )  # fmt: skip


def _bibliography_faults(name: str, text: str) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), start=1):
        field = re.match(r"\s*(?:author|editor)\s*=\s*[{\"](.*)[}\"],?\s*$", line, re.IGNORECASE)
        if field and _BARE_PARTICLE.search(field[1]):
            yield _finding(
                "R21", "a name particle stands outside braces and would be dropped when cited", name, number,
                ("braces around particle and name: {van den Berg}, Anna", "add the braces"),
            )  # fmt: skip
