"""Features, the arguments of activations: their sizes tell whether a program is properly normalised and learns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from tp.activations.facts import facts
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Calculus
from tp.primitives.traits import function_of


def is_activation(name: str) -> bool:
    """Whether the function called ``name`` is an activation: all are but powers (homogeneous without a kink)."""
    function = facts(name)
    return function.degree is None or function.kinked


def activated(program: Graph) -> Iterable[tuple[str, int]]:
    """(activation, node of its argument) for each use of an activation or a map that outputs depend on."""
    for index in program.needed(list(program.outputs.values())):
        operation = program[index].operation
        found = function_of(operation)
        if isinstance(operation, MapOperation):
            yield operation.name, program[index].operands[0]
        if found is not None and is_activation(found.activation):
            yield found.activation, program[index].operands[0]


def first_names(program: Graph) -> dict[int, str]:
    """The first name of every node that has one."""
    return {node: name for name, node in reversed(list(program.names.items()))}


def feature_name(program: Graph, argument: int, activation: str, named: Mapping[int, str]) -> str:
    """What the argument of an activation is called; ``named`` are the :func:`first_names`."""
    return named.get(argument) or program[argument].label or f"the argument of {activation}"


def initial_features(program: Graph, calculus: Calculus) -> Iterable[tuple[int, Fraction | None]]:
    """(node, typical exponent at initialisation) of the arguments of activations on wide axes."""
    arguments = [argument for _, argument in activated(program) if wide(program.type(argument))]
    values = interpret(program, arguments, calculus)
    return ((i, values[i].value.exponent) for i in arguments)
