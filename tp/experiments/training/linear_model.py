"""The linear model (paper, eq. 11): its outputs at the samples, moved by the initial kernel.

Its parameters are θ_0 + δ, its output is F_0 + J_0 δ, and it makes the same steps as the program, decay included:

    f(s + 1) = F_0 + (1 - ηλ) (f(s) - F_0) - ηλ J_0 θ_0 - η u(s + 1),    u(s + 1) = μ u(s) + K_0 C'(f(s)).

So the gradients at the start are all that is needed, and a step takes next to nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp

from tp.experiments.training.rule import Rule


class Line(NamedTuple):
    """The linear model at one step: ``outputs`` f and ``drive`` u [samples, components]."""

    outputs: Any
    drive: Any


@dataclass(frozen=True, slots=True)
class Linear:
    """``start`` is F_0 and ``radial`` J_0 θ_0 [samples, components]; ``kernel`` [samples, components, same two]."""

    rule: Rule
    start: Any
    radial: Any
    kernel: Any

    def begin(self) -> Line:
        return Line(self.start, jnp.zeros_like(self.start))

    def after(self, line: Line, picked: Any, targets: Any) -> Line:
        """After a step that sees the samples ``picked`` [batch], with ``targets`` [batch, components]."""
        rule = self.rule
        signal = jax.vmap(jax.grad(rule.cost))(line.outputs[picked], targets) / len(targets)
        drive = rule.momentum * line.drive + jnp.einsum(
            "scbd,bd->sc", self.kernel[:, :, picked], signal, precision="highest"
        )
        outputs = line.outputs - rule.eta * drive
        if rule.decay:
            outputs = outputs - rule.eta * rule.decay * (line.outputs - self.start + self.radial)
        return Line(outputs, drive)

    def slopes(self, outputs: Any, targets: Any) -> tuple[Any, Any]:
        """The largest |C'| and |C''| (norms over components) of some samples: the premise of corollary 4.0.1."""
        first = jax.vmap(jax.grad(self.rule.cost))(outputs, targets)
        second = jax.vmap(jax.hessian(self.rule.cost))(outputs, targets)
        return _largest(first), _largest(second)


def _largest(array: Any) -> Any:
    return jnp.max(jnp.sqrt(jnp.sum(array.reshape((len(array), -1)) ** 2, axis=1)))
