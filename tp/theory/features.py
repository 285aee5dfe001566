"""Features: the arguments of activations, whose sizes decide whether a program is well normalised and learns."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from tp.activations.facts import facts
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.primitives.traits import function_of


def is_activation(name: str) -> bool:
    """Whether the function called ``name`` cares about the size of its argument; powers do not."""
    function = facts(name)
    return function.degree is None or function.kinked


def activated(program: Graph) -> Iterable[tuple[str, int]]:
    """Activation and argument of each use of one that outputs depend on; powers are no activations."""
    for index in program.needed(list(program.outputs.values())):
        found = function_of(program[index].operation)
        if found is not None and is_activation(found.activation):
            yield found.activation, program[index].operands[0]


def initial_features(program: Graph, calculus: Calculus) -> Iterable[Fraction | None]:
    """The typical exponents of the arguments of activations on wide axes at initialisation."""
    arguments = [argument for _, argument in activated(program) if wide(program.type(argument))]
    values = interpret(program, arguments, calculus)
    return (values[i].value.exponent for i in arguments)
