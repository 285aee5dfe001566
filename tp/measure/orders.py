"""The symbolic half alone: predicted exponents of quantities and nodes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tp.correlations.predict import Prediction, predict
from tp.syntax.quantities import SYMBOLIC

if TYPE_CHECKING:
    from tp.syntax.program import Program


@dataclass(frozen=True, slots=True)
class Orders:
    """Predicted exponents of one program; ``asked`` are the quantities in the order they were asked for."""

    program: str
    file: str
    asked: tuple[str, ...]
    prediction: Prediction


def orders(program: Program, quantities: Sequence[str] | None = None, *, nodes: bool = False) -> Orders:
    """Predict ``quantities`` (default: :data:`SYMBOLIC`) and, with ``nodes``, every named node."""
    asked = tuple(dict.fromkeys(quantities if quantities is not None else SYMBOLIC))
    return Orders(program.name, program.file, asked, predict(program.graph, asked, nodes=nodes))
