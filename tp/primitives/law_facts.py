"""The facts about a weight's initial law that the two order calculi use."""

from __future__ import annotations

from fractions import Fraction

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Scale, entries
from tp.graph.parameter import Parameter
from tp.laws import LAWS, STRUCTURES
from tp.orders.facts import Source


def source_of(parameter: Parameter) -> Source:
    """The weight as a source of randomness: its scale as an exponent of n, its symmetry, its tails and density.

    Raises TP515 for structures.
    """
    law = parameter.law
    if law.structure is not None:
        message = f"orders of programs with {law.structure.name} weights are not known"
        raise error("TP515", message, parameter.span, "tp run measures the program")
    finite = moments(parameter)
    return Source(
        parameter.name,
        law.scale.exponent,
        symmetric=LAWS[law.family].symmetric,
        random=law.scale.coefficient != 0,
        tail=None if finite == float("inf") else Fraction(finite),
        dense=LAWS[law.family].dense,
    )


def root_mean_square(parameter: Parameter) -> Scale:
    """The root of the mean square of the entries of the centred law, zeros included, without rounding of sizes."""
    law = parameter.law
    if law.structure is None:
        return law.scale
    size = law.structure.arguments[0] if law.structure.arguments else ONE
    square = STRUCTURES[law.structure.name].mean_square(entries(parameter.outs), entries(parameter.ins), size)
    return law.scale * square ** Fraction(1, 2) if isinstance(square, Scale) else law.scale


def moments(parameter: Parameter) -> float:
    """The p such that the weight's initial law has finite moments of order below p; infinity where all are finite."""
    family = LAWS[parameter.law.family]
    return family.moments(parameter.law.arguments or family.arguments)
