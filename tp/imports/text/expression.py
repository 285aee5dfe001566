"""Expressions of the language as data. Axes are labels, whose names are settled when everything is known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from tp.imports.axes.labels import Label
from tp.imports.traced.sizes import Number


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """An expression. Nodes are compared by identity."""

    def parts(self) -> tuple[Node, ...]:
        """The expressions that it is made of."""
        return ()


class Named:
    """Something that has a name in the text: an input, a weight, a table or an assigned value. ``wish`` is the name
    that it would like; ``name`` is what it is called in the end."""

    def __init__(self, wish: str) -> None:
        self.wish = wish
        self.name = ""


@dataclass(frozen=True, slots=True, eq=False)
class Ref(Node):
    """A name."""

    named: Named


@dataclass(frozen=True, slots=True, eq=False)
class One(Node):
    """The number 1; factors are held by what contains it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sum(Node):
    """A linear combination."""

    terms: tuple[tuple[Number, Node], ...]

    def parts(self) -> tuple[Node, ...]:
        return tuple(node for _, node in self.terms)


@dataclass(frozen=True, slots=True, eq=False)
class Product(Node):
    """Factors, entry by entry."""

    factors: tuple[Node, ...]

    def parts(self) -> tuple[Node, ...]:
        return self.factors


@dataclass(frozen=True, slots=True, eq=False)
class Quotient(Node):
    above: Node
    below: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.above, self.below)


@dataclass(frozen=True, slots=True, eq=False)
class Power(Node):
    base: Node
    exponent: Fraction

    def parts(self) -> tuple[Node, ...]:
        return (self.base,)


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """``function(operands, labels, words, pairs, settings)``. ``settings`` are texts, labels or tables by keyword.

    ``pairs`` are labels by label, such as the windows of a convolution (``i=ki``) or sizes of pools (``i=2``).
    """

    function: str
    operands: tuple[Node, ...]
    labels: tuple[Label, ...] = ()
    words: tuple[str, ...] = ()
    pairs: tuple[tuple[Label, Label | int], ...] = ()
    settings: tuple[tuple[str, str | Label | Ref], ...] = ()

    def parts(self) -> tuple[Node, ...]:
        return (*self.operands, *(each for _, each in self.settings if isinstance(each, Ref)))


@dataclass(frozen=True, slots=True, eq=False)
class Total(Node):
    """A sum over axes, with the number of entries that it has: ``mean`` where the factor is one over it."""

    node: Node
    labels: tuple[Label, ...]

    def parts(self) -> tuple[Node, ...]:
        return (self.node,)


@dataclass(frozen=True, slots=True, eq=False)
class Dot(Node):
    left: Node
    right: Node
    labels: tuple[Label, ...]

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right)


@dataclass(frozen=True, slots=True, eq=False)
class Applied(Node):
    """``W @ x`` or ``W' @ x``."""

    weight: Named
    transposed: bool
    node: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.node,)


@dataclass(frozen=True, slots=True, eq=False)
class Index(Node):
    """An entry (``first`` only), or a slice from ``first`` to ``last`` (counted from 1, both included) by ``step``.

    In a loop, places have names such as ``l+1``.
    """

    node: Node
    label: Label
    first: int | Named
    last: int | Named | None = None
    step: int = 1

    def parts(self) -> tuple[Node, ...]:
        return (self.node,)


@dataclass(frozen=True, slots=True, eq=False)
class Renamed(Node):
    node: Node
    old: Label
    new: Label

    def parts(self) -> tuple[Node, ...]:
        return (self.node,)


@dataclass(frozen=True, slots=True, eq=False)
class Chosen(Node):
    """``where(left > right, above, below)``."""

    left: Node
    right: Node
    above: Node
    below: Node

    def parts(self) -> tuple[Node, ...]:
        return (self.left, self.right, self.above, self.below)


def within(node: Node) -> Iterator[Node]:
    """``node`` and everything that it is made of."""
    yield node
    for part in node.parts():
        yield from within(part)
