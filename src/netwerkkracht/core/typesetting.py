"""The only module that calls Typst: in memory, without system fonts, every warning an error."""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from netwerkkracht.core.errors import Finding, StudyError, fail

PDF_STANDARDS: Final = ("a-3a", "ua-1")
KNOWN_WARNING: Final = "html export is under active development and incomplete"
MAIN: Final = "main.typ"
# what a PDF shows of a sign that its font does not have
REPLACEMENT: Final = "\ufffd"
_NO_GLYPH: Final = "could not be displayed with font"
_LETTERS: Final = frozenset(
    {"Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "So", "Sk", "Co", "Cn"}
)
_SIZE: Final = re.compile(rb'width="([0-9.]+)pt" height="([0-9.]+)pt"')
# in pixels: what is a hair too large for its whole pixels gets one more
SLACK: Final = 0.01
WITHIN: Final = 1 - 1e-5


def compile_html(files: Mapping[str, bytes], inputs: Mapping[str, str]) -> str:
    """Compile to one semantic HTML document.

    Parameters
    ----------
    files
        The whole project by relative name; the document starts at ``main.typ``.
    inputs
        What the source reads as ``sys.inputs``.

    Raises
    ------
    StudyError
        ``R10`` when the source does not compile, ``R11`` for each warning but the one on HTML export itself:
        Typst leaves layout elements and unknown fonts out of the result with a warning only.
    """
    return bytes(_compile(files, inputs, format="html")).decode("utf-8")


def compile_pdf(files: Mapping[str, bytes], inputs: Mapping[str, str], *, timestamp: int) -> bytes:
    """Compile to PDF/A-3a and PDF/UA-1, dated ``timestamp`` (Unix seconds) and nothing else.

    Raises
    ------
    StudyError
        As :func:`compile_html`; also for what the two standards forbid, such as an image or an equation
        without a text alternative, a skipped heading level or a missing title.
    """
    return bytes(
        _compile(files, inputs, format="pdf", pdf_standards=list(PDF_STANDARDS), timestamp=timestamp)
    )


def compile_png(svg: bytes, *, ppi: float) -> bytes:
    """Return a picture made of vectors as pixels, ``ppi`` of them to an inch of its own size.

    A started pixel counts whole where the picture tells its size in points, as ours do. Typst first paints
    the picture on whole pixels and then lays those on the page; were the two not of one size, a row or column
    of them would be lost, and letters with it.

    Raises
    ------
    StudyError
        As :func:`compile_html`.
    """
    size = _SIZE.search(svg)
    if size is None:
        plain = b'#set page(width: auto, height: auto, margin: 0pt)\n#image("picture.svg")\n'
        return bytes(_compile({MAIN: plain, "picture.svg": svg}, {}, format="png", ppi=ppi))
    wide, high = (math.ceil(float(points) * ppi / 72 - SLACK) for points in size.groups())
    # a little lower than its pixels, so that no rounding asks for one more row
    own = f'width="{wide}pt" height="{high - SLACK}pt" preserveAspectRatio="none"'
    svg = svg[: size.start()] + own.encode() + svg[size.end() :]
    page = (
        f"#set page(width: {wide * 72 / ppi}pt, height: {high * 72 / ppi}pt, margin: 0pt)\n"
        f'#image("picture.svg", fit: "stretch", '
        f"width: {wide * WITHIN * 72 / ppi}pt, height: {(high - SLACK) * WITHIN * 72 / ppi}pt)\n"
    )
    return bytes(_compile({MAIN: page.encode(), "picture.svg": svg}, {}, format="png", ppi=ppi))


def font_folders() -> list[str]:
    """Return the folders of the fonts that ship with the installed packages."""
    from importlib.util import find_spec

    found = find_spec("fontpkg_noto_sans")
    if found is None or found.origin is None:
        raise fail(
            "R10",
            "the report's font is not installed",
            expected="the package fontpkg-noto-sans",
            action="install the locked requirements",
        )
    return [str(Path(found.origin).parent / "files")]


def undisplayed(error: StudyError) -> bool:
    """Say whether a text stopped the PDF because no font has one of its signs."""
    return any(finding.code == "R10" and _NO_GLYPH in finding.what for finding in error.findings)


def displayable(text: str) -> str:
    """Return a text with a sign in the place of each letter or picture that the report's font does not have.

    Signs of mathematics, blanks and signs without a width stay: other fonts have them, or none needs to.
    """
    from matplotlib.ft2font import FT2Font

    known: set[int] = set()
    for folder in font_folders():
        for path in sorted(Path(folder).glob("NotoSans*.ttf")):
            known |= set(FT2Font(str(path)).get_charmap())
    return "".join(
        REPLACEMENT if ord(sign) not in known and unicodedata.category(sign) in _LETTERS else sign
        for sign in text
    )


def _compile(files: Mapping[str, bytes], inputs: Mapping[str, str], **options: Any) -> bytes:
    import typst

    try:
        made, warnings = typst.compile_with_warnings(
            dict(files),
            font_paths=font_folders(),
            ignore_system_fonts=True,
            sys_inputs=dict(inputs),
            **options,
        )
    except typst.TypstError as cause:
        hints = "; ".join(cause.hints)
        raise fail(
            "R10",
            f"the report does not compile: {cause.message}{' (' + hints + ')' if hints else ''}",
            file=_place(cause.diagnostic),
            expected="a source that Typst compiles under PDF/A-3a and PDF/UA-1",
            action="correct the source of the report at that place",
        ) from cause
    faults = [
        Finding(
            "R11",
            "error",
            f"Typst warns: {warning.message}",
            file=_place(warning.diagnostic),
            expected="no warning: what Typst warns about is left out of the result or set in another font",
            action="use an element that exists in HTML, or guard it for the paged form",
        )
        for warning in warnings
        if warning.message != KNOWN_WARNING
    ]
    if faults:
        raise StudyError(faults)
    return bytes(made)


def _place(diagnostic: str) -> str | None:
    """Return ``file:line:column`` out of a Typst diagnostic, if it names one."""
    import re

    found = re.search(r"([\w./-]+\.typ:\d+:\d+)", diagnostic or "")
    return found[1] if found else None
