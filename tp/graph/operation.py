"""Operations: their settings and types. Their meanings are in interpretations (tp.graph.interpretation)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from tp.graph.axes import Type
from tp.graph.parameter import Parameter


class Derivative(Enum):
    """How an operation depends on its operands. Differentiation chooses its rule by this."""

    CONSTANT = "constant"  # no operands, or a derivative that vanishes (almost) everywhere
    LINEAR = "linear"  # jointly linear in all operands
    BILINEAR = "bilinear"  # linear in each of two operands
    MULTILINEAR = "multilinear"  # linear in each operand but the first, and smooth in that one
    PLACED = "placed"  # linear in the last operand; the first says at which places, with derivative zero
    POINTWISE = "pointwise"  # a scalar function applied to every entry of one operand


@dataclass(frozen=True)
class Operation(ABC):
    """One primitive with its settings. Instances are immutable and comparable, so graphs can share nodes."""

    derivative: ClassVar[Derivative]
    summary: ClassVar[str]

    @classmethod
    def keyword(cls) -> str:
        """The name in the textual form of graphs."""
        return cls.__name__.lower()

    @abstractmethod
    def infer(self, types: Sequence[Type], parameters: Mapping[str, Parameter]) -> Type:
        """The type of the result. Raises ValueError with a reason when the operands do not fit."""
