"""NumPy's arrays of one dtype, as an alias that is a class at run time.

``numpy.typing.NDArray`` is a ``type`` statement in new releases of NumPy. jaxtyping's annotations need a class inside,
such as ``np.ndarray`` with its parameters: ``Float[NDArray[np.float64], "runs steps"]``.
"""

from __future__ import annotations

from typing import Any, TypeVar

import numpy as np

_Scalar = TypeVar("_Scalar", bound=np.generic)

NDArray = np.ndarray[tuple[Any, ...], np.dtype[_Scalar]]
"""An array with any number of axes, whose entries have the type ``_Scalar``: ``NDArray[np.float64]``."""
