"""Kernels at infinite width as graphs: the limit of a kernel's program for two batches of inputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from tp.diagnostics.diagnostic import TpError, error
from tp.diagnostics.span import Span
from tp.graph.axes import LEFT, RIGHT, Axis, Type
from tp.graph.graph import Graph
from tp.graph.slot import LEFT_BATCH, RIGHT_BATCH
from tp.interpret.limit import Accuracy, Limit, Limits, NoLimit
from tp.quantities.kernels import nngp, orders_of, pair, tangent


class Staying(NamedTuple):
    """A contraction that stays random at infinite width.

    ``name`` is what the graph of the kernel calls it, ``label`` its name in the program or the kind of its operation,
    and ``span`` its place there. ``axes`` are those of its value.
    """

    name: str
    label: str
    span: Span | None
    axes: Type


@dataclass(frozen=True, slots=True)
class KernelAtInfinity:
    """The graph of a kernel at infinite width for batches of fixed sizes.

    Fields:
        graph: its outputs are the kernels of all pairs of outputs, for the NNGP the means of outputs, and the
            covariances of what stays random.
        orders: the axes of each kernel and mean, in order.
        exponents: the powers of n that they are to be multiplied with.
        staying: what stays random. The graph has an input for each; given these the kernel is fixed.
        laws: by numbers i <= j of what stays random the output that is their covariance, with the axes of both. Jointly
            they are normal. None where that is not so: the law of one depends on another one.
        sampled: whether a mean is an average over virtual neurons, and not a formula or an integral.
    """

    graph: Graph
    orders: Mapping[str, Type]
    exponents: Mapping[str, Fraction]
    staying: tuple[Staying, ...]
    laws: Mapping[tuple[int, int], str] | None
    sampled: bool


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
        nodes = {r.node: r for limit in found.values() for r in limit.random}
        random = [nodes[i] for i in sorted(nodes)]
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
    joint = not any(limit.random for limit in pairs.values())
    laws = {numbers: f"{random[numbers[0]].name}, {random[numbers[1]].name}" for numbers in pairs} if joint else None
    covariances = {} if laws is None else {laws[numbers]: limit for numbers, limit in pairs.items()}
    return KernelAtInfinity(
        limits.target({**found, **covariances}),
        {name: orders[name] for name in found},
        {name: limit.exponent for name, limit in found.items()},
        tuple(Staying(r.name, _label(derived, r.node), derived[r.node].span, r.axes) for r in random),
        laws,
        limits.sampled,
    )


def _means(program: Graph, limits: Limits) -> dict[str, Limit]:
    return {pair(f, g): limits.mean(pair(f, g)) for f in program.outputs for g in program.outputs}


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
    return graph[node].label or graph[node].operation.keyword()


def _diagnosed(problem: NoLimit, graph: Graph) -> TpError:
    """The diagnostic for a graph that has no limit, at the node of the program."""
    node = None if problem.node is None else graph[problem.node]
    called = "" if node is None or node.label is None else f"{node.label}: "
    return error(
        problem.code, f"{called}{problem.message}", None if node is None else node.span, hint=problem.hint or None
    )
