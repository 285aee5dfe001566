"""The limit of a node: a power of n times a law."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tp.graph.axes import Axis, Scale
from tp.interpret.limit.polynomial import ZERO, Polynomial


@dataclass(frozen=True, slots=True)
class Part:
    """n^(-w/2) Σ over the n^w neurons of the axis ``wide`` of independent copies of ``terms``, which have mean zero.

    With ``wide`` None it is one entry: of a weight without a wide axis.
    """

    wide: Axis | None
    terms: Polynomial


@dataclass(frozen=True, slots=True)
class Value:
    """The leading term of a node at large n.

    Attributes:
        exponent: the power of n.
        terms: its coefficient. For a node with a wide axis it is the law of one neuron, else a fixed tensor.
        wide: the wide axis.
        parts: for a node without a wide axis: sums with a normal limit that are added to ``terms``.
        exact: whether the node equals this at every n: nothing was left out, no sum was replaced by its limit.
        sound: whether nothing that was left out can be as large as ``parts``.
    """

    exponent: Fraction
    terms: Polynomial = ZERO
    wide: Axis | None = None
    parts: tuple[Part, ...] = ()
    exact: bool = True
    sound: bool = True

    @property
    def zero(self) -> bool:
        """Whether it vanishes identically, as far as structure says."""
        return not self.terms and not self.parts


NOTHING = Value(Fraction(0))


def split(scale: Scale) -> tuple[float, Fraction]:
    """The coefficient and the exponent of n of ``scale``."""
    coefficient = scale.coefficient
    for width, power in scale.powers:
        coefficient *= float(width.factor) ** float(power)
    return coefficient, scale.exponent
