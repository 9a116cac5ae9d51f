"""The only place that saves a figure: the same bytes on every run."""

from __future__ import annotations

import io as stdio
import struct
from typing import Any, Final
from zlib import crc32

from netwerkkracht.core.typesetting import compile_png
from netwerkkracht.exhibits.style import settings, settle

PNG_DPI: Final = 200
# signature, and the chunk that every PNG begins with
PNG_HEAD: Final = 8 + 25


def svg_bytes(figure: Any) -> bytes:
    """Return the figure as SVG: text as paths, no date, no creator, fixed identifiers."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    settle(figure)
    buffer = stdio.StringIO()
    # the canvas itself is asked: savefig would draw everything twice
    with settings():
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue().encode("utf-8")


def png_bytes(svg: bytes, dpi: int = PNG_DPI) -> bytes:
    """Return a picture made of vectors as pixels, with its size on paper.

    Made from the finished SVG, the two show the same to a hair, and nothing is drawn or measured twice.
    """
    made = compile_png(svg, ppi=dpi)
    # how many pixels make a metre: text programs place the picture at the width of the page
    size = struct.pack(">4sIIB", b"pHYs", *[round(dpi / 0.0254)] * 2, 1)
    chunk = struct.pack(">I", len(size) - 4) + size + struct.pack(">I", crc32(size))
    return made[:PNG_HEAD] + chunk + made[PNG_HEAD:]
