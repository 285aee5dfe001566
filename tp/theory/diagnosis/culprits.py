"""What a diagnosis names: weights and nodes, each with the exponent of its part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from tp.diagnostics.span import Span
from tp.theory.diagnosis.describe import Place, by_line

HANDFUL = 5
"""At most this many culprits of each kind are named."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """A parameter or a node with the exponent of its part; ``kind`` is ``parameter`` or ``node``.

    With ``alone`` the parameter attains that exponent when it alone is trained, else only together with others.
    """

    kind: str
    name: str
    span: Span | None
    exponent: Fraction | None
    alone: bool = True

    @property
    def line(self) -> int | None:
        return self.span.line if self.span else None


@dataclass(frozen=True, slots=True)
class Blame:
    """Parameters and nodes behind ``exponent``, the typical one of ``quantity`` (None: it vanishes identically).

    ``quantity`` is a correlation, F, a value of the program, or a move in training.

    ``exact``: the exponent is attained; otherwise it is an upper bound.

    Nodes come in the order in which data meet them: the first is the cause, later ones may only pass its effect on.
    """

    quantity: str
    exponent: Fraction | None
    parameters: tuple[Culprit, ...]
    nodes: tuple[Culprit, ...]
    exact: bool = True


def named(places: Sequence[Place]) -> tuple[Culprit, ...]:
    """The nodes at ``places``, one for each line of the source."""
    return tuple(Culprit("node", name, span, exponent) for name, span, exponent in by_line(places)[:HANDFUL])
