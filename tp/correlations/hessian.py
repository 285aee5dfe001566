"""D = 2: subordinate norms of ∇^{2+d}F contracted with g_1..g_d, by power iteration on factors.

With M = Λ^{1/2} (∇^{2+d}F · g_1..g_d) Λ^{1/2}, a symmetric matrix on parameter space, the iterate u = Λ^{1/2} w is kept
as a sum of outer products of the very shape that a gradient has, so no array has one entry per wide weight.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tp.correlations.programs import DIRECTIONS, POINT, gradient_at, gradient_of, jet_output, metric, reads_in
from tp.graph.axes import Axis, Type
from tp.graph.graph import Graph
from tp.interpret.work import questions
from tp.primitives.apply import Apply
from tp.primitives.arrays import aligned
from tp.primitives.input import Input
from tp.transform.algebra import JET, SAMPLES, Subsets
from tp.transform.direction import Direction, Factor, squared_norm

TOLERANCE = 1e-3
"""Relative change of the norm over ten steps at which an iteration counts as converged."""
STEPS = 400
LEARNED_STEPS = 120
"""The limit where weights are known by their products only: every step has to be remembered."""
USUAL_STEPS = 100
"""Evaluations of a step that are usual, both starts together."""
STARTS = 2
ROOM = STARTS * (LEARNED_STEPS + 2)
"""Evaluations of a step that must be remembered at most."""
COEFFICIENTS = "@coefficients"
"""The jet axis of the last step's gradient: a factor of the next iterate is no jet of the program that it moves."""


class HessianStep:
    """The program u -> Λ M u, with u an input in factors, and |Λ^{1/2} M u|^2."""

    def __init__(self, program: Graph, contracted: int) -> None:
        self.program = program
        self.contracted = contracted
        first = self._build(program, self._outline(program))
        self.graph, self.image, self.squared = self._build(program, self._shape(program, *first[:2]))
        self.state: dict[str, int] = {} if self.image is None else _nodes(self.image)
        """Nodes of the next iterate by the name of the input that they feed."""
        self.inputs: dict[str, Type] = {
            operation.name: operation.axes
            for index in self.graph
            if isinstance(operation := self.graph[index].operation, Input) and operation.name.startswith("@free ")
        }

    @property
    def vanishes(self) -> bool:
        return self.squared is None

    def asked(self, n: int) -> dict[str, tuple[int, int]]:
        """Vectors that one evaluation multiplies each weight with at width ``n``, and its transpose."""
        found = questions([(self.graph, self.roots)], n)
        return {name: (q.vectors(False), q.vectors(True)) for name, q in found.items()}

    @property
    def roots(self) -> list[int]:
        """The nodes that an evaluation is after; none where the correlation vanishes."""
        return [] if self.squared is None else [self.squared, *self.state.values()]

    def fed(self, name: str, array: Any) -> Any:
        """The value of a node of :attr:`state` as the input ``name``: one sample, axes in the input's order."""
        return aligned(array, _renamed(self.graph.type(self.state[name])), self.inputs[name])

    def _outline(self, program: Graph) -> dict[str, list[tuple[Type, Type, tuple[str, ...]]]]:
        """Factors of the least rank for every weight that is applied: enough to learn the shape of gradients."""
        operations = (program[i].operation for i in program.needed(list(program.outputs.values())))
        applied = {operation.parameter for operation in operations if isinstance(operation, Apply)}
        return {name: [(p.outs, p.ins, ())] for name, p in program.parameters.items() if name in applied}

    @staticmethod
    def _shape(
        program: Graph, graph: Graph, image: Direction | None
    ) -> dict[str, list[tuple[Type, Type, tuple[str, ...]]]]:
        """The factors of a gradient; over the coefficients of its jets they are sums like any other."""
        if image is None:
            return {}
        return {
            name: [
                (
                    _renamed(graph.type(f.left)),
                    _renamed(graph.type(f.right)),
                    tuple(COEFFICIENTS if a == JET else a for a in f.shared),
                )
                for f in factors
            ]
            for name, factors in image.factors.items()
        }

    def _build(
        self, program: Graph, shape: Mapping[str, list[tuple[Type, Type, tuple[str, ...]]]]
    ) -> tuple[Graph, Direction | None, int | None]:
        graph = program.empty_like()
        roots = list(program.outputs.values())
        one = Axis(SAMPLES, 1)
        reads = reads_in(program, graph, roots)
        free = Direction(
            {name: graph.add(Input(f"@free {name}", (*graph.type(node), one))) for name, node in reads.items()},
            {
                name: tuple(
                    Factor(
                        graph.add(Input(f"@free {name} left {i}", (*left, one))),
                        graph.add(Input(f"@free {name} right {i}", (*right, one))),
                        shared,
                    )
                    for i, (left, right, shared) in enumerate(parts)
                )
                for name, parts in shape.items()
            },
        )
        bundles = [(free, 1)]
        if self.contracted:
            samples = Axis(SAMPLES, self.contracted)
            bundles.insert(0, (gradient_at(program, graph, samples, DIRECTIONS), self.contracted))
        algebra = Subsets(graph, bundles)
        node = algebra.coefficient(jet_output(program, algebra, POINT), algebra.depth)
        if node is None:
            return graph, None, None
        gradient = gradient_of(program, graph, node)
        squared = squared_norm(graph, gradient, metric(program))
        return graph, gradient.rescaled(graph, metric(program)), squared


