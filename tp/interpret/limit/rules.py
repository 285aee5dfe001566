"""The rules of the limit, one for each primitive."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from fractions import Fraction
from math import factorial

from tp.activations import Smoothness, find
from tp.graph.axes import Axis, Scale, Type, Width, wide
from tp.graph.operation import Operation
from tp.interpret.limit.atoms import Function, Symbol
from tp.interpret.limit.derivative import derivative, filled
from tp.interpret.limit.errors import NoLimit
from tp.interpret.limit.interpreter import Interpreter, limits
from tp.interpret.limit.means import mean
from tp.interpret.limit.polynomial import (
    Polynomial,
    Selection,
    added,
    equal,
    multiplied,
    number,
    renamed,
    scaled,
    single,
    summed,
)
from tp.interpret.limit.value import NOTHING, Part, Value, split
from tp.laws import LAWS
from tp.primitives.apply import Apply
from tp.primitives.concat import Concat
from tp.primitives.constant import Constant
from tp.primitives.detach import Detach
from tp.primitives.error_signal import ErrorSignal
from tp.primitives.gather_scatter import Gather, Scatter
from tp.primitives.gaussian_mean import GaussianMean
from tp.primitives.generic import Generic
from tp.primitives.input import Input
from tp.primitives.joint_normal import JointNormal
from tp.primitives.largest import Largest
from tp.primitives.law_facts import root_mean_square
from tp.primitives.linear import Linear
from tp.primitives.map_remainder import MapRemainder
from tp.primitives.mapped import Mapped
from tp.primitives.peak import Peak
from tp.primitives.permuted import Permuted, Repermuted
from tp.primitives.pointwise import Pointwise
from tp.primitives.product import Product
from tp.primitives.rank import Rank, Reranked
from tp.primitives.read import Read
from tp.primitives.remainder import Remainder
from tp.primitives.rename import Rename
from tp.primitives.sum_broadcast import Broadcast, Sum
from tp.primitives.switched import Switched
from tp.primitives.variable import Variable

_EXPANDED = 4
"""Powers up to this one are products."""
_UNIVERSAL = ("orthogonal", "sparse")
"""Structures whose products are normal in the limit."""


@limits.rule(Input, Constant)
def limit_fixed(operation: Input | Constant, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    if isinstance(operation, Constant):
        if not any(operation.numbers):
            return NOTHING
        if not operation.axes:
            return Value(Fraction(0), number(operation.numbers[0]))
    return Value(Fraction(0), at.fixed(at.state.target.add(operation)))


@limits.rule(Read)
def limit_read(operation: Read, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    law = at.parameters[operation.parameter].law
    family = LAWS[law.family]
    if not law.scale.coefficient:
        return NOTHING
    if law.structure is not None:
        raise NoLimit("TP641", f"{operation.parameter} has a structure and a finite side")
    coefficient, exponent = split(law.scale)
    axes = tuple(a for a in out if not a.wide)
    symbol = Symbol(
        operation.parameter,
        None,
        axes,
        len(axes),
        coefficient**2,
        normal=law.family == "normal",
        symmetric=family.symmetric,
    )
    terms = single(at.state.atoms.add(symbol))
    if not wide(out):
        return Value(exponent, parts=(Part(None, terms),))
    return Value(exponent, terms, wide(out)[0])


@limits.rule(Apply)
def limit_apply(operation: Apply, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    parameter = at.parameters[operation.parameter]
    outs, ins = parameter.sides(operation.transposed)
    value = at.number(0)
    if not (wide(outs) and wide(ins)):
        return _as_product(operation, at, out, value)
    if value.zero or not parameter.law.scale.coefficient:
        return NOTHING
    return _product_with_matrix(operation, at, value)


def _as_product(operation: Apply, at: Interpreter, out: Type, value: Value) -> Value:
    """A weight with a finite side is read, and multiplied."""
    parameter = at.parameters[operation.parameter]
    _, ins = parameter.sides(operation.transposed)
    read = Read(operation.parameter)
    kind = read.infer([], at.parameters)
    weight = limit_read(read, at, kind, [])
    if weight.zero or value.zero:
        return NOTHING
    # What is contracted gets names that nothing else has.
    stored = (*parameter.outs, *parameter.ins)
    gone = range(len(parameter.outs)) if operation.transposed else range(len(parameter.outs), len(stored))
    change = {
        own.name: f"{a.name}^" if k in gone else a.name for k, (own, a) in enumerate(zip(kind, stored, strict=True))
    }
    other = renamed(value.terms, {a.name: f"{a.name}^" for a in ins})
    over = tuple(Axis(f"{a.name}^", a.size) for a in ins if not a.wide)
    if weight.parts:
        return _linear_part(weight, change, other, over, value)
    made = Value(
        weight.exponent + value.exponent,
        summed(multiplied(renamed(weight.terms, change), other), over),
        weight.wide or value.wide,
        exact=value.exact,
    )
    axis = next((a for a in ins if a.wide), None)
    return made if axis is None else at.contracted(made, axis)


def _linear_part(weight: Value, change: dict[str, str], other: Polynomial, over: Type, value: Value) -> Value:
    if value.wide is not None:
        raise NoLimit("TP641", "a random number multiplies a wide value")
    parts = tuple(Part(p.wide, summed(multiplied(renamed(p.terms, change), other), over)) for p in weight.parts)
    return Value(weight.exponent + value.exponent, parts=parts, exact=value.exact)


def _product_with_matrix(operation: Apply, at: Interpreter, value: Value) -> Value:
    parameter = at.parameters[operation.parameter]
    outs, ins = parameter.sides(operation.transposed)
    (axis,), (contracted,) = wide(outs), wide(ins)
    factor, growth = _size(contracted)
    entry, power = _deviation(at, operation.parameter, contracted)
    inner = tuple(a for a in ins if not a.wide)
    rest = tuple(a for a in value.terms.axes if a not in inner)
    finite = tuple(a for a in outs if not a.wide)
    # Axes of the weight may meet axes of x that are contracted, so those get names of their own.
    hidden = {a.name: f"{a.name}^" for a in inner}
    operand = renamed(value.terms, hidden)
    symbol = Symbol(
        operation.parameter,
        operation.transposed,
        (*finite, *rest),
        len(finite),
        entry**2 * factor,
        operand,
        tuple(Axis(hidden[a.name], a.size) for a in inner),
    )
    fresh = Value(value.exponent + power + growth / 2, single(at.state.atoms.add(symbol)), axis, exact=False)
    coherent = _coherent(operation, at, value, symbol, (entry**2 * factor, power, growth))
    return _leading([fresh, *([coherent] if coherent is not None else [])], axis)


def _coherent(
    operation: Apply, at: Interpreter, value: Value, fresh: Symbol, scale: tuple[float, Fraction, Fraction]
) -> Value | None:
    """The part of W x that comes from products W' y in x: Σ Var(W) E[∂x/∂(W' y)] y, over all y."""
    variance, power, growth = scale
    parameter = at.parameters[operation.parameter]
    outs, _ = parameter.sides(operation.transposed)
    (axis,) = wide(outs)
    atoms = at.state.atoms
    assert fresh.operand is not None
    other_way = operation.parameter, not operation.transposed
    parts: list[Polynomial] = []
    for number_ in sorted(atoms.symbols_of(fresh.operand)):
        met = atoms[number_]
        if not isinstance(met, Symbol) or (met.weight, met.transposed) != other_way:
            continue
        assert met.operand is not None
        inner = fresh.ins
        # Holes have the finite axes of the contracted side first: these are the contracted axes of x.
        slopes = derivative(atoms, fresh.operand, number_)

        def earlier(axes: Type, met: Symbol = met, inner: Type = inner) -> Polynomial:
            assert met.operand is not None
            own = {a.name: b.name for a, b in zip(met.axes[met.outs :], axes[met.outs :], strict=True)}
            # The finite axes of y that W' contracted are the axes of the result.
            shown = {a.name: b.name for a, b in zip(met.ins, fresh.axes[: fresh.outs], strict=True)}
            same = [equal(a, b) for a, b in zip(axes[: met.outs], inner, strict=True)]
            return multiplied(single(*same), renamed(met.operand, own | shown))

        # Means are over neurons of the contracted side; y is a value at neurons of the other side.
        parts.append(summed(filled(mean(at.state, slopes), earlier), inner))
    total = scaled(added(*parts), variance)
    if not total:
        return None
    if parameter.law.structure is not None:
        raise NoLimit("TP641", f"{operation.parameter} meets its transpose, and its entries are not independent")
    exponent = power + value.exponent + growth - axis.exponent / 2
    return Value(exponent, total, axis, exact=False)


def _size(axis: Axis) -> tuple[float, Fraction]:
    """The constant factor and the exponent in the size of a wide axis."""
    assert isinstance(axis.size, Width)
    return split(Scale.of(axis.size))


def _deviation(at: Interpreter, weight: str, contracted: Axis) -> tuple[float, Fraction]:
    """The root mean square of the entries of a wide weight: its coefficient and its exponent of n.

    Products with matrices whose entries are not independent have the law of those that are, as long as W and W' do not
    meet; this is known of orthogonal matrices, and of sparse ones whose rows have more and more entries.
    """
    parameter = at.parameters[weight]
    structure = parameter.law.structure
    if structure is not None and structure.name not in _UNIVERSAL:
        raise NoLimit("TP641", f"products with {weight}, which is {structure.name}, have no rule in the limit")
    if structure is not None and structure.name == "sparse":
        entries = structure.arguments[0].exponent + contracted.exponent
        if entries <= 0:
            raise NoLimit("TP641", f"{weight} has finitely many entries in a row: its products are not normal")
    return split(root_mean_square(parameter))


def _leading(values: Sequence[Value], axis: Axis | None) -> Value:
    """The sum of ``values``: those of the highest power of n."""
    nonzero = [v for v in values if not v.zero]
    if not nonzero:
        return NOTHING
    top = max(v.exponent for v in nonzero)
    kept = [v for v in nonzero if v.exponent == top]
    exact = len(kept) == len(nonzero) and all(v.exact for v in kept)
    return Value(
        top,
        added(*(v.terms for v in kept)),
        axis,
        _joined([p for v in kept for p in v.parts]),
        exact,
        all(v.sound for v in kept),
    )


def _joined(parts: Sequence[Part]) -> tuple[Part, ...]:
    """``parts``, with one for each axis of neurons; entries of weights without one are joined, too."""
    found: dict[Axis | None, list[Polynomial]] = {}
    for part in parts:
        found.setdefault(part.wide, []).append(part.terms)
    sums = {axis: added(*terms) for axis, terms in found.items()}
    return tuple(Part(axis, terms) for axis, terms in sums.items() if terms)


def _wide_axis(out: Type) -> Axis | None:
    return next((a for a in out if a.wide), None)


@limits.rule(Linear)
def limit_linear(operation: Linear, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    axis = _wide_axis(out)
    found: list[Value] = []
    for place, (scale, value) in enumerate(zip(operation.scales, values, strict=True)):
        if not scale.coefficient or value.zero:
            continue
        others = [v.terms for k, v in enumerate(values) if k != place]
        alone = axis is None and not any(at.entangled(value.parts, p) for p in others)
        used = value if alone else at.number(place)
        coefficient, exponent = split(scale)
        parts = tuple(Part(p.wide, scaled(p.terms, coefficient)) for p in used.parts)
        found.append(
            replace(
                used, exponent=used.exponent + exponent, terms=scaled(used.terms, coefficient), parts=parts, wide=axis
            )
        )
    return _leading(found, axis)


@limits.rule(Product)
def limit_product(operation: Product, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    left, right = values
    if left.zero or right.zero:
        return NOTHING
    types = at.types()
    either = bool(left.parts and right.parts)
    if left.parts and (either or wide(types[1]) or at.entangled(left.parts, right.terms)):
        left = at.number(0)
    if right.parts and (either or wide(types[0]) or at.entangled(right.parts, left.terms)):
        right = at.number(1)
    over = tuple(a for a in types[0] if a.name in operation.over and not a.wide)
    neurons = next((a for a in types[0] if a.name in operation.over and a.wide), None)
    axis = _wide_axis((*types[0], *types[1]))
    terms = summed(multiplied(left.terms, right.terms), over) if left.terms and right.terms else Polynomial()
    parts = tuple(
        Part(p.wide, summed(multiplied(p.terms, other.terms), over))
        for mine, other in ((left, right), (right, left))
        for p in mine.parts
    )
    made = Value(
        left.exponent + right.exponent,
        terms,
        axis,
        parts,
        left.exact and right.exact,
        left.sound and right.sound,
    )
    return made if neurons is None else at.contracted(made, neurons)


@limits.rule(Sum)
def limit_sum(operation: Sum, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    (value,) = values
    (kind,) = at.types()
    over = tuple(a for a in kind if a.name in operation.over and not a.wide)
    neurons = next((a for a in kind if a.name in operation.over and a.wide), None)
    made = _on_all(value, lambda p: summed(p, over))
    return made if neurons is None else at.contracted(made, neurons)


@limits.rule(Broadcast)
def limit_broadcast(operation: Broadcast, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    (value,) = values
    if value.zero or not wide(operation.axes):
        return value
    return replace(at.number(0), wide=wide(operation.axes)[0])


@limits.rule(Rename)
def limit_rename(operation: Rename, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    if any(a.wide and a.name == operation.new for a in out):
        raise NoLimit("TP641", f"the wide axis {operation.old} has a second name")
    return _on_all(values[0], lambda p: renamed(p, {operation.old: operation.new}))


@limits.rule(Gather)
def limit_gather(operation: Gather, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    return _on_all(values[0], lambda p: _gathered(p, operation))


def _gathered(polynomial: Polynomial, operation: Gather) -> Polynomial:
    """``polynomial`` at the chosen indices. Where it does not depend on the index, -1 still gives zero."""
    hidden = Axis(f"{operation.axis.name}^", operation.axis.size)
    inside = renamed(polynomial, {operation.axis.name: hidden.name})
    return summed(multiplied(inside, single(Selection(hidden, operation.outs, operation.table))), (hidden,))


@limits.rule(Scatter)
def limit_scatter(operation: Scatter, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    hidden = {a.name: f"{a.name}^" for a in operation.ins}
    axes = tuple(Axis(hidden[a.name], a.size) for a in operation.ins)
    chosen = single(Selection(operation.axis, axes, operation.table))
    return _on_all(values[0], lambda p: summed(multiplied(renamed(p, hidden), chosen), axes))


@limits.rule(Concat)
def limit_concat(operation: Concat, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    axis, start = operation.axis, 0
    found: list[Value] = []
    for length, kind, value in zip(operation.lengths(at.types()), at.types(), values, strict=True):
        own = next((a for a in kind if a.name == axis.name), None)
        hidden = () if own is None else (Axis(f"{axis.name}^", length),)
        chosen = single(Selection(axis, hidden, tuple(range(start, start + length))))
        start += length

        def placed(p: Polynomial, hidden: Type = hidden, chosen: Polynomial = chosen) -> Polynomial:
            return summed(multiplied(renamed(p, {axis.name: f"{axis.name}^"}), chosen), hidden)

        found.append(replace(_on_all(value, placed), wide=_wide_axis(out)))
    return _leading(found, _wide_axis(out))


@limits.rule(Detach, Generic)
def limit_same(operation: Operation, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    return values[0]


@limits.rule(Pointwise)
def limit_pointwise(operation: Pointwise, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    activation, k = find(operation.activation), operation.k
    value = at.number(0)
    axis = _wide_axis(out)
    if activation.vanishes(k):
        return NOTHING
    if activation.constant(k):
        return Value(Fraction(0), number(activation.taylor(k)), axis, exact=True)
    if value.zero:
        return _at_zero(operation, at, axis)
    degree = activation.degree()
    if degree is not None:
        made = _function(operation, at, out, value)
        return replace(made, exponent=value.exponent * (degree - k), exact=value.exact and made.exact)
    singular = activation.smoothness is Smoothness.SINGULAR_AT_ZERO
    if value.exponent < 0 and singular:
        message = f"the argument of {operation.activation} decays like n^({value.exponent})"
        raise NoLimit("TP641", message, "scale it to be of order 1")
    if value.exponent > 0:
        raise NoLimit(
            "TP641",
            f"the argument of {operation.activation} grows like n^({value.exponent})",
            "scale it to be of order 1",
        )
    if value.exponent < 0:
        return _small(operation, at, axis, value)
    return _function(operation, at, out, value)


def _at_zero(operation: Pointwise, at: Interpreter, axis: Axis | None) -> Value:
    activation = find(operation.activation)
    if activation.degree() is not None and activation.vanishing() != 0:
        degree = activation.degree()
        assert degree is not None
        if degree - operation.k < 0:
            raise NoLimit("TP643", f"{operation.activation} of a value that vanishes")
        return NOTHING
    if activation.smoothness is Smoothness.SINGULAR_AT_ZERO:
        raise NoLimit("TP643", f"{operation.activation} of a value that vanishes")
    found = activation.at_zero(operation.k)
    return Value(Fraction(0), number(found), axis) if found else NOTHING


def _small(operation: Pointwise, at: Interpreter, axis: Axis | None, value: Value) -> Value:
    """The first term of the Taylor series that does not vanish, at an argument that decays."""
    activation = find(operation.activation)
    power = Polynomial()
    for order in range(_EXPANDED + 1):
        power = number(1.0) if order == 0 else multiplied(power, value.terms)
        slope = activation.at_zero(operation.k + order)
        if slope:
            return Value(value.exponent * order, scaled(power, slope / factorial(order)), axis, exact=False)
    raise NoLimit("TP641", f"{operation.activation} vanishes to a high order at an argument that decays")


def _function(operation: Pointwise, at: Interpreter, out: Type, value: Value) -> Value:
    """The function of a value of order one, or of one whose power of n is taken out by the caller."""
    activation, k = find(operation.activation), operation.k
    degree = activation.degree()
    whole = degree is not None and degree.denominator == 1 and activation.vanishes(int(degree) + 1)
    if whole and degree is not None and activation.jump() is None and 0 <= degree - k <= _EXPANDED:
        found = number(1.0)
        for _ in range(int(degree) - k):
            found = multiplied(found, value.terms)
        slope = activation.taylor(int(degree)) / factorial(int(degree) - k)
        return Value(value.exponent, scaled(found, slope), _wide_axis(out), exact=value.exact)
    if not value.terms.random:
        node = at.state.target.add(operation, at.emitted(value.terms))
        return Value(value.exponent, at.fixed(node), _wide_axis(out), exact=value.exact)
    return Value(value.exponent, _atom(operation, at, [value], out), _wide_axis(out), exact=value.exact)


def _atom(operation: Operation, at: Interpreter, values: Sequence[Value], out: Type) -> Polynomial:
    """A function of random entries as an atom. Functions of single entries have the axes that they depend on only."""
    operands = tuple(v.terms for v in values)
    finite = tuple(a for a in out if not a.wide)
    axes = operands[0].axes if isinstance(operation, Pointwise) else finite
    return single(at.state.atoms.add(Function(operation, operands, axes)))


@limits.rule(Largest, Peak, Rank, Reranked, Permuted, Repermuted, Switched)
def limit_selection(operation: Operation, at: Interpreter, out: Type, values: Sequence[Value]) -> Value:
    along = getattr(operation, "axis", "")
    if any(a.wide and a.name == along for kind in at.types() for a in kind):
        raise NoLimit("TP641", f"this compares neurons with each other along {along}, and has no known limit")
    used = [at.number(place) for place in range(len(values))]
    if any(v.exponent != used[0].exponent for v in used if not v.zero):
        raise NoLimit("TP641", f"the operands of {operation.keyword()} have different powers of n")
    exponent = Fraction(0)
    if isinstance(operation, Peak | Permuted | Repermuted):
        exponent = used[-1].exponent
    if not any(v.terms.random for v in used):
        kinds = at.types()
        nodes = [at.emitted(v.terms, tuple(a for a in t if not a.wide)) for v, t in zip(used, kinds, strict=True)]
        return Value(exponent, at.fixed(at.state.target.add(operation, *nodes)), _wide_axis(out), exact=False)
    return Value(exponent, _atom(operation, at, used, out), _wide_axis(out), exact=False)


def _on_all(value: Value, change: Callable[[Polynomial], Polynomial]) -> Value:
    """``value`` with a linear map applied to all of its polynomials."""
    return replace(
        value,
        terms=change(value.terms),
        parts=tuple(Part(p.wide, change(p.terms)) for p in value.parts),
    )


limits.refuse(Mapped, MapRemainder, reason="maps have no known limit")
limits.refuse(Variable, reason="a formal series has no numbers")
limits.refuse(Remainder, reason="limits are taken at the initial weights")
limits.refuse(ErrorSignal, reason="limits are taken at the initial weights")
limits.refuse(GaussianMean, JointNormal, reason="they occur in limits only")
