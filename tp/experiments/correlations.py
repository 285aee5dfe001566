"""Correlations as an experiment: the values of C^{D,d} for independent draws of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from jaxtyping import Float

from tp.experiments.at import At
from tp.experiments.blocks import drawn_in_blocks
from tp.experiments.derived import Derived
from tp.experiments.experiment import Engine, Floats, Identity
from tp.experiments.hashing import WrittenGraph, arrays_hash, written
from tp.experiments.streams import Compiled, Data, One
from tp.graph.graph import Graph
from tp.interpret.cost.engine import chosen_engine, materialised
from tp.interpret.cost.memory import WORD
from tp.interpret.cost.path import Path
from tp.ndarray import NDArray
from tp.quantities.definitions import parse
from tp.quantities.slots import arrange


class Correlations:
    """C^{D,d}, F, the kernel and the Hessian's norm of one program, drawn jointly at fixed inputs.

    ``quantities`` are names as :func:`tp.quantities.definitions.parse` reads them. ``inputs[name]`` has the shape
    [slots, ...axes of the input] with at least d + 1 slots, x_0 first.
    """

    def __init__(
        self,
        name: str,
        program: Graph | WrittenGraph,
        quantities: Sequence[str],
        inputs: Mapping[str, Float[NDArray[np.float64], "slots ..."]],
    ) -> None:
        self.name = name
        self.quantities = tuple(parse(quantity).name for quantity in quantities)
        self.inputs = inputs
        self._program = written(program)
        self._compiled = Compiled()

    def draw(self, at: At, first: int, count: int) -> dict[str, Float[Floats, " {count}"]]:
        """Values [count] by quantity; norms where D > 0. Raises TpError TP511 where no weight can be matrix-free."""
        derived, n, choice = self._derived, at.width, self._derived.choice(at.width, at.engine)
        if choice.path is Path.NUMPY:
            data = arrange(derived.program, self.inputs, derived.depth)
            block = derived.block(n, at.dtype, choice, data)
            found = drawn_in_blocks(block, first, count, choice.together, self.memory(at))
        else:
            found = self._compiled.draw(at, first, count, *self._program_of(at))
        factors = {q.name: q.coefficient if q.free == 2 else 1.0 for q in derived.wanted}
        return {name: np.asarray(found[name], np.float64) * factor for name, factor in factors.items()}

    def prepare(self, at: At) -> None:
        if self._derived.choice(at.width, at.engine).path is Path.XLA:
            self._compiled.prepared(at, *self._program_of(at))

    def _program_of(self, at: At) -> tuple[Data, Callable[[Any], One], Callable[[], int]]:
        """What :class:`Compiled` needs."""
        derived, absent = self._derived, self._derived.choice(at.width, at.engine).absent
        data = arrange(derived.program, self.inputs, derived.depth)
        return data, lambda kind: derived.one(at.width, kind, absent), lambda: self.memory(at)

    def engine(self, at: At) -> Engine:
        choice = self._derived.choice(at.width, at.engine)
        forced = materialised(self._derived.program.parameters)
        return Engine(chosen_engine(choice.absent, at.engine), tuple(sorted(choice.absent)), forced, choice.path)

    def cost(self, at: At) -> float:
        return self._derived.work(at.width, at.engine)

    def compilation(self, at: At) -> float:
        return self._derived.compilation(at.width, at.engine)

    def memory(self, at: At) -> int:
        """Bytes of weights or their known products, of the draw of the largest weight, and of live values."""
        return self._derived.memory(at.width, at.engine, WORD[at.dtype])

    def identity(self) -> Identity:
        return Identity(self._program.digest, arrays_hash(self.inputs), self.quantities, __name__, self._program.shared)

    @cached_property
    def _derived(self) -> Derived:
        return Derived(self._program.graph, [parse(name) for name in self.quantities])

    def __reduce__(self) -> tuple[Any, ...]:
        return Correlations, (self.name, self._program, self.quantities, dict(self.inputs))