def _renamed(axes: Type) -> Type:
    """The axes of a node of the gradient as those of an input of the next step."""
    return tuple(Axis(COEFFICIENTS, a.size) if a.name == JET else a for a in axes)


def _nodes(image: Direction) -> dict[str, int]:
    named = {f"@free {name}": node for name, node in image.leaves.items()}
    for name, factors in image.factors.items():
        for i, factor in enumerate(factors):
            named[f"@free {name} left {i}"] = factor.left
            named[f"@free {name} right {i}"] = factor.right
    return named


def spectral_norm(
    step: HessianStep, n: int, kind: Any
) -> Callable[[Mapping[str, Any], Mapping[str, Any], Any], tuple[Any, Any, dict[str, Any]]]:
    """A JAX function (weights, inputs, key) -> (norm, relative change at the end, weights) for a step that moves.

    Power iteration from :data:`STARTS` random starts; the largest result counts. It is a lower bound that has
    converged when the relative change is below :data:`TOLERANCE`. Weights that are known by their products only are
    returned with what was learned of them, and every start builds on what the one before learned: all see one matrix.
    """
    import jax
    import jax.numpy as jnp

    from tp.interpret.evaluate import stepper
    from tp.interpret.gaussian import Gaussian

    evaluate = stepper(step.graph, step.roots, n, kind)
    lefts = [name for name in step.state if " right " not in name]
    asked = step.asked(n)

    def run(weights: Mapping[str, Any], inputs: Mapping[str, Any], key: Any) -> tuple[Any, Any, dict[str, Any]]:
        learning = {
            name: weight.with_room(*(k * ROOM for k in asked[name]))
            for name, weight in weights.items()
            if name in asked and isinstance(weight, Gaussian)
        }
        most = STEPS if not learning else LEARNED_STEPS

        def advance(state: dict[str, Any], known: dict[str, Any]) -> tuple[dict[str, Any], Any, dict[str, Any]]:
            (squared, *parts), after = evaluate({**weights, **known}, {**inputs, **state})
            norm = jnp.sqrt(jnp.maximum(squared, 0.0))
            safe = jnp.where(norm > 0, norm, 1.0)
            new = {name: jnp.zeros_like(value) for name, value in state.items()}
            for name, part in zip(step.state, parts, strict=True):
                new[name] = step.fed(name, part / safe if name in lefts else part)
            return new, norm, {name: after[name] for name in known}

        def again(_: Any, carry: tuple[Any, ...]) -> tuple[Any, ...]:
            state, _, known = carry
            return advance(state, known)

        def start(key: Any) -> dict[str, Any]:
            return {
                name: jax.random.normal(jax.random.fold_in(key, i), [a.at(n) for a in axes], kind)
                for i, (name, axes) in enumerate(step.inputs.items())
            }

        def unfinished(carry: tuple[Any, ...]) -> Any:
            _, _, _, change, count = carry
            return (change > TOLERANCE) & (count < most)

        def ten(carry: tuple[Any, ...]) -> tuple[Any, ...]:
            state, before, known, _, count = carry
            state, norm, known = jax.lax.fori_loop(0, 10, again, (state, before, known))
            change = jnp.abs(norm - before) / jnp.where(norm > 0, norm, 1.0)
            return state, norm, known, change, count + 10

        def one(known: dict[str, Any], key: Any) -> tuple[dict[str, Any], tuple[Any, Any]]:
            state, norm, known = jax.lax.fori_loop(0, 2, again, (start(key), jnp.zeros((), kind), known))
            _, norm, known, change, _ = jax.lax.while_loop(
                unfinished, ten, (state, norm, known, jnp.asarray(jnp.inf, kind), jnp.asarray(0))
            )
            return known, (norm, change)

        learning, (norms, changes) = jax.lax.scan(one, learning, jax.random.split(key, STARTS))
        best = jnp.argmax(norms)
        return norms[best], changes[best], {**weights, **learning}

    return run
