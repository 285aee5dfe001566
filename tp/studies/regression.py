"""Regression at infinite width: the kernels of a program, where it is a normal process and training is linear."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tp.data.batches import batch
from tp.data.inputs import Inputs
from tp.diagnostics.diagnostic import error
from tp.ndarray import NDArray
from tp.optimizers import SGD, Groups, Optimizer, chosen
from tp.regression.predictor import Ensemble, KernelFunction, Posterior
from tp.studies.claims.evaluate import only_output
from tp.studies.kernel import Kernel, kernel_at_infinite_width
from tp.studies.meaning import descends

if TYPE_CHECKING:
    from tp.program import Program

_CENTRED = 1e-9
"""A mean counts as 0 where it is at most this share of the largest standard deviation."""


def posterior(program: Program, x: Any, y: npt.ArrayLike, noise: float) -> Posterior:
    """The Gaussian process of ``program``, given targets. Raises TpError TP512, TP60x, TP631 to TP644."""
    return Posterior.of(kernel_of(program, "nngp"), x, y, noise)


def _at_one_rate(optimizer: Optimizer) -> bool:
    """Whether gradient descent by ``optimizer`` has one rate in all steps: without momentum and warm-up."""
    movers = optimizer.used if isinstance(optimizer, Groups) else (optimizer,)
    return not any(m.warmup or (isinstance(m, SGD) and m.momentum) for m in movers)


def ensemble(program: Program, x: Any, y: npt.ArrayLike, ridge: float) -> Ensemble:
    """Networks of infinite width in training. Raises TpError as :func:`posterior`."""
    from tp.theory.analysis import Analysis
    from tp.theory.regime import Kind

    optimizer = chosen(program.optimizers)
    if not (descends(optimizer) and _at_one_rate(optimizer)):
        message = f"this is training by gradient descent, and {program.name} is trained by {optimizer.called}"
        raise error(
            "TP635",
            message,
            program.optimizers[0].span,
            "leave the statement out, or choose optimizer sgd without momentum and warm-up, the same for all weights",
        )
    found = Analysis(program.graph, []).regime
    if found.kind is not Kind.LAZY:
        message = (
            f"training of {program.name} does not become linear at infinite width: its regime is {found.kind.value}"
        )
        raise error("TP635", message, hint="tp orders says why; train networks of a finite width")
    return Ensemble.of(kernel_of(program, "nngp"), kernel_of(program, "ntk"), x, y, ridge)


def kernel_of(program: Program, kind: str) -> KernelFunction:
    """The kernel of two batches of inputs. It raises TpError TP635 where outputs are no centred normal process."""
    if only_output(program) is None:
        raise error(
            "TP512", "regression is for programs with one output", hint=f"outputs: {', '.join(program.graph.outputs)}"
        )

    def kernel(left: Any, right: Any | None) -> NDArray[np.float64]:
        one = _batch(program, left)
        found = kernel_at_infinite_width(
            program, kind, one, None if right is None else _batch(program, right), None, None
        )
        _require_normal(found)
        return found.array

    return kernel


def _batch(program: Program, given: Any) -> Inputs:
    if not isinstance(given, Mapping):
        given = np.asarray(given)
    return batch(program.inputs, given, None, "the batch", one_hot=program.one_hot)


def _require_normal(found: Kernel) -> None:
    what = "the tangent kernel" if found.kind == "ntk" else "the covariance of the outputs"
    for exponent in found.exponents.values():
        if exponent:
            grows = "grows without bound" if exponent > 0 else "tends to 0"
            hint = "rescale the output" + (f" by n^({-exponent / 2})" if found.kind == "nngp" else " or learning rates")
            message = f"{what} is of order n^({exponent}) and {grows} at infinite width"
            raise error("TP635", message, hint=hint)
    if found.staying:
        places = ", ".join(dict.fromkeys(place.label for place in found.staying))
        raise error("TP635", f"{what} stays random at infinite width: it depends on {places}", found.staying[0].span)
    for means in found.means.values():
        size = float(np.sqrt(np.abs(found.array).max(initial=0.0)))
        if max(float(np.abs(mean).max(initial=0.0)) for mean in means) > _CENTRED * size:
            raise error("TP635", "the outputs have a mean at infinite width", hint="regress on a program without it")
