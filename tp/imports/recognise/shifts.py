"""Largest entries that are subtracted before an exponential, against overflow: softmax and logsumexp do not change.

Their gradient is stopped, so that no derivative sees them. The comparison of the program with the module shows that
they cancel: a value that depended on them would differ.
"""

from __future__ import annotations

from tp.imports.recognise.graph import LAYOUT, Makers, scalar, substituted
from tp.imports.traced.equation import Known, Operand, Traced, Value
from tp.imports.traced.sizes import Number

_PASSED = frozenset({*LAYOUT, "max", "select_n", "stop_gradient"})


def without_shifts(traced: Traced) -> Traced:
    """``traced`` with 0 in place of largest entries whose gradient is stopped."""
    makers = Makers(traced)
    instead: dict[Value, Operand] = {}
    for equation in traced.equations:
        if equation.primitive == "stop_gradient" and _largest(equation.operands[0], makers):
            (out,) = equation.results
            instead[out] = Known(out.shape, Number(0.0), None)
    return substituted(traced, instead)


def _largest(operand: Operand, makers: Makers) -> bool:
    """Whether it is a largest entry, up to guards against infinite ones."""
    equation = makers.maker(operand, "reduce_max", *_PASSED)
    if equation is None:
        return False
    if equation.primitive == "reduce_max":
        return True
    if equation.primitive == "select_n":
        return any(_largest(each, makers) for each in equation.operands[1:])
    if equation.primitive == "max":
        low = [each for each in equation.operands if scalar(each) == float("-inf")]
        return bool(low) and any(_largest(each, makers) for each in equation.operands)
    return _largest(equation.operands[0], makers)
