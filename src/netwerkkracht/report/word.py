"""A report page as text for a word processor: what only works on a screen left out, pictures as pixels."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

# folded parts, contents, downloads and scripts work on a page only
_SCREEN_ONLY: Final = (
    ".//details|.//nav|.//script|.//button|.//a[contains(concat(' ', @class, ' '), ' tool ')]"
    "|.//*[@id='provenance']|.//*[@id='provenance']/following-sibling::*"
)
_PICTURE_CM: Final = 16
# in signs: a line of a table over the whole page, the edges of a column, and what is a long cell
_LINE, _PADDING, _WIDEST = 105, 4, 42


@dataclass(frozen=True)
class Manuscript:
    """A page without its frame: HTML, and its pictures (pixels) by the name that the HTML gives them."""

    html: str
    pictures: dict[str, bytes]


def manuscript(page: bytes, lang: str, pixels: Callable[[bytes], bytes]) -> Manuscript:
    """Return the text of a report page for a word processor.

    Headings, paragraphs, formulas (MathML), tables and the words of pictures stay, numbers as they are
    printed; a number no longer links to its origin, since the list of origins stays on the page.

    Parameters
    ----------
    page
        The report as one HTML file.
    lang
        Its language.
    pixels
        Makes pixels (PNG) of a picture of vectors (SVG).
    """
    from lxml import html

    whole = html.fromstring(page.decode("utf-8"))
    text = whole.find(".//main")
    # the title of the file stands above the text already
    for part in text.xpath(f"{_SCREEN_ONLY}|./h1"):
        part.drop_tree()
    for link in text.xpath(".//a[starts-with(@href, '#prov-')]"):
        link.drop_tag()
    pictures = {}
    for number, picture in enumerate(text.xpath(".//img"), start=1):
        kind, content = _pixels(picture.get("src"), pixels)
        name = f"picture-{number}.{kind}"
        pictures[name] = content
        picture.set("src", name)
        picture.set("style", f"width:{_PICTURE_CM}cm")
    for table in text.xpath(".//table"):
        table.insert(0, _widths(table))
    for figure in text.xpath(".//figure"):
        _open(figure)
    body = html.tostring(text, encoding="unicode")
    title = html.tostring(whole.find(".//title"), encoding="unicode", with_tail=False)
    head = f'<meta charset="utf-8">{title}'
    return Manuscript(f'<html lang="{lang}"><head>{head}</head><body>{body}</body></html>', pictures)


def _pixels(source: str, pixels: Callable[[bytes], bytes]) -> tuple[str, bytes]:
    """Return the kind of a picture and its content, from ``data:image/KIND;base64,CONTENT``."""
    head, _, content = source.partition(",")
    kind = head.removeprefix("data:image/").partition(";")[0]
    held = base64.b64decode(content)
    return ("png", pixels(held)) if kind == "svg+xml" else (kind, held)


def _open(figure: Any) -> None:
    """Turn a figure into paragraphs: word processors know pictures and tables with a line above them."""
    figure.tag = "div"
    for caption in figure.xpath("./figcaption"):
        caption.tag = "p"
    for frame in figure.xpath("./div[@class='picture']"):
        frame.tag = "p"


def _widths(table: Any) -> Any:
    """Return the widths of a table's columns: whole words first, what is left by what stands in them.

    A page says nothing of widths, and word processors make columns alike without.
    """
    from lxml import etree

    word: dict[int, int] = {}
    cell: dict[int, int] = {}
    for row in table.xpath(".//tr[not(*[@colspan])]"):
        for place, held in enumerate(row):
            words = held.text_content().split()
            word[place] = max(word.get(place, 0), *map(len, words), 1)
            cell[place] = max(cell.get(place, 0), min(len(" ".join(words)), _WIDEST), word[place])
    free = max(_LINE - sum(word.values()) - _PADDING * len(word), 0)
    wish = sum(cell.values()) - sum(word.values())
    share = min(1.0, free / wish) if wish else 0.0
    signs = {place: word[place] + share * (cell[place] - word[place]) + _PADDING for place in sorted(word)}
    group = etree.Element("colgroup")
    for asked in signs.values():
        etree.SubElement(group, "col").set("style", f"width: {100 * asked / sum(signs.values()):.1f}%")
    return group
