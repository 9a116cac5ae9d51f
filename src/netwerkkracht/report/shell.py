"""The HTML around the text: contents, language and theme, origins, downloads, and nothing from outside."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import Any, Final

from netwerkkracht.core.errors import StudyError
from netwerkkracht.core.languages import LANGUAGES
from netwerkkracht.report import assets, chains
from netwerkkracht.report.dressing import dress_figures, fault
from netwerkkracht.report.model import Origin, Report

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
        its name; ``R14`` when the text holds a script. :mod:`netwerkkracht.report.proof` looks at the rest.
    """
    from lxml import html as parser

    document = parser.document_fromstring(html)
    body = document.find("body")
    words = assets.words(lang)
    parts = assets.environment().get_template("parts.html.j2").module
    for anchors in body.xpath(".//*[@data-slot='anchors']"):
        anchors.getparent().remove(anchors)
    _tidy(body)
    dress_figures(body, report, lang, parts)
    _fill(body, "checks", parts.checks(report.checks, lang, words))
    _fill(body, "provenance", parts.provenance(*_origins(report), lang, words))
    contents = parts.toc(_contents(body))
    inner = "".join(parser.tostring(child, encoding="unicode") for child in body)
    _check_scripts(body)
    return _page(inner, contents, report, lang, _math_style(html))


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
            others={other: LANGUAGES[other]["name"] for other in report.languages if other != lang},
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


def _origins(report: Report) -> tuple[Any, ...]:
    """Return what the list of origins shows: numbers, files, jobs, and the job behind each path."""
    paths = sorted({number.file for number in report.numbers if number.file})
    names = {path: f"file-{place}" for place, path in enumerate(paths, start=1)}
    known = chains.jobs(report.origins)
    files = [
        {
            "id": names[path],
            "path": path,
            "sha256": report.origins.get(path, Origin(path)).sha256,
            "jobs": [known[name] for name in chains.behind([path], report.origins)],
        }
        for path in paths
    ]
    numbers = [{**vars(number), "file_id": names.get(number.file or "")} for number in report.numbers]
    shown = chains.behind([*(exhibit.path for exhibit in report.exhibits), *paths], report.origins)
    anchors = {path: chains.anchor(origin) for path, origin in report.origins.items()}
    return numbers, files, [known[name] for name in shown], anchors


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


def _check_scripts(body: Any) -> None:
    """Refuse a script in the text: the shell's own is the only one."""
    faults = [fault("R14", "the text holds a script of its own") for _ in body.xpath(".//script")]
    if faults:
        raise StudyError(faults)
