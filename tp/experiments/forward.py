"""Forward values as an experiment: every output of a program at one input, for independent draws of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from jaxtyping import Float

from tp.experiments.at import At
from tp.experiments.experiment import Engine, Floats, Identity
from tp.experiments.hashing import WrittenGraph, arrays_hash, written
from tp.graph.graph import Graph
from tp.interpret.cost.compilation import compilation
from tp.interpret.cost.engine import absent, chosen_engine, materialised
from tp.interpret.cost.memory import WORD, live_entries
from tp.interpret.cost.work import Questions, drawing_bytes, elsewhere, held_entries, products, questions
from tp.ndarray import NDArray


class ForwardValues:
    """The values of every output at ``inputs`` (by name, in the shape of each input). Wide axes of outputs are kept.

    With the dense engine, draw number k has the weights that :meth:`tp.Model.init` makes of the key k.
    """

    def __init__(
        self, name: str, program: Graph | WrittenGraph, inputs: Mapping[str, Float[NDArray[np.float64], ...]]
    ) -> None:
        self.name = name
        self.inputs = inputs
        self._program = written(program)
        self._compiled: dict[At, Callable[[Any, Any], list[Any]]] = {}

    @property
    def quantities(self) -> tuple[str, ...]:
        """The names of the outputs."""
        return tuple(self._graph.outputs)

    def draw(self, at: At, first: int, count: int) -> dict[str, Float[Floats, "{count} ..."]]:
        """Values [count, ...axes of the output] by output. Raises TpError TP511 where no weight can be matrix-free."""
        import jax

        from tp.interpret.arrays.backend import precision

        with precision(at.dtype) as kind:
            if at not in self._compiled:
                self._compiled[at] = jax.jit(self._one(at, kind))
            placed = {name: jax.numpy.asarray(array, kind) for name, array in self.inputs.items()}
            drawn = [self._compiled[at](jax.random.key(first + i), placed) for i in range(count)]
        return {
            name: np.stack([np.asarray(values[i], np.float64) for values in drawn])
            for i, name in enumerate(self.quantities)
        }

    def prepare(self, at: At) -> None:
        """Nothing is done: outputs are drawn at one width, and the first draw compiles."""

    def engine(self, at: At) -> Engine:
        found = self._absent(at)
        return Engine(chosen_engine(found, at.engine), tuple(sorted(found)), materialised(self._graph.parameters))

    def cost(self, at: At) -> float:
        weights = products(self._graph.parameters, self._asked(at), self._absent(at), at.width)
        return weights + elsewhere(self._graph, self._roots, at.width)

    def compilation(self, at: At) -> float:
        return compilation([(self._graph, self._roots)], self._asked(at), self._absent(at))

    def memory(self, at: At) -> int:
        """Bytes of weights or their known products, and of the most values that are live at once."""
        held = held_entries(self._graph.parameters, self._asked(at), self._absent(at), at.width)
        word = WORD[at.dtype]
        drawn = drawing_bytes(self._graph.parameters, self._absent(at), at.width, word)
        return word * (held + live_entries([(self._graph, self._roots)], at.width)) + drawn

    def identity(self) -> Identity:
        return Identity(self._program.digest, arrays_hash(self.inputs), self.quantities, __name__, self._program.shared)

    @property
    def _graph(self) -> Graph:
        return self._program.graph

    @property
    def _roots(self) -> list[int]:
        return list(self._graph.outputs.values())

    def _asked(self, at: At) -> dict[str, Questions]:
        return questions([(self._graph, self._roots)], at.width)

    def _absent(self, at: At) -> frozenset[str]:
        return absent(self._graph.parameters, self._asked(at), at.width, at.engine)

    def _one(self, at: At, kind: Any) -> Callable[[Any, Any], list[Any]]:
        """The JAX function of one draw: from a key and the inputs to the outputs in their order."""
        from tp.interpret.arrays.evaluate import evaluator
        from tp.interpret.arrays.initial_weights import draw

        evaluate, without = evaluator(self._graph, self._roots, at.width, kind), self._absent(at)

        def one(key: Any, inputs: Mapping[str, Any]) -> list[Any]:
            return evaluate(draw(self._graph.parameters, at.width, key, kind, without), inputs)

        return one

    def __reduce__(self) -> tuple[Any, ...]:
        return ForwardValues, (self.name, self._program, dict(self.inputs))
