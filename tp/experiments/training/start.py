"""The start of a run: the initial kernel, and the linear model made from it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from tp.costs import Cost, find
from tp.experiments.training.evaluation import Evaluation
from tp.experiments.training.gradients import Parts, inner, only
from tp.experiments.training.linear_model import Kernel, LinearModel
from tp.experiments.training.outline import Outline
from tp.experiments.training.programs import common_side
from tp.experiments.training.tangent import Products, Tangent, in_coordinates
from tp.matrix_free.control import stacked
from tp.matrix_free.orthonormal import Array
from tp.namespace import is_numpy, namespace
from tp.optimizers import Optimizer
from tp.optimizers.in_factors import InFactors
from tp.optimizers.sides import Sides

LARGEST = 1024
"""The most rows of a kernel whose eigenvalues are computed; for more that takes longer than the run."""


def linear_model(
    outline: Outline,
    optimizer: Optimizer,
    whole: Evaluation,
    weights: Mapping[str, Any],
    inputs: Mapping[str, Any],
    rates: Mapping[str, float],
    beside: Collection[str],
) -> tuple[dict[str, Any], LinearModel]:
    """The weights, matrix-free ones with their new products, and the linear model at them.

    ``whole`` evaluates one component of the output at all samples; ``inputs`` are [samples, ...], and ``rates`` Λ.
    ``optimizer`` is the one at this width. Weights ``beside`` stay in factors.
    """
    samples, components, before = outline.path.samples, outline.path.components, len(whole.draws)

    def gradients(known: dict[str, Any], component: Any) -> tuple[dict[str, Any], tuple[Any, dict[str, Any], Parts]]:
        known, found = whole.component(known, inputs, component, {})
        shape = (*found.output.shape[:before], samples, components)
        return known, (found.output.reshape(shape), found.radial, found.gradient)

    def joined(array: Any) -> Any:
        return array.reshape((*array.shape[:before], -1, *array.shape[before + 2 :]))

    # Everything is stacked along an axis of components, after that of draws.
    known, (outputs, radial, apart) = stacked(whole.xp, gradients, dict(weights), components, before)
    initial = apart.with_each(joined, joined)

    def kernel(of: Parts) -> Any:
        # [components, samples, components, samples] -> [samples, components, samples, components]
        found = inner(of, of, rates)
        found = found.reshape((*found.shape[:-2], components, samples, components, samples))
        return found.swapaxes(-1, -2).swapaxes(-3, -4)

    cost = find(outline.cost)
    output = outputs[(slice(None),) * before + (0,)]
    if not optimizer.linear:
        along = {name: found.swapaxes(-1, -2) for name, found in radial.items()}
        return known, _tangent(outline, optimizer, cost, output, kernel(initial), initial, rates, along, beside)
    kernels = {group: kernel(only(initial, weights)) for group, weights in outline.groups.items()}
    nothing = whole.xp.zeros((*output.shape[:before], components, samples), whole.kind)
    along = {group: radial.get(group, nothing).swapaxes(-1, -2) for group in kernels}
    return known, Kernel(optimizer, cost, output, sum(kernels.values()), kernels, along)


def _tangent(
    outline: Outline,
    optimizer: Optimizer,
    cost: Cost,
    output: Any,
    kernel: Any,
    gradients: Parts,
    rates: Mapping[str, float],
    radial: Mapping[str, Any],
    beside: Collection[str],
) -> Tangent:
    """The linear model of an optimiser that is not linear, from the ``gradients`` of all samples."""
    xp, parameters = namespace(output), outline.program.parameters
    sides = {name: Sides(len(p.outs), len(p.ins)) for name, p in parameters.items()}
    rows, mixed, outer = dict(gradients.rows), dict[str, Any](), dict[str, Products]()
    for name in beside:
        if name not in rows:
            continue
        if outline.kinds[name] is InFactors.OUTER:
            outer[name] = Products(*rows.pop(name), common_side(outline.whole, name))
        else:
            rows[name], mixed[name] = in_coordinates(xp, rows[name], sides[name], output.dtype)
    found = {name: part for name, part in radial.items() if name in outer or name in mixed}
    parts = Parts(gradients.leaves, rows)
    return Tangent(optimizer, cost, output, kernel, parts, mixed, outer, found, rates, sides)


def spectrum(kernel: Float[Array, "*draws samples components samples components"]) -> dict[str, Any]:
    """The largest diagonal entry of the kernel, and its extreme eigenvalues (NaN above :data:`LARGEST` rows)."""
    xp, size = namespace(kernel), kernel.shape[-2] * kernel.shape[-1]
    matrix = kernel.reshape((*kernel.shape[:-4], size, size))
    steepest = xp.diagonal(matrix, axis1=-2, axis2=-1).max(-1)
    if size > LARGEST:
        unknown = xp.full_like(steepest, np.nan)
        return {"steepest": steepest, "slowest": unknown, "fastest": unknown}
    values = _eigenvalues(matrix)
    return {"steepest": steepest, "slowest": values[..., 0], "fastest": values[..., -1]}


def _eigenvalues(matrix: Float[Array, "*draws size size"]) -> Float[Array, "*draws size"]:
    """In increasing order; NaN where the matrix is not finite, for which NumPy has an error."""
    xp = namespace(matrix)
    if not is_numpy(matrix):
        return xp.linalg.eigvalsh(matrix)
    finite = xp.isfinite(matrix).all((-2, -1))[..., None]
    return xp.where(finite, xp.linalg.eigvalsh(xp.where(finite[..., None], matrix, 0.0)), np.nan)
