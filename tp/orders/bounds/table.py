"""Tables: the norms of a jet of every order at once.

A table has one :class:`~tp.orders.bounds.norms.Norms` for each class (i, j) of coefficients, i slots along computed
directions n^λ g (g = Λ∇F) and j along one free unit vector n^μ Λ^{1/2} u, with 2 standing for two or more. A bound A
of a class means that its coefficient with d and D slots is O(n^{A - λd - μD}) for all d, D of the class. None
vanishes identically.
"""

from __future__ import annotations

from typing import TypeAlias

from tp.orders.bounds.norms import Norms, join

Table: TypeAlias = tuple["Norms | None", ...]
"""Norms by class, in the order of :data:`CLASSES`."""

CLASSES = tuple((i, j) for i in range(3) for j in range(3))
"""(contracted, free) slots; 2 stands for two or more."""
PLACE = {c: k for k, c in enumerate(CLASSES)}  # the index of a class
MOVING = range(1, len(CLASSES))  # all classes but (0, 0), the value itself
PAIRS = tuple(
    (a, b, PLACE[min(i + k, 2), min(j + m, 2)]) for a, (i, j) in enumerate(CLASSES) for b, (k, m) in enumerate(CLASSES)
)
"""(a, b, class of a product of a coefficient of class a with one of class b)."""
BOTH_MOVE = tuple((a, b, c) for a, b, c in PAIRS if a and b)  # neither factor is of class (0, 0)
BOTH_FREE = tuple((a, b, c) for a, b, c in PAIRS if CLASSES[a][1] and CLASSES[b][1])  # both have free slots
ONE_FREE = tuple((a, b, c) for a, b, c in PAIRS if not CLASSES[a][1] and CLASSES[b][1])  # only b has free slots
CONTRACTED = tuple(PLACE[min(i + 1, 2), j] for i, j in CLASSES)  # the class with one more contracted slot
FREE = tuple(PLACE[i, min(j + 1, 2)] for i, j in CLASSES)  # the class with one more free slot
AFTER = tuple(tuple((a, c) for a, other, c in BOTH_MOVE if other == b) for b in range(len(CLASSES)))
SATURATED = tuple(k for k, (i, j) in enumerate(CLASSES) if 2 in (i, j))  # classes of infinitely many orders
NOTHING: Table = (None,) * len(CLASSES)  # identically zero
BEYOND = 10**9
"""The exponent, in grains, that means that there is no bound: larger than any that arises from widths."""


def still(base: Norms | None) -> Table:
    """The table of a value that does not move: all of its derivatives vanish."""
    return (base, *NOTHING[1:])


def moves(table: Table) -> bool:
    return any(table[c] is not None for c in MOVING)


def frees(table: Table) -> bool:
    """Whether a value moves along the free direction."""
    return any(table[c] is not None for c in MOVING if CLASSES[c][1])


def joined(left: Table, right: Table) -> Table:
    return tuple(map(join, left, right))
