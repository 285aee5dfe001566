"""The two sides of the comparison, as functions of weights and inputs: the module, and the program."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from tp.graph.axes import names
from tp.graph.graph import Graph
from tp.imports.module import Module
from tp.imports.traced.equation import Traced
from tp.imports.translation import Translation
from tp.studies.imported.points import real

Side = Callable[[Sequence[Any], Mapping[str, Any]], list[Any]]
"""Outputs, in the order and shapes of the module, from the leaves of its weights and its inputs by name."""

_QUICK: dict[str, str | bool] = {"xla_backend_optimization_level": "0", "xla_llvm_disable_expensive_passes": True}
"""Settings of XLA: each side is evaluated two or three times, so compiling takes longer than running."""


@dataclass(frozen=True, slots=True)
class Numbers:
    """Outputs, and the gradients of their product with cotangents along weights and real inputs."""

    outputs: list[Any]
    weights: list[Any]
    inputs: dict[str, Any]


def original(module: Module, tree: Any) -> Side:
    """What the module computes. Its weights have the structure ``tree``."""

    def side(leaves: Sequence[Any], inputs: Mapping[str, Any]) -> list[Any]:
        import jax

        arrays = [inputs[name] for name in module.inputs]  # JAX sorts mappings by name
        return jax.tree.leaves(module.apply(jax.tree.unflatten(tree, list(leaves)), *arrays))

    return side


def equations(traced: Traced, n: int) -> Side:
    """What the equations of the module compute at width ``n``, all of them in double precision."""
    from tp.imports.traced.run import run

    return lambda leaves, inputs: run(traced, n, leaves, list(inputs.values()))


def program(graph: Graph, translation: Translation, n: int) -> Side:
    """What the program computes at width ``n``, as a function of the module's weights and inputs."""
    from tp.interpret.arrays.evaluate import evaluator

    nodes = graph.outputs
    axes = {name: names(graph.type(node)) for name, node in nodes.items()}

    def side(leaves: Sequence[Any], inputs: Mapping[str, Any]) -> list[Any]:
        import jax

        run = evaluator(graph, list(nodes.values()), n, np.dtype(np.float64))
        arrays, given = weights(graph, translation, leaves, n), translation.inputs(list(inputs.values()), n)
        if translation.batch is not None:
            run = jax.vmap(run, (None, 0), axis_size=translation.batch)
        found = run(arrays, given)
        values = {name: (array, axes[name]) for name, array in zip(nodes, found, strict=True)}
        return translation.outputs(values, n)

    return side


def weights(graph: Graph, translation: Translation, leaves: Sequence[Any], n: int) -> dict[str, Any]:
    """The arrays of the program at width ``n`` from the leaves of the module's weights: what they are beyond means."""
    found = translation.arrays(leaves, n)
    means = {name: graph.parameters[name].law.mean for name in found}
    return {name: array if (mean := means[name]) is None else array - mean.at(n) for name, array in found.items()}


Run = Callable[[Sequence[Any], Mapping[str, Any]], Numbers]
"""Numbers of one side, at weights and at real inputs by name."""


def compiled(
    sides: Sequence[Side], leaves: Sequence[Any], inputs: Mapping[str, Any], along: Sequence[Any]
) -> list[Run]:
    """Each side with its gradients along the cotangents ``along``; inputs that are not real stay as they are.

    XLA compiles the sides one beside the other.
    """
    import jax

    given = real(inputs)
    lowered = [
        jax.jit(_with_gradients(side, inputs)).lower(list(leaves), given, list(along))  # pyright: ignore[reportUnknownArgumentType]
        for side in sides
    ]
    with ThreadPoolExecutor() as pool:
        executables = list(pool.map(_compiled, lowered))
    return [_run(executable, along) for executable in executables]


def _compiled(lowered: Any) -> Any:
    return lowered.compile(compiler_options=_QUICK)


def _with_gradients(side: Side, inputs: Mapping[str, Any]) -> Callable[..., Any]:
    def numbers(leaves: Sequence[Any], given: Mapping[str, Any], along: Sequence[Any]) -> Any:
        import jax

        def outputs(leaves: Sequence[Any], given: Mapping[str, Any]) -> list[Any]:
            found = side(leaves, {name: given.get(name, array) for name, array in inputs.items()})
            return [jax.numpy.asarray(output, np.float64) for output in found]

        found, back = jax.vjp(outputs, leaves, given)
        return found, *back(list(along))

    return numbers


def _run(executable: Any, along: Sequence[Any]) -> Run:
    def run(leaves: Sequence[Any], inputs: Mapping[str, Any]) -> Numbers:
        return Numbers(*executable(list(leaves), real(inputs), list(along)))

    return run
