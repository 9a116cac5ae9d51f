"""Names of the arrays that the whole package passes around."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# numbers: vectors, matrices and stacks of them; docstrings give the shapes
Array = NDArray[np.float64]
# numbers of levels, rows or columns
Codes = NDArray[np.intp]
# which rows, entries or replicates
Mask = NDArray[np.bool_]
