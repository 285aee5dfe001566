"""What every primitive must answer. The primitives themselves live one floor up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from typing import TYPE_CHECKING, Any, ClassVar

from tp.graph.axes import Type, growing
from tp.graph.parameter import Parameter

if TYPE_CHECKING:
    from tp.graph.graph import Graph
    from tp.orders.bounds.recorder import Jet, NormCalculus
    from tp.orders.typical.recorder import Calculus, Derived


class Derivative(Enum):
    """How an operation depends on its operands; all that differentiation needs to know."""

    CONSTANT = "constant"  # no operands, or a derivative that vanishes (almost) everywhere
    LINEAR = "linear"  # jointly linear in all operands
    BILINEAR = "bilinear"  # linear in each of two operands
    POINTWISE = "pointwise"  # a scalar function applied to every entry of one operand


@dataclass(frozen=True, slots=True)
class Lowering:
    """What a primitive may use to become arrays: the width, the weights and the inputs."""

    n: int
    inputs: Mapping[str, Any]
    weights: Mapping[str, Any]
    parameters: Mapping[str, Parameter]
    dtype: Any


@dataclass(frozen=True, slots=True)
class OrderSetting:
    """What a primitive may use to become orders: the types around it and the weights."""

    types: Sequence[Type]
    out: Type
    parameters: Mapping[str, Parameter]

    @property
    def axes(self) -> tuple[tuple[str, Fraction], ...]:
        """Names and exponents of the wide axes of the result."""
        return growing(self.out)


@dataclass(frozen=True, slots=True)
class NormSetting(OrderSetting):
    """What a primitive may use to become bounds, besides.

    ``met`` holds the (weight, transposed) that the operands depend on; ``vouched`` says that the order of the first
    operand is known, not only bounded.
    """

    met: frozenset[tuple[str, bool]] = frozenset()
    vouched: bool = False


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

    def transpose(self, graph: Graph, cotangent: int, operands: Sequence[int], index: int) -> int:
        """The adjoint with respect to operand ``index``, as a node of ``graph`` (LINEAR and BILINEAR only)."""
        raise NotImplementedError(type(self).__name__)

    @abstractmethod
    def lower(self, low: Lowering, types: Sequence[Type], out: Type, arrays: Sequence[Any]) -> Any:
        """The JAX array of the result; axes in the order of ``out``."""

    @abstractmethod
    def order(self, calculus: Calculus, setting: OrderSetting, values: Sequence[Derived]) -> Derived:
        """The abstract value (set of asymptotic terms) of the result."""

    def norms(self, calculus: NormCalculus, setting: NormSetting, jets: Sequence[Jet]) -> Jet:
        """Bounds of the norms of the result and of its moves of every order; programs that nobody bounds need none."""
        raise NotImplementedError(type(self).__name__)
