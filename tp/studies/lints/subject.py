"""What lints examine: a program, its orders, and the values whose sizes matter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from tp.diagnostics.diagnostic import Diagnostic, Label, Severity
from tp.diagnostics.span import Span
from tp.graph.axes import wide
from tp.graph.graph import Graph
from tp.graph.mapping import MapOperation
from tp.interpret.orders import interpret
from tp.orders.typical.recorder import Derived
from tp.primitives.traits import function_of
from tp.program import Program
from tp.theory.analysis import Analysis
from tp.theory.features import first_names, is_activation
from tp.theory.late_constants import late_constants
from tp.theory.scales import scales
from tp.theory.softmax import exponentials


@dataclass(frozen=True, slots=True)
class End:
    """A value whose size matters: ``node``, the argument of the ``function`` at ``span``, or an output.

    ``entrywise``: the function is an activation, which acts on each entry alone.
    """

    node: int
    what: str
    function: str
    span: Span | None
    entrywise: bool = True
    output: bool = False

    @property
    def text(self) -> str:
        """What it is, for a sentence that goes on with a verb; ``what`` is empty for a value without a name."""
        if self.output:
            return f"the output {self.what}"
        return f"{self.what}, the argument of {self.function}," if self.what else f"the argument of {self.function}"


class Subject:
    """A program with the parts of its analysis, each of which is computed when a lint asks for it first."""

    def __init__(self, program: Program) -> None:
        from tp.optimizers import chosen
        from tp.transform.two_sided import two_sided

        self.program = program
        optimizer = chosen(program.optimizers).of(two_sided(program.graph))
        self.analysis = Analysis(program.graph, (), optimizer)

    @property
    def graph(self) -> Graph:
        return self.analysis.program

    @cached_property
    def values(self) -> dict[int, Derived]:
        """What the calculus says of each node that outputs depend on."""
        needed = list(self.graph.needed(list(self.graph.outputs.values())))
        found = interpret(self.graph, needed, self.analysis.calculus)
        return {node: found[node] for node in needed}

    def exponent(self, node: int) -> Fraction | None:
        """The typical exponent of n of a node's entries at initialisation; None: identically zero."""
        return self.values[node].value.exponent

    def exact(self, node: int) -> bool:
        return self.values[node].value.exact

    @cached_property
    def scales(self) -> list[float]:
        """The scale of each node's entries without powers of n."""
        return scales(self.graph)

    @cached_property
    def ends(self) -> tuple[End, ...]:
        """The arguments of activations and of maps, in the order of the graph, then the outputs."""
        return (*self._arguments(), *self._outputs())

    def _arguments(self) -> Iterator[End]:
        named = first_names(self.graph)
        softmax = exponentials(self.graph)
        for index in self.values:
            node = self.graph[index]
            function = function_of(node.operation)
            if isinstance(node.operation, MapOperation):
                name = node.operation.name
            elif function is not None and is_activation(function.activation):
                name = function.activation
            else:
                continue
            argument = node.operands[0]
            if index in softmax:  # exp of the scores less their largest
                name, called = "softmax", named.get(self.graph[argument].operands[0], "")
            else:
                called = named.get(argument, "")
            yield End(argument, called, name, node.span, function is not None)

    def _outputs(self) -> Iterator[End]:
        for name, node in self.graph.outputs.items():
            yield End(node, name, "", self.graph[node].span, entrywise=False, output=True)

    def counts_late(self, node: int) -> bool:
        """Whether a value is of its order at very large widths only: it is divided by a small constant there.

        An example is a layer norm with ε = 1e-5 of a value that vanishes: at usual widths it is of order 1.
        """
        return bool(self._late) and any(self.graph[i].span in self._late for i in self.graph.needed([node]))

    @cached_property
    def _late(self) -> frozenset[Span | None]:
        return frozenset(late.span for late in late_constants(self.graph, self.analysis.calculus))

    def wide(self, node: int) -> bool:
        return bool(wide(self.graph.type(node)))


def warning(code: str, message: str, span: Span | None, hint: str, labels: Iterable[Label] = ()) -> Diagnostic:
    """A finding of a lint."""
    return Diagnostic(code, message, span, hint, tuple(labels), Severity.WARNING)


def power(exponent: Fraction) -> str:
    """A power of n as it is written in a program: ``1``, ``n``, ``sqrt(n)``, ``n^(3/2)``."""
    known = {Fraction(0): "1", Fraction(1): "n", Fraction(1, 2): "sqrt(n)"}
    text = str(exponent)
    return known.get(exponent, f"n^{text}" if text.isdigit() else f"n^({text})")


def order(exponent: Fraction | None) -> str:
    """The order of a value in words: ``order 1``, ``order sqrt(n)``; None is identically zero."""
    return "order 0" if exponent is None else f"order {power(exponent)}"
