"""The derived programs of a set of correlations: their cost at a width, and one draw of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tp.experiments.iteration_limits import ROOM, USUAL_STEPS, vectors_asked
from tp.experiments.streams import One
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.interpret.cost.compilation import compilation
from tp.interpret.cost.engine import absent
from tp.interpret.cost.memory import live_entries
from tp.interpret.cost.work import Questions, drawing_bytes, elsewhere, held_entries, products, questions, sizes
from tp.quantities.definitions import Quantity
from tp.quantities.distinct import DistinctScalars
from tp.quantities.hessian import HessianStep
from tp.quantities.slots import first
from tp.transform.factored import factored


class Derived:
    """The programs of ``wanted``: one for all scalars (D <= 1), and a step of a power iteration for each D = 2."""

    def __init__(self, program: Graph, wanted: Sequence[Quantity]) -> None:
        self.program = factored(program)
        self.wanted = wanted
        self.scalars = DistinctScalars(self.program, [q for q in wanted if q.free < 2])
        self.steps = {q.name: HessianStep(self.program, q.contracted) for q in wanted if q.free == 2}
        self.depth = max((q.contracted for q in wanted), default=0)
        self._known: dict[tuple[str, int], dict[str, Questions]] = {}

    def absent(self, n: int, engine: str) -> frozenset[str]:
        """The weights that are matrix-free at width ``n``. Raises TpError TP511 where "conditioned" finds none."""
        return absent(self.program.parameters, self._asked_in_all(n), n, engine, self._asked(n))

    def memory(self, n: int, engine: str, word: int) -> int:
        """Bytes at once for numbers of ``word`` bytes: weights or their known products, and the largest drawn."""
        return word * self._words(n, engine) + drawing_bytes(self.program.parameters, self.absent(n, engine), n, word)

    def _words(self, n: int, engine: str) -> int:
        """Numbers in memory at once: weights or their known products, and live values."""
        without, asked = self.absent(n, engine), self._asked(n)
        held = held_entries(self.program.parameters, asked, without, n)
        for name in without:
            held += self._remembered(name, n) * sum(sizes(self.program.parameters[name], n))
        return held + live_entries(self._programs(), n)

    def work(self, n: int, engine: str) -> float:
        """The work of one draw, in seconds of the reference machine."""
        without, asked = self.absent(n, engine), self._asked_in_all(n)
        (scalars, roots), *steps = self._programs()
        total = elsewhere(scalars, roots, n) + USUAL_STEPS * sum(elsewhere(*step, n) for step in steps)
        return total + products(self.program.parameters, asked, without, n)

    def compilation(self, n: int, engine: str) -> float:
        """The work before the first draw, in seconds of the reference machine."""
        return compilation(self._programs(), self._asked(n), self.absent(n, engine))

    def one(self, n: int, kind: Any, without: frozenset[str]) -> One:
        """The JAX function of one draw at width ``n``; weights in ``without`` are matrix-free."""
        import jax
        import jax.numpy as jnp

        from tp.experiments.power_iteration import spectral_norm
        from tp.interpret.arrays.evaluate import stepper
        from tp.interpret.arrays.initial_weights import draw

        nodes = {name: node for name, node in self.scalars.nodes.items() if node is not None}
        norms = {name: spectral_norm(step, n, kind) for name, step in self.steps.items() if not step.vanishes}
        evaluate = stepper(self.scalars.graph, list(nodes.values()), n, kind, forget=not norms)
        roots = {q.name for q in self.wanted if q.free == 1}

        def one(number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
            key = jax.random.key(number)
            weights = draw(self.program.parameters, n, key, kind, without)
            out = {q.name: jnp.zeros((), kind) for q in self.wanted}
            values, weights = evaluate(weights, first(data, self.scalars.depth))
            for name, value in zip(nodes, values, strict=True):
                out[name] = jnp.sqrt(jnp.maximum(value, 0.0)) if name in roots else value
            for name, norm in norms.items():
                inputs = first(data, self.steps[name].contracted)
                out[name], _, weights = norm(weights, inputs, jax.random.fold_in(key, 2**31 - 1))
            return out

        return one

    def _programs(self) -> list[tuple[Nodes, list[int]]]:
        """Every graph that a draw evaluates, with its roots."""
        found = [(self.scalars.graph, [node for node in self.scalars.nodes.values() if node is not None])]
        return [*found, *((step.graph, step.roots) for step in self.steps.values() if not step.vanishes)]

    def _remembered(self, name: str, n: int) -> int:
        """The number of products of one weight that the power iterations make room for."""
        steps = [vectors_asked(step, n) for step in self.steps.values() if not step.vanishes]
        return ROOM * sum(sum(vectors[name]) for vectors in steps if name in vectors)

    def _asked(self, n: int) -> Mapping[str, Questions]:
        return self._once("once", n, self._ask)

    def _asked_in_all(self, n: int) -> Mapping[str, Questions]:
        """As :meth:`_asked`, with the usual number of steps of power iterations."""
        return self._once("in all", n, self._ask_in_all)

    def _once(self, what: str, n: int, ask: Callable[[int], dict[str, Questions]]) -> Mapping[str, Questions]:
        """Costs, engines and memory all follow from these; a graph is gone through only once at a width."""
        if (what, n) not in self._known:
            self._known[what, n] = ask(n)
        return self._known[what, n]

    def _ask(self, n: int) -> dict[str, Questions]:
        return questions(self._programs(), n)

    def _ask_in_all(self, n: int) -> dict[str, Questions]:
        scalars, *steps = self._programs()
        found = questions([scalars], n)
        for name, asked in questions(steps, n).items():
            found.setdefault(name, Questions()).groups.extend(asked.groups * USUAL_STEPS)
        return found
