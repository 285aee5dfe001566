"""Parameters: families, laws, means, learning rates, weight decay."""

from __future__ import annotations

from itertools import product

from tp.diagnostics.diagnostic import error
from tp.graph.axes import ONE, Axis, Scale
from tp.graph.parameter import Law, Parameter
from tp.laws import LAWS
from tp.syntax import tree as t
from tp.syntax.build import Build
from tp.syntax.evaluate import Evaluator
from tp.syntax.foreign import LAWS as ELSEWHERE
from tp.syntax.values import Family, Value, Weight, indexed
from tp.syntax.words import near


def places(build: Build, evaluator: Evaluator, ranges: tuple[t.Range, ...]) -> list[tuple[int, ...]]:
    """All index tuples of ``ranges``, ends included; empty ranges give none."""
    bounds = [(evaluator.whole(r.first), evaluator.whole(r.last)) for r in ranges]
    count = 1
    for first, last in bounds:
        count *= max(0, last - first + 1)
    if count > 10_000:
        raise error("TP502", f"this declares {count} members; the limit is 10000", ranges[0].span)
    return list(product(*(range(first, last + 1) for first, last in bounds)))


def declare_parameters(
    build: Build, evaluator: Evaluator, syntax: t.ParameterSyntax, outs: tuple[Axis, ...], ins: tuple[Axis, ...]
) -> Value:
    """The parameter or family of parameters that ``syntax`` declares.

    A name that exists already belongs to another call of the same instance: the parameter is shared, and must
    be the same in every respect (TP217).
    """
    initial = law(evaluator, syntax.law)
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
        before = build.graph.parameters.get(name)
        if before is None:
            build.graph.declare(parameter)
        elif before != parameter:
            raise error(
                "TP217",
                f"{name} is shared by several calls, but its type or law differs between them",
                syntax.span,
                "give each its own instance",
            )
        return Weight(before or parameter)

    if not syntax.ranges:
        return one(())
    family = Family(syntax.name)
    for place in places(build, evaluator, syntax.ranges):
        build.step(syntax.span)
        family.members[place] = one(place)
    return family


def law(evaluator: Evaluator, syntax: t.LawSyntax) -> Law:
    """The initial law. Raises TP307 for an unknown family, TP308 for arguments that do not fit."""
    family = LAWS.get(syntax.family)
    if family is None:
        hint = ELSEWHERE.get(syntax.family.lower()) or near(syntax.family, LAWS) or f"known: {', '.join(LAWS)}"
        raise error("TP307", f"no law is called {syntax.family}", syntax.span, hint)
    _check_bounds(evaluator, syntax)
    given = [evaluator.constant(a) for a in syntax.arguments]
    if family.name == "constant":
        if len(given) != 1:
            raise error("TP308", "constant takes one value", syntax.span, "usage: constant(1)")
        return Law("constant", Scale(0.0), given[0].scale if given[0].scale.coefficient else None)
    if not 2 <= len(given) <= 2 + len(family.arguments):
        raise error("TP308", f"these arguments do not fit {family.name}", syntax.span, f"usage: {family.summary}")
    mean, deviation, *extra = given
    if deviation.scale.coefficient < 0:
        raise error(
            "TP308", "a deviation is not negative", syntax.arguments[1].span, "it is the root of a variance: sqrt(1/n)"
        )
    arguments = family.arguments
    if extra:
        value = extra[0].rational
        if value is None:
            raise error("TP302", "an exact rational number is needed here", syntax.arguments[2].span)
        arguments = (float(value),)
    if family.name == "student_t" and arguments[0] <= 2:
        raise error(
            "TP309",
            "student_t needs more than 2 degrees of freedom",
            syntax.span,
            "with 2 or fewer the variance is infinite, and no deviation can be stated",
        )
    if family.name == "truncated_normal" and arguments[0] <= 0:
        raise error("TP308", "the truncation point is positive", syntax.span)
    return Law(family.name, deviation.scale, mean.scale if mean.scale.coefficient else None, arguments)


def _check_bounds(evaluator: Evaluator, syntax: t.LawSyntax) -> None:
    """Warns of ``uniform(-1, 1)``: the arguments are a mean and a deviation, not two bounds."""
    if syntax.family != "uniform" or len(syntax.arguments) < 2:
        return
    mean, deviation = (evaluator.constant(a).scale for a in syntax.arguments[:2])
    if mean.coefficient == -deviation.coefficient < 0 and mean.powers == deviation.powers:
        evaluator.build.warn(
            "TP805",
            "uniform takes a mean and a deviation, not two bounds",
            syntax.span,
            "uniform between -a and a is uniform(0, a/sqrt(3))",
        )
