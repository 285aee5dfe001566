"""Functions as modules at several widths, and what was traced of them against what they compute."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

from tp.imports.module import Module
from tp.imports.traced.equation import Traced
from tp.imports.traced.jax_internals import double
from tp.imports.traced.run import run
from tp.imports.traced.unify import traced

WIDTHS = (64, 128, 256)
Make = Callable[[int], Module]


def module(shapes: dict[str, tuple[int, ...]], apply: Callable[..., Any], **inputs: Any) -> Module:
    """A function of weights with these shapes, whose entries are normal."""

    def init(key: Any) -> dict[str, Any]:
        keys = jax.random.split(key, len(shapes))
        return {name: jax.random.normal(each, shape) for (name, shape), each in zip(shapes.items(), keys, strict=True)}

    return Module(init, apply, inputs)


def function(apply: Callable[..., Any], *arrays: Any) -> Make:
    """A function without weights, the same at every width, of ``arrays``."""
    return lambda n: module({}, lambda weights, *inputs: apply(*inputs), **{f"x{i}": a for i, a in enumerate(arrays)})


def faithful(make: Make, widths: Sequence[int] = WIDTHS) -> Traced:
    """What was traced, once its values are those of the module to 1e-12, at a width that was not traced."""
    found = traced({n: make(n) for n in widths})
    n = 2 * widths[-1]
    _compare(found, make(n), n)
    return found


def _compare(found: Traced, module: Module, n: int) -> None:
    with double():
        drawn = np.random.default_rng(n)
        shapes = jax.eval_shape(module.init, jax.random.key(0))
        weights = jax.tree.map(lambda a: drawn.normal(size=a.shape), shapes)
        inputs = [np.asarray(a, float) if np.asarray(a).dtype.kind == "f" else a for a in module.inputs.values()]

        def both(weights: Any, inputs: Any) -> tuple[Any, Any]:
            return module.apply(weights, *inputs), run(found, n, jax.tree.leaves(weights), inputs)

        right, values = jax.jit(both)(weights, inputs)
    for value, expected in zip(values, jax.tree.leaves(right), strict=True):
        np.testing.assert_allclose(value, expected, rtol=1e-12, atol=1e-12)


def primitives(found: Traced) -> list[str]:
    return [equation.primitive for equation in found.equations]
