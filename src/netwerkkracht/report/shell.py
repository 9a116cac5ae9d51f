"""The HTML around the text: contents, language and theme, origins, downloads, and nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Final

from netwerkkracht.errors import Finding, StudyError
from netwerkkracht.report import assets
from netwerkkracht.report.model import Exhibit, Origin, Report

_KEPT_STYLE: Final = re.compile(r"<style>(.*?)</style>", re.DOTALL)


def dress(html: str, report: Report, lang: str) -> str:
    """Put the body that Typst made into the report's shell.

    Parameters
    ----------
    html
        The document from Typst.
    report
        Numbers, exhibits, origins and checks that the shell prints.
    lang
        The language of the document.

    Raises
    ------
    StudyError
        ``R12`` when an exhibit is missing from the text, stands there twice or carries another number than
        its name; ``R13`` when a link within the page leads nowhere, ``R14`` when the page would fetch
        something.
    """
    from lxml import html as parser

    document = parser.document_fromstring(html)
    body = document.find("body")
    words = assets.words(lang)
    parts = assets.environment().get_template("parts.html.j2").module
    for anchors in body.xpath(".//*[@data-slot='anchors']"):
        anchors.getparent().remove(anchors)
    _tidy(body)
    _figures(body, report, lang, parts)
    _fill(body, "checks", parts.checks(report.checks, lang, words))
    _fill(body, "provenance", parts.provenance(*_origins(report), lang, words))
    contents = parts.toc(_contents(body))
    inner = "".join(parser.tostring(child, encoding="unicode") for child in body)
    page = _page(inner, contents, report, lang, _math_style(html))
    _check_links(page)
    _check_offline(body)
    return page


def _page(inner: str, contents: str, report: Report, lang: str, extra_style: str) -> str:
    from markupsafe import Markup

    words = assets.words(lang)
    style = assets.text("report.css") + extra_style
    script = assets.text("report.js")
    made: str = (
        assets.environment()
        .get_template("shell.html.j2")
        .render(
            lang=lang,
            meta=report.meta,
            words=words,
            others=[other for other in report.languages if other != lang],
            banner_title=report.meta.banner_title.get(lang, words["banner_title"]),
            banner=report.meta.banner.get(lang, words["banner"]),
            footer=f"{words['footer']} {report.meta.date[:4]}.",
            policy=_policy(style, script),
            style=Markup(style),  # noqa: S704 - the package's own file
            script=Markup(script),  # noqa: S704 - idem
            toc=contents,
            body=Markup(inner),  # noqa: S704 - serialised from a parsed tree
        )
    )
    return made + "\n"


def _policy(style: str, script: str) -> str:
    """Return a content policy under which nothing is fetched and only our own style and script run."""

    def token(text: str) -> str:
        return "'sha256-" + base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode() + "'"

    return (
        f"default-src 'none'; img-src data:; style-src {token(style)}; script-src {token(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _math_style(html: str) -> str:
    """Return the rules that Typst adds for formulas, when there are formulas."""
    found = _KEPT_STYLE.search(html)
    return "\n" + found[1] if found and "<math" in html else ""


def _tidy(body: Any) -> None:
    for element in body.iter():
        if isinstance(element.tag, str):
            element.attrib.pop("style", None)
    for mark in body.xpath(".//sup[@role='doc-noteref']"):
        link = mark.find("a")
        if link is not None:
            link.set("role", mark.attrib.pop("role"))
    for back in body.xpath(".//sup[@role='doc-backlink']"):
        link = back.find("a")
        if link is not None:
            link.set("role", back.attrib.pop("role"))
            back.tail = " " + (back.tail or "")
    for link in body.xpath(".//a[starts-with(@href, 'http')]"):
        link.set("rel", "noopener noreferrer external")


def _figures(body: Any, report: Report, lang: str, parts: Any) -> None:
    by_id = {exhibit.id: exhibit for exhibit in report.exhibits}
    seen: list[str] = []
    for figure in body.xpath(".//figure"):
        caption = figure.find("figcaption")
        name = _name(caption)
        table = figure.find(".//table")
        if table is not None:
            figure.set("class", "of-table")
            figure.insert(0, caption)
            _dress_table(table, name, assets.words(lang)["table_scroll"])
        else:
            _wrap(figure.find(".//img"), "picture", f"{name}, {assets.words(lang)['figure_scroll']}")
        exhibit = by_id.get(figure.get("id", ""))
        if exhibit is not None:
            seen.append(exhibit.id)
            figure.append(_foot(exhibit, name, report, lang, parts))
            _check_number(exhibit, name)
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


def _dress_table(table: Any, name: str, hint: str) -> None:
    for cell in table.xpath("./thead//th"):
        cell.set("scope", "colgroup" if cell.get("colspan") else "col")
    for cell in table.xpath("./thead//th[not(node())]"):
        cell.tag = "td"
        cell.attrib.pop("scope", None)
    width = sum(int(cell.get("colspan", 1)) for cell in table.xpath("./thead/tr[last()]/*"))
    for row in table.xpath("./tbody/tr"):
        first = row[0]
        first.tag = "th"
        section = len(row) == 1 and int(first.get("colspan", 1)) == width > 1
        first.set("scope", "rowgroup" if section else "row")
        if section:
            row.set("class", "section")
    numeric = _align_numbers(table, width)
    _wrap(table, "region" if numeric else "region text", ", ".join(part for part in (name, hint) if part))


def _align_numbers(table: Any, width: int) -> bool:
    """Set numeric columns to the right; say whether the table has any."""
    rows = [row for row in table.xpath("./tbody/tr") if len(row) == width]
    found = False
    for place in range(1, width):
        cells = [row[place].text_content().strip() for row in rows]
        filled = [cell for cell in cells if cell and cell != "–"]
        like = [cell for cell in filled if re.match(r"[<>]?\s?[−+]?[\d\[∞]", cell) and len(cell) < 24]
        if filled and len(like) >= 0.8 * len(filled):
            found = True
            for cell in [row[place] for row in rows] + table.xpath(f"./thead/tr[last()]/*[{place + 1}]"):
                cell.set("class", "n")
    return found


def _foot(exhibit: Exhibit, name: str, report: Report, lang: str, parts: Any) -> Any:
    from lxml import html as parser

    words = assets.words(lang)
    meta = report.meta
    address = "data:text/csv;charset=utf-8;base64," + base64.b64encode(exhibit.data).decode()
    facts = {
        "id": exhibit.id,
        "name": name,
        "href": address,
        "path": exhibit.path,
        "alt": exhibit.alt.get(lang),
    }
    kind = f"{name}, {words['mark']}" if meta.synthetic else name
    cite = (
        f"{', '.join(meta.authors)} ({meta.date[:4]}). {exhibit.title[lang]} [{kind}]. "
        f"{words['cite_link']}: {meta.title[lang]}. {meta.cite.get(lang, '')}"
    ).strip()
    source = words["source_synthetic" if meta.synthetic else "source_real"]
    file = report.origins.get(exhibit.path, Origin(exhibit.path))
    return parser.fragment_fromstring(str(parts.exhibit_foot(facts, lang, words, source, file, cite)))


def _origins(report: Report) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    paths = sorted({number.file for number in report.numbers if number.file})
    names = {path: f"file-{place}" for place, path in enumerate(paths, start=1)}
    files = [{"id": names[path], **vars(report.origins.get(path, Origin(path)))} for path in paths]
    numbers = [{**vars(number), "file_id": names.get(number.file or "")} for number in report.numbers]
    return numbers, files


def _fill(body: Any, name: str, fragment: Any) -> None:
    from lxml import html as parser

    for slot in body.xpath(f".//*[@data-slot='{name}']"):
        made = parser.fragment_fromstring(str(fragment))
        made.tail = slot.tail
        slot.getparent().replace(slot, made)


def _contents(body: Any) -> list[dict[str, str]]:
    return [
        {"id": heading.get("id"), "text": heading.text_content().strip()}
        for heading in body.xpath(".//h2[@id]")
    ]


def _fault(code: str, what: str) -> Finding:
    return Finding(
        code,
        "error",
        what,
        expected="each exhibit once in the text, in the order of its number, and links that lead somewhere",
        action="correct the report's source or the configuration",
    )


def _check_number(exhibit: Exhibit, name: str) -> None:
    wanted, shown = re.search(r"\d+$", exhibit.id), re.search(r"\d+$", name)
    if wanted and shown and wanted[0] != shown[0]:
        raise StudyError(_fault("R12", f"exhibit {exhibit.id} is printed as '{name}'"))


def _check_seen(report: Report, seen: list[str]) -> None:
    faults = [
        _fault("R12", f"exhibit {exhibit.id} stands {seen.count(exhibit.id)} times in the text")
        for exhibit in report.exhibits
        if seen.count(exhibit.id) != 1
    ]
    if faults:
        raise StudyError(faults)


def _check_offline(body: Any) -> None:
    """Refuse what the page would fetch: pictures, frames, scripts and styles from elsewhere."""
    fetched = body.xpath(
        ".//@src | .//@srcset | .//@poster | .//link/@href | .//object/@data | .//*/@background"
    )
    faults = [
        _fault("R14", f"the page would fetch '{str(address)[:60]}'")
        for address in fetched
        if not str(address).startswith("data:")
    ]
    faults += [_fault("R14", "the text holds a script of its own") for _ in body.xpath(".//script")]
    if faults:
        raise StudyError(faults)


def _check_links(page: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', page)
    targets = set(re.findall(r'href="#([^"]+)"', page))
    faults = [
        _fault("R13", f"a link leads to '#{target}', which is not there")
        for target in sorted(targets - set(ids))
    ]
    faults += [
        _fault("R13", f"the anchor '{name}' stands twice")
        for name in sorted({i for i in ids if ids.count(i) > 1})
    ]
    if faults:
        raise StudyError(faults)
