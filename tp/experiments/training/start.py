"""The start of a run: the initial kernel, and the linear model made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from tp.costs import find
from tp.experiments.training.evaluation import Evaluation
from tp.experiments.training.gradients import Parts, inner, only
from tp.experiments.training.linear_model import Kernel, LinearModel, Tangent
from tp.experiments.training.outline import Outline
from tp.optimizers import Optimizer

LARGEST = 1024
"""The most rows of a kernel whose eigenvalues are computed; for more that takes longer than the run."""


def linear_model(
    outline: Outline,
    optimizer: Optimizer,
    whole: Evaluation,
    weights: Mapping[str, Any],
    inputs: Mapping[str, Any],
    rates: Mapping[str, float],
) -> tuple[dict[str, Any], LinearModel]:
    """The weights, matrix-free ones with their new products, and the linear model at them.

    ``whole`` evaluates one component of the output at all samples; ``inputs`` are [samples, ...], and ``rates`` Λ.
    ``optimizer`` is the one at this width.
    """
    samples, components = outline.path.samples, outline.path.components

    def gradients(known: dict[str, Any], component: Any) -> tuple[dict[str, Any], tuple[Any, dict[str, Any], Parts]]:
        known, found = whole.component(known, inputs, component, {})
        return known, (found.output.reshape((samples, components)), found.radial, found.gradient)

    known, (outputs, radial, apart) = jax.lax.scan(gradients, dict(weights), jnp.arange(components))
    initial = jax.tree.map(_joined, apart)

    def kernel(of: Parts) -> Any:
        # [components, samples, components, samples] -> [samples, components, samples, components]
        return inner(of, of, rates).reshape((components, samples, components, samples)).transpose(1, 0, 3, 2)

    cost = find(outline.cost).function
    if not optimizer.linear:
        return known, Tangent(optimizer, cost, outputs[0], kernel(initial), initial, rates)
    kernels = {group: kernel(only(initial, weights)) for group, weights in outline.groups.items()}
    nothing = jnp.zeros((components, samples), whole.kind)
    along = {group: radial.get(group, nothing).T for group in kernels}
    total = jnp.sum(jnp.stack(list(kernels.values())), axis=0)
    return known, Kernel(optimizer, cost, outputs[0], total, kernels, along)


def spectrum(kernel: Float[Array, "samples components samples components"]) -> dict[str, Any]:
    """The largest diagonal entry of the kernel, and its extreme eigenvalues (NaN above :data:`LARGEST` rows)."""
    steepest, size = jnp.max(jnp.einsum("scsc->sc", kernel)), kernel.shape[0] * kernel.shape[1]
    if size > LARGEST:
        unknown = jnp.asarray(jnp.nan, steepest.dtype)
        return {"steepest": steepest, "slowest": unknown, "fastest": unknown}
    values = jnp.linalg.eigvalsh(kernel.reshape((size, size)))
    return {"steepest": steepest, "slowest": values[0], "fastest": values[-1]}


def _joined(array: Any) -> Any:
    """The first two axes as one."""
    return array.reshape((-1, *array.shape[2:]))
