"""Plain forward values of a program, and the width that a set of weights has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tp.data.inputs import inputs_for
from tp.diagnostics.diagnostic import error
from tp.graph.axes import Width
from tp.graph.graph import Graph
from tp.interpret.cost.engine import absent, materialised
from tp.interpret.cost.memory import WORD, peak_entries
from tp.interpret.cost.work import held_entries, questions
from tp.sampling.memory_limit import require_memory
from tp.sampling.plan import Plan

if TYPE_CHECKING:
    from tp.program import Program


@dataclass(frozen=True, slots=True)
class Forward:
    """Values of every output at x_0; ``outputs[name][n]`` is an array [seeds, ...axes of the output]."""

    program: str
    file: str
    dtype: str
    outputs: dict[str, dict[int, npt.NDArray[np.float64]]]


def forward(program: Program, plan: Plan, data: str | None = None) -> Forward:
    """Run ``program`` at every width of ``plan`` for each seed (1 if not said).

    A wide axis of an output is kept. The dense engine has the weights that :meth:`tp.Model.init` makes. Raises TpError
    TP511 where nothing can be conditioned, TP501 where the weights do not fit into memory, TP604 where an output is
    not finite, and those of :func:`inputs_for`.
    """
    import jax

    from tp.interpret.arrays.backend import precision
    from tp.interpret.arrays.conditioned import draw
    from tp.interpret.arrays.evaluate import evaluator

    seeds = plan.seeds or 1
    graph = program.graph
    inputs = {name: array[0] for name, array in inputs_for(program.inputs, 1, data, dtype=plan.dtype).items()}
    names, nodes = list(graph.outputs), list(graph.outputs.values())
    asked = {n: questions([(graph, nodes)], n) for n in plan.widths}
    without = {n: absent(graph.parameters, asked[n], n, plan.engine) for n in plan.widths}
    held = {n: held_entries(graph.parameters, asked[n], without[n], n) for n in plan.widths}
    require_memory(
        {n: (held[n] + peak_entries(graph, nodes, n)) * WORD[plan.dtype] for n in plan.widths},
        materialised(graph.parameters),
    )
    found: dict[str, dict[int, npt.NDArray[np.float64]]] = {name: {} for name in names}
    with precision(plan.dtype) as kind:
        placed = {name: jax.numpy.asarray(array, kind) for name, array in inputs.items()}
        for n in plan.widths:
            evaluate = evaluator(graph, nodes, n, kind)

            def one(key: Any, n: int = n, evaluate: Any = evaluate) -> list[Any]:
                return evaluate(draw(graph.parameters, n, key, kind, without[n]), placed)

            run = jax.jit(one)
            drawn = [run(jax.random.key(plan.key + seed)) for seed in range(seeds)]
            for i, name in enumerate(names):
                found[name][n] = np.stack([np.asarray(values[i], dtype=np.float64) for values in drawn])
                _require_finite(name, n, found[name][n], plan.dtype)
    return Forward(program.name, program.file, plan.dtype, found)


def _require_finite(name: str, n: int, values: npt.NDArray[np.float64], dtype: str) -> None:
    """Raises TpError TP604 for ``values`` [seeds, ...] with infinities or NaN."""
    wrong = np.flatnonzero(~np.isfinite(values.reshape(len(values), -1)).all(axis=1))
    if wrong.size:
        hint = "use --dtype float64" if dtype == "float32" else "the program or its data leave the range of float64"
        message = f"the output {name} is not finite in {dtype} at width {n}, first for seed {int(wrong[0])}"
        raise error("TP604", message, hint=hint)


def width_of(graph: Graph, params: Mapping[str, Any]) -> int:
    """The n at which ``params`` have the shapes that ``graph`` wants.

    Raises ValueError for missing parameters, and where the shapes fit no n. Without wide axes n is 1.
    """
    seen: dict[Width, int] = {}
    for name, parameter in graph.parameters.items():
        axes = (*parameter.outs, *parameter.ins)
        if name not in params:
            raise ValueError(f"no parameter {name} in params")
        shape = tuple(params[name].shape)
        fits = len(shape) == len(axes) and all(a.wide or a.size == s for a, s in zip(axes, shape, strict=True))
        if not fits:
            raise ValueError(f"parameter {name} has shape {shape}, which does not fit [{', '.join(map(str, axes))}]")
        for axis, size in zip(axes, shape, strict=True):
            if isinstance(axis.size, Width) and seen.setdefault(axis.size, size) != size:
                raise ValueError(f"parameter {name} has {size} for the axis {axis}, another one has {seen[axis.size]}")
    if not seen:
        return 1
    steepest = max(seen, key=lambda w: w.exponent)
    guess = round((seen[steepest] / float(steepest.factor)) ** (1 / float(steepest.exponent)))
    near = sorted(range(max(1, guess - guess // 8 - 64), guess + guess // 8 + 64), key=lambda n: abs(n - guess))
    for n in near:
        if all(w.at(n) == size for w, size in seen.items()):
            return n
    raise ValueError("the shapes of the parameters belong to different widths")
