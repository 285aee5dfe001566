"""Kernels at infinite width as graphs: the limit of a kernel's program for two batches of inputs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import LEFT, RIGHT, Axis, Type
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH
from tp.interpret.limit import Accuracy, Limit, Limits, NoLimit
from tp.interpret.limit.interpreter import RandomNumber
from tp.quantities.kernels import nngp, orders_of, pair, tangent

DRAWN = "kernels of networks of a width can be drawn: tp kernel FILE --width 1000"
"""What to do where there is no limit."""


class Staying(NamedTuple):
    """A contraction that stays random at infinite width.

    ``name`` is what the graph of the kernel calls it, ``label`` its name in the program, or "this sum",
    and ``span`` its place there. ``axes`` are those of its value.
    """

    name: str
    label: str
    span: Span | None
    axes: Type


@dataclass(frozen=True, slots=True)
class KernelAtInfinity:
    """The graph of a kernel at infinite width for batches of fixed sizes.

    The kernel at width n is about n^exponent times the output of the graph.

    Fields:
        graph: its outputs are the kernels of all pairs of outputs, for the NNGP the means of outputs, and the
            covariances of what stays random.
        orders: the axes of each kernel and mean, in order.
        exponents: the powers of n that they are to be multiplied with.
        staying: what stays random. The graph has an input for each; given these the kernel is fixed.
        laws: by numbers i <= j of what stays random the output that is their covariance, with the axes of both.
        levels: what stays random in groups. Given those of the groups before, the numbers of a group are normal.
        sampled: whether a mean is an average over virtual neurons, and not a formula or an integral.
        fixed: the outputs that tend to fixed numbers, so that their covariance vanishes at this power of n.
    """

    graph: Graph
    orders: Mapping[str, Type]
    exponents: Mapping[str, Fraction]
    staying: tuple[Staying, ...]
    laws: Mapping[tuple[int, int], str]
    levels: tuple[tuple[int, ...], ...]
    sampled: bool
    fixed: tuple[str, ...] = ()


@lru_cache(maxsize=32)
def kernel_at_infinity(
    program: Graph, kind: str, left: int, right: int, accuracy: Accuracy | None = None
) -> KernelAtInfinity:
    """The limit of the kernel of ``kind`` "ntk" or "nngp".

    Raises TpError TP641 to TP644 with the line of the program, where there is no limit or none that is known.
    """
    derived = tangent(program, left, right) if kind == "ntk" else nngp(program, left, right)
    limits = Limits(derived, accuracy or Accuracy())
    try:
        found = _means(program, limits) if kind == "ntk" else _covariances(program, limits)
        random = _staying(limits, found.values())
        pairs = {
            (i, j): limits.random_covariance(one, random[j])
            for i, one in enumerate(random)
            for j in range(i, len(random))
        }
    except NoLimit as problem:
        raise _diagnosed(problem, derived) from None
    orders = orders_of(program, left, right)
    for place, axis in ((LEFT_BATCH, Axis(LEFT, left)), (RIGHT_BATCH, Axis(RIGHT, right))):
        orders |= {place.of(name): (axis, *program.type(node)) for name, node in program.outputs.items()}
    laws = {(i, j): f"{random[i].name}, {random[j].name}" for i, j in pairs}
    covariances = {laws[numbers]: limit for numbers, limit in pairs.items()}
    return KernelAtInfinity(
        limits.target({**found, **covariances}),
        {name: orders[name] for name in found},
        {name: limit.exponent for name, limit in found.items()},
        tuple(Staying(r.name, _label(derived, r.node), derived[r.node].span, r.axes) for r in random),
        laws,
        _levels(random, pairs),
        limits.sampled,
        _fixed(program, limits) if kind == "nngp" else (),
    )


def _staying(limits: Limits, found: Iterable[Limit]) -> list[RandomNumber]:
    """All that ``found`` depends on, in the order of the program, and what the laws of these numbers depend on."""
    nodes: dict[int, RandomNumber] = {}
    open_ = [r for limit in found for r in limit.random]
    while open_:
        one = open_.pop()
        if one.node not in nodes:
            nodes[one.node] = one
            open_ += limits.random_covariance(one, one).random
    return [nodes[i] for i in sorted(nodes)]


def _levels(random: Sequence[RandomNumber], laws: Mapping[tuple[int, int], Limit]) -> tuple[tuple[int, ...], ...]:
    """What stays random in groups: the variance of a number depends on numbers of groups before its own."""
    place = {r.name: i for i, r in enumerate(random)}
    levels: list[int] = []
    for i in range(len(random)):
        before = [levels[place[r.name]] for r in laws[i, i].random if place[r.name] < i]
        levels.append(1 + max(before, default=-1))
    return tuple(tuple(i for i, at in enumerate(levels) if at == level) for level in range(max(levels, default=-1) + 1))


def _fixed(program: Graph, limits: Limits) -> tuple[str, ...]:
    """The outputs that are not random at leading order, nor zero."""
    found = {name: limits.value(LEFT_BATCH.of(name)) for name in program.outputs}
    return tuple(name for name, value in found.items() if not value.parts and value.terms)


def _means(program: Graph, limits: Limits) -> dict[str, Limit]:
    """The tangent kernels as a power of n times a number, which is fixed given what stays random."""
    found: dict[str, Limit] = {}
    for f, g in ((f, g) for f in program.outputs for g in program.outputs):
        value, name = limits.value(pair(f, g)), pair(f, g)
        limit = limits.mean(name)
        # By Cauchy and Schwarz no kernel is larger than the root of the product of those of each output with itself.
        order = sum((limits.value(pair(h, h)).exponent for h in (f, g)), Fraction(0)) / 2
        if value.parts and not value.terms and value.exponent < order:
            limit = replace(limit, exponent=order)  # It fluctuates around zero, and is of a smaller order.
        elif value.parts:
            message = f"the tangent kernel {name} is itself a sum that stays random"
            raise NoLimit("TP642", message, node=limits.graph.outputs[name])
        found[name] = limit
    return found


def _covariances(program: Graph, limits: Limits) -> dict[str, Limit]:
    """The covariances of all pairs of outputs, and their means."""
    places = LEFT_BATCH, RIGHT_BATCH
    means = {place.of(f): limits.mean(place.of(f)) for place in places for f in program.outputs}
    return {
        pair(f, g): limits.covariance(LEFT_BATCH.of(f), RIGHT_BATCH.of(g))
        for f in program.outputs
        for g in program.outputs
    } | means


def _label(graph: Graph, node: int) -> str:
    return graph[node].label or "this sum"


def _diagnosed(problem: NoLimit, graph: Graph) -> TpError:
    """The diagnostic for a graph that has no limit, at the node of the program."""
    node = None if problem.node is None else graph[problem.node]
    called = "" if node is None or node.label is None else f"{node.label}: "
    return error(
        problem.code, f"{called}{problem.message}", None if node is None else node.span, hint=problem.hint or DRAWN
    )
