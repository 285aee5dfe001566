"""The linear model (paper, eq. 11): parameters θ_0 + δ, output F_0 + J_0 δ, and the same steps as the program.

Where the optimiser is linear, it acts on outputs J_0 θ as on weights, with K_0 C' as the gradient (K_0 is the initial
kernel). Then only outputs at the samples are kept, and steps are cheap (:class:`Kernel`). Weights that shrink alike are
one group g, with J_0 and K_0 the sums of J_g and K_g. For SGD:

    f(s) = F_0 + Σ_g (z_g(s) - z_g(0)),    z_g(0) = J_g θ_0,
    z_g(s + 1) = (1 - ηλ_g) z_g(s) - η u_g(s + 1),    u_g(s + 1) = μ u_g(s) + K_g C'(f(s))

For any other optimiser δ is moved beside the outputs (:mod:`tp.experiments.training.tangent`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from jaxtyping import Float, Int

from tp.costs import Cost
from tp.matrix_free.orthonormal import Array
from tp.namespace import namespace
from tp.optimizers import Optimizer

Outputs = Float[Array, "*draws samples components"]
Kernels = Float[Array, "*draws samples components samples components"]
Signal = Float[Array, "*draws batch components"]
Picked = Int[Array, " batch"]


class Line(NamedTuple):
    """The linear model at one step. ``weights`` has arrays by weight, or outputs z by weight or group of weights."""

    outputs: Outputs
    state: Any
    weights: dict[str, Any]


@dataclass(frozen=True)
class LinearModel(ABC):
    """``start`` is F_0 and ``kernel`` K_0, at all samples."""

    optimizer: Optimizer
    cost: Cost
    start: Outputs
    kernel: Kernels

    @abstractmethod
    def begin(self, weights: Mapping[str, Any]) -> Line:
        """Before the first step, with the initial ``weights`` that move."""

    def after(self, line: Line, picked: Picked, targets: Float[Array, "batch components"], s: Any) -> Line:
        """After step number ``s``, on the samples ``picked`` with their ``targets``."""
        return self.moved(line, picked, self.cost.slopes(line.outputs[..., picked, :], targets) / len(targets), s)

    @abstractmethod
    def moved(self, line: Line, picked: Picked, signal: Signal, s: Any) -> Line:
        """After step number ``s``, with the error signals ``signal`` of the samples ``picked``."""

    def slopes(self, outputs: Outputs, targets: Float[Array, "samples components"]) -> tuple[Any, Any]:
        """The maxima over samples of |C'| and |C''| (norms over components): the premise of corollary 4.0.1."""
        return _largest(self.cost.slopes(outputs, targets), 1), _largest(self.cost.curvatures(outputs, targets), 2)


@dataclass(frozen=True)
class Kernel(LinearModel):
    """For linear optimisers. By group: ``kernels`` K_g, and ``radial`` J_g θ_0, or zero where it does not matter."""

    kernels: dict[str, Kernels]
    radial: dict[str, Outputs]

    def begin(self, weights: Mapping[str, Any]) -> Line:
        return Line(self.start, self.optimizer.init(self.radial), dict(self.radial))

    def moved(self, line: Line, picked: Picked, signal: Signal, s: Any) -> Line:
        drive = {
            group: (kernel[..., picked, :] * signal[..., None, None, :, :]).sum((-2, -1))
            for group, kernel in self.kernels.items()
        }
        updates, state = self.optimizer.step(drive, line.state, line.weights, dict.fromkeys(drive, 1.0), s)
        outputs = line.outputs + sum(updates.values())
        return Line(outputs, state, {group: z + updates[group] for group, z in line.weights.items()})


def _largest(array: Any, axes: int) -> Any:
    """The largest norm over the last ``axes``, over all samples."""
    squares = (array**2).sum(tuple(range(-axes, 0)))
    return namespace(array).sqrt(squares.max(-1))
