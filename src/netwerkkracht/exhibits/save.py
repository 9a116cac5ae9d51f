"""The only place that saves a figure: the same bytes on every run."""

from __future__ import annotations

import io as stdio
from typing import Any

from netwerkkracht.exhibits.style import settings

PNG_DPI = 200


def svg_bytes(figure: Any) -> bytes:
    """Return the figure as SVG: text as paths, no date, no creator, fixed identifiers."""
    buffer = stdio.BytesIO()
    with settings():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def png_bytes(figure: Any, dpi: int = PNG_DPI) -> bytes:
    """Return the figure as PNG without software name."""
    buffer = stdio.BytesIO()
    with settings():
        figure.savefig(buffer, format="png", dpi=dpi, metadata={"Software": None})
    return buffer.getvalue()
