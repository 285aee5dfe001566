"""Whole weights, evaluated at given random bits or at keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from tp.imports.laws.expressions import Node, below, sources
from tp.ndarray import NDArray

Bits = NDArray[np.unsignedinteger]


def of_bits_alone(node: Node) -> bool:
    """Whether random bits are all of the key that ``node`` depends on."""
    return all(one.name != "key" for one in below(node))


class Weight:
    """A weight as a function of its sources; compiled."""

    def __init__(self, node: Node) -> None:
        import jax

        self.node = node
        self.sources = sources(node)
        self._function: Callable[..., Any] = jax.jit(self._evaluated)

    def __call__(self, bits: Iterable[Bits]) -> NDArray[np.float64]:
        """The entries for ``bits`` of each source."""
        return np.asarray(self._function(list(bits)), float)

    def drawn(self, random: np.random.Generator) -> NDArray[np.float64]:
        """The entries for fresh bits."""
        return self(fresh(random, one) for one in self.sources)

    def _evaluated(self, bits: Sequence[Any]) -> Any:
        return evaluated(self.node, {s.number: array for s, array in zip(self.sources, bits, strict=True)})


def evaluated(node: Node, known: dict[int, Any]) -> Any:
    """The array of ``node``, given those of ``known`` nodes by number."""
    for one in _needed(node, known):
        operands = [known[operand.number] for operand in one.operands]
        known[one.number] = one.value if one.name == "constant" else one.apply(*operands)
    return known[node.number]


def _needed(node: Node, known: dict[int, Any]) -> list[Node]:
    """``node`` and all that it is computed from, operands first, but what is ``known`` and what only that needs."""
    found: dict[int, Node] = {}
    waiting: list[tuple[Node, bool]] = [(node, False)]
    while waiting:
        one, ready = waiting.pop()
        if one.number in found or one.number in known:
            continue
        if ready:
            found[one.number] = one
            continue
        waiting.append((one, True))
        waiting.extend((operand, False) for operand in reversed(one.operands))
    return list(found.values())


def drawn(node: Node, key: Node, count: int, seed: int) -> NDArray[np.float64]:
    """``count`` draws [count, ...] of a weight, each with a key of its own."""
    import jax

    def draw(one: Any) -> Any:
        return evaluated(node, {key.number: one})

    keys = jax.random.split(jax.random.key(seed), count)
    return np.asarray(jax.jit(jax.vmap(draw))(keys), float)


def fresh(random: np.random.Generator, source: Node) -> Bits:
    """Random bits of a source."""
    dtype = np.dtype(source.dtype)
    return np.asarray(random.integers(0, np.iinfo(dtype).max, source.shape, dtype, endpoint=True), dtype)
