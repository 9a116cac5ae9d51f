"""The only module that calls pandoc: a program of the machine, wanted for Word files only."""

from __future__ import annotations

import os
import shutil
import subprocess
import zipfile
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from netwerkkracht.core import io
from netwerkkracht.core.errors import fail
from netwerkkracht.report.word import Manuscript

_STYLES: Final = "word/styles.xml"
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
# sizes in half points: text, and what stands in tables
_TEXT, _TABLE = 21, 15


def to_docx(text: Manuscript, *, timestamp: int) -> bytes:
    """Return a manuscript as a Word file, dated ``timestamp`` (Unix seconds) and nothing else.

    Raises
    ------
    StudyError
        ``R40`` when pandoc is not there, ``R41`` when it does not convert the text.
    """
    program = shutil.which("pandoc")
    if program is None:
        raise fail(
            "R40",
            "the program pandoc is not there",
            expected="pandoc 2.15 or newer, for Word files only",
            action="install it from pandoc.org, or with the package manager of the machine",
        )
    environment = {**os.environ, "SOURCE_DATE_EPOCH": str(timestamp)}
    with TemporaryDirectory(prefix="nk") as name:
        folder = Path(name)
        for picture, content in text.pictures.items():
            io.write_bytes(folder / picture, content)
        styles = _said([program, "--print-default-data-file", "reference.docx"], folder, environment)
        io.write_bytes(folder / "styles.docx", _restyled(styles))
        io.write_text(folder / "text.html", text.html)
        words = [program, "--from=html", "--to=docx", "--reference-doc=styles.docx", "--output=text.docx"]
        _said([*words, "text.html"], folder, environment)
        return (folder / "text.docx").read_bytes()


def _said(words: list[str], folder: Path, environment: dict[str, str]) -> bytes:
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, check=False)
    said = done.stderr.decode("utf-8", errors="replace").strip()
    if done.returncode or said:
        raise fail(
            "R41",
            f"pandoc does not convert the report: {' '.join(said.split()) or 'it says nothing'}",
            expected="a conversion without warnings",
            action="try another version of pandoc (2.17 and 3.9 are known to work)",
        )
    return done.stdout


def _restyled(document: bytes) -> bytes:
    """Return pandoc's own styles with smaller text: a table of six columns must fit a page."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(document)) as before, zipfile.ZipFile(made, "w") as after:
        for item in before.infolist():
            content = before.read(item)
            if item.filename == _STYLES:
                content = _smaller(content)
            after.writestr(item, content)
    return made.getvalue()


def _smaller(styles: bytes) -> bytes:
    from lxml import etree

    tree = etree.fromstring(styles)
    _resize(tree.find(f"{_W}docDefaults/{_W}rPrDefault/{_W}rPr"), _TEXT)
    for style in tree.iterfind(f"{_W}style[@{_W}styleId='Compact']"):
        # the order of parts is fixed: what letters look like comes last
        _resize(etree.SubElement(style, f"{_W}rPr"), _TABLE)
    return bytes(etree.tostring(tree, xml_declaration=True, encoding="UTF-8", standalone=True))


def _resize(letters: Any, size: int) -> None:
    from lxml import etree

    for name in ("sz", "szCs"):
        found = letters.find(f"{_W}{name}")
        part = etree.SubElement(letters, f"{_W}{name}") if found is None else found
        part.set(f"{_W}val", str(size))
