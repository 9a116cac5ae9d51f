"""A finished page held against what it was made from: its numbers, data, order, marks, language, and links.

The build holds every page to this before it is written; ``netwerkkracht verify`` does so again with the page
and the files as they lie there.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from netwerkkracht.core.errors import Finding
from netwerkkracht.report.words import READING

EXPECTED: Final = {
    "R12": "each exhibit once, in the order of its number, with its words and its data",
    "R13": "links that lead somewhere on the page",
    "R14": "a page that fetches nothing",
    "R15": "the banner and the mark on synthetic data, and on no other",
    "R16": "the number as stored in numbers.json",
    "R17": "text in the language of the page",
    "R18": "the cells as in the table that was released",
}
_FETCHED: Final = ".//@src | .//@srcset | .//@poster | .//link/@href | .//object/@data | .//*/@background"
_LOADED: Final = re.compile(r"@import|url\(\s*['\"]?(?!data:)[\w/.]", re.IGNORECASE)
_SAID: Final = (
    ".//main//p | .//main//li | .//main//h2 | .//main//h3 | .//main//dt | .//main//dd | .//main//figcaption"
    " | .//main//div[starts-with(@class, 'box')] | .//main//summary"
)


@dataclass(frozen=True)
class Known:
    """What a page must agree with.

    ``numbers`` printed text by key; ``exhibits`` the bytes of the CSV by id, in the order of the text within
    figures and within tables; ``tables`` the printed cells of a table by id, where they are known.
    """

    lang: str
    synthetic: bool
    numbers: Mapping[str, str]
    exhibits: Mapping[str, bytes]
    tables: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)


def faults(page: str, known: Known) -> list[Finding]:
    """Return all that a page says or does which it should not.

    Parameters
    ----------
    page
        The finished HTML.
    known
        What it was made from.

    Returns
    -------
    list of Finding
        ``R12`` to ``R18``, see ``EXPECTED``.
    """
    from lxml import html as parser

    tree = parser.document_fromstring(page)
    said = [
        *_fetches(tree),
        *_links(tree),
        *_exhibits(tree, known),
        *_marks(tree, known),
        *_numbers(tree, known),
        *_language(tree, known.lang),
        *_cells(tree, known),
    ]
    file = f"report.{known.lang}.html"
    return [
        Finding(
            code, "error", what, file=file, expected=EXPECTED[code],
            action="run the pipeline again, or correct the source",
        )
        for code, what in said
    ]  # fmt: skip


def _exhibits(tree: Any, known: Known) -> Iterator[tuple[str, str]]:
    shown = [name for name in tree.xpath("//main//figure/@id") if re.match(r"(?:figure|table)-", name)]
    for form in ("figure", "table"):
        wanted = [name for name in known.exhibits if name.startswith(form)]
        found = [name for name in shown if name.startswith(form)]
        if found != wanted:
            apart = next((pair for pair in _padded(wanted, found) if pair[0] != pair[1]), ("", ""))
            yield "R12", f"where {apart[0] or 'nothing more'} belongs stands {apart[1] or 'nothing'}"
    for name, content in known.exhibits.items():
        for figure in tree.xpath(f"//figure[@id='{name}']"):
            yield from _one_exhibit(figure, name, content)
    for image in tree.xpath("//main//img[not(normalize-space(@alt))]"):
        yield "R12", f"a picture has no words ({image.xpath('string(ancestor::figure/@id)')})"


def _padded(first: Sequence[str], second: Sequence[str]) -> list[tuple[str, str]]:
    size = max(len(first), len(second))
    return list(zip([*first, *[""] * size][:size], [*second, *[""] * size][:size], strict=True))


def _one_exhibit(figure: Any, name: str, content: bytes) -> Iterator[tuple[str, str]]:
    caption = " ".join(figure.xpath("string(.//figcaption)").split())
    number = re.search(r"\d+$", name)
    if number and not re.match(rf"\S+\s{number[0]}\.", caption):
        yield "R12", f"{name} is printed as '{caption[:20]}'"
    for alt in figure.xpath(".//img/@alt"):
        if alt.strip() and alt.strip() in caption:
            yield "R12", f"the words of {name} only repeat its caption"
    links = figure.xpath(f".//a[@download='{name}.csv']/@href")
    held = [base64.b64decode(link.partition("base64,")[2]) for link in links]
    if held != [content]:
        yield "R12", f"the data that {name} gives along are not those it was released with"


def _links(tree: Any) -> Iterator[tuple[str, str]]:
    ids = tree.xpath("//@id")
    targets = {target[1:] for target in tree.xpath("//a/@href") if target.startswith("#")}
    for target in sorted(targets - set(ids)):
        yield "R13", f"a link leads to '#{target}', which is not there"
    for name in sorted({name for name in ids if ids.count(name) > 1} if len(set(ids)) < len(ids) else ()):
        yield "R13", f"the anchor '{name}' stands twice"


def _fetches(tree: Any) -> Iterator[tuple[str, str]]:
    for address in tree.xpath(_FETCHED):
        if not str(address).startswith("data:"):
            yield "R14", f"the page would fetch '{str(address)[:60]}'"
    for style in tree.xpath("//style/text()"):
        if _LOADED.search(style):
            yield "R14", "the style of the page would fetch something"


def _marks(tree: Any, known: Known) -> Iterator[tuple[str, str]]:
    mark = READING[known.lang]["synthetic"]
    marked = {
        "banner": mark in " ".join(tree.xpath("//*[@class='banner']//text()")).lower(),
        "mark in the bar": mark in " ".join(tree.xpath("//header//*[@class='mark']//text()")).lower(),
        "mark in the title": mark in " ".join(tree.xpath("//title/text()")).lower(),
    }
    for place, there in marked.items():
        if there != known.synthetic:
            what = "is gone" if known.synthetic else "stands on data that are not synthetic"
            yield "R15", f"the {place} {what}"


def _numbers(tree: Any, known: Known) -> Iterator[tuple[str, str]]:
    for link in tree.xpath("//a[@data-key]"):
        key, printed = link.get("data-key"), link.text_content()
        if printed != known.numbers.get(key):
            yield "R16", f"the number '{key}' is not printed as it is stored"
    for entry in tree.xpath("//li[starts-with(@id, 'prov-')]"):
        key = entry.get("id").removeprefix("prov-")
        if entry.xpath("string(.//strong)") != known.numbers.get(key):
            yield "R16", f"the list of origins gives '{key}' another value than numbers.json"
    listed = set(tree.xpath("//li[starts-with(@id, 'prov-')]/@id"))
    for key in known.numbers:
        if listed and f"prov-{key}" not in listed:
            yield "R16", f"the number '{key}' has no origin on the page"


@cache
def common() -> dict[str, re.Pattern[str]]:
    """Return, by language, what finds the words that its sentences can hardly do without."""
    return {
        lang: re.compile(rf"\b(?:{'|'.join(READING[lang].listed('common'))})\b") for lang in READING.languages
    }


def _language(tree: Any, lang: str) -> Iterator[tuple[str, str]]:
    if tree.get("lang") != lang:
        yield "R17", f"the page says that its language is '{tree.get('lang')}'"
    texts = [
        " ".join("".join(block.xpath(".//text()[not(ancestor::em or ancestor::code)]")).split())
        for block in tree.xpath(_SAID)
        if not block.xpath("ancestor-or-self::*[@role='doc-bibliography' or @class='provenance']")
        or block.get("class") == "meaning"
    ]
    for text in [*texts, *tree.xpath("//main//img/@alt")]:
        found = {one: len(pattern.findall(text.lower())) for one, pattern in common().items()}
        if max(found.values()) > max(1, found[lang]):
            yield "R17", f"a passage is in another language: '{text[:50]}'"


def _cells(tree: Any, known: Known) -> Iterator[tuple[str, str]]:
    for name, wanted in known.tables.items():
        found = [cells(table) for table in tree.xpath(f"//figure[@id='{name}']//table")]
        if found != [[list(row) for row in wanted]]:
            yield "R18", f"the cells of {name} are not those of the table that was released"


def cells(table: Any) -> list[list[str]]:
    """Return the printed cells of a table of a page, head and body, rows of one wide cell included."""
    return [
        [" ".join(cell.text_content().split()) for cell in row.xpath("./th | ./td")]
        for row in table.xpath("./thead/tr | ./tbody/tr")
    ]


def released_cells(page: str) -> list[list[str]]:
    """Return the cells of a table that was released as a page of its own."""
    from lxml import html as parser

    return cells(parser.document_fromstring(page).xpath("//table")[0])
