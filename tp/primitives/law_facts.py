"""The facts about a weight's initial law that the two order calculi use."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from tp.graph.axes import ONE, Scale, entries
from tp.graph.nodes import Nodes
from tp.graph.parameter import Parameter, Structure
from tp.laws import LAWS, STRUCTURES
from tp.orders.facts import Source


def source_of(parameter: Parameter) -> Source:
    """The weight as a source of randomness: its scale as an exponent of n, its symmetry, its tails and density.

    A product of two, as of :func:`factors_of`, is none.
    """
    law = parameter.law
    finite = moments(parameter)
    found = Source(
        parameter.name,
        law.scale.exponent,
        symmetric=LAWS[law.family].symmetric,
        random=law.scale.coefficient != 0,
        tail=None if finite == float("inf") else Fraction(finite),
        dense=LAWS[law.family].dense,
    )
    return found if law.structure is None else _structured(found, parameter, law.structure)


def _structured(source: Source, parameter: Parameter, structure: Structure) -> Source:
    """``source`` as the law of the entries of a structure that are not zero."""
    rows, columns = (entries(axes).exponent for axes in (parameter.outs, parameter.ins))
    size = structure.arguments[0].exponent if structure.arguments else Fraction(0)
    return STRUCTURES[structure.name].facts(source, rows, columns, size)


@dataclass(frozen=True, slots=True)
class Factors:
    """W = n^``exponent`` A B', with the sources of A [outs, rank] and of B [ins, rank].

    ``rank`` is the axis between them where it grows with n, else nothing.
    """

    left: Source
    right: Source
    rank: tuple[tuple[str, Fraction], ...]
    exponent: Fraction


def factors_of(parameter: Parameter) -> Factors | None:
    """The two weights that ``parameter`` starts as the product of; None where it is none."""
    law = parameter.law
    if law.structure is None or not STRUCTURES[law.structure.name].product:
        return None
    rank = max(law.structure.arguments[0].exponent, Fraction(0))
    entry = source_of(replace(parameter, law=replace(law, structure=None)))
    left, right = (replace(entry, name=f"{parameter.name}.{side}", exponent=Fraction(0)) for side in ("left", "right"))
    axis = ((f"{parameter.name}.rank", rank),) if rank else ()
    return Factors(left, right, axis, law.scale.exponent - rank / 2)


def widths_of(graph: Nodes) -> frozenset[Fraction]:
    """The exponents of all wide axes of ``graph``, those between two factors of its weights included."""
    factors = filter(None, map(factors_of, graph.parameters.values()))
    ranks = (size for found in factors for _, size in found.rank)
    return frozenset(w.exponent for w in graph.widths.values()).union(ranks)


def root_mean_square(parameter: Parameter) -> Scale:
    """The root of the mean square of the entries of the centred law, zeros included, without rounding of sizes."""
    law = parameter.law
    if law.structure is None:
        return law.scale
    size = law.structure.arguments[0] if law.structure.arguments else ONE
    square = STRUCTURES[law.structure.name].mean_square(entries(parameter.outs), entries(parameter.ins), size)
    return law.scale * square ** Fraction(1, 2) if isinstance(square, Scale) else law.scale


def initial_size(parameter: Parameter) -> Fraction | None:
    """The exponent of a typical entry of the initial weight, its mean included; None for zero."""
    parts = (root_mean_square(parameter), parameter.law.mean)
    return max((s.exponent for s in parts if s is not None and s.coefficient), default=None)


def moments(parameter: Parameter) -> float:
    """The p such that the weight's initial law has finite moments of order below p; infinity where all are finite."""
    family = LAWS[parameter.law.family]
    return family.moments(parameter.law.arguments or family.arguments)
