"""Products in the algebra of jets by NumPy: sums of products of coefficients, without an array of all of the products.

In graphs such a sum is a selection from each factor, the entrywise product of these, and the adjoint of a selection.
XLA makes one loop of them. NumPy would write every product of coefficients to memory several times.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np

from tp.graph.axes import Type, without
from tp.graph.nodes import Nodes
from tp.primitives.arrays import aligned
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.product import Product

PIECE = 1 << 13
"""The entries of a wide axis that are worked on at once: they stay in the cache."""
FEWEST = 1 << 11
"""The fewest entries of one coefficient for which this is faster: calls of NumPy take most of the time below."""


@dataclass(frozen=True, slots=True)
class SumOfProducts:
    """Σ over ``terms`` (t, i, j, ...) of x[i] * y[j] * ... into entry t of ``axis``.

    ``factors`` are the nodes x, y, ... with the axes along which they are indexed.
    """

    axis: str
    factors: tuple[tuple[int, str], ...]
    terms: tuple[tuple[int, ...], ...]

    @property
    def operands(self) -> tuple[int, ...]:
        """The nodes of the factors."""
        return tuple(node for node, _ in self.factors)

    def pays(self, types: Sequence[Type], n: int) -> bool:
        """Whether coefficients are large enough; ``types`` are those of the factors."""
        sizes = {
            a.name: a.at(n) for kind, (_, own) in zip(types, self.factors, strict=True) for a in kind if a.name != own
        }
        return prod(sizes.values()) >= FEWEST

    def value(self, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        """The sum, with axes in the order of ``out``, for ``arrays`` of the factors."""
        place = next(a for a in out if a.name == self.axis)
        rest = without(out, [self.axis])
        factors = [
            aligned(array, kind, (*(a for a in kind if a.name == own), *rest))
            for array, kind, (_, own) in zip(arrays, types, self.factors, strict=True)
        ]
        shape = np.broadcast_shapes(*(x.shape[1:] for x in factors))
        made = np.zeros((place.at(1), *shape), np.result_type(*factors))
        for start in range(0, shape[-1] if shape else 1, PIECE):
            piece = (..., slice(start, start + PIECE)) if shape else (...,)
            self._add(made[piece], [x[piece] if x.shape[-1] > 1 else x for x in factors])
        return aligned(made, (place, *rest), out)

    def _add(self, made: Any, factors: Sequence[Any]) -> None:
        term = np.empty(made.shape[1:], made.dtype)
        seen = -1
        for t, *places in self.terms:
            into = term if t == seen else made[t]
            first, *others = (x[i] for x, i in zip(factors, places, strict=True))
            if not others:
                into[...] = first
            for other in others:
                first = np.multiply(first, other, out=into)
            if t == seen:
                made[t] += term
            seen = t


def sums_of_products(
    graph: Nodes, roots: Sequence[int], pays: Callable[[SumOfProducts], bool]
) -> tuple[dict[int, SumOfProducts], frozenset[int]]:
    """Those that ``pays`` accepts, by the node of their value, and the nodes inside that nothing else needs."""
    needed = graph.needed(roots)
    users = Counter(i for index in needed for i in graph[index].operands)
    users.update(roots)
    found: dict[int, SumOfProducts] = {}
    inside: set[int] = set()
    picks: Counter[int] = Counter()
    for index in needed:
        scatter = graph[index].operation
        if not isinstance(scatter, Scatter) or len(scatter.ins) != 1:
            continue
        parts = list(_parts(graph, graph[index].operands[0], scatter.ins, users))
        gathers = [i for i in parts if isinstance(graph[i].operation, Gather)]
        if len(gathers) < 2 or not pays(made := _of(graph, scatter, gathers)):
            continue
        found[index] = made
        inside |= set(parts) - set(gathers)
        picks.update(gathers)
    return found, frozenset(inside | {i for i, count in picks.items() if count == users[i]})


def _parts(graph: Nodes, index: int, ins: Type, users: Counter[int]) -> Iterator[int]:
    """The products and selections that make up node ``index``; nothing that can be used where one is something else."""
    operation = graph[index].operation
    if isinstance(operation, Gather) and operation.outs == ins:
        yield index
    elif isinstance(operation, Product) and not operation.over and users[index] == 1:
        sides = [list(_parts(graph, i, ins, users)) for i in graph[index].operands]
        if all(sides):
            yield index
            for side in sides:
                yield from side


def _of(graph: Nodes, scatter: Scatter, gathers: Sequence[int]) -> SumOfProducts:
    factors: list[tuple[int, str]] = []
    tables: list[tuple[int, ...]] = [scatter.table]
    for index in gathers:
        operation, (operand,) = graph[index].operation, graph[index].operands
        if isinstance(operation, Gather):
            factors.append((operand, operation.axis.name))
            tables.append(operation.table)
    terms = sorted(places for places in zip(*tables, strict=True) if min(places) >= 0)
    return SumOfProducts(scatter.axis.name, tuple(factors), tuple(terms))
