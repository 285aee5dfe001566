"""What the order calculus is told about values near zero: rarities of bases, and lower bounds of arguments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction
from weakref import WeakKeyDictionary

from tp.activations.facts import facts
from tp.graph.axes import growing, names, wide
from tp.graph.nodes import Nodes
from tp.graph.operation import Operation
from tp.interpret.crossings import CrossingsOf
from tp.interpret.rank import rank
from tp.interpret.selections import Selections
from tp.interpret.zeros import Part, Zeros, ZerosOf, finite
from tp.orders.bounds.recorder import Nearest
from tp.orders.facts import Function, Rarity
from tp.orders.typical.recorder import Calculus, Derived
from tp.orders.typical.series import Least, least_of
from tp.primitives.interpretations import Setting
from tp.primitives.pointwise import Pointwise
from tp.primitives.rank import Reranked
from tp.primitives.remainder import Remainder
from tp.primitives.switched import Switched
from tp.primitives.traits import function_of


def singular(function: Function) -> bool:
    """Whether derivatives of the function are not bounded near 0: roots and negative powers."""
    return function.degree is not None and not function.kinked and not any(s.vanishes for s in function.slopes)


class NearZero:
    """The bases of one graph. They are found before values are derived: no answer depends on the order of questions."""

    def __init__(self, graph: Nodes, *, moving: bool = False) -> None:
        self.graph = graph
        self.moving = moving
        self.zeros = ZerosOf(graph)
        self.crossings = CrossingsOf(graph, self.zeros)
        self.selections = Selections(graph, self.zeros)
        self.tags: dict[int, Rarity] = {}
        """The rarity that a base vanishes with."""
        self._groups: dict[frozenset[int], Rarity | None] = {}
        self._seen = 0

    def scan(self) -> None:
        """Finds the bases that the singular functions of new nodes need."""
        for index in range(self._seen, len(self.graph)):
            operation = self.graph[index].operation
            if isinstance(operation, Pointwise | Remainder) and singular(facts(operation.activation)):
                self._argument(self.graph[index].operands[0])
        self._seen = len(self.graph)
        self.selections.scan()

    def _argument(self, node: int) -> None:
        if not wide(self.graph.type(node)):
            return
        found = self.zeros(node)
        for place, zeros in [(node, found)] if found.steady else [(i, self.zeros(i)) for i, _ in found.parts]:
            for group in zeros.degrees:
                self._group(group, finite(self.graph, place))

    def _group(self, group: frozenset[int], kept: tuple[str, ...]) -> None:
        along = tuple(sorted({n for b in group for n in finite(self.graph, b) if n in kept}))
        known = self._groups.get(group)
        if group in self._groups:
            if known is not None and known.along != along:
                self._groups[group] = None  # it vanishes in two ways; only one of them is followed
            return
        if any(b in self.tags for b in group):
            self._groups[group] = None
            return
        first = min(group)
        node = self.graph[first]
        bases = [(b, self.zeros(b)) for b in sorted(group)]
        roots = frozenset[str]().union(*(z.roots for _, z in bases))
        apart = sum(len(z.roots) for _, z in bases) == len(roots)
        ranks = [rank(self.graph, b, along) if z.linear else 1 for b, z in bases]
        self._groups[group] = rarity = Rarity(
            f"node {first}, made by {', '.join(sorted(roots))}",
            Fraction(sum(ranks) if apart else max(ranks)),
            growing(node.type),
            tuple(sorted(roots)),
            along,
            place=0,
            moving=self.moving,
        )
        for base in group:
            self.tags[base] = rarity

    def nearest(self, index: int) -> Nearest | None:
        """How near to zero the first operand of the node ``index`` comes; None where nothing is known."""
        argument = self.graph[index].operands[0]
        if not wide(self.graph.type(argument)):
            return None, ()
        found = self.zeros(argument)
        if not found.steady:
            return None if found.floor is None else (found.floor, ())
        gaps = [(self._groups.get(group), degree) for group, degree in found.degrees.items()]
        known = [(degree, r.rate, r.axes) for r, degree in gaps if r is not None and self._scaled_alike(r)]
        return (found.floor, tuple(known)) if len(known) == len(gaps) else None

    def _scaled_alike(self, rarity: Rarity) -> bool:
        """Whether the bases of a rarity have a bounded density at their own scale, not at that of a part of them."""
        return all(self.zeros(b).dense == ((b, Fraction(0)),) for b, r in self.tags.items() if r == rarity)

    # while values are derived ------------------------------------------------------------------------

    def setting(self, index: int, setting: Setting, calculus: Calculus, values: Mapping[int, Derived]) -> Setting:
        """``setting`` with what is known of the first operand of the node ``index``."""
        operation = self.graph[index].operation
        function = None if isinstance(operation, Switched | Reranked) else function_of(operation)
        if function is not None and singular(facts(function.activation)):
            return replace(setting, lower=self._lower(self.graph[index].operands[0], calculus, values))
        kinked = function is not None and facts(function.activation).kinked
        argument = self.graph[index].operands[0]
        if kinked and isinstance(operation, Pointwise):
            # Of one size all terms are in the function's leading part.
            kinked = len({t.size for t in values[argument].value.terms}) > 1
        if kinked or isinstance(operation, Switched | Reranked):
            unbounded = self.zeros(argument).unbounded
            return replace(setting, dense=self._dense(index, calculus, values), unbounded=unbounded)
        return setting

    def followed(self, index: int, value: Derived, calculus: Calculus, values: Mapping[int, Derived]) -> Derived:
        """The ``value`` of the node ``index``, with the rarity that it vanishes with, and without what is lost."""
        axes = growing(self.graph.type(index))
        if self.selections.doubtful(index, calculus, values):
            value = calculus.limited(value, axes)
        if self.tags and (moved := mixed_axes(index, self.graph)):
            value = calculus.mixed(value, moved, axes)
        rarity = self.tags.get(index)
        if rarity is None or not value.value.terms or not self._whole(index, value, values):
            return value
        return calculus.near(value, rarity, axes)

    def _whole(self, base: int, value: Derived, values: Mapping[int, Derived]) -> bool:
        """Whether the part of a base that has a bounded density is as large as the base."""
        sizes = [_plus(values[i].value.exponent, e) for i, e in self.zeros(base).dense if i != base]
        return all(s == value.value.exponent for s in sizes)

    def least(self, argument: int, calculus: Calculus, values: Mapping[int, Derived]) -> Least | None:
        """What the node ``argument`` of a singular function is not smaller than; None where nothing is known."""
        one = not growing(self.graph.type(argument))
        lower = values[argument] if one else self._lower(argument, calculus, values)
        return None if lower is None else least_of(lower.value.terms)

    def _lower(self, argument: int, calculus: Calculus, values: Mapping[int, Derived]) -> Derived | None:
        """A value that bounds the node ``argument`` on wide axes from below; None where none is known."""
        axes = growing(self.graph.type(argument))
        if not axes:
            return None
        found = self.zeros(argument)
        if found.steady:
            return values[argument] if self._followed(found, values) else None
        parts = [(i, e) for i, e in found.parts if self._followed(self.zeros(i), values)]
        return calculus.sum([calculus.scaled(values[i], e, axes) for i, e in parts], axes) if parts else None

    def _followed(self, zeros: Zeros, values: Mapping[int, Derived]) -> bool:
        return all(
            self._groups.get(group) is not None and all(self._whole(b, values[b], values) for b in group)
            for group in zeros.degrees
        )

    def _dense(self, index: int, calculus: Calculus, values: Mapping[int, Derived]) -> Derived | None:
        """The smallest part of the first operand with a bounded density; None where none is known."""
        node = self.graph[index]
        argument = node.operands[0]
        parts: Iterable[Part] = self.zeros(argument).dense
        axes = growing(self.graph.type(argument))
        sizes = [(s, i, e) for i, e in parts if (s := _plus(values[i].value.exponent, e)) is not None]
        if not sizes:
            return values[argument] if self._seldom_zero(node.operation, argument, values) else None
        _, place, exponent = min(sizes)
        return calculus.scaled(values[place], exponent, axes)

    def _seldom_zero(self, operation: Operation, argument: int, values: Mapping[int, Derived]) -> bool:
        """Whether the node ``argument`` of a function of its sign crosses zero as a value with a bounded density."""
        function = function_of(operation) if isinstance(operation, Pointwise | Remainder) else None
        of_sign = function is not None and function.activation == "sign" and not function.k
        return of_sign and values[argument].value.exact and self.crossings.simple(argument, values)


def _plus(left: Fraction | None, right: Fraction) -> Fraction | None:
    return None if left is None else left + right


_known: WeakKeyDictionary[Calculus, dict[int, NearZero]] = WeakKeyDictionary()


def near_zero(calculus: Calculus, graph: Nodes, *, moving: bool = False) -> NearZero:
    """What is known of ``graph``, with all of its nodes so far scanned; ``moving``: values in it move in training.

    That is said before the first value of ``graph`` is derived.
    """
    graphs = _known.setdefault(calculus, {})
    found = graphs.get(id(graph))
    if found is None:
        found = graphs[id(graph)] = NearZero(graph, moving=moving)
    found.scan()
    return found


def asks(operation: object) -> bool:
    """Whether the rule of ``operation`` needs to know how near to zero its first operand comes."""
    return isinstance(operation, Pointwise | Remainder | Reranked | Switched)


def mixed_axes(index: int, graph: Nodes) -> tuple[str, ...]:
    """The finite axes along which the entries of operands are mixed or moved in the result."""
    node = graph[index]
    have = {n for i in node.operands for n in names(graph.type(i))}
    gone = {n for i in node.operands for n in finite(graph, i)} - set(names(node.type))
    moved = {getattr(getattr(node.operation, "axis", None), "name", None)} & have
    return tuple(sorted({*gone, *(m for m in moved if m is not None)}))
