"""The joint normal law of the outputs at some inputs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from tp.diagnostics.diagnostic import error
from tp.ndarray import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class NormalLaw:
    """The joint normal law of outputs at M inputs.

    Fields:
        mean: [M, ...axes of the output].
        covariance: [M, M] where the components of an output are independent with the same covariance (also where there
            is only one), else [M, M, ...axes, ...axes]; None where it was not asked for.
    """

    mean: Float[Array, "inputs ..."]
    covariance: Float[Array, "inputs inputs ..."] | None = None

    @property
    def deviation(self) -> Float[Array, "inputs ..."]:
        """The standard deviation of every component, in the shape of ``mean``.

        Variances that are negative by rounding count as 0. Raises TpError TP633 where there is no covariance.
        """
        covariance = self._covariance()
        if covariance.ndim == 2:
            variance = np.diagonal(covariance).reshape(-1, *(1,) * (self.mean.ndim - 1))
        else:
            variance = np.diagonal(self._matrix()).reshape(self.mean.shape)
        return np.broadcast_to(np.sqrt(np.maximum(variance, 0.0)), self.mean.shape)

    def sample(self, count: int, seed: int = 0) -> Float[Array, "count inputs ..."]:
        """``count`` draws from the law. Raises TpError TP633 where there is no covariance."""
        from scipy.linalg import eigh

        values, vectors = eigh(self._matrix())
        root = vectors * np.sqrt(np.maximum(values, 0.0))
        draws = np.random.default_rng(seed).standard_normal((count, self.mean.size))
        columns = self.mean.size // len(values)
        moved = np.einsum("ij,kjc->kic", root, draws.reshape(count, len(values), columns))
        return self.mean + moved.reshape(count, *self.mean.shape)

    def _covariance(self) -> Array:
        if self.covariance is None:
            raise error("TP633", "the covariance was not asked for", hint="predict(..., covariance=True)")
        return self.covariance

    def _matrix(self) -> Float[Array, "entries entries"]:
        """The covariance with one row for every input, or for every component of an output at every input."""
        from tp.regression.outputs import flat

        covariance = self._covariance()
        return covariance if covariance.ndim == 2 else flat(covariance)
