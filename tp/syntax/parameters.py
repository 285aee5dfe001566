"""Parameters: families, learning rates, weight decay."""

from __future__ import annotations

from itertools import product

from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import ONE, Axis
from tp.graph.parameter import Parameter
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.evaluate import Evaluator
from tp.syntax.laws import law
from tp.syntax.values import Family, Value, Weight, indexed


def places(build: Build, evaluator: Evaluator, ranges: tuple[t.Range, ...]) -> list[tuple[int, ...]]:
    """All index tuples of ``ranges``, ends included; empty ranges give none."""
    bounds = [(evaluator.whole(r.first), evaluator.whole(r.last)) for r in ranges]
    count = 1
    for first, last in bounds:
        count *= max(0, last - first + 1)
    if count > 10_000:
        raise error("TP502", f"this declares {count} members; the limit is 10000", ranges[0].span)
    return list(product(*(range(first, last + 1) for first, last in bounds)))


def shared(build: Build, parameter: Parameter, span: Span) -> Parameter:
    """``parameter``, declared. If its name exists already it belongs to another call of the same instance.

    Then the parameter is shared, and must be the same in every respect (TP217).
    """
    before = build.graph.parameters.get(parameter.name)
    if before is None:
        build.graph.declare(parameter)
    elif before != parameter:
        raise error(
            "TP217",
            f"{parameter.name} is shared by several calls, but its type or law differs between them",
            span,
            "give each its own instance",
        )
    return before or parameter


def declare_parameters(
    build: Build, evaluator: Evaluator, syntax: t.ParameterSyntax, outs: tuple[Axis, ...], ins: tuple[Axis, ...]
) -> Value:
    """The parameter or family of parameters that ``syntax`` declares.

    Raises TP306 for a negative learning rate or weight decay, and as :func:`shared`.
    """
    initial = law(evaluator, syntax.law, outs, ins)
    rate = ONE if syntax.rate is None else evaluator.constant(syntax.rate).scale
    if rate.coefficient < 0:
        assert syntax.rate is not None
        raise error("TP306", "a learning rate is not negative", syntax.rate.span, "rate 0 freezes the parameter")
    decay = None if syntax.decay is None else evaluator.constant(syntax.decay).scale
    if decay is not None and decay.coefficient < 0:
        assert syntax.decay is not None
        raise error("TP306", "a weight decay is not negative", syntax.decay.span, "decay 0 is none")

    def one(place: tuple[int, ...]) -> Weight:
        name = evaluator.frame.parameter(indexed(syntax.name, place))
        parameter = Parameter(name, outs, ins, initial, rate, decay, syntax.span)
        return Weight(shared(build, parameter, syntax.span))

    if not syntax.ranges:
        return one(())
    family = Family(syntax.name)
    for place in places(build, evaluator, syntax.ranges):
        build.step(syntax.span)
        family.members[place] = one(place)
    return family
