"""One source, one language in, PDF and HTML out: the bytes of a report, nothing written.

Everything that a number, a figure or a reference needs must be there, or the build stops: see
``docs/report.md`` for the faults and their codes.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Mapping
from typing import Any, Final

from netwerkkracht.core import typesetting
from netwerkkracht.core.display import level_text
from netwerkkracht.core.errors import Finding, StudyError, fail
from netwerkkracht.report import assets, lint, proof, shell
from netwerkkracht.report.model import Built, Exhibit, Report
from netwerkkracht.report.store import Number
from netwerkkracht.report.words import WORDS

START: Final = "report.typ"
OWN: Final = (typesetting.MAIN, "lib.typ", "data.json")


def build(report: Report, lang: str) -> Built:
    """Build a report in one language.

    Parameters
    ----------
    report
        All it is made from; the source must hold ``report.typ``.
    lang
        One of ``report.languages``.

    Returns
    -------
    Built
        The HTML (one file, no request leaves it) and the PDF (PDF/A-3a and PDF/UA-1, with the data behind
        the exhibits and the numbers attached). Equal input gives equal bytes.

    Raises
    ------
    StudyError
        ``R10`` and ``R11`` from Typst, ``R12`` for exhibits without picture, words or place in the text,
        ``R13`` for links that lead nowhere, ``R14`` for anything the page would fetch, ``R15`` to ``R17`` for
        a page that does not agree with what it was made from, ``R20`` to ``R24`` from the lint of the source.
    """
    _check(report, lang)
    files = project(report, lang)
    html = typesetting.compile_html(files, {"lang": lang, "form": "html"})
    pdf = _pdf(files, lang, timestamp(report.meta.date))
    page = shell.dress(html, report, lang)
    wrong = proof.faults(page, _known(report, lang))
    if wrong:
        raise StudyError(wrong)
    return Built(html=page.encode("utf-8"), pdf=pdf)


def _pdf(files: Mapping[str, bytes], lang: str, moment: int) -> bytes:
    """Return the PDF; a label that its font cannot show, of whatever script, does not stop the report."""
    inputs = {"lang": lang, "form": "pdf"}
    try:
        return typesetting.compile_pdf(files, inputs, timestamp=moment)
    except StudyError as error:
        if not typesetting.undisplayed(error):
            raise
    shown = typesetting.displayable(files["data.json"].decode("utf-8")).encode("utf-8")
    return typesetting.compile_pdf({**files, "data.json": shown}, inputs, timestamp=moment)


def _known(report: Report, lang: str) -> proof.Known:
    return proof.Known(
        lang=lang,
        synthetic=report.meta.synthetic,
        numbers={number.key: number.text[lang] for number in report.numbers},
        exhibits={exhibit.id: exhibit.data for exhibit in report.exhibits},
    )


def project(report: Report, lang: str) -> dict[str, bytes]:
    """Return the whole Typst project of one language: source, library, data, pictures, attachments."""
    files = {name: content for name, content in report.source.items() if name not in OWN}
    files[typesetting.MAIN] = report.source[START]
    files["lib.typ"] = assets.library().encode("utf-8")
    files["data.json"] = _json(_data(report, lang))
    for exhibit in report.exhibits:
        if exhibit.form == "figure":
            files[_picture(exhibit)] = _drawable(exhibit.pictures[lang])
        files[f"attached/{exhibit.id}.csv"] = exhibit.data
    for name, drawing in report.drawings.items():
        files[f"drawings/{name}.svg"] = drawing.pictures[lang]
    files["attached/numbers.json"] = _json(report.numbers.to_json())
    return files


def _json(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1).encode("utf-8")


def _picture(exhibit: Exhibit) -> str:
    return f"pictures/{exhibit.id}.svg"


def _drawable(picture: bytes) -> bytes:
    """Return a picture as SVG: Typst takes only text from memory, so a PNG is wrapped."""
    if not picture.startswith(b"\x89PNG"):
        return picture
    width, height = (int.from_bytes(picture[start : start + 4], "big") for start in (16, 20))
    pixels = base64.b64encode(picture).decode("ascii")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}"><image width="{width}" height="{height}" '
        f'href="data:image/png;base64,{pixels}"/></svg>'
    ).encode("ascii")


def timestamp(date: str) -> int:
    """Return noon (UTC) of a day as Unix seconds."""
    moment = dt.datetime.combine(dt.date.fromisoformat(date), dt.time(12), dt.UTC)
    return int(moment.timestamp())


def _data(report: Report, lang: str) -> dict[str, Any]:
    words = assets.words(lang)
    return {
        "meta": _meta(report, lang, words),
        "words": WORDS.within("source")[lang].held,
        "numbers": {number.key: number.text[lang] for number in report.numbers},
        "outcomes": {number.key: number.raw for number in report.numbers if number.kind == "word"},
        "order": [exhibit.id for exhibit in report.exhibits],
        "exhibits": {exhibit.id: _exhibit(exhibit, lang) for exhibit in report.exhibits},
        "tables": {name: _weighted(by_lang[lang]) for name, by_lang in report.tables.items()},
        "drawings": {name: drawing.alt[lang] for name, drawing in report.drawings.items()},
        "provenance": [_provenance(number, lang, words) for number in report.numbers],
        "checks": _checks(report, lang, words),
        "attachments": _attachments(report, lang, words),
    }


def _meta(report: Report, lang: str, words: Mapping[str, str]) -> dict[str, Any]:
    meta = report.meta
    date = dt.date.fromisoformat(meta.date)
    return {
        "title": meta.title[lang],
        "short_title": meta.short_title[lang],
        "subtitle": meta.subtitle[lang],
        "kicker": meta.kicker[lang],
        "authors": list(meta.authors),
        "keywords": list(meta.keywords.get(lang, ())),
        "date": {"year": date.year, "month": date.month, "day": date.day},
        "synthetic": meta.synthetic,
        "level": level_text(lang, meta.level),
        "mark": words["mark"].upper(),
        "banner_title": meta.banner_title.get(lang, words["banner_title"]),
        "banner": meta.banner.get(lang, words["banner"]),
        "footer": f"netwerkkracht {meta.version}".strip(),
    }


def _exhibit(exhibit: Exhibit, lang: str) -> dict[str, Any]:
    made: dict[str, Any] = {
        "form": exhibit.form,
        "title": exhibit.title[lang],
        "caption": exhibit.caption.get(lang, ""),
    }
    if exhibit.form == "figure":
        return {**made, "file": _picture(exhibit), "alt": exhibit.alt[lang]}
    return {**made, "table": _weighted(exhibit.table[lang])}


def _weighted(table: Mapping[str, Any]) -> dict[str, Any]:
    """Give each column a relative width for the page, from its longest cell and its longest word.

    Typst's automatic widths starve one column when a table is too wide, and leave a narrow table narrow.
    """
    rows = [row["cells"] for row in table["rows"] if row["level"] in {1, 2}]
    widest = 44 if len(table["columns"]) <= 6 else 30
    columns = []
    for place, column in enumerate(table["columns"]):
        cells = [row[place] for row in rows]
        longest = max((len(cell) for cell in cells), default=0)
        word = max(len(part) for text in [column["text"], *cells] for part in [*text.split(), ""])
        word = min(word, 9) if len(table["columns"]) > 8 else word  # a table that wide is hyphenated
        columns.append({**column, "width": max(column.get("width") or min(longest, widest) + 2, word + 2, 6)})
    return {**table, "columns": columns}


def _provenance(number: Number, lang: str, words: Mapping[str, str]) -> dict[str, str]:
    place = number.file or ", ".join(number.uses)
    if number.row is not None:
        place += f", {words['line']} {number.row}"
    if number.file and number.column:
        place += f", {words['column']} {number.column}"
    return {"key": number.key, "text": number.text[lang], "place": place, "how": number.how}


def _checks(report: Report, lang: str, words: Mapping[str, str]) -> dict[str, Any]:
    verdict = {True: words["passed"], False: words["failed"], None: words["fact"]}
    headings = (("check", 2), ("outcome", 3), ("verdict", 1))
    return {
        "columns": [{"text": words[key], "numeric": False, "width": width} for key, width in headings],
        "rows": [
            {"level": 1, "cells": [check.name[lang], check.value[lang], verdict[check.passed]]}
            for check in report.checks
        ],
    }


def _attachments(report: Report, lang: str, words: Mapping[str, str]) -> list[dict[str, str]]:
    made = [
        {
            "name": f"{exhibit.id}.csv",
            "mime": "text/csv",
            "description": f"{words['attached_csv']} {exhibit.title[lang]}",
        }
        for exhibit in report.exhibits
    ]
    numbers = {
        "name": "numbers.json",
        "mime": "application/json",
        "description": words["attached_numbers"],
    }
    return [*made, numbers]


def _check(report: Report, lang: str) -> None:
    if START not in report.source:
        raise fail(
            "R12",
            "the report has no text",
            file=START,
            expected=f"a file {START} in the report's source folder",
            action="add it, or correct 'source' of the report in the configuration",
        )
    faults = lint.find(report.source, literals=report.meta.literals)
    for exhibit in report.exhibits:
        faults += _exhibit_faults(exhibit, lang)
    if faults:
        raise StudyError(faults)


def _exhibit_faults(exhibit: Exhibit, lang: str) -> list[Finding]:
    missing = []
    if exhibit.form == "figure":
        alt = exhibit.alt.get(lang, "").strip()
        if not exhibit.pictures.get(lang):
            missing.append("no picture")
        if not alt:
            missing.append("no words that say what it shows")
        elif alt in {exhibit.title.get(lang, ""), exhibit.caption.get(lang, "")}:
            missing.append("words that only repeat its caption")
    elif not exhibit.table.get(lang):
        missing.append("no cells")
    if not exhibit.data:
        missing.append("no data file")
    return [
        Finding(
            "R12",
            "error",
            f"exhibit {exhibit.id} has {what} (language {lang})",
            file=exhibit.path,
            expected="a picture or table, its data, and for a picture words that differ from the caption",
            action="run the step that makes the exhibit, or correct its kind",
        )
        for what in missing
    ]
