"""How large the entries of values are at initialisation, powers of widths apart: the β in tanh(β z)."""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log, prod, sqrt

from tp.activations import find
from tp.graph.axes import Axis, Scale, Width
from tp.graph.nodes import Nodes
from tp.primitives.apply import Apply
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.input import Input
from tp.primitives.largest import Largest
from tp.primitives.linear import Linear
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.read import Read
from tp.primitives.sum_broadcast import Sum

_MOST = 1e100


def scales(program: Nodes) -> list[float]:
    """The scale of every node's entries, where inputs and what activations return have scale 1.

    A weight applied restarts from its law: ``U @ x / sqrt(d)`` with unit weights has scale 1, ``3 * h`` three times
    that of h, a sum that of its largest random term. Powers of widths are dropped. An estimate: it says what constants
    the program writes before an activation, not what variance its values have.
    """
    found: list[float] = []
    for index in program:
        found.append(min(_scale(program, index, found), _MOST))
    return found


def _scale(program: Nodes, index: int, found: Sequence[float]) -> float:
    node = program[index]
    operation = node.operation
    inner = [found[i] for i in node.operands]
    match operation:
        case Input():
            return 1.0
        case Constant():
            return max(map(abs, operation.numbers), default=0.0)
        case Largest():
            return 1.0
        case Read():
            return abs(_constant(program.parameters[operation.parameter].law.scale))
        case Apply():
            parameter = program.parameters[operation.parameter]
            _, ins = parameter.sides(operation.transposed)
            return abs(_constant(parameter.law.scale)) * sqrt(_size(ins))
        case Linear():
            terms = [abs(_constant(s)) * x for s, x in zip(operation.scales, inner, strict=True)]
            fixed = [isinstance(program[i].operation, Constant | Detach) for i in node.operands]
            random = max((t for t, f in zip(terms, fixed, strict=True) if not f), default=0.0)
            return random or max(terms, default=0.0)
        case Product():
            if _quotient(program, index):
                return 1.0
            selects = any(_quotient(program, i) or isinstance(program[i].operation, Largest) for i in node.operands)
            over = [] if selects else [a for a in program.type(node.operands[0]) if a.name in operation.over]
            return prod(inner) * sqrt(_size(over))
        case Sum():
            return inner[0] * _size([a for a in program.type(node.operands[0]) if a.name in operation.over])
        case Pointwise():
            degree = find(operation.activation).degree()
            return 1.0 if degree is None or degree <= 0 else _power(inner[0], float(degree))
        case _:
            return max(inner, default=1.0)


def _quotient(program: Nodes, index: int) -> bool:
    """Whether a node is a product with a negative power: something normalised, or weights that sum to 1."""
    node = program[index]
    if not isinstance(node.operation, Product):
        return False
    inner = [program[i].operation for i in node.operands]
    return any(isinstance(o, Pointwise) and (find(o.activation).degree() or 0) < 0 for o in inner)


def _power(base: float, exponent: float) -> float:
    return exp(min(exponent * log(base), log(_MOST))) if base > 0.0 else 0.0


def _constant(scale: Scale) -> float:
    """A scale without its power of n; the factor of a width such as n/4 stays."""
    return scale.coefficient * prod(_power(float(w.factor), float(p)) for w, p in scale.powers)


def _size(axes: Sequence[Axis]) -> float:
    return prod(float(a.size.factor) if isinstance(a.size, Width) else a.size for a in axes)
