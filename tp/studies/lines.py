"""The order of every named value of a program at its place in the texts, with the steps that lead to it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from tp.diagnostics.span import Span
from tp.graph.graph import Graph
from tp.interpret.orders import interpret
from tp.orders.proof.derivation import Derivation
from tp.orders.typical.recorder import Derived
from tp.pictures.captions import captions
from tp.theory.analysis import Analysis


@dataclass(frozen=True, slots=True)
class Step:
    """One node: what it does to its ``operands``, and the typical exponent of its entries (None: identically zero).

    ``exponent`` is a bound unless ``exact``. ``rules`` are those of the calculus that gave it, in the order in which
    they apply; none where it has the order of an operand.
    """

    node: int
    operation: str
    type: str
    operands: tuple[int, ...]
    exponent: Fraction | None
    exact: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """The value called ``name`` at ``span``, and the steps to it, the last of which is the value itself.

    The steps begin at inputs, weights and other values with names; ``known`` has the names of all by node.
    """

    name: str
    span: Span
    steps: tuple[Step, ...]
    known: Mapping[int, str]

    @property
    def exponent(self) -> Fraction | None:
        return self.steps[-1].exponent

    @property
    def exact(self) -> bool:
        return self.steps[-1].exact


def values(program: Graph) -> tuple[Value, ...]:
    """The named values and the outputs of ``program``, in the order of its nodes.

    A line may end in a value without a name, as that of ``return`` does. It is left out, since the graph may take the
    last factor of it into the sum that uses it.
    """
    analysis = Analysis(program)
    graph = analysis.program
    named = {node: name for name, node in (*graph.names.items(), *graph.outputs.items())}
    derived = interpret(graph, list(named), analysis.calculus)
    nodes = sorted(derived)
    texts = dict(zip(nodes, captions(graph, nodes), strict=True))

    def step(node: int) -> Step:
        one, found = graph[node], derived[node]
        size = found.value
        rules = _rules(found, [derived[i] for i in one.operands])
        return Step(node, texts[node].operation, texts[node].type, one.operands, size.exponent, size.exact, rules)

    def one(node: int, span: Span) -> Value:
        way = graph.needed([node], named.keys() - {node})
        return Value(named[node], span, tuple(map(step, way)), named)

    return tuple(one(node, span) for node in sorted(named) if (span := graph[node].span) is not None)


def _rules(found: Derived, operands: Sequence[Derived]) -> tuple[str, ...]:
    """The rules between ``found`` and the derivations of ``operands``, premises before conclusions."""
    known = {id(one) for one in operands}
    rules: dict[int, str] = {}
    stack: list[tuple[Derivation[Any], bool]] = [(found, False)]
    while stack:
        line, ready = stack.pop()
        if ready:
            rules.setdefault(id(line), line.rule)
        elif id(line) not in known and id(line) not in rules:
            stack.append((line, True))
            stack += [(premise, False) for premise in line.premises]
    return tuple(dict.fromkeys(rules.values()))
