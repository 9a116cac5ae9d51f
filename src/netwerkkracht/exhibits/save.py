"""The only place that saves a figure: the same bytes on every run."""

from __future__ import annotations

import io as stdio
from typing import Any

from netwerkkracht.exhibits.style import settings, settle

PNG_DPI = 200


def svg_bytes(figure: Any) -> bytes:
    """Return the figure as SVG: text as paths, no date, no creator, fixed identifiers."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    settle(figure)
    buffer = stdio.BytesIO()
    # the canvas itself is asked: savefig would draw everything twice
    with settings():
        FigureCanvasSVG(figure).print_svg(buffer, metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png_bytes(figure: Any, dpi: int = PNG_DPI) -> bytes:
    """Return the figure as PNG without software name."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    settle(figure)
    buffer = stdio.BytesIO()
    before = figure.dpi
    with settings():
        figure.dpi = dpi
        try:
            FigureCanvasAgg(figure).print_png(buffer, metadata={"Software": None})
        finally:
            figure.dpi = before
    return buffer.getvalue()
