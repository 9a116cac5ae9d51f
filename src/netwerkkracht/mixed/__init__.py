"""Mixed models for the designs of a small panel study, with R's answers and small-sample inference.

``from netwerkkracht.mixed import fit`` is the door. Its three stages can be had one by one: `make_design`
reads a formula and a frame, `fit_design` fits a design, and a `Fit` answers, by functions in
``netwerkkracht.mixed.inference``. ``docs/mixed-models.md`` holds the mathematics. What is not asked for is
not imported: ``parse`` reads a formula without any numerical library.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from netwerkkracht.mixed.fitting import fit, fit_design
    from netwerkkracht.mixed.formula.design import make_design
    from netwerkkracht.mixed.formula.terms import parse
    from netwerkkracht.mixed.result import Fit

__all__ = ["Fit", "fit", "fit_design", "make_design", "parse"]


def __getattr__(name: str) -> Any:
    """Import what is asked for."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    if name == "parse":
        from netwerkkracht.mixed.formula.terms import parse

        return parse
    from netwerkkracht.mixed.fitting import fit, fit_design
    from netwerkkracht.mixed.formula.design import make_design
    from netwerkkracht.mixed.result import Fit

    offered = {"Fit": Fit, "fit": fit, "fit_design": fit_design, "make_design": make_design}
    return offered[name]
