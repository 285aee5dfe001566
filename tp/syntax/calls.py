"""Calls of functions: binding arguments, running the body, returning results."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tp.construct.construction import Combination, single
from tp.diagnostics.diagnostic import error
from tp.diagnostics.span import Span
from tp.graph.axes import Axis
from tp.syntax import tree as t
from tp.syntax.constant import Constant
from tp.syntax.evaluate import Evaluator
from tp.syntax.values import Def, Frame, Phi, Poison, PoisonedError, Several, Value, describe
from tp.syntax.words import near

KINDS = ("int", "real", "rational", "activation", "axis")


def invoke(
    evaluator: Evaluator,
    function: Def,
    instance: str,
    given: dict[str, Value] | None,
    arguments: Sequence[t.Argument],
    span: Span,
    run: Callable[[Frame, t.Block], None],
) -> Value:
    """The result of a call; ``run`` runs the body in a frame of its own.

    ``instance`` names the owner of the parameters; empty for a call that owns its own. Raises TP109 for recursion,
    TP105 for arguments that do not fit. Errors of the body are reported; then the result is poisoned.
    """
    build, caller = evaluator.build, evaluator.frame
    name = function.syntax.name
    if any(f is function for f, _ in build.active):
        raise error("TP109", f"{name} calls itself, directly or in a circle", span, "static loops replace recursion")
    formals = [f for f in function.syntax.arguments if given is None or f.name not in given]
    bound = {**(given or {}), **_bind(evaluator, formals, arguments, span, name)}
    _defaults(evaluator, function, bound, span)
    site = caller.call(instance or caller.target or name)
    frame = Frame(function.module, caller.parameter(instance or site), caller.qualified(site), bound, target=name)
    build.active.append((function, span))
    build.enter(span)
    before = len(build.found)
    try:
        run(frame, function.syntax.body)
    finally:
        build.leave()
        build.active.pop()
    if frame.returned is None:
        if len(build.found) > before or any(isinstance(v, Poison) for v in frame.names.values()):
            raise PoisonedError
        raise error("TP107", f"{name} returns nothing", function.syntax.span, "end it with: return ...")
    return frame.returned[0] if len(frame.returned) == 1 else Several(frame.returned)


def bind_given(evaluator: Evaluator, function: Def, arguments: Sequence[t.Argument], span: Span) -> dict[str, Value]:
    """The static arguments stated where an instance is declared; positions count static arguments only."""
    formals = [f for f in function.syntax.arguments if f.kind is not None]
    return _bind(evaluator, formals, arguments, span, function.syntax.name)


def _bind(
    evaluator: Evaluator,
    formals: Sequence[t.FormalArgument],
    arguments: Sequence[t.Argument],
    span: Span,
    function: str,
) -> dict[str, Value]:
    bound: dict[str, Value] = {}
    by_name = {f.name: f for f in formals}
    waiting = iter(formals)
    for argument in arguments:
        if argument.last is not None:
            raise error("TP105", "a range is not an argument", argument.span)
        if argument.name is not None:
            formal = by_name.get(argument.name)
            if formal is None:
                hint = near(argument.name, by_name, f"it takes {', '.join(by_name) or 'nothing'}")
                raise error("TP105", f"{function} has no argument {argument.name} to give here", argument.span, hint)
        else:
            formal = next((f for f in waiting if f.name not in bound), None)
            if formal is None:
                hint = f"usage: {function}({', '.join(f.name for f in formals)})"
                raise error("TP105", f"{function} takes {len(formals)} argument(s) here", argument.span, hint)
        if formal.name in bound:
            raise error("TP105", f"the argument {formal.name} is given twice", argument.span)
        bound[formal.name] = convert(evaluator, formal, argument.value)
    return bound


def _defaults(evaluator: Evaluator, function: Def, bound: dict[str, Value], span: Span) -> None:
    """Fills in what was not given; defaults may use the arguments before them."""
    for formal in function.syntax.arguments:
        if formal.name in bound:
            continue
        if formal.default is None:
            name, formals = function.syntax.name, ", ".join(f.name for f in function.syntax.arguments)
            raise error("TP105", f"{name} needs its argument {formal.name}", span, f"usage: {name}({formals})")
        inner = Evaluator(evaluator.build, Frame(function.module, names=dict(bound)), evaluator.language)
        bound[formal.name] = convert(inner, formal, formal.default)


def convert(evaluator: Evaluator, formal: t.FormalArgument, node: t.Expression) -> Value:
    """The value of an argument, as its kind wants it. Raises TP105."""
    kind = formal.kind
    if kind == "axis":
        return evaluator.axis(node)
    if kind == "activation":
        return activation(evaluator, node)
    if kind is None:
        return _tensor(evaluator, formal, node)
    if kind not in KINDS:
        raise error("TP110", f"no kind is called {kind}", formal.span, near(kind, KINDS, f"kinds: {', '.join(KINDS)}"))
    found = evaluator.constant(node)
    if kind == "int" and found.whole is None:
        raise error("TP105", f"{formal.name} is a whole number", node.span)
    if kind == "rational" and found.rational is None:
        raise error("TP105", f"{formal.name} is an exact rational number", node.span)
    return found


def activation(evaluator: Evaluator, node: t.Expression) -> Phi:
    """An activation given by name, possibly with numbers: ``tanh`` or ``leaky_relu(0.1)``."""
    from tp.activations import find
    from tp.syntax.constant import written

    base = node.base if isinstance(node, t.Call) else node
    found = evaluator.value(base)
    if not isinstance(found, Phi):
        raise error("TP105", f"an activation should stand here, not {describe(found)}", node.span)
    if isinstance(node, t.Call):
        numbers = ",".join(written(evaluator.rational(a.value)) for a in node.arguments)
        try:
            return Phi(find(f"{found.name}({numbers})").name)
        except (KeyError, ValueError) as problem:
            raise error("TP209", str(problem), node.span) from None
    return found


def _tensor(evaluator: Evaluator, formal: t.FormalArgument, node: t.Expression) -> Value:
    value = evaluator.value(node)
    if isinstance(value, Axis):
        raise error(
            "TP105",
            "a value should stand here, not an axis",
            node.span,
            f"give the argument its kind: {formal.name}: axis",
        )
    if isinstance(value, Phi):
        hint = f"give the argument its kind: {formal.name}: activation = {value.name}"
        raise error("TP105", "a value should stand here, not an activation", node.span, hint)
    if isinstance(value, Combination):
        return single(evaluator.build.node(value))
    if isinstance(value, Constant):
        return value
    return evaluator.number_or_value(node)
