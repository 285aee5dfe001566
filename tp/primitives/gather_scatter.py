"""Selection along a finite axis (index, slice, shift, convolution window, structure of jets), and its adjoint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Axis, Type, names, without
from tp.graph.builder import GraphBuilder
from tp.graph.operation import Derivative, Operation
from tp.graph.parameter import Parameter
from tp.namespace import is_numpy, matmul
from tp.primitives.arrays import aligned
from tp.primitives.interpretations import BoundsSetting, Lowering, Setting, bounds, lowering, transposition, typical

if TYPE_CHECKING:
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived

_MATRIX = 1 << 14
"""Up to this many entries a selection is done as a product with a 0/1 matrix, which is exact and, on CPUs, faster."""


@dataclass(frozen=True)
class Gather(Operation):
    """Entry ``table[j]`` of ``axis`` at place j of the new axes ``outs`` (row-major); -1 stands for zero."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "selection along a finite axis"

    axis: Axis
    outs: Type
    table: tuple[int, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of the operand without ``axis``, then ``outs``.

        Raises ValueError where the axis is wide or missing, or where the table does not fit.
        """
        (x,) = types
        if self.axis not in x:
            raise ValueError(f"no axis {self.axis} to select from")
        size = self.axis.size
        if not isinstance(size, int):
            raise ValueError(f"{self.axis.name} is wide and cannot be indexed")
        places = 1
        for axis in self.outs:
            places *= axis.at(1)
        if places != len(self.table) or any(not -1 <= i < size for i in self.table):
            raise ValueError("the table of a selection does not fit its axes")
        rest = without(x, (self.axis.name,))
        clash = set(names(rest)) & set(names(self.outs))
        if clash:
            raise ValueError(f"the operand already has {', '.join(sorted(clash))}")
        return rest + self.outs


@dataclass(frozen=True)
class Scatter(Operation):
    """Sums entries at place j of ``ins`` into entry ``table[j]`` of ``axis``; -1 is dropped."""

    derivative: ClassVar[Derivative] = Derivative.LINEAR
    summary: ClassVar[str] = "the adjoint of a selection"

    axis: Axis
    ins: Type
    table: tuple[int, ...]

    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The axes of the operand without ``ins``, then ``axis``.

        Raises ValueError where an axis is wide or missing, or where the table does not fit.
        """
        (x,) = types
        missing = without(self.ins, names(a for a in x if a in self.ins))
        if missing:
            raise ValueError(f"no axis {', '.join(map(str, missing))} to add up")
        rest = without(x, names(self.ins))
        size = self.axis.size
        if not isinstance(size, int) or any(a.wide for a in self.ins):
            raise ValueError("wide axes cannot be indexed")
        if prod(a.at(1) for a in self.ins) != len(self.table) or any(not -1 <= i < size for i in self.table):
            raise ValueError("the table of a selection does not fit its axes")
        if self.axis.name in names(rest):
            raise ValueError(f"the operand already has {self.axis.name}")
        return (*rest, self.axis)


@transposition.rule(Gather)
def transpose_gather(
    operation: Gather, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The cotangent, added up where it was selected from: a scatter with the same table."""
    return graph.add(Scatter(operation.axis, operation.outs, operation.table), cotangent)


@lowering.rule(Gather)
def lower_gather(operation: Gather, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """The entries of the table, in row-major order of ``outs``; 0 where the table has -1."""
    place = names(types[0]).index(operation.axis.name)
    rest = without(types[0], [operation.axis.name])
    if not operation.outs and operation.table[0] >= 0:
        return aligned(arrays[0][(slice(None),) * place + (operation.table[0],)], rest, out)
    before, after = types[0][:place], types[0][place + 1 :]
    if is_numpy(arrays[0]):
        chosen, made = _taken(arrays[0], operation.table, place), (*before, *operation.outs, *after)
    else:
        import jax.numpy as jnp

        chosen, made = selected(jnp.moveaxis(arrays[0], place, 0), operation.table), (*operation.outs, *rest)
    return aligned(chosen.reshape([a.at(low.n) for a in made]), made, out)


@transposition.rule(Scatter)
def transpose_scatter(
    operation: Scatter, graph: GraphBuilder, cotangent: int, operands: Sequence[int], index: int
) -> int:
    """The entries of the cotangent at the places of the table: a gather."""
    return graph.add(Gather(operation.axis, operation.ins, operation.table), cotangent)


@lowering.rule(Scatter)
def lower_scatter(operation: Scatter, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
    """A product with a 0/1 matrix that has the table."""
    import numpy as np

    rest = without(types[0], names(operation.ins))
    array = aligned(arrays[0], types[0], (*operation.ins, *rest))
    array = array.reshape((-1, *array.shape[len(operation.ins) :]))
    one_hot = (np.arange(operation.axis.at(low.n))[:, None] == np.asarray(operation.table)[None, :]).astype(array.dtype)
    flat = matmul(one_hot, array.reshape((len(operation.table), -1)))
    return aligned(flat.reshape((-1, *array.shape[1:])), (operation.axis, *rest), out)


@typical.rule(Gather, Scatter)
def typical_selection(
    operation: Gather | Scatter, calculus: Calculus, setting: Setting, values: Sequence[Derived]
) -> Derived:
    """The operand itself, since a finite axis does not count; the rule ``zero`` where nothing is selected."""
    return values[0] if any(i >= 0 for i in operation.table) else calculus.zero


@bounds.rule(Gather, Scatter)
def bound_selection(
    operation: Gather | Scatter, calculus: NormCalculus, setting: BoundsSetting, jets: Sequence[Jet]
) -> Jet:
    """The operand itself by the rule ``norm.linear``, or nothing where nothing is selected."""
    kept = Fraction(0) if any(i >= 0 for i in operation.table) else None
    return calculus.linear([(kept, (), ())], jets, setting.axes)


def selected(array: Any, table: tuple[int, ...]) -> Any:
    """Entries ``table`` of the first axis of ``array``; -1 gives zero."""
    import jax.numpy as jnp
    import numpy as np

    size = array.shape[0]
    places = np.asarray(table)
    if size * len(table) <= _MATRIX:
        one_hot = (places[:, None] == np.arange(size)[None, :]).astype(array.dtype)
        return jnp.tensordot(jnp.asarray(one_hot), array, axes=1, precision="highest")
    if (places < 0).any():
        array = jnp.concatenate([array, jnp.zeros_like(array[:1])], axis=0)
    return array[np.where(places < 0, size, places)]


def _taken(array: Any, table: tuple[int, ...], place: int) -> Any:
    """As :func:`selected`, along the axis number ``place`` of an array of NumPy, which stays where it is."""
    import numpy as np

    chosen = array.take(table, axis=place, mode="wrap")
    if -1 in table:
        chosen[(slice(None),) * place + (np.flatnonzero(np.less(table, 0)),)] = 0
    return chosen
