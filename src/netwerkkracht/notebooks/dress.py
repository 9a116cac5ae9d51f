"""Put the body of a notebook into a page of the report's look; offline, nothing is fetched."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.notebooks.words import WORDS
from netwerkkracht.report import assets

@dataclass(frozen=True)
class Page:
    """One notebook: file name without ending, and its title by language."""

    name: str
    titles: Mapping[str, str]


def dress(body: str, page: Page, pages: Sequence[Page], lang: str, *, study: str) -> str:
    """Return a whole page in one language.

    Parameters
    ----------
    body
        HTML of the notebook, made by nbconvert from text that we wrote and outputs of our own code.
    pages
        All notebooks, for the list beside the text.
    study
        Short title of the study, the link back to the report.
    """
    from jinja2 import Environment, StrictUndefined
    from markupsafe import Markup

    style = assets.text("report.css") + _own("notebook.css")
    token = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode()
    template = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True).from_string(
        _own("shell.html.j2")
    )
    made: str = template.render(
        lang=lang,
        title=page.titles[lang],
        study=study,
        name=page.name,
        words=assets.words(lang),
        own=WORDS.within("page")[lang],
        others={other: LANGUAGES[other]["name"] for other in page.titles if other != lang},
        pages=[{"name": other.name, "title": other.titles[lang]} for other in pages],
        policy=f"default-src 'none'; img-src data:; style-src 'sha256-{token}'; base-uri 'none'",
        style=Markup(style),  # noqa: S704 - the package's own file
        body=Markup(accessible(body, lang)),  # noqa: S704 - serialised from a parsed tree
    )
    return made + "\n"


def _own(name: str) -> str:
    return files("netwerkkracht.notebooks").joinpath(name).read_text(encoding="utf-8")


def accessible(body: str, lang: str) -> str:
    """Return the body without nbconvert's styles and anchors, scrolling parts open to the keyboard."""
    from lxml import etree, html

    tree = html.fragment_fromstring(body, create_parent="div")
    for element in tree.xpath(".//style | .//a[@class='anchor-link']"):
        element.drop_tree()
    for table in tree.xpath(".//table"):
        table.attrib.pop("border", None)
        for cell in table.xpath(".//th[not(normalize-space())]"):
            cell.tag = "td"
            cell.attrib.pop("scope", None)
        for cell in table.xpath(".//thead//th"):
            cell.set("scope", "col")
        for cell in table.xpath(".//tbody//th"):
            cell.set("scope", "row")
    for element in tree.xpath(".//*[@style]"):
        del element.attrib["style"]
    own = WORDS.within("page")[lang]
    for path, word in (("highlight", "code"), ("output", "result")):
        for number, element in enumerate(
            tree.xpath(f".//div[contains(concat(' ', @class, ' '), ' {path} ')]"), 1
        ):
            element.set("tabindex", "0")
            element.set("role", "region")
            element.set("aria-label", f"{own[word]} {number}")
    for number, element in enumerate(tree.xpath(".//*[@id]")):
        element.set("id", f"cell-{number}")
    return "".join(etree.tostring(child, encoding="unicode", method="html") for child in tree)
