"""The law of the outputs of a network of infinite width that is trained under the squared cost, in closed form.

The tangent kernel Θ does not move, so training is linear in the outputs. Let y be the targets of N samples, and let the
cost be the mean of (f - y)²/2 over samples. Then

    f_t(x) = f_0(x) + Θ(x, X) g(Θ(X, X)) (y - f_0(X)),    g(λ) = (1 - exp(-t λ/N)) / λ

for gradient flow of time t. For k steps of the rate η, (1 - η λ/N)^k stands in place of the exponential function. With
momentum the recursion of the steps does. The outputs f_0 are a normal process with the kernel K, so f_t is normal.

A ``ridge`` r adds the cost r |θ - θ_0|²/(2N) of the distance from the initial weights θ_0, where the square of a weight
is divided by its learning rate. It puts λ + r in place of λ.

Source: Lee et al., "Wide neural networks of any depth evolve as linear models under gradient descent" (2019), section
2.2 and appendix C.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, isinf

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.diagnostics.diagnostic import error
from tp.ndarray import NDArray
from tp.regression.factors import Spectrum, checked, singular, tolerance
from tp.regression.matrices import columns, cross_of, test_of
from tp.regression.settings import nonnegative, whole

Array = NDArray[np.float64]
_NAME = "the tangent kernel of the training inputs"


@dataclass(frozen=True, slots=True)
class Flow:
    """Gradient flow for a ``time``, which is a number from 0 on or infinite: the limit of steps · η for small η."""

    time: float = inf

    def __post_init__(self) -> None:
        nonnegative("the time", self.time, infinite=True)

    def gain(self, values: Float[Array, " rows"], samples: int, ridge: float = 0.0) -> Float[Array, " rows"]:
        """g at the eigenvalues ``values`` plus the ``ridge``, which are positive where the time is infinite."""
        values = values + ridge
        if isinf(self.time):
            return 1.0 / values
        share = self.time / samples
        exponents = values * share
        safe = np.where(exponents > 0.0, exponents, 1.0)
        return np.where(exponents > 0.0, -np.expm1(-safe) / safe, 1.0) * share


@dataclass(frozen=True, slots=True)
class Steps:
    """``steps`` of gradient descent on all samples, with the rate ``eta`` and ``momentum``, as in training."""

    steps: int
    eta: float
    momentum: float = 0.0

    def __post_init__(self) -> None:
        whole("the number of steps", self.steps)
        nonnegative("eta", self.eta)
        if not nonnegative("the momentum", self.momentum) < 1.0:
            raise error("TP633", f"the momentum must be below 1, not {self.momentum!r}")

    def gain(self, values: Float[Array, " rows"], samples: int, ridge: float = 0.0) -> Float[Array, " rows"]:
        """g at the eigenvalues ``values``, to which the ``ridge`` is added.

        Raises TpError TP634 where the steps are too large and outputs grow.
        """
        values = values + ridge
        largest = float(values.max(initial=0.0)) / samples
        stable = 2.0 * (1.0 + self.momentum) / largest if largest else inf
        if self.eta > stable:
            message = f"steps of the rate {self.eta:.6g} grow: the largest stable rate is {stable:.6g}"
            raise error(
                "TP634", message, hint=f"take a smaller eta{' or ridge' if ridge else ''}, or gradient flow with time="
            )
        gain, velocity = np.zeros_like(values), np.zeros_like(values)
        for _ in range(self.steps):
            velocity = self.momentum * velocity + (1.0 - values * gain) / samples
            gain = gain + self.eta * velocity
        return gain


@dataclass(frozen=True, slots=True)
class InfinitelyWide:
    """A network of infinite width in training: kernels of the N inputs, and their targets.

    Fields:
        spectrum: of the tangent kernel Θ.
        initial: the kernel K of the outputs at the start, [N, N].
        targets: [N, columns]; columns are outputs with independent starts.
        samples: N where a row is a sample; fewer where several rows belong to one.
        ridge: r above.
    """

    spectrum: Spectrum
    initial: Float[Array, "rows rows"]
    targets: Float[Array, "rows columns"]
    samples: int
    ridge: float

    @classmethod
    def of(
        cls,
        initial: npt.ArrayLike,
        tangent: npt.ArrayLike,
        targets: npt.ArrayLike,
        *,
        samples: int | None = None,
        ridge: float = 0.0,
    ) -> InfinitelyWide:
        """The network whose outputs have the kernel ``initial`` [N, N] and the ``tangent`` kernel [N, N].

        Raises TpError TP632 for matrices that are no kernels, TP604 for numbers that are not finite, TP633 for shapes
        that do not fit.
        """
        nonnegative("the ridge", ridge)
        start, theta = checked(initial, "the kernel of the training inputs"), checked(tangent, _NAME)
        if start.shape != theta.shape:
            raise error("TP633", f"the kernels have {len(start)} and {len(theta)} rows")
        values = columns(targets, len(theta))
        return cls(Spectrum.of(theta, _NAME), start, values, samples or len(theta), ridge)

    def mean(self, tangent: npt.ArrayLike, training: Flow | Steps) -> Float[Array, "inputs columns"]:
        """The mean at M inputs after ``training``; the ``tangent`` kernel [M, N] is between them and the N inputs."""
        between = cross_of(tangent, len(self.targets))
        return between @ self.spectrum.apply(self._gain(training), self.targets)

    def covariance(
        self, initial: npt.ArrayLike, tangent: npt.ArrayLike, test: npt.ArrayLike, training: Flow | Steps
    ) -> Float[Array, "inputs inputs"]:
        """The covariance at M inputs after ``training``, of every column, over random initial weights.

        ``initial`` and ``tangent`` [M, N] are kernels between them and the N inputs, ``test`` [M, M] is the initial
        kernel of the M inputs.
        """
        start, theta = cross_of(initial, len(self.targets)), cross_of(tangent, len(self.targets))
        moved = self.spectrum.apply(self._gain(training), theta.T).T
        mixed = moved @ start.T
        return test_of(test, theta) - mixed - mixed.T + moved @ self.initial @ moved.T

    def _gain(self, training: Flow | Steps) -> Float[Array, " rows"]:
        """g at the eigenvalues. Raises TpError TP631 where infinite time leaves what rounding decides, TP634."""
        values = self.spectrum.values + self.ridge
        if isinstance(training, Flow) and isinf(training.time) and values[0] <= tolerance(values):
            kernel = self.spectrum.vectors * self.spectrum.values @ self.spectrum.vectors.T
            remedy = f"take a finite time, or ridge={max(1e-8 * float(values[-1]), 1e-300):.1g}"
            raise singular(kernel, self.ridge, _NAME, remedy)
        return training.gain(self.spectrum.values, self.samples, self.ridge)
