"""A declared function of whole vectors, and its derivatives along directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.mapping import MapOperation
from tp.graph.operation import Derivative
from tp.graph.parameter import Parameter
from tp.maps import MapFunction, checked, find
from tp.orders.facts import Map
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical
from tp.primitives.sum_broadcast import Broadcast, fitted

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


@dataclass(frozen=True)
class Mapped(MapOperation):
    """D^k M(x)[u_1, ..., u_k] for the operands x, u_1, ..., u_k, k = ``order``.

    With ``adjoint`` the operands are x, c, u_1, ..., u_k, and the result is v with ⟨v, u⟩ = ⟨c, D^{k+1} M(x)[u_1, ...,
    u_k, u]⟩ for all u. The directions may come in any order.
    """

    derivative: ClassVar[Derivative] = Derivative.MULTILINEAR
    summary: ClassVar[str] = "a declared function of whole vectors, or one of its derivatives"

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes that the map declares for its result (for its operand if ``adjoint``), and the further axes
        of the operands. Raises ValueError where operands do not fit.
        """
        return self._inferred(types, self.cores)


def map_node(graph: GraphBuilder, operation: MapOperation, operands: Sequence[int]) -> int:
    """``operation`` with its directions in the order of their numbers, so that equal derivatives are one node."""
    whole = [_spread(graph, node, core) for node, core in zip(operands, operation.cores, strict=True)]
    first = len(operands) - operation.order
    return graph.add(operation, *whole[:first], *sorted(whole[first:]))


def _spread(graph: GraphBuilder, node: int, axes: Type) -> int:
    """``node`` repeated along those of ``axes`` that it lacks."""
    missing = without(axes, names(graph.type(node)))
    return graph.add(Broadcast(missing), node) if missing else node


@transposition.rule(Mapped)
def transpose_mapped(
    operation: Mapped, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int | None:
    """A derivative of the same map: with respect to a direction the adjoint without it, with respect to x one
    derivative more.
    """
    order, mine = operation.order, graph.type(operands[index])
    x, *slots = operands
    if not operation.adjoint:
        # The cotangent of a direction is the adjoint without it; that of x has one derivative more.
        others = slots if index == 0 else [u for place, u in enumerate(slots, 1) if place != index]
        made = operation.at(len(others), True)
        back = (x, cotangent, *others)
    else:
        c, *directions = slots
        if index == 1:
            made, back = operation.at(order + 1, False), (x, *directions, cotangent)
        else:
            others = [u for place, u in enumerate(directions, 2) if place != index]
            made, back = operation.at(len(others) + 1, True), (x, c, *others, cotangent)
    if made.vanishes(made.slots):
        return None
    return fitted(graph, map_node(graph, made, back), mine)


@lowering.rule(Mapped)
def lower_mapped(operation: Mapped, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The Python function or its derivative by JAX, mapped over further axes."""
    return over_rest(operation, operation.cores, derivative(operation, low), types, out, arrays)


def derivative(operation: MapOperation, low: Lowering) -> Callable[..., Any]:
    """The derivative as a JAX function of arrays with the axes of its operands.

    Its calls raise TpError TP621, TP623 or TP624.
    """
    function = function_at(operation, low.n)

    def along(x: Any, directions: Sequence[Any]) -> Any:
        import jax

        if not directions:
            return function(x)
        *others, last = directions

        def before(y: Any) -> Any:
            return along(y, others)

        return jax.jvp(before, (x,), (last,))[1]

    def made(x: Any, *slots: Any) -> Any:
        import jax

        if not operation.adjoint:
            return along(x, slots)
        cotangent, *directions = slots

        def before(y: Any) -> Any:
            return along(y, directions)

        return jax.vjp(before, x)[1](cotangent)[0]

    return made


def function_at(operation: MapOperation, n: int) -> MapFunction:
    """The Python function, which raises TpError for a result of the wrong shape or kind."""
    try:
        function = find(operation.function)
    except KeyError:
        function = None
    return checked(operation.name, function, [a.at(n) for a in operation.outs])


def over_rest(
    operation: MapOperation,
    cores: Sequence[Type],
    function: Callable[..., Any],
    types: Sequence[Type],
    out: Type,
    arrays: Sequence[Any],
) -> Any:
    """``function`` of the operands' ``cores``, for each index of further axes that some operands have."""
    import jax

    result = operation.result
    rest = without(out, names(result))
    mine = [tuple(a for a in rest if a in axes) for axes in types]
    ordered = [aligned(a, t, (*m, *core)) for a, t, m, core in zip(arrays, types, mine, cores, strict=True)]
    for axis in reversed(rest):
        function = jax.vmap(function, in_axes=tuple(0 if axis in m else None for m in mine))
    return aligned(function(*ordered), (*rest, *result), out)


def declared(operation: MapOperation) -> Map:
    """What is taken on trust of the map."""
    return Map(operation.name, operation.symmetry, operation.size, operation.norms, operation.ends)


@typical.rule(Mapped)
def typical_mapped(operation: Mapped, calculus: Calculus, setting: Setting, values: Sequence[Derived]) -> Derived:
    """The rule ``map``: the declared norms bound a typical entry (theorem 3.18a)."""
    axes = growing(operation.ins), growing(operation.outs)
    return calculus.mapped(declared(operation), operation.adjoint, values, *axes)


@bounds.rule(Mapped)
def bound_mapped(operation: Mapped, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]) -> Jet:
    """The rules ``norm.map`` and ``norm.map.source``: the declared exponents (theorem 5a)."""
    return calculus.mapped(declared(operation), jets, growing(operation.result))
