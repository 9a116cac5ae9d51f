"""Mixed models for the designs of a small panel study, with R's answers and small-sample inference.

``from netwerkkracht.mixed import fit`` is the door. Its three stages can be had one by one: `make_design`
reads a formula and a frame, `fit_design` fits a design, and a `Fit` answers, by functions in
``netwerkkracht.mixed.inference``. ``docs/mixed-models.md`` holds the mathematics.
"""

from netwerkkracht.mixed.fitting import fit, fit_design
from netwerkkracht.mixed.formula.design import make_design
from netwerkkracht.mixed.result import Fit

__all__ = ["Fit", "fit", "fit_design", "make_design"]
