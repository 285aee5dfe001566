"""Weights, and noise: their axes, initial law, learning rate and weight decay."""

from __future__ import annotations

from dataclasses import dataclass, field

from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Scale, Type, wide


@dataclass(frozen=True, slots=True)
class Structure:
    """What a matrix starts as, around its law of entries: one of those in :mod:`tp.laws`, with its sizes."""

    name: str
    arguments: tuple[Scale, ...] = ()


@dataclass(frozen=True, slots=True)
class Law:
    """The initial law of one entry: ``scale`` times a unit-variance variable of ``family``, plus ``mean``.

    ``arguments`` are further parameters of the family (degrees of freedom, truncation point). With a ``structure``
    the law is that of the entries which are not zero; for ``orthogonal``, ``scale`` is the gain.
    """

    family: str
    scale: Scale = ONE
    mean: Scale | None = None
    arguments: tuple[float, ...] = ()
    structure: Structure | None = None


@dataclass(frozen=True, slots=True)
class Parameter:
    """A weight ``name : [outs | ins]``; a vector or bias has no ``ins``.

    ``rate`` multiplies the global learning rate for this weight (n^{-c} of the abc-parametrizations).
    ``decay`` is its weight decay, in place of that of the optimiser; None where the program says nothing.
    ``noise``: it is no weight. Nothing trains it, and each sample of each step of training has a draw of its own.
    """

    name: str
    outs: Type
    ins: Type
    law: Law
    rate: Scale = ONE
    decay: Scale | None = None
    span: Span | None = field(default=None, compare=False)
    noise: bool = False

    @property
    def is_operator(self) -> bool:
        """Whether the weight is wide on both sides. Such a weight is only applied, never read as a value."""
        return bool(wide(self.outs)) and bool(wide(self.ins))

    def sides(self, transpose: bool) -> tuple[Type, Type]:
        """(axes of the result, axes contracted) of W x, or of W' x with ``transpose``."""
        return (self.ins, self.outs) if transpose else (self.outs, self.ins)
