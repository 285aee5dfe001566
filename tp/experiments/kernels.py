"""Kernels at a width as an experiment: tangent kernels between two batches, or outputs, for draws of the weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from jaxtyping import Float

from tp.experiments.at import At
from tp.experiments.blocks import Block, drawn_in_blocks
from tp.experiments.experiment import Engine, Floats, Identity
from tp.experiments.hashing import WrittenGraph, arrays_hash, written
from tp.experiments.streams import Compiled, One
from tp.graph.axes import DRAWS, LEFT, Axis, Type
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH
from tp.interpret.cost.compilation import compilation
from tp.interpret.cost.engine import absent, chosen_engine, materialised
from tp.interpret.cost.memory import WORD, entries, live_entries
from tp.interpret.cost.path import Choice, Path, cheaper, of_numpy, portable
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
from tp.quantities.batches import Batch, count, evaluated, placed
from tp.quantities.kernels import nngp, orders_of, tangent
from tp.quantities.tiles import by_rows, by_tiles
from tp.transform.factored import factored

TANGENT, OUTPUTS = "tangent", "outputs"
Arrays = Mapping[str, Float[NDArray[np.float64], "samples ..."]]
"""Inputs by name, with samples along the first axis."""
Weights = Mapping[str, Any]
Computed = Callable[[Weights, Batch, Batch | None], Mapping[str, Any]]
TILE = 1 << 28
"""Bytes of live values above which batches are cut into tiles, where weights are arrays."""


def of_weights(
    program: Graph,
    n: int,
    dtype: Any,
    weights: Mapping[str, Any],
    left: Mapping[str, Any],
    right: Mapping[str, Any] | None,
) -> dict[str, Any]:
    """The tangent kernel of given ``weights`` at width ``n`` by pair of outputs, as a function of JAX."""
    sizes = count(left), None if right is None else count(right)
    return evaluated(_tangent(program, *sizes), orders_of(program, *sizes), n, dtype)(weights, placed(left, right))


@lru_cache(maxsize=16)
def _tangent(program: Graph, left: int, right: int | None) -> Graph:
    return tangent(factored(program), left, right)


class Kernels:
    """The tangent kernel of ``program`` between ``left`` and ``right`` inputs, or its outputs at all of them.

    ``what`` is :data:`TANGENT` or :data:`OUTPUTS`. With ``right`` None the right inputs are the left ones. Tangent
    kernels are named as by :func:`tp.quantities.kernels.pair`, and have the axes [left, right, ...]; outputs have
    [left and right, ...]. Draw number k has the same weights for either.
    """

    def __init__(
        self, name: str, program: Graph | WrittenGraph, what: str, left: Arrays, right: Arrays | None = None
    ) -> None:
        self.name = name
        self.what = what
        self.left, self.right = left, right
        self._program = written(program)
        self._compiled = Compiled()
        self._choices: dict[tuple[int, str], Choice] = {}
        self._asked: dict[int, Mapping[str, Questions]] = {}

    @property
    def quantities(self) -> tuple[str, ...]:
        return tuple(self._whole.outputs)

    def shape(self, name: str) -> tuple[int, ...]:
        """The shape of a quantity."""
        return tuple(a.at(1) for a in self._orders(*self._sizes)[name])

    def draw(self, at: At, first: int, count: int) -> dict[str, Float[Floats, "{count} ..."]]:
        """Values [count, ...] by quantity. Raises TpError TP511 where no weight can be matrix-free."""
        choice = self.choice(at)
        if choice.path is Path.NUMPY:
            return drawn_in_blocks(self._block(at, choice), first, count, choice.together, self.memory(at))
        data = placed(*self._sides)
        return self._compiled.draw(at, first, count, data, lambda kind: self._one(at, kind), lambda: self.memory(at))

    def prepare(self, at: At) -> None:
        if self.choice(at).path is Path.XLA:
            data = placed(*self._sides)
            self._compiled.prepared(at, data, lambda kind: self._one(at, kind), lambda: self.memory(at))

    def choice(self, at: At) -> Choice:
        """What computes. Raises TpError TP511 where "conditioned" finds no weight."""
        key = at.width, at.engine
        if key not in self._choices:
            self._choices[key] = self._choose(at)
        return self._choices[key]

    def _choose(self, at: At) -> Choice:
        n, engine, parameters, asked = at.width, at.engine, self._graph.parameters, self._questions(at.width)
        compiled = Choice(Path.XLA, absent(parameters, asked, n, engine))
        if not portable(self._programs):
            return compiled
        choices = of_numpy(self._programs, parameters, asked, n, engine)
        compiling = compilation(self._programs, asked, compiled.absent)
        return cheaper(compiled, choices, lambda choice: self._work(choice, n), compiling)

    def engine(self, at: At) -> Engine:
        choice = self.choice(at)
        forced = materialised(self._graph.parameters)
        return Engine(chosen_engine(choice.absent, at.engine), tuple(sorted(choice.absent)), forced, choice.path)

    def cost(self, at: At) -> float:
        return self._work(self.choice(at), at.width)

    def _work(self, choice: Choice, n: int) -> float:
        rates = NUMPY if choice.path is Path.NUMPY else XLA
        weights = products(self._graph.parameters, self._questions(n), choice.absent, n, rates, choice.together)
        return weights + elsewhere(*self._programs[0], n, rates, choice.together)

    def compilation(self, at: At) -> float:
        choice = self.choice(at)
        if choice.path is Path.NUMPY:
            return 0.0
        return compilation(self._programs, self._questions(at.width), choice.absent)

    def memory(self, at: At) -> int:
        """Bytes of weights or their known products, of live values, or those of a tile, and of the result."""
        n, choice, word, parameters = at.width, self.choice(at), WORD[at.dtype], self._graph.parameters
        held = word * held_entries(parameters, self._questions(n), choice.absent, n)
        values = word * live_entries([*self._programs], n)
        if values > TILE and _can_be_cut(choice):
            size = self.tile(at)
            values = word * live_entries([_with_roots(self._made(size, size))], n)
        result = 16 * sum(entries(self._whole.type(i), n) for i in self._whole.outputs.values())
        return choice.together * (held + values + result) + drawing_bytes(parameters, choice.absent, n, word)

    def identity(self) -> Identity:
        arrays = {**placed(*self._sides), "what": np.frombuffer(self.what.encode(), np.uint8)}
        return Identity(self._program.digest, arrays_hash(arrays), self.quantities, __name__, self._program.shared)

    @cached_property
    def _graph(self) -> Graph:
        return factored(self._program.graph)

    @cached_property
    def _sides(self) -> tuple[dict[str, Any], dict[str, Any] | None]:
        """The inputs of the two batches; outputs have one batch only."""
        left = {name: np.asarray(array, np.float64) for name, array in self.left.items()}
        right = None if self.right is None else {n: np.asarray(a, np.float64) for n, a in self.right.items()}
        if self.what == OUTPUTS and right is not None:
            return {name: np.concatenate([left[name], right[name]]) for name in left}, None
        return left, right

    @property
    def count_left(self) -> int:
        """The number of left inputs."""
        return count(self.left)

    @cached_property
    def _sizes(self) -> tuple[int, int | None]:
        left, right = self._sides
        return count(left), None if right is None else count(right)

    @cached_property
    def _whole(self) -> Graph:
        return self._made(*self._sizes)

    def _made(self, left: int, right: int | None) -> Graph:
        if self.what == TANGENT:
            return tangent(self._graph, left, right)
        both = nngp(self._graph, left, 1)
        return replace(both, outputs={n: both.outputs[LEFT_BATCH.of(n)] for n in self._graph.outputs}).pruned()

    def _orders(self, left: int, right: int | None) -> dict[str, Type]:
        """The axes of every quantity, in order."""
        if self.what == TANGENT:
            return orders_of(self._graph, left, right)
        return {n: (Axis(LEFT, left), *self._graph.type(node)) for n, node in self._graph.outputs.items()}

    def _evaluated(
        self, left: int, right: int | None, n: int, kind: Any, draws: Type = (), fused: bool = True
    ) -> Callable[[Mapping[str, Any], Mapping[str, Any]], dict[str, Any]]:
        return evaluated(self._made(left, right), self._orders(left, right), n, kind, draws, fused)

    @property
    def _programs(self) -> list[tuple[Graph, list[int]]]:
        return [_with_roots(self._whole)]

    def _questions(self, n: int) -> Mapping[str, Questions]:
        if n not in self._asked:
            self._asked[n] = questions(self._programs, n)
        return self._asked[n]

    def _one(self, at: At, kind: Any) -> One:
        """The JAX function of one draw."""
        import jax

        from tp.interpret.arrays.initial_weights import draw

        without_ = self.choice(at).absent
        evaluate = self._evaluated(*self._sizes, at.width, kind, fused=False)

        def one(number: Any, data: Mapping[str, Any]) -> dict[str, Any]:
            return evaluate(draw(self._graph.parameters, at.width, jax.random.key(number), kind, without_), data)

        return one

    def _block(self, at: At, choice: Choice) -> Block:
        """The function of NumPy of the draws that are made side by side."""
        from tp.interpret.arrays.initial_weights import draw
        from tp.matrix_free.streams import of_draws

        kind, n = np.dtype(at.dtype), at.width
        draws = (Axis(DRAWS, choice.together),) if choice.together > 1 else ()
        left, right = (None if side is None else {k: v.astype(kind) for k, v in side.items()} for side in self._sides)
        assert left is not None
        compute = self._computed(at, kind, draws)

        def block(numbers: Sequence[int]) -> dict[str, Any]:
            weights = draw(self._graph.parameters, n, of_draws(numbers), kind, choice.absent)
            made = compute(weights, left, right)
            rows = {name: array if draws else array[None] for name, array in made.items()}
            return {name: np.broadcast_to(r, (choice.together, *self.shape(name))) for name, r in rows.items()}

        return block

    def _computed(self, at: At, kind: Any, draws: Type) -> Computed:
        """The function of weights and both batches, in tiles where the whole does not fit and weights are arrays."""
        n = at.width
        fits = WORD[at.dtype] * live_entries(self._programs, n) <= TILE
        if fits or not _can_be_cut(self.choice(at)):
            whole = self._evaluated(*self._sizes, n, kind, draws)

            def at_once(weights: Weights, left: Batch, right: Batch | None) -> Mapping[str, Any]:
                return whole(weights, placed(left, right))

            return at_once
        size = self.tile(at)
        if self.what == OUTPUTS:
            part = self._evaluated(size, None, n, kind)

            def in_rows(weights: Weights, left: Batch, right: Batch | None) -> Mapping[str, Any]:
                return by_rows(lambda batch: part(weights, placed(batch, None)), left, size)

            return in_rows
        apart, same = (self._evaluated(size, other, n, kind) for other in (size, None))

        def in_tiles(weights: Weights, left: Batch, right: Batch | None) -> Mapping[str, Any]:
            def tile(one: Batch, other: Batch | None) -> dict[str, Any]:
                return (same if other is None else apart)(weights, placed(one, other))

            return by_tiles(tile, self._shapes, left, right, (size, size))

        return in_tiles

    @cached_property
    def _shapes(self) -> dict[str, tuple[int, ...]]:
        """The shape of every output."""
        graph = self._graph
        return {name: tuple(a.at(1) for a in graph.type(node)) for name, node in graph.outputs.items()}

    def tile(self, at: At) -> int:
        """The samples along one side of a tile."""
        size = max(self._sizes[0], self._sizes[1] or 1)
        while size > 1 and WORD[at.dtype] * live_entries([_with_roots(self._made(size, size))], at.width) > TILE:
            size = (size + 1) // 2
        return size

    def __reduce__(self) -> tuple[Any, ...]:
        return Kernels, (self.name, self._program, self.what, dict(self.left), self.right and dict(self.right))


def _with_roots(graph: Graph) -> tuple[Graph, list[int]]:
    return graph, list(graph.outputs.values())


def _can_be_cut(choice: Choice) -> bool:
    """Whether parts can be computed one after another: matrix-free weights would be others for each part."""
    return choice.path is Path.NUMPY and not choice.absent and choice.together == 1
