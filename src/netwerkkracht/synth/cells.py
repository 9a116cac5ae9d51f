"""What one variable of many invented studies is: numbers, and the reasons of what is missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Reasons = NDArray[np.int8]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Cells:
    """Numbers (NaN where missing) and reasons (0 where valid), both of shape (studies, persons, waves)."""

    numbers: Floats
    reasons: Reasons

    def wave(self, index: int) -> Cells:
        """Return one wave's cells repeated over all waves, for facts looked up at a fixed wave."""
        shape = self.numbers.shape
        return Cells(
            np.broadcast_to(self.numbers[..., index : index + 1], shape),
            np.broadcast_to(self.reasons[..., index : index + 1], shape),
        )
