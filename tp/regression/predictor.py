"""Regression with inputs in place of matrices: kernels are functions of two batches of inputs."""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, prod
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from tp.diagnostics.diagnostic import error
from tp.ndarray import NDArray
from tp.regression.factors import finite
from tp.regression.gaussian_process import GaussianProcess
from tp.regression.gradient_descent import Flow, InfinitelyWide, Steps
from tp.regression.law import NormalLaw
from tp.regression.outputs import alike, apart, flat

Array = NDArray[np.float64]


class KernelFunction(Protocol):
    """The kernel [left, right, ...axes, ...axes] of two batches of inputs; of the first one with itself for None."""

    def __call__(self, left: Any, right: Any | None, /) -> Array: ...


@dataclass(frozen=True, slots=True)
class Components:
    """How the components of an output stand in matrices.

    Fields:
        shape: of an output of the program.
        targets: the shape of a target; another one than ``shape`` where one output stands for independent columns.
        joint: whether rows of matrices are pairs (input, component).
    """

    shape: tuple[int, ...]
    targets: tuple[int, ...]
    joint: bool

    @classmethod
    def of(cls, kernels: list[Array], targets: Array) -> Components:
        """Components of the outputs with these ``kernels`` of training inputs. Raises TpError TP608, TP633."""
        rows, shape, goal = len(kernels[0]), kernels[0].shape[2:], targets.shape[1:]
        shape = shape[: len(shape) // 2]
        if not targets.ndim or len(targets) != rows:
            have = len(targets) if targets.ndim else 1
            raise error("TP633", f"there are {have} targets for {rows} inputs", hint="the leading axis counts samples")
        if prod(shape) != prod(goal) and (prod(shape) != 1 or len(goal) != 1):
            message = f"targets of shape {list(goal)} do not fit an output of shape {list(shape)}"
            raise error("TP608", message, hint="as many numbers as the output has entries")
        joint = any(alike(kernel) is None for kernel in kernels)
        return cls(shape, shape if prod(shape) == prod(goal) else goal, joint)

    def matrix(self, kernel: Array) -> Float[Array, "rows columns"]:
        """``kernel`` as regression needs it. Raises TpError TP633 where components are no longer independent."""
        if self.joint:
            return flat(kernel)
        one = alike(kernel)
        if one is None:
            message = "components of the output are independent at the training inputs, and not at the new ones"
            raise error("TP633", message, hint="add an input of training at which they depend on each other")
        return one

    def columns(self, targets: Array) -> Float[Array, "rows columns"]:
        return targets.reshape(-1, 1) if self.joint else targets.reshape(len(targets), -1)

    def law(self, mean: Array, covariance: Array | None) -> NormalLaw:
        """The law of outputs, from a mean and a covariance of rows."""
        if covariance is not None and self.joint:
            covariance = apart(covariance, self.targets)
        return NormalLaw(mean.reshape(-1, *self.targets), covariance)


@dataclass(frozen=True, slots=True, repr=False)
class Posterior:
    """A Gaussian process, given targets. ``tp.Model.gaussian_process`` makes one.

    Fields:
        process: its matrices.
    """

    process: GaussianProcess
    kernel: KernelFunction
    inputs: Any
    components: Components

    @classmethod
    def of(cls, kernel: KernelFunction, inputs: Any, targets: npt.ArrayLike, noise: float = 0.0) -> Posterior:
        """Raises TpError TP604, TP608, TP631, TP632, TP633."""
        values = finite(targets, "the targets")
        train = kernel(inputs, None)
        components = Components.of([train], values)
        process = GaussianProcess.of(components.matrix(train), components.columns(values), noise)
        return cls(process, kernel, inputs, components)

    def __repr__(self) -> str:
        return f"<Posterior of {len(self.process.targets)} targets with noise {self.process.noise:g}>"

    @property
    def log_evidence(self) -> float:
        """The logarithm of the density of the targets; the largest one belongs to the best kernel and noise."""
        return self.process.log_evidence

    def predict(self, inputs: Any, *, covariance: bool = True) -> NormalLaw:
        """The law of the outputs at new ``inputs``, without noise."""
        cross = self.components.matrix(self.kernel(inputs, self.inputs))
        spread = None
        if covariance:
            spread = self.process.covariance(cross, self.components.matrix(self.kernel(inputs, None)))
        return self.components.law(self.process.mean(cross), spread)


@dataclass(frozen=True, slots=True, repr=False)
class Ensemble:
    """Networks of infinite width that start at random weights and are trained on the same targets.

    ``tp.Model.train_infinitely_wide`` makes one. Kernels and eigenvalues are found once, and serve any time.

    Fields:
        network: its matrices.
        initial, tangent: the kernel of the outputs at the start, and the tangent kernel.
    """

    network: InfinitelyWide
    initial: KernelFunction
    tangent: KernelFunction
    inputs: Any
    components: Components

    @classmethod
    def of(
        cls, initial: KernelFunction, tangent: KernelFunction, inputs: Any, targets: npt.ArrayLike, ridge: float = 0.0
    ) -> Ensemble:
        """Raises TpError TP604, TP608, TP632, TP633."""
        values = finite(targets, "the targets")
        start, theta = initial(inputs, None), tangent(inputs, None)
        components = Components.of([start, theta], values)
        network = InfinitelyWide.of(
            components.matrix(start),
            components.matrix(theta),
            components.columns(values),
            samples=len(values),
            ridge=ridge,
        )
        return cls(network, initial, tangent, inputs, components)

    def __repr__(self) -> str:
        return f"<Ensemble trained on {self.network.samples} samples, ridge {self.network.ridge:g}>"

    def predict(
        self,
        inputs: Any,
        *,
        time: float | None = None,
        steps: int | None = None,
        eta: float | None = None,
        momentum: float = 0.0,
        covariance: bool = True,
    ) -> NormalLaw:
        """The law of the outputs at ``inputs`` after training, over random initial weights.

        Args:
            inputs: new ones, or those of training.
            time: of gradient flow, in units of steps times eta; infinite if neither it nor ``steps`` is given.
            steps: of gradient descent on all samples, with the rate ``eta`` and ``momentum``, in place of a time.
            eta: as in ``tp.SGD``: it multiplies the learning rates of the program.
            covariance: whether the covariance is worked out.

        Raises:
            TpError: TP631 where the kernel is singular and the time infinite, TP633 for settings, TP634 for steps that
                are too large.
        """
        training = _training(time, steps, eta, momentum)
        matrix, network = self.components.matrix, self.network
        theta = matrix(self.tangent(inputs, self.inputs))
        spread = None
        if covariance:
            start, test = matrix(self.initial(inputs, self.inputs)), matrix(self.initial(inputs, None))
            spread = network.covariance(start, theta, test, training)
        return self.components.law(network.mean(theta, training), spread)


def _training(time: float | None, steps: int | None, eta: float | None, momentum: float) -> Flow | Steps:
    if steps is None:
        if eta is not None or momentum:
            raise error("TP633", "eta and momentum need a number of steps", hint="steps=100, eta=0.1")
        return Flow(inf if time is None else time)
    if time is not None or eta is None:
        raise error(
            "TP633", "training is for a time, or for steps of a rate eta", hint="time=10, or steps=100, eta=0.1"
        )
    return Steps(steps, eta, momentum)
