"""Mixed models for the designs of a small panel study, with R's answers and small-sample inference.

``from netwerkkracht.mixed import fit`` is the door; ``docs/mixed-models.md`` holds the mathematics. What is
not asked for is not imported: ``parse`` reads a formula without any numerical library.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwerkkracht.mixed.fitting import fit
    from netwerkkracht.mixed.formula import parse
    from netwerkkracht.mixed.result import Fit

__all__ = ["Fit", "fit", "parse"]


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name == "fit":
        from netwerkkracht.mixed.fitting import fit

        return fit
    if name == "Fit":
        from netwerkkracht.mixed.result import Fit

        return Fit
    if name == "parse":
        from netwerkkracht.mixed.formula import parse

        return parse
    raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
