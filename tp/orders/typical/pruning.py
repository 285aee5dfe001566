"""Fewer terms for one value: dominated ones are dropped, and where there are too many they are joined."""

from __future__ import annotations

from collections.abc import Iterable

from tp.orders.typical.content import Content, hull
from tp.orders.typical.grains import Grains
from tp.orders.typical.tails import Tail, covers, falls, largest, rises
from tp.orders.typical.value import Members, Term, members_of, symbols_of

MOST = 6
"""A value with more terms than this is :func:`widened`."""


def prune(terms: Iterable[Term], gap: Grains, apart: int = 0) -> tuple[Term, ...]:
    """``terms``, the largest first, without those that others dominate in every product.

    A larger term dominates if it has the same cancellations or fewer. So does any term that is not a bound, is larger
    by ``gap`` grains (the most that a cancellation can cost), and has the same parity in the generators ``apart``.
    Terms that differ only in their Gaussian symbols become one term with all of these symbols.
    """
    found: dict[tuple[Grains, Content, Grains, bool, Tail, Members], Term] = {}
    for term in terms:
        size, content, part, bound, symbols, tail, members = term
        key = (size, content, part, bound, tail, members)
        same = found.setdefault(key, term)
        if symbols & ~same.symbols:
            found[key] = Term(size, content, part, bound, same.symbols | symbols, tail, members)
    joined = sorted(found.values(), key=_order)
    kept: list[Term] = []
    far: dict[int, Grains] = {}
    for term in joined:
        side = term.content.offset & apart
        least = far.get(side)
        if least is not None:
            if term.size <= least and not (term.tail and rises(term.tail)):
                continue
        elif not term.bound and not (term.tail and falls(term.tail)):
            far[side] = term.size + term.part - gap
        for place, larger in enumerate(kept):
            if not term.symbols & ~larger.symbols and _dominates(larger, term):
                if larger.members and not term.bound and term.size == larger.size:
                    kept[place] = larger._replace(members=_members(larger.content, (larger, term)))
                break
        else:
            kept.append(term)
    return tuple(kept)


def _order(term: Term) -> tuple[Grains, bool, Grains, int, int]:
    content = term.content
    return -term.size, term.bound, -term.part, len(content.space.basis), content.offset


def _dominates(larger: Term, term: Term) -> bool:
    """Whether ``larger``, which holds all symbols of ``term``, has no more cancellations, and is nowhere smaller."""
    return (
        term.part <= larger.part
        and larger.bound <= term.bound
        and term.content.inside(larger.content)
        and covers(larger.tail, larger.size - term.size, term.tail)
    )


def covered(terms: Iterable[Term], by: Iterable[Term]) -> bool:
    """Whether each of ``terms`` is dominated by one of ``by``: no larger, and with no fewer cancellations."""
    larger = tuple(by)
    return all(any(t.size <= b.size and not t.symbols & ~b.symbols and _dominates(b, t) for b in larger) for t in terms)


def widened(terms: Iterable[Term], apart: int = 0, together: tuple[int, ...] = ()) -> tuple[Term, ...]:
    """One term for each exponent: flips under which all of its terms are odd stay known, others do not.

    Terms of different parity in the generators ``apart``, or under the joint flips ``together``, stay apart.
    """
    return tuple(map(united, alike(terms, apart, together)))


def alike(terms: Iterable[Term], apart: int = 0, together: tuple[int, ...] = ()) -> list[list[Term]]:
    """``terms`` grouped by size, and by parity in ``apart`` and under the joint flips ``together``."""
    groups: dict[object, list[Term]] = {}
    for term in terms:
        size, content, part = term.size, term.content, term.part
        groups.setdefault((size, part, content.offset & apart, content.parities(together)), []).append(term)
    return list(groups.values())


def merged(terms: Iterable[Term], apart: int = 0) -> tuple[Term, ...]:
    """A single term as large as the largest, one for each parity in the generators ``apart``."""
    groups: dict[int, list[Term]] = {}
    for term in terms:
        groups.setdefault(term.content.offset & apart, []).append(term)
    return tuple(map(united, groups.values()))


def united(group: list[Term]) -> Term:
    """One term for all of ``group``, as large as the largest. Flips under which all are odd stay known."""
    if len(group) == 1:
        return group[0]
    top = max(t.size for t in group)
    tail = largest(t.tail for t in group)
    # Where tails differ, the largest of them is reached by none.
    bound = all(t.bound for t in group if t.size == top) or any(t.tail != tail for t in group)
    content = hull(t.content for t in group)
    members = () if bound else _members(content, [t for t in group if t.size == top and not t.bound])
    return Term(top, content, max(t.part for t in group), bound, symbols_of(group), tail, members)


def _members(content: Content, terms: Iterable[Term]) -> Members:
    """The contents of all parts of ``terms``, which are joined in one with ``content``."""
    return members_of(content, (c for t in terms for c in t.members or (t.content,)))
