"""Gaussian process regression with independent normal noise on targets.

Source: Rasmussen and Williams, "Gaussian processes for machine learning" (2006), algorithm 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log, pi

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.ndarray import NDArray
from tp.regression.factors import Cholesky, checked
from tp.regression.matrices import columns, cross_of, test_of
from tp.regression.settings import nonnegative

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GaussianProcess:
    """A normal process with mean 0, given noisy values of it at N inputs; columns of targets are independent.

    Fields:
        factor: of K + noise² 1, where K is the kernel of the N inputs.
        targets: [N, columns].
        weights: (K + noise² 1)^-1 targets.
        noise: the standard deviation of the noise, in the unit of the targets.
    """

    factor: Cholesky
    targets: Float[Array, "rows columns"]
    weights: Float[Array, "rows columns"]
    noise: float

    @classmethod
    def of(cls, kernel: npt.ArrayLike, targets: npt.ArrayLike, noise: float = 0.0) -> GaussianProcess:
        """The process with ``kernel`` [N, N], given ``targets`` [N] or [N, columns].

        Raises TpError TP631 where the kernel is singular, TP632 where it is none, TP604 for numbers that are not
        finite, and TP633 for shapes that do not fit or a negative noise.
        """
        nonnegative("the noise", noise)
        matrix = checked(kernel, "the kernel of the training inputs")
        values = columns(targets, len(matrix))
        remedy = "add noise, such as noise=" + f"{_suggested(matrix):.1g}"
        factor = Cholesky.of(matrix, noise**2, "the kernel of the training inputs", remedy)
        return cls(factor, values, factor.solve(values), noise)

    @property
    def log_evidence(self) -> float:
        """The logarithm of the density of the targets, summed over columns; it is largest for the best kernel."""
        rows, count = self.targets.shape
        fit = float((self.targets * self.weights).sum())
        return -0.5 * (fit + count * (self.factor.log_determinant + rows * log(2.0 * pi)))

    def mean(self, cross: npt.ArrayLike) -> Float[Array, "inputs columns"]:
        """The mean at M inputs, given the kernel ``cross`` [M, N] between them and the N inputs of training."""
        return cross_of(cross, len(self.targets)) @ self.weights

    def covariance(self, cross: npt.ArrayLike, test: npt.ArrayLike) -> Float[Array, "inputs inputs"]:
        """The covariance at M inputs, of every column, without noise; ``test`` [M, M] is their kernel."""
        between = cross_of(cross, len(self.targets))
        half = self.factor.half(between.T)
        return test_of(test, between) - half.T @ half


def _suggested(kernel: Float[Array, "rows rows"]) -> float:
    """A noise that changes little and makes nearly any kernel invertible: 1e-4 of the root of its mean diagonal."""
    scale = float(np.abs(np.diagonal(kernel)).mean()) if len(kernel) else 1.0
    return 1e-4 * (scale or 1.0) ** 0.5
