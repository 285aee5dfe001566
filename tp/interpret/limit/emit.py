"""Polynomials without atoms as nodes of the target graph."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from tp.graph.axes import Axis, Scale, Type, names, without
from tp.graph.builder import GraphBuilder
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.polynomial import Atom, Folded, Hole, Mean, Monomial, Polynomial, Selection, Tensor
from tp.interpret.limit.state import State
from tp.primitives.constant import Constant
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.linear import Linear
from tp.primitives.product import Product
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum

_OPTIMAL = 5
"""Products of up to this many factors are taken in the best order."""
_TABLE = 1 << 24
"""The largest number of entries of a table of selections."""
Evaluate = Callable[[Mean | Folded], tuple[int, Type]]
"""The node of a factor, and the axes of the monomial that its axes stand for, in order."""


def emitted(state: State, polynomial: Polynomial, evaluate: Evaluate, axes: Type | None = None) -> int:
    """The node of ``polynomial``. With ``axes`` it has all of them, in this order; else those that it depends on."""
    key = polynomial, axes
    known = state.nodes.get(key)
    if known is None:
        graph = state.target
        terms = [(t.coefficient, _monomial(graph, t, evaluate)) for t in polynomial.terms]
        if not terms:
            known = graph.add(Constant((0.0,)))
        elif len(terms) == 1 and terms[0][0] == 1.0:
            known = terms[0][1]
        else:
            known = graph.add(Linear(tuple(Scale(c) for c, _ in terms)), *(node for _, node in terms))
        if axes is not None:
            missing = without(axes, names(graph.type(known)))
            known = graph.add(Broadcast(missing), known) if missing else known
        state.nodes[key] = known
    return known


def _monomial(graph: GraphBuilder, term: Monomial, evaluate: Evaluate) -> int:
    """The node of the product of the factors, summed; the coefficient is left out."""
    parts: list[int] = []
    selections: list[Selection] = []
    for factor in term.factors:
        if isinstance(factor, Selection):
            selections.append(factor)
        elif isinstance(factor, Tensor):
            parts.append(_placed(graph, factor.node, graph.type(factor.node), factor.axes))
        elif isinstance(factor, Mean | Folded):
            node, axes = evaluate(factor)
            parts.append(_placed(graph, node, graph.type(node), axes))
        else:
            assert not isinstance(factor, Atom | Hole)
    met = {name for p in parts for name in names(graph.type(p))} | {a.name for s in selections for a in s.axes}
    # A mean need not depend on all of its axes: a sum over one that it does not depend on multiplies by the size.
    repeated = prod(a.at(1) for a in term.over if a.name not in met)
    over = {a.name for a in term.over if a.name in met}
    parts, selections = _selected(graph, parts, selections, over)
    parts.extend(_tables(graph, selections, over, parts))
    if not parts:
        return graph.add(Constant((float(repeated),)))
    made = contracted(graph, parts, over)
    return made if repeated == 1 else graph.add(Linear((Scale(float(repeated)),)), made)


def _placed(graph: GraphBuilder, node: int, own: Type, axes: Type) -> int:
    """``node`` with the axes ``own`` called ``axes``; where two get one name, its diagonal."""
    final = names(axes)
    change = {o.name: n for o, n in zip(own, final, strict=True) if o.name != n}
    if not change:
        return node
    seen: set[str] = set()
    doubled: list[tuple[str, str]] = []
    temporary: dict[str, str] = {}
    for number, (o, n) in enumerate(zip(own, final, strict=True)):
        if n in seen:
            temporary[o.name] = f"{n}&{number}"
            doubled.append((n, temporary[o.name]))
        else:
            temporary[o.name] = n
        seen.add(n)
    pending = {o: n for o, n in temporary.items() if o != n}
    while pending:
        taken = set(names(graph.type(node)))
        ready = next((o for o, n in pending.items() if n not in taken), None)
        if ready is None:
            # All that are left trade places in circles: one of them steps aside.
            ready = next(iter(pending))
            node = graph.add(Rename(ready, f"&{ready}"), node)
            pending[f"&{ready}"] = pending.pop(ready)
            continue
        node = graph.add(Rename(ready, pending.pop(ready)), node)
    for kept, gone in doubled:
        size = next(a.at(1) for a in graph.type(node) if a.name == gone)
        eye = tuple(float(i == j) for i in range(size) for j in range(size))
        table = graph.add(Constant(eye, (Axis(kept, size), Axis(gone, size))))
        node = graph.add(Product((gone,)), node, table)
    return node


def _selected(
    graph: GraphBuilder, parts: list[int], selections: list[Selection], over: set[str]
) -> tuple[list[int], list[Selection]]:
    """Selections that concern one part only are done on it."""
    left: list[Selection] = []
    pending = list(selections)
    while pending:
        selection = pending.pop(0)
        others = [*left, *pending]
        source, outs = selection.source, set(names(selection.outs))
        having = [k for k, p in enumerate(parts) if source.name in names(graph.type(p))]
        lone = source.name in over and len(having) == 1 and not any(source in s.axes for s in others)
        elsewhere = {n for p in parts for n in names(graph.type(p))}
        # A window that is summed over at once is a banded matrix, which is faster than its entries one by one.
        window = any(n in over and n not in elsewhere for n in outs)
        if lone and not window and not outs & set(names(graph.type(parts[having[0]]))):
            part = having[0]
            parts[part] = graph.add(Gather(source, selection.outs, selection.table), parts[part])
            over.discard(source.name)
            continue
        inside = [k for k, p in enumerate(parts) if outs & set(names(graph.type(p)))]
        if (
            outs
            and outs <= over
            and len(inside) == 1
            and outs <= set(names(graph.type(parts[inside[0]])))
            and source.name not in names(graph.type(parts[inside[0]]))
            and not any(outs & set(names(s.axes)) for s in others)
        ):
            part = inside[0]
            parts[part] = graph.add(Scatter(source, selection.outs, selection.table), parts[part])
            over -= outs
            continue
        left.append(selection)
    return parts, left


def _tables(graph: GraphBuilder, selections: Sequence[Selection], over: set[str], parts: Sequence[int]) -> list[int]:
    """Tables of 0 and 1 for selections. Those that share an index are one table, in which it is summed over."""
    elsewhere = {name for p in parts for name in names(graph.type(p))}
    groups: list[list[Selection]] = []
    for selection in selections:
        mine = set(names(selection.axes))
        touching = [g for g in groups if any((mine & set(names(s.axes)) & over) - elsewhere for s in g)]
        groups = [g for g in groups if g not in touching]
        groups.append([selection, *(s for g in touching for s in g)])
    return [_table(graph, group, over, elsewhere) for group in groups]


def _table(graph: GraphBuilder, group: Sequence[Selection], over: set[str], elsewhere: set[str]) -> int:
    axes = tuple(dict.fromkeys(a for s in group for a in s.axes))
    if prod(a.at(1) for a in axes) > _TABLE:
        raise NoLimit("TP644", f"a table of selections along {', '.join(names(axes))} has too many entries")
    letters = {a.name: chr(ord("a") + k) for k, a in enumerate(axes)}
    arrays = [_one_hot(s) for s in group]
    words = ["".join(letters[a.name] for a in s.axes) for s in group]
    kept = tuple(a for a in axes if a.name not in over or a.name in elsewhere)
    out = "".join(letters[a.name] for a in kept)
    made = np.einsum(f"{','.join(words)}->{out}", *arrays)
    over -= set(names(axes)) - set(names(kept))
    return graph.add(Constant(tuple(made.reshape(-1).tolist()), kept))


def _one_hot(selection: Selection) -> np.ndarray:
    """The table with the axes of the selection."""
    table = np.asarray(selection.table)
    made = (np.arange(selection.source.at(1))[:, None] == table[None, :]).astype(float)
    return made.reshape([a.at(1) for a in selection.axes])


def contracted(graph: GraphBuilder, parts: list[int], over: set[str]) -> int:
    """The product of ``parts`` summed over the axes ``over``, two at a time."""
    parts = [_summed_alone(graph, parts, k, over) for k in range(len(parts))]
    for pair in _path(graph, parts, over):
        one, other = (parts[k] for k in pair)
        parts = [p for k, p in enumerate(parts) if k not in pair]
        shared = set(names(graph.type(one))) & set(names(graph.type(other))) & over
        gone = tuple(a for a in names(graph.type(one)) if a in shared and not _occurs(graph, parts, a))
        parts.append(graph.add(Product(gone), one, other))
        over -= set(gone)
        parts[-1] = _summed_alone(graph, parts, len(parts) - 1, over)
    return parts[0]


def _path(graph: GraphBuilder, parts: Sequence[int], over: set[str]) -> list[tuple[int, int]]:
    """The pairs to multiply, as places in the list of parts: each time the two go, and their product comes last.

    Their order needs the fewest multiplications, where there are few parts.
    """
    if len(parts) < 3:
        return [(0, 1)] if len(parts) == 2 else []
    numbers: dict[str, int] = {}
    operands: list[Any] = []
    for part in parts:
        kind = graph.type(part)
        operands += [
            np.broadcast_to(np.float64(0), [a.at(1) for a in kind]),
            [numbers.setdefault(a.name, len(numbers)) for a in kind],
        ]
    kept = [number for name, number in numbers.items() if name not in over]
    found = np.einsum_path(*operands, kept, optimize="optimal" if len(parts) <= _OPTIMAL else "greedy")[0][1:]
    pairs: list[tuple[int, int]] = []
    count = len(parts)
    for step in found:
        # A step of more than two is done from its end: each product is the last part, and the next to go is before it.
        *rest, last = sorted(step)
        for other in reversed(rest):
            pairs.append((other, last))
            count -= 1
            last = count - 1
    return pairs


def _occurs(graph: GraphBuilder, parts: Sequence[int], name: str) -> bool:
    return any(name in names(graph.type(p)) for p in parts)


def _summed_alone(graph: GraphBuilder, parts: Sequence[int], place: int, over: set[str]) -> int:
    """Part number ``place``, summed over the axes that no other part has."""
    rest = [p for k, p in enumerate(parts) if k != place]
    gone = tuple(a for a in names(graph.type(parts[place])) if a in over and not _occurs(graph, rest, a))
    return graph.add(Sum(gone), parts[place]) if gone else parts[place]
