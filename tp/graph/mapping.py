"""Functions of whole vectors that a user declares: their types, and what is taken on trust of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Self

from tp.graph.axes import Type, names, show, union, wide, without
from tp.graph.operation import Operation

SYMMETRIES = ("odd", "even", "none")


@dataclass(frozen=True)
class MapOperation(Operation):
    """A derivative of the map M called ``name``, from values with the axes ``ins`` to values with the axes ``outs``.

    Entries of M(x) are O(n^``size``). For every k ‖D^k M(x)[u_1, ..., u_k]‖_p <= n^{a_k} ‖u_1‖_p ‖u_2‖_∞ ... ‖u_k‖_∞
    with p = 1, 2, ∞; ``norms`` are a_1, a_2, ..., the last of which holds for all k that follow. With ``ends`` these
    derivatives vanish. ``symmetry`` is that of M under x -> -x. ``function`` is the key of the Python function in
    :mod:`tp.maps`, empty where none was given.

    ``order`` directions u are operands after x; with ``adjoint`` there is one slot more, which is transposed and
    applied to a cotangent, the second operand. Operands may have further finite axes, along which each is a value by
    itself.
    """

    name: str
    ins: Type
    outs: Type
    symmetry: str
    size: Fraction
    norms: tuple[Fraction, ...]
    ends: bool
    function: str = ""
    order: int = 0
    adjoint: bool = False

    @property
    def cores(self) -> tuple[Type, ...]:
        """The axes that every operand has to have."""
        return (self.ins, *((self.outs,) if self.adjoint else ()), *(self.ins for _ in range(self.order)))

    @property
    def result(self) -> Type:
        """The axes of the result, without further ones."""
        return self.ins if self.adjoint else self.outs

    @property
    def slots(self) -> int:
        """The number of derivatives of M that are taken."""
        return self.order + self.adjoint

    def exponent(self, k: int) -> Fraction:
        """a_k, or the size of the value where k is 0."""
        return self.norms[min(k, len(self.norms)) - 1] if k else self.size

    def vanishes(self, k: int) -> bool:
        """Whether all derivatives of M of order ``k`` vanish identically."""
        return self.ends and k > len(self.norms)

    def at(self, order: int, adjoint: bool) -> Self:
        """Another derivative of the same map."""
        return replace(self, order=order, adjoint=adjoint)

    def _inferred(self, types: Sequence[Type], cores: Sequence[Type]) -> Type:
        """The type of the result for operands with ``cores``. Raises ValueError."""
        if self.symmetry not in SYMMETRIES or self.order < 0 or not (self.norms or self.ends):
            raise ValueError("a map has a symmetry (odd, even or none), an order and exponents of its derivatives")
        if len(types) != len(cores):
            raise ValueError(f"this derivative of {self.name} has {len(cores)} operands, not {len(types)}")
        rest: list[Type] = []
        for axes, core in zip(types, cores, strict=True):
            missing = [a for a in core if a not in axes]
            if missing:
                raise ValueError(f"{self.name} needs {show(core)}, which {show(axes)} lacks")
            rest.append(without(axes, names(core)))
        more = union(*rest)
        if wide(more):
            raise ValueError(f"{self.name} acts on {show(self.ins)} alone; {show(wide(more))} is wide, too")
        clash = set(names(more)) & {*names(self.ins), *names(self.outs)}
        if clash:
            raise ValueError(f"the axes {', '.join(sorted(clash))} are on one side of {self.name} only")
        return self.result + more


def nameless(operation: Operation) -> Operation:
    """``operation`` without the key of a Python function."""
    return replace(operation, function="") if isinstance(operation, MapOperation) else operation
