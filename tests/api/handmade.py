"""A small MLP built without the language."""

from __future__ import annotations

from fractions import Fraction

from tp.diagnostics.span import Span
from tp.graph.axes import Axis, Scale, Width
from tp.graph.builder import GraphBuilder
from tp.graph.parameter import Law, Parameter
from tp.laws import LAWS
from tp.primitives.apply import Apply
from tp.primitives.input import Input
from tp.primitives.pointwise import Pointwise
from tp.primitives.read import Read
from tp.primitives.shorthand import contract, scaled
from tp.program import Claim, Program

assert "normal" in LAWS
HALF = Fraction(1, 2)
SPAN = Span(1, 1, 1, 2, "mlp.tp")


def mlp() -> Program:
    """v . tanh(W tanh(U x / sqrt d) / sqrt n) / sqrt n."""
    width = Width("n")
    n, d = Axis("n", width), Axis("d", 3)
    parameters = {
        name: Parameter(name, outs, ins, Law("normal"))
        for name, outs, ins in (("U", (n,), (d,)), ("W", (n,), (n,)), ("v", (n,), ()))
    }
    graph = GraphBuilder({"n": width}, parameters)
    small = Scale.of(width, -HALF)
    x = graph.add(Input("x", (d,)))
    first = scaled(graph, contract(graph, graph.add(Read("U")), x, ["d"]), Scale(3**-0.5))
    second = scaled(graph, graph.add(Apply("W"), graph.add(Pointwise("tanh"), first)), small)
    out = scaled(graph, contract(graph, graph.add(Read("v")), graph.add(Pointwise("tanh"), second), ["n"]), small)
    graph.names.update(h=first, g=second)
    graph.outputs["f"] = out
    claims = (
        Claim("order", "f", "Theta", Fraction(0), False, "f : Theta(1)", SPAN),
        Claim("weakly_correlated", None, None, Fraction(1), False, "weakly_correlated(n)", SPAN),
    )
    return Program("mlp", "", "mlp.tp", graph.build(), {"x": (d,)}, claims, {})
