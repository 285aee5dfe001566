"""The program that orders are derived of: sums are collected, and those that may be smaller than their terms marked."""

from __future__ import annotations

from dataclasses import dataclass

from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.interpret.orders import calculus_for
from tp.theory.cancellation import cancelling, without_generic_coefficients
from tp.transform.canonical import canonical


@dataclass(frozen=True, slots=True)
class Prepared:
    """``program`` without the terms that cancel identically (``collects``: the source has some).

    ``doubtful`` are the places in the source of the sums that are marked, since their leading terms cancel.
    """

    program: Graph
    collects: bool
    doubtful: tuple[Span | None, ...]


def prepared(source: Graph) -> Prepared:
    """``source`` as the calculus takes it (docs/calculus.md, theorems 3.15 and 3.17)."""
    collected = canonical(source)
    sums = cancelling(collected, calculus_for(collected))
    marked = without_generic_coefficients(collected, sums)
    return Prepared(marked, collected is not source, tuple(collected[i].span for i in sums))
