"""Mixed models for the designs of a small panel study, with R's answers and small-sample inference.

``from netwerkkracht.mixed import fit`` is the door; ``docs/mixed-models.md`` holds the mathematics.
"""

from netwerkkracht.mixed.fitting import fit
from netwerkkracht.mixed.result import Fit

__all__ = ["Fit", "fit"]
