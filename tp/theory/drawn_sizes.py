"""Orders that a program is seen to have at finite widths: sums that fall faster than the rules say are found.

A sum is compared with the sum of the absolute values of its terms, both drawn at two widths. What this ratio does from
one width to the other does not depend on whether the terms themselves have the orders that they are said to have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import reduce
from math import log, prod

import numpy as np

from tp.graph.axes import Type, growing, names, union
from tp.graph.graph import Graph
from tp.interpret.cost.kinds import can_be_matrix_free
from tp.interpret.drawn.batch import KNOWN, Batch, spread
from tp.interpret.drawn.matrices import Array
from tp.orders.typical.contraction import extremes
from tp.orders.typical.grains import exponent, grains
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.value import Value
from tp.primitives.apply import Apply
from tp.primitives.input import Input
from tp.primitives.product import Product
from tp.theory.doubts import Alike

WIDTHS = (4096, 128)
"""The larger and the smaller width, where one axis of n entries is the widest."""
DENSE = (512, 32)
"""The widths where a weight has to be materialised."""
ENTRIES = 1 << 16
"""A value with more entries than this at the larger width asks for smaller widths."""
DRAWS = 48
"""The draws at each width."""
FEW = 4
"""The draws at the larger width that suffice for a sum that is clearly as large as its terms suggest."""
CLEAR = 0.2
"""This share is: one that cancels is a few times the inverse root of the number of entries."""
MARGIN = 0.15
"""A sum that falls by this power of n more than the rules say has not the order that they say."""
ROUNDING = 1e-9
"""A sum smaller than this share of its terms is zero."""


class DrawnSizes:
    """Finds among doubtful sums of ``program`` those that are smaller than ``derived`` says."""

    def __init__(self, program: Graph, derived: Mapping[int, Derived], calculus: Calculus) -> None:
        self.program = program
        self.derived = derived
        self.calculus = calculus

    def smaller(self, alike: Sequence[Alike], contractions: Sequence[int]) -> set[int]:
        """The nodes of those of ``alike`` and ``contractions`` that are smaller."""
        doubtful = [*alike, *contractions]
        if not doubtful:
            return set()
        nodes = list(map(_node, doubtful))
        if not all(isinstance(self.program[i].operation, KNOWN) for i in self.program.needed(nodes)):
            return set(nodes)
        large, small = self._widths(nodes)
        said = [0.0 if isinstance(d, Alike) else float(self._gain(d)) for d in doubtful]
        clear = max(CLEAR, 3.0 / min(self._entries(large), default=1) ** 0.5)
        first = self._shares(large, FEW, doubtful)
        found = {d for d, share in zip(doubtful, first, strict=True) if share <= ROUNDING}
        rest = [p for p, share in enumerate(first) if ROUNDING < share < clear * large ** said[p]]
        if rest:
            unclear = [doubtful[p] for p in rest]
            shares = (self._shares(n, DRAWS, unclear) for n in (large, small))
            for p, high, low in zip(rest, *shares, strict=True):
                if log(high / max(low, ROUNDING)) / log(large / small) < said[p] - MARGIN:
                    found.add(doubtful[p])
        return set(map(_node, found))

    def zero(self, nodes: Sequence[int]) -> set[int]:
        """Those of ``nodes`` that vanish wherever they are drawn."""
        if not nodes:
            return set()
        batch = Batch(self.program, self._widths(nodes)[1], FEW, 0, inputs(self.program))
        return {i for i, array in zip(nodes, batch.run(nodes), strict=True) if not array.any()}

    def _entries(self, n: int) -> list[int]:
        """The numbers of entries along wide axes at width ``n``."""
        return [w.at(n) for w in self.program.widths.values()]

    def _widths(self, roots: Sequence[int]) -> tuple[int, int]:
        """Widths at which all that ``roots`` need can be drawn."""
        needed = list(self.program.needed(roots))
        operations = [self.program[i].operation for i in needed]
        used = [self.program.parameters[o.parameter] for o in operations if isinstance(o, Apply)]
        types = [self.program.type(i) for i in needed]
        wide = [a for axes in (*types, *((*p.outs, *p.ins) for p in used)) for a in axes if a.wide]
        top = max((a.exponent for a in wide), default=Fraction(1))
        dense = not all(map(can_be_matrix_free, used))
        sizes = (DENSE,) if dense else (WIDTHS, (1024, 64), (256, 32))
        pairs = [(round(large ** (1 / top)), max(round(small ** (1 / top)), 2)) for large, small in sizes]
        fitting = (p for p in pairs if all(prod(a.at(p[0]) for a in axes) <= ENTRIES for axes in types))
        large, small = next(fitting, pairs[-1])
        return max(large, 4 * small), small

    def _shares(self, n: int, draws: int, doubtful: Sequence[Alike | int]) -> list[float]:
        """Each sum over the sum of the absolute values of its terms, both averaged over draws and entries."""
        at: dict[int, list[int]] = {}
        roots: set[int] = set()
        for place, one in enumerate(doubtful):
            at.setdefault(_node(one), []).append(place)
            roots |= {i for _, i in one.parts} if isinstance(one, Alike) else set()
        shares = [0.0] * len(doubtful)
        batch = Batch(self.program, n, draws, 0, inputs(self.program))
        for index, values in batch.walk(sorted(roots | at.keys())):
            for place in at.get(index, ()):
                one = doubtful[place]
                if isinstance(one, Alike):
                    parts = [s.at(n) * spread(values[i], self._type(i), self._type(index)) for s, i in one.parts]
                    shares[place] = _share(added(parts), added([np.abs(p) for p in parts]))
                else:
                    arrays = [np.abs(values[i]) for i in self.program[index].operands]
                    shares[place] = _share(values[index], self._summed(batch, index, arrays))
        return shares

    def _type(self, index: int) -> Type:
        return self.program.type(index)

    def _summed(self, batch: Batch, index: int, arrays: Sequence[Array]) -> Array:
        """The sum over axes that a node is, of other ``arrays``."""
        node = self.program[index]
        types = [self._type(i) for i in node.operands]
        over: tuple[str, ...] = node.operation.over  # type: ignore[attr-defined]
        if isinstance(node.operation, Product):
            return batch.product(arrays, types, over, node.type)
        return arrays[0].sum(axis=tuple(1 + names(types[0]).index(a) for a in over))

    def _gain(self, index: int) -> Fraction:
        """The exponent of a sum over wide axes, relative to that of the sum of the absolute values of its terms."""
        node = self.program[index]
        types = [self._type(i) for i in node.operands]
        values = [self.derived[i] for i in node.operands]
        axes = union(*types)
        terms = values[0].value
        if len(values) == 2:
            terms = self.calculus.product(values[0], values[1], growing(axes)).value
        over = growing(a for a in axes if a.name in node.operation.over)  # type: ignore[attr-defined]
        found = self.derived[index].value.exponent
        assert found is not None
        return found - _full(terms, over)


def _node(doubtful: Alike | int) -> int:
    return doubtful.node if isinstance(doubtful, Alike) else doubtful


def _full(value: Value, over: tuple[tuple[str, Fraction], ...]) -> Fraction:
    """The exponent of the sum over wide axes of the absolute values of a value."""
    sizes = [
        part.size + sum(max(grains(width) + part.part, 0) for _, width in over)
        for term in value.terms
        for part, _ in extremes(term, over)
    ]
    return exponent(max(sizes))


def added(arrays: Sequence[Array]) -> Array:
    """The sum of one array or more that broadcast against each other."""
    return reduce(np.add, arrays)


def _share(total: Array, size: Array) -> float:
    whole = float(np.mean(size))
    return float(np.mean(np.abs(total))) / whole if whole > 0 and np.isfinite(whole) else 1.0


def inputs(program: Graph) -> dict[str, Array]:
    """Generic correlated inputs of length 1, the same at every width."""
    generator = np.random.default_rng(7)
    found: dict[str, Array] = {}
    axes = {o.name: o.axes for i in program if isinstance(o := program[i].operation, Input)}
    for name in sorted(axes):
        entries = 0.5 + generator.standard_normal([a.at(1) for a in axes[name]])
        found[name] = entries / np.sqrt(np.sum(entries**2, axis=-1, keepdims=True)) if entries.ndim else entries
    return found
