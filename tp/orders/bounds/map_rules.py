"""Bounds of declared functions of whole vectors, of moving vectors along moving directions (calculus, theorem 5a)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from tp.orders.bounds.norms import Norms, closed, entrywise, flat, join
from tp.orders.bounds.table import BEYOND, CLASSES, MOVING, NOTHING, PAIRS, SATURATED, Table, joined

MOST = 4
"""Products of moves of norm O(1) are bounded by those of at most this many of them, in the same class."""


class MapDigest(NamedTuple):
    """A derivative of a map as bounds use it.

    ``value`` is the exponent of its entries where it is the map itself. ``exponents`` are those of this derivative and
    of further ones, the last of which holds for all that follow; with ``ends`` they vanish.
    """

    value: int
    exponents: tuple[int, ...]
    ends: bool


class _Counted(NamedTuple):
    """Products with no moving factor, with one, and with two or more. ``none`` is None for the empty product."""

    none: Table | None
    one: Table
    more: Table

    def times(self, still: Table, moving: Table) -> _Counted:
        return _Counted(
            _times(self.none, still),
            joined(_times(self.one, still), _times(self.none, moving)),
            joined(_times(self.more, joined(still, moving)), _times(self.one, moving)),
        )

    def scaled(self, plain: int, summed: int) -> _Counted:
        none = None if self.none is None else _scaled(self.none, plain, summed)
        return _Counted(none, _scaled(self.one, plain, summed), _scaled(self.more, plain, summed))


def mapped(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """D^k M(x)[u_1, ..., u_k] for x and u that move. The last premise is what is not linear in the moves."""
    digest, omega = arguments
    *operands, source = premises
    found = _series(MapDigest(*digest), omega, operands, free=False)
    # Where operand and result differ in size, what was a bound of one norm may bound another.
    return tuple(n and closed(*n, omega) for n in joined(joined(found.none or NOTHING, found.one), source))


def source(arguments: tuple[Any, ...], premises: Sequence[Table]) -> Table:
    """The part in which two factors move or more; with ``free`` two along the free direction."""
    digest, omega, free = arguments
    return _series(MapDigest(*digest), omega, premises, free=free).more


def _series(digest: MapDigest, omega: int, operands: Sequence[Table], *, free: bool) -> _Counted:
    """Σ_j n^{a_{k+j}} m^j times all directions, m the move of x, by the number of factors that move."""
    x, *slots = operands
    product = _Counted(None, NOTHING, NOTHING)
    for slot in slots:
        product = product.times(*_split(slot, free))
    still, moving = _split(x, free)
    exponents = digest.exponents
    last = len(exponents) - 1
    total = (flat(digest.value, omega), *NOTHING[1:]) if product.none is None else NOTHING
    found = _Counted(total, NOTHING, NOTHING)
    for j in range((last if digest.ends else max(last, MOST)) + 1):
        if j:
            product = product.times((None, *still[1:]), moving)
        place = min(j, last)
        part = product.scaled(exponents[place], max(exponents[place:]))
        found = _Counted(
            joined(found.none or NOTHING, part.none or NOTHING),
            joined(found.one, part.one),
            joined(found.more, part.more),
        )
    if not digest.ends and any(n is not None and n.top > 0 for n in x[1:]):
        return _Counted(*(_lost(table or NOTHING) for table in found))
    return found


def _split(table: Table, free: bool) -> tuple[Table, Table]:
    """The parts of an operand that stay, and those that move; with ``free`` along the free direction."""
    moves = [c in MOVING and (not free or CLASSES[c][1] > 0) for c in range(len(CLASSES))]
    still = tuple(None if m else n for m, n in zip(moves, table, strict=True))
    return still, tuple(n if m else None for m, n in zip(moves, table, strict=True))


def _times(left: Table | None, right: Table) -> Table:
    if left is None:
        return right
    out: list[Norms | None] = list(NOTHING)
    for a, b, c in PAIRS:
        x, y = left[a], right[b]
        if x is not None and y is not None:
            out[c] = join(out[c], entrywise(x, y))
    return tuple(out)


def _scaled(table: Table, plain: int, summed: int) -> Table:
    """``table`` times n^``plain``, or n^``summed`` in classes of infinitely many orders."""
    return tuple(n and n.scaled(summed if c in SATURATED else plain) for c, n in enumerate(table))


def _lost(table: Table) -> Table:
    """Moves that are not O(1) leave no bound where infinitely many orders count."""
    return tuple(n and (Norms(BEYOND, BEYOND, BEYOND) if c in SATURATED else n) for c, n in enumerate(table))
