"""The figures and tables of the page: headings, names, scrolling, downloads, citations, origins."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from typing import Any

from netwerkkracht.core.errors import Finding, StudyError
from netwerkkracht.core.io import csv_text
from netwerkkracht.report import assets, chains
from netwerkkracht.report.model import Exhibit, Origin, Report

# what a spreadsheet takes for the start of a formula
_COMPUTED = ("=", "+", "-", "@", "\t", "\r")
TALL = 60  # a table of more rows scrolls in a frame of its own
LONG = 24  # longer cells of a numeric column may break
# set by the Typst library before the first cell of an indented row, and before a remark over the whole width
INDENT, REMARK = "\u2003", "\u2002"


def fault(code: str, what: str) -> Finding:
    """Return a finding about what the text shows or links to."""
    return Finding(
        code,
        "error",
        what,
        expected="each exhibit once in the text, in the order of its number, and links that lead somewhere",
        action="correct the report's source or the configuration",
    )


def dress_figures(body: Any, report: Report, lang: str, parts: Any) -> None:
    """Make every figure and table of the text usable by keyboard, screen reader and narrow screen.

    Exhibits get their download, their words, how they were made and how to cite them; each must stand in the
    text once, under the number of its name (``R12``).
    """
    by_id = {exhibit.id: exhibit for exhibit in report.exhibits}
    seen: list[str] = []
    for figure in body.xpath(".//figure"):
        caption = figure.find("figcaption")
        name = _name(caption)
        table = figure.find(".//table")
        # a caption stands first or last in HTML; the style shows that of a picture below it
        figure.insert(0, caption)
        if table is not None:
            figure.set("class", "of-table")
            columns = _columns(figure.get("id", ""), by_id, report, lang)
            _dress_table(table, name, assets.words(lang)["table_scroll"], columns)
        else:
            _wrap(figure.find(".//img"), "picture", f"{name}, {assets.words(lang)['figure_scroll']}")
        exhibit = by_id.get(figure.get("id", ""))
        if exhibit is not None:
            seen.append(exhibit.id)
            figure.append(_foot(exhibit, name, report, lang, parts))
            _check_number(exhibit, name)
        elif figure.get("id", "").removeprefix("list-") in report.tables:
            figure.append(_listing_foot(figure.get("id").removeprefix("list-"), name, report, lang, parts))
    for table in body.xpath(".//table[not(ancestor::figure)]"):
        _dress_table(table, assets.words(lang)["table_scroll"], "")
    _check_seen(report, seen)


def _name(caption: Any) -> str:
    """Return 'Figure 1' from its caption, and set it in bold."""
    from lxml import etree

    text = caption.text or ""
    head, stop, tail = text.partition(". ")
    if stop and re.search(r"\d$", head):
        bold = etree.Element("b")
        bold.text, bold.tail = head + ".", " " + tail
        caption.text = None
        caption.insert(0, bold)
        return str(head)
    return str(text)


def _wrap(element: Any, kind: str, label: str) -> None:
    from lxml import etree

    region = etree.Element("div")
    region.set("class", kind)
    region.set("role", "region")
    region.set("tabindex", "0")
    region.set("aria-label", label)
    parent = element.getparent()
    parent.replace(element, region)
    region.tail, element.tail = element.tail, None
    region.append(element)


def _columns(name: str, exhibits: Mapping[str, Exhibit], report: Report, lang: str) -> list[bool] | None:
    """Return which columns of a table hold numbers, None for a table written in the text."""
    spec: Mapping[str, Any] | None = None
    if name in exhibits:
        spec = exhibits[name].table[lang]
    elif name.removeprefix("list-") in report.tables:
        spec = report.tables[name.removeprefix("list-")][lang]
    return [bool(column["numeric"]) for column in spec["columns"]] if spec is not None else None


def _dress_table(table: Any, name: str, hint: str, columns: list[bool] | None = None) -> None:
    for cell in table.xpath("./thead//th"):
        cell.set("scope", "colgroup" if cell.get("colspan") else "col")
    for cell in table.xpath("./thead//th[not(normalize-space())]"):
        cell.tag = "td"
        cell.attrib.pop("scope", None)
    width = sum(int(cell.get("colspan", 1)) for cell in table.xpath("./thead/tr[last()]/*"))
    for row in table.xpath("./tbody/tr"):
        first = row[0]
        if (first.text or "").startswith(REMARK):
            first.text = first.text.removeprefix(REMARK)
            row.set("class", "remark")
            continue
        first.tag = "th"
        section = len(row) == 1 and int(first.get("colspan", 1)) == width > 1
        first.set("scope", "rowgroup" if section else "row")
        if section:
            row.set("class", "section")
        elif (first.text or "").startswith(INDENT):
            first.set("class", "in")
            first.text = first.text.removeprefix(INDENT)
    numeric = _align_numbers(table, width, columns)
    tall = " tall" if len(table.xpath("./tbody/tr")) > TALL else ""
    _wrap(
        table,
        ("region" if numeric else "region text") + tall,
        ", ".join(part for part in (name, hint) if part),
    )


def _align_numbers(table: Any, width: int, columns: list[bool] | None) -> bool:
    """Set numeric columns to the right, as told or as the cells look; say whether the table has any."""
    rows = [row for row in table.xpath("./tbody/tr") if len(row) == width]
    found = False
    for place in range(1, width):
        cells = [row[place].text_content().strip() for row in rows]
        filled = [cell for cell in cells if cell and cell != "–"]
        like = [cell for cell in filled if re.match(r"[<>]?\s?[−+]?[\d\[∞]", cell) and len(cell) < 24]
        looks = bool(filled) and len(like) >= 0.8 * len(filled)
        if looks if columns is None else columns[place]:
            found = True
            for cell in [row[place] for row in rows] + table.xpath(f"./thead/tr[last()]/*[{place + 1}]"):
                cell.set("class", "n" if len(cell.text_content()) < LONG else "n long")
    return found


def _foot(exhibit: Exhibit, name: str, report: Report, lang: str, parts: Any) -> Any:
    from lxml import html as parser

    words = assets.words(lang)
    meta = report.meta
    known = chains.jobs(report.origins)
    made = [known[one] for one in chains.behind([exhibit.path], report.origins)]
    address = _address(exhibit.data)
    facts = {
        "id": exhibit.id,
        "name": name,
        "href": address,
        "readme": _address(exhibit.readme, "text/markdown") if exhibit.readme else "",
        "path": exhibit.path,
        "alt": exhibit.alt.get(lang),
        "code": [line for job in made for line in job.code if job.item == exhibit.id],
    }
    kind = f"{name}, {words['mark']}" if meta.synthetic else name
    cite = (
        f"{', '.join(meta.authors)} ({meta.date[:4]}). {exhibit.title[lang]} [{kind}]. "
        f"{words['cite_link']}: {meta.title[lang]}. {meta.cite.get(lang, '')}"
    ).strip()
    source = words["source_synthetic" if meta.synthetic else "source_real"]
    file = report.origins.get(exhibit.path, Origin(exhibit.path))
    return parser.fragment_fromstring(str(parts.exhibit_foot(facts, lang, words, source, file, made, cite)))


def _listing_foot(listing: str, name: str, report: Report, lang: str, parts: Any) -> Any:
    """Return the foot of a small table: its cells as printed, to take along."""
    from lxml import html as parser

    spec = report.tables[listing][lang]
    numeric = [bool(column["numeric"]) for column in spec["columns"]]
    whole = [[*row["cells"], *[""] * (len(numeric) - len(row["cells"]))] for row in spec["rows"]]
    rows = [
        [cell if number else _inert(cell) for cell, number in zip(row, numeric, strict=True)] for row in whole
    ]
    text = csv_text([column["text"] for column in spec["columns"]], rows)
    facts = {"id": listing, "name": name, "href": _address(text.encode("utf-8"))}
    return parser.fragment_fromstring(str(parts.listing_foot(facts, assets.words(lang))))


def _inert(cell: str) -> str:
    """Keep a spreadsheet from computing a text: this list is for people, unlike the data of an exhibit."""
    return f"'{cell}" if cell.startswith(_COMPUTED) else cell


def _address(content: bytes, kind: str = "text/csv") -> str:
    return f"data:{kind};charset=utf-8;base64,{base64.b64encode(content).decode()}"


def _check_number(exhibit: Exhibit, name: str) -> None:
    wanted, shown = re.search(r"\d+$", exhibit.id), re.search(r"\d+$", name)
    if wanted and shown and wanted[0] != shown[0]:
        raise StudyError(fault("R12", f"exhibit {exhibit.id} is printed as '{name}'"))


def _check_seen(report: Report, seen: list[str]) -> None:
    faults = [
        fault("R12", f"exhibit {exhibit.id} stands {seen.count(exhibit.id)} times in the text")
        for exhibit in report.exhibits
        if seen.count(exhibit.id) != 1
    ]
    if faults:
        raise StudyError(faults)
