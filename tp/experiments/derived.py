"""The derived programs of a set of correlations: their cost at a width, and one draw of their values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tp.experiments.blocks import Block
from tp.experiments.iteration_limits import ROOM, SLOWEST, USUAL_STEPS, vectors_asked
from tp.experiments.streams import One
from tp.graph.axes import DRAWS, Axis
from tp.graph.graph import Graph
from tp.graph.nodes import Nodes
from tp.interpret.cost.compilation import compilation
from tp.interpret.cost.engine import absent
from tp.interpret.cost.kinds import kind_of, size_of, sizes
from tp.interpret.cost.memory import live_entries
from tp.interpret.cost.path import GENERATIONS, Choice, Path, cheaper, of_numpy, portable
from tp.interpret.cost.work import (
    NUMPY,
    XLA,
    Questions,
    drawing_bytes,
    elsewhere,
    held_entries,
    products,
    questions,
)
from tp.ndarray import NDArray
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
        self._choices: dict[tuple[int, str], Choice] = {}

    def choice(self, n: int, engine: str) -> Choice:
        """What computes at width ``n``. Raises TpError TP511 where "conditioned" finds no weight."""
        if (n, engine) not in self._choices:
            self._choices[n, engine] = self._choose(n, engine)
        return self._choices[n, engine]

    def _choose(self, n: int, engine: str) -> Choice:
        parameters, asked = self.program.parameters, self._asked_in_all(n)
        compiled = Choice(Path.XLA, absent(parameters, asked, n, engine, self._asked(n)))
        programs = self._programs()
        if not portable(programs):
            return compiled
        choices = of_numpy(programs, parameters, asked, n, engine)
        compiling = compilation(programs, self._asked(n), compiled.absent)
        return cheaper(compiled, choices, lambda choice: self._work(choice, n), compiling)

    def memory(self, n: int, engine: str, word: int) -> int:
        """Bytes at once for numbers of ``word`` bytes: weights or their known products, and the largest drawn.

        Threads beside the first one are not counted: NumPy starts them where there is room for them in the memory that
        JAX would take for itself.
        """
        found = self.choice(n, engine)
        drawing = drawing_bytes(self.program.parameters, found.absent, n, word)
        words = self._words(n, found.absent, GENERATIONS if found.path is Path.NUMPY else 1)
        return found.together * word * words + drawing

    def _words(self, n: int, without: frozenset[str], generations: int) -> int:
        """Numbers in memory at once: weights or their known products, and live values.

        Power iterations keep so many ``generations`` of known products.
        """
        asked = self._asked(n)
        held = held_entries(self.program.parameters, asked, without, n)
        for name in without:
            parameter = self.program.parameters[name]
            each = kind_of(parameter).remembered(*sizes(parameter, n), size_of(parameter, n))
            held += generations * self._remembered(name, n) * each
        return held + live_entries(self._programs(), n)

    def work(self, n: int, engine: str) -> float:
        """The work of one draw, in seconds of the reference machine."""
        return self._work(self.choice(n, engine), n)

    def _work(self, choice: Choice, n: int) -> float:
        rates = NUMPY if choice.path is Path.NUMPY else XLA
        (scalars, roots), *steps = self._programs()
        total = elsewhere(scalars, roots, n, rates, choice.together)
        total += USUAL_STEPS * sum(elsewhere(*step, n, rates, choice.together) for step in steps)
        asked = self._asked_in_all(n)
        total += products(self.program.parameters, asked, choice.absent, n, rates, choice.together)
        return total * (SLOWEST if steps and choice.together > 1 else 1)

    def compilation(self, n: int, engine: str) -> float:
        """The work before the first draw, in seconds of the reference machine."""
        found = self.choice(n, engine)
        return 0.0 if found.path is Path.NUMPY else compilation(self._programs(), self._asked(n), found.absent)

    def one(self, n: int, kind: Any, without: frozenset[str]) -> One:
        """The JAX function of one draw at width ``n``; weights in ``without`` are matrix-free."""
        import jax

        from tp.experiments.power_iteration import spectral_norm
        from tp.interpret.arrays.evaluate import stepper
        from tp.interpret.arrays.initial_weights import draw

        norms = {name: spectral_norm(step, n, kind, jax.numpy) for name, step in self._iterated.items()}
        evaluate = stepper(self.scalars.graph, self._roots, n, kind, forget=not norms)

        def one(number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
            key = jax.random.key(number)
            values, weights = evaluate(
                draw(self.program.parameters, n, key, kind, without), first(data, self.scalars.depth)
            )
            out = self._named(values, jax.numpy, jax.numpy.zeros((), kind))
            for name, norm in norms.items():
                inputs = first(data, self.steps[name].contracted)
                out[name], _, weights = norm(weights, inputs, jax.random.fold_in(key, 2**31 - 1))
            return out

        return one

    def block(self, n: int, dtype: str, choice: Choice, data: Mapping[str, NDArray[Any]]) -> Block:
        """The function of NumPy of the draws that are made side by side, for the inputs ``data``."""
        from tp.experiments.power_iteration import spectral_norm
        from tp.interpret.arrays.evaluate import stepper
        from tp.interpret.arrays.initial_weights import draw
        from tp.matrix_free.streams import fold, of_draws

        kind = np.dtype(dtype)
        draws = (Axis(DRAWS, choice.together),) if choice.together > 1 else ()
        norms = {name: spectral_norm(step, n, kind, np, draws) for name, step in self._iterated.items()}
        evaluate = stepper(self.scalars.graph, self._roots, n, kind, forget=not norms, draws=draws, fused=True)
        given = {name: np.asarray(array, kind) for name, array in data.items()}
        inputs = first(given, self.scalars.depth)

        def block(numbers: Sequence[int]) -> dict[str, Any]:
            key = of_draws(numbers)
            values, weights = evaluate(draw(self.program.parameters, n, key, kind, choice.absent), inputs)
            rows = [np.broadcast_to(value, choice.together) for value in values]
            out = self._named(rows, np, np.zeros(choice.together, kind))
            for name, norm in norms.items():
                start = first(given, self.steps[name].contracted)
                found, _, weights = norm(weights, start, fold(key, 2**31 - 1))
                out[name] = np.broadcast_to(found, choice.together)
            return out

        return block

    @property
    def _iterated(self) -> dict[str, HessianStep]:
        """The steps of power iterations that are not zero."""
        return {name: step for name, step in self.steps.items() if not step.vanishes}

    @property
    def _roots(self) -> list[int]:
        return [node for node in self.scalars.nodes.values() if node is not None]

    def _named(self, values: Sequence[Any], xp: Any, zero: Any) -> dict[str, Any]:
        """The ``values`` of the roots by quantity; quantities that vanish, and those with D = 2, are ``zero``."""
        norms = {q.name for q in self.wanted if q.free == 1}
        out = {q.name: zero for q in self.wanted}
        nodes = [name for name, node in self.scalars.nodes.items() if node is not None]
        for name, value in zip(nodes, values, strict=True):
            out[name] = xp.sqrt(xp.maximum(value, 0.0)) if name in norms else value
        return out

    def _programs(self) -> list[tuple[Nodes, list[int]]]:
        """Every graph that a draw evaluates, with its roots."""
        found: list[tuple[Nodes, list[int]]] = [(self.scalars.graph, self._roots)]
        return [*found, *((step.graph, step.roots) for step in self._iterated.values())]

    def _remembered(self, name: str, n: int) -> int:
        """The number of products of one weight that the power iterations make room for."""
        steps = [vectors_asked(step, n) for step in self._iterated.values()]
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
