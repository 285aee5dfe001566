"""Correlations as numbers: one draw of the weights after another, materialised or conditioned."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from tp.experiments.streams import SEEDS, several
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.interpret.cost.engine import absent, chosen_engine
from tp.interpret.cost.memory import WORD, live_entries
from tp.interpret.cost.work import Questions, elsewhere, held_entries, products, questions, sizes
from tp.quantities.distinct import DistinctScalars
from tp.quantities.hessian import ROOM, USUAL_STEPS, HessianStep
from tp.quantities.names import Quantity, parse
from tp.quantities.slots import arrange, first
from tp.transform.factored import factored


def sample(
    program: Graph,
    quantities: Sequence[str],
    n: int,
    seeds: int,
    key: int,
    inputs: Mapping[str, np.ndarray],
    dtype: str = "float32",
    engine: str = "auto",
) -> dict[str, np.ndarray]:
    """Absolute values of ``quantities`` (names) at width ``n``: float64 arrays, one entry a draw of the weights.

    ``inputs[name]`` has shape [slots, ...] with at least d + 1 slots, x_0 first. Draws number ``key``,
    ``key`` + 1, ... do not depend on how many are asked for at once. ``engine`` is "dense" (weights materialised),
    "conditioned" (Gaussian weights known by their products only) or "auto" (whichever is cheaper). Raises TpError
    TP511 where nothing can be conditioned.
    """
    return _sampler(program, tuple(quantities)).run(n, range(key, key + seeds), inputs, dtype, engine)


@lru_cache(maxsize=4)
def _sampler(program: Graph, quantities: tuple[str, ...]) -> Sampler:
    """The sampler of a graph (by identity), kept because widths and blocks of seeds come one after another."""
    return Sampler(program, [parse(name) for name in quantities])


def memory(program: Graph, quantities: Sequence[str], n: int, dtype: str = "float32", engine: str = "auto") -> int:
    """Bytes that :func:`sample` needs at width ``n``: weights, the draw of the largest, and live values."""
    return _sampler(program, tuple(quantities)).words(n, engine) * WORD[dtype]


def chosen(program: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> str:
    """Which engine runs at width ``n``: "conditioned" where at least one wide weight is not materialised."""
    return chosen_engine(_sampler(program, tuple(quantities)).absent(n, engine), engine)


def without(program: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> tuple[str, ...]:
    """The weights that are not materialised at width ``n``, on which the random numbers depend."""
    return tuple(sorted(_sampler(program, tuple(quantities)).absent(n, engine)))


def cost(program: Graph, quantities: Sequence[str], n: int, engine: str = "auto") -> float:
    """The work of one draw, roughly in seconds on one slow core."""
    return _sampler(program, tuple(quantities)).work(n, engine)


class Sampler:
    """The derived programs of a set of quantities, ready to be run at any width."""

    def __init__(self, program: Graph, wanted: Sequence[Quantity]) -> None:
        self.program = factored(program)
        self.wanted = wanted
        self.scalars = DistinctScalars(self.program, [q for q in wanted if q.free < 2])
        self.steps = {q.name: HessianStep(self.program, q.contracted) for q in wanted if q.free == 2}
        self.depth = max((q.contracted for q in wanted), default=0)
        self._compiled: dict[tuple[int, str, str], Callable[..., dict[str, Any]]] = {}

    def run(
        self, n: int, keys: Sequence[int], inputs: Mapping[str, np.ndarray], dtype: str, engine: str
    ) -> dict[str, np.ndarray]:
        """See :func:`sample`; ``keys`` number the draws."""
        import jax
        import jax.numpy as jnp

        from tp.interpret.arrays.backend import lanes, precision

        with precision(dtype) as kind:
            data = {name: jnp.asarray(array, kind) for name, array in arrange(self.program, inputs, self.depth).items()}
            if (n, dtype, engine) not in self._compiled:
                one = self._draw(n, kind, self.absent(n, engine))
                self._compiled[n, dtype, engine] = jax.jit(several(one, lanes(self.words(n, engine), SEEDS)))
            draws = self._compiled[n, dtype, engine]
            parts = [
                jax.device_get(draws(jnp.asarray(keys[i], jnp.uint32), min(SEEDS, len(keys) - i), data))
                for i in range(0, len(keys), SEEDS)
            ]
        rows = {q.name: np.concatenate([part[q.name] for part in parts])[: len(keys)] for q in self.wanted}
        return {q.name: np.abs(np.asarray(rows[q.name], np.float64)) * self._factor(q) for q in self.wanted}

    def absent(self, n: int, engine: str) -> frozenset[str]:
        """The weights that are not materialised at width ``n``."""
        return absent(self.program.parameters, self._asked_in_all(n), n, engine)

    def words(self, n: int, engine: str) -> int:
        """Numbers in memory at once: weights or what is known of them, the draw of the largest, live values."""
        without, asked = self.absent(n, engine), self._asked(n)
        held = held_entries(self.program.parameters, asked, without, n)
        for name in without:
            held += self._remembered(name, n) * sum(sizes(self.program.parameters[name], n))
        return held + live_entries(self._programs(), n)

    def work(self, n: int, engine: str) -> float:
        """Seconds, roughly, on one slow core."""
        without, asked = self.absent(n, engine), self._asked_in_all(n)
        (scalars, roots), *steps = self._programs()
        total = elsewhere(scalars, roots, n) + USUAL_STEPS * sum(elsewhere(*step, n) for step in steps)
        return total + products(self.program.parameters, asked, without, n)

    def _programs(self) -> list[tuple[Nodes, list[int]]]:
        """Every graph that a draw evaluates, with its roots."""
        found = [(self.scalars.graph, [node for node in self.scalars.nodes.values() if node is not None])]
        return [*found, *((step.graph, step.roots) for step in self.steps.values() if not step.vanishes)]

    def _remembered(self, name: str, n: int) -> int:
        """Products of one weight that the power iterations make room for."""
        steps = [step.asked(n) for step in self.steps.values() if not step.vanishes]
        return ROOM * sum(sum(asked[name]) for asked in steps if name in asked)

    def _asked(self, n: int) -> dict[str, Questions]:
        return questions(self._programs(), n)

    def _asked_in_all(self, n: int) -> dict[str, Questions]:
        """As :meth:`_asked`, with as many steps of power iterations as are usual."""
        scalars, *steps = self._programs()
        found = questions([scalars], n)
        for name, asked in questions(steps, n).items():
            found.setdefault(name, Questions()).groups.extend(asked.groups * USUAL_STEPS)
        return found

    def _factor(self, quantity: Quantity) -> float:
        return quantity.coefficient if quantity.free == 2 else 1.0

    def _draw(self, n: int, kind: Any, without: frozenset[str]) -> Callable[[Any, Mapping[str, Any]], dict[str, Any]]:
        """The JAX function from the number of a draw to the values of all quantities."""
        import jax
        import jax.numpy as jnp

        from tp.experiments.power_iteration import spectral_norm
        from tp.interpret.arrays.conditioned import draw
        from tp.interpret.arrays.evaluate import stepper

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
