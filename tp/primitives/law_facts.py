"""The facts about a weight's initial law that the two order calculi use."""

from __future__ import annotations

from fractions import Fraction

from tp.graph.parameter import Parameter
from tp.laws import LAWS
from tp.orders.facts import Source


def source_of(parameter: Parameter) -> Source:
    """The weight as a source of randomness: its scale as an exponent of n, its symmetry, its tails and density."""
    law = parameter.law
    finite = moments(parameter)
    return Source(
        parameter.name,
        law.scale.exponent,
        symmetric=LAWS[law.family].symmetric,
        random=law.scale.coefficient != 0,
        tail=None if finite == float("inf") else Fraction(finite),
        dense=LAWS[law.family].dense,
    )


def moments(parameter: Parameter) -> float:
    """The p such that the weight's initial law has finite moments of order below p; infinity where all are finite."""
    family = LAWS[parameter.law.family]
    return family.moments(parameter.law.arguments or family.arguments)
