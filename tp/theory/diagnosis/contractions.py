"""Which nodes sum over a wide axis. Such a sum usually needs a power of n as a factor in the source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tp.graph.axes import Type, names, wide
from tp.graph.graph import Graph
from tp.graph.interpretation import Interpretation
from tp.graph.operation import Operation
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import NO_ORDER, GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.joint_normal import JointNormal
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.read import Read
from tp.primitives.remainder import Remainder
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.switched import Switched
from tp.primitives.variable import Variable

_summed: Interpretation[Callable[[Any, Graph], tuple[str, ...]]] = Interpretation("axes that are summed over")
"""``rule(operation, program)``: the axes of the first operand that the operation sums over."""


def contracts(program: Graph, index: int) -> bool:
    """Whether the node sums over a wide axis."""
    operation = program[index].operation
    over = _summed.of(operation)(operation, program)
    return bool(over) and any(a in over for a in names(wide(program.type(program[index].operands[0]))))


@_summed.rule(Apply)
def inputs_of_a_weight(operation: Apply, program: Graph) -> tuple[str, ...]:
    ins: Type = program.parameters[operation.parameter].sides(operation.transposed)[1]
    return names(ins)


@_summed.rule(Product, Sum)
def stated(operation: Product | Sum, program: Graph) -> tuple[str, ...]:
    return operation.over


@_summed.rule(Broadcast, Concat, Constant, Detach, ErrorSignal, Gather, Generic, Input, Largest, Linear, Pointwise)
@_summed.rule(Mapped, MapRemainder, Peak, Permuted, Rank, Repermuted, Reranked)
@_summed.rule(Read, Remainder, Rename, Scatter, Switched, Variable)
def nothing(_: Operation, program: Graph) -> tuple[str, ...]:
    return ()


_summed.refuse(GaussianMean, JointNormal, reason=NO_ORDER)
