"""The facts that a certificate rests on, as sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from tp.activations.facts import facts as facts_of
from tp.graph.axes import Scale, growing
from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.graph.parameter import Parameter
from tp.graph.text import write_structure
from tp.laws import LAWS
from tp.orders.facts import Function, Map, Rarity
from tp.orders.proof.derivation import Derivation
from tp.orders.typical.context import WIDENED
from tp.primitives.mapped import declared
from tp.primitives.traits import function_of


def grounds(
    program: Graph, graphs: Sequence[Graph], lines: Sequence[Derivation[Any]], reasons: Iterable[str]
) -> Iterator[str]:
    """Each fact that the lines of a checked certificate may use, once.

    They are the sizes of axes; laws, learning rates and decay of weights; properties of the functions in ``graphs``.
    How rarely values come near zero, the assumptions of the ``lines``, and the ``reasons`` of the bounds follow.
    """
    for name, size in sorted({pair for g in graphs for i in g for pair in growing(g.type(i))}):
        yield f"the axis {name} has n^({size}) entries"
    for parameter in program.parameters.values():
        yield _law(parameter, program.learning_rate)
    used = (function_of(g[i].operation) for g in graphs for i in g)
    for name in sorted({f.activation for f in used if f is not None}):
        yield _properties(facts_of(name))
    maps = {declared(o) for g in graphs for i in g if isinstance(o := g[i].operation, MapOperation)}
    for found in sorted(maps, key=lambda m: m.name):
        yield _of_map(found)
    arguments = (argument for line in lines for argument in line.arguments)
    for rarity in sorted({a for a in arguments if isinstance(a, Rarity)}):
        yield f"{rarity.name}, is below n^(-x) of its size at n^(-{rarity.rate} x) of the places"
    notes = frozenset[str]().union(*(line.notes for line in lines))
    yield from sorted(notes - {WIDENED})  # a loss of precision rests on nothing
    yield from reasons


def _law(parameter: Parameter, rate: Scale) -> str:
    law, family = parameter.law, LAWS[parameter.law.family]
    learns = rate * parameter.rate
    pace = f"learns at the rate n^({learns.exponent})" if learns.coefficient else "is frozen"
    if parameter.decay is not None and parameter.decay.coefficient:
        pace += f", and decays at the rate n^({parameter.decay.exponent})"
    if law.scale.coefficient == 0:
        return f"{parameter.name} starts without randomness and {pace}"
    moments = family.moments(law.arguments or family.arguments)
    kind = "a symmetric law" if family.symmetric else "mean zero"
    tail = "all moments" if moments == float("inf") else f"moments of order below {moments:g}"
    if law.structure is not None:
        kind = f"the structure {write_structure(law.structure)} of {kind}"
    return f"{parameter.name} is random with {kind} of size n^({law.scale.exponent}), has {tail}, and {pace}"


def _of_map(found: Map) -> str:
    """The declared facts of one map."""
    derivatives = [f"{k}: n^({a})" for k, a in enumerate(found.norms, 1)]
    last = "" if not derivatives else f", derivatives {', '.join(derivatives)}"
    beyond = "those that follow are 0" if found.ends else "those that follow are as the last"
    parity = "" if found.symmetry == "none" else f" is {found.symmetry},"
    return f"the map {found.name}{parity} has values n^({found.size}){last}; {beyond}"


def _properties(function: Function) -> str:
    """The facts about one function, derivative by derivative."""
    words: list[str] = []
    for k, slope in enumerate(function.slopes):
        facts = ["0"] if slope.vanishes else ["constant"] if slope.constant else []
        facts += [slope.symmetry] if slope.symmetry != "none" else []
        facts += [] if slope.at_zero else ["0 at 0"]
        facts += [] if slope.growth == 0 else [f"growth {slope.growth}"]
        words.append(f"{k}: {' '.join(facts)}")
    degree = "" if function.degree is None else f" of degree {function.degree}"
    kinked = "" if function.jump is None else f", derivative {function.jump} jumps"
    return f"{function.name}{degree}{kinked}, derivatives {'; '.join(words)}"
