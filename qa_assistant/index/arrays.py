"""What arrays are called in annotations. Imported for those alone: numpy is loaded where it computes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]
