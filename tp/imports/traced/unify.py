"""A module at several widths as one list of equations, with sizes and numbers as functions of the width n."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tp.imports.module import Module
from tp.imports.traced.equation import Equation, Input, Operand, Traced, Value, Weight
from tp.imports.traced.flat_equation import Atom, FlatEquation, Unknown, is_known
from tp.imports.traced.parting import Widths, parted
from tp.imports.traced.parts import in_parts
from tp.imports.traced.places import forget, place_of, span_of
from tp.imports.traced.simplify import simplified
from tp.imports.traced.tracing import Tracing, tracing


def traced(modules: Mapping[int, Module]) -> Traced:
    """What ``modules`` compute, by their width; at least three widths.

    All numbers are of double precision. Calls are inlined and loops unrolled; what depends on neither weights nor
    inputs is computed. Raises TP901 where a size or a number is no c n^w or the equations differ between widths, and
    TP905 where a module raises an exception.
    """
    forget()
    widths = tuple(sorted(modules))
    assert len(widths) >= 3
    found = _Unifier(widths, [tracing(modules[n], n) for n in widths]).traced()
    return simplified(in_parts(simplified(found)))


class _Unifier:
    """Walks the equations at all widths in step."""

    def __init__(self, widths: tuple[int, ...], tracings: Sequence[Tracing]) -> None:
        self.seen = Widths(widths)
        self.tracings = tracings
        self.values: dict[int, Value] = {}
        self.numbers: list[dict[int, int]] = [{} for _ in widths]

    def traced(self) -> Traced:
        first = self.tracings[0]
        leaves = [[*one.paths, *one.inputs] for one in self.tracings]
        if any(each != leaves[0] for each in leaves):
            raise parted("weights or inputs", [_only(each, leaves) for each in leaves], self.seen.widths, None)
        arguments = [
            self._value(each, f"the weight or input {'/'.join(name) if isinstance(name, tuple) else name}")
            for name, *each in zip(leaves[0], *(one.flat.arguments for one in self.tracings), strict=True)
        ]
        count = len(first.paths)
        weights = [
            Weight(path, value, trained)
            for path, value, trained in zip(first.paths, arguments[:count], first.trained, strict=True)
        ]
        inputs = [Input(name, value) for name, value in zip(first.inputs, arguments[count:], strict=True)]
        equations = self._equations()
        outputs = [
            (name, self._operand(each))
            for name, *each in zip(first.outputs, *(one.flat.outputs for one in self.tracings), strict=True)
        ]
        return Traced(tuple(weights), tuple(inputs), equations, tuple(outputs), self.seen.widths)

    def _equations(self) -> tuple[Equation, ...]:
        each = [one.flat.equations for one in self.tracings]
        found = [self._equation(column) for column in zip(*each, strict=False)]
        shortest = min(map(len, each))
        if any(len(equations) != shortest for equations in each):
            rest = [equations[shortest] if len(equations) > shortest else None for equations in each]
            self._part([e.primitive if e else "the end" for e in rest], next(e for e in rest if e))
        return tuple(found)

    def _equation(self, column: Sequence[FlatEquation]) -> Equation:
        first = column[0]
        self.seen.source = first.source
        names = [one.primitive for one in column]
        if any(name != names[0] for name in names):
            self._part(names, first)
        if any(len(one.operands) != len(first.operands) for one in column):
            self._part([f"{first.primitive} of {len(one.operands)}" for one in column], first)
        operands = [self._operand(each) for each in zip(*(one.operands for one in column), strict=True)]
        keys = set(first.params).intersection(*(one.params for one in column))
        params = {
            key: self.seen.parameter([one.params[key] for one in column], f"the parameter {key} of {first.primitive}")
            for key in first.params
            if key in keys
        }
        results = [
            self._value(each, f"a size of {first.primitive}")
            for each in zip(*(one.results for one in column), strict=True)
        ]
        return Equation(first.primitive, tuple(operands), params, tuple(results), place_of(first.source))

    def _value(self, each: Sequence[Unknown], what: str) -> Value:
        shape = self.seen.shape([one.shape for one in each], what)
        value = Value(len(self.values), shape, each[0].kind)
        for numbers, one in zip(self.numbers, each, strict=True):
            numbers[id(one)] = value.number
        self.values[value.number] = value
        return value

    def _operand(self, each: Sequence[Atom]) -> Operand:
        known = [is_known(one) for one in each]
        if all(known):
            return self.seen.known(each)
        if any(known):
            self._part(["a constant" if one else "a value that depends on weights or inputs" for one in known], None)
        found = [numbers[id(one)] for numbers, one in zip(self.numbers, each, strict=True)]
        if any(number != found[0] for number in found):
            self._part([f"result {number}" for number in found], None)
        return self.values[found[0]]

    def _part(self, seen: Sequence[str], equation: FlatEquation | None) -> None:
        source = equation.source if equation else self.seen.source
        raise parted("the equations", seen, self.seen.widths, span_of(place_of(source)) if source else None)


def _only(each: Sequence[object], others: Sequence[Sequence[object]]) -> str:
    """The first of ``each`` that is not everywhere."""
    missing = [one for one in each if any(one not in other for other in others)]
    return "/".join(map(str, missing[0])) if missing and isinstance(missing[0], tuple) else f"{len(each)} of them"
