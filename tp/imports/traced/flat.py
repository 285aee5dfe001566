"""A jaxpr at one width as a list of equations: calls are inlined, loops unrolled, and what is known is computed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.flat_equation import (
    INFINITY,
    Atom,
    Flat,
    FlatEquation,
    Source,
    Unknown,
    as_known,
    is_known,
    needed,
)
from tp.imports.traced.folding import fold
from tp.imports.traced.integers import bounds, certain, result_bounds
from tp.imports.traced.loops import LOOPS
from tp.imports.traced.places import is_users, place_of, span_of
from tp.imports.traced.repeating import unstack
from tp.imports.traced.static_indices import STATIC, split
from tp.imports.traced.views import Views

_INDEXED = ("gather", "dynamic_slice")
_DTYPES = ("new_dtype", "dtype", "preferred_element_type", "out_dtype")


def flat(closed: Any, arguments: Sequence[Unknown]) -> Flat:
    """The equations of a closed jaxpr that its outputs need. Raises TP902 where whole numbers wrap around."""
    flattener = Flattener()
    jaxpr, consts = internals.opened(closed)
    outputs = flattener.evaluate(jaxpr, consts, arguments, None, True)
    equations = needed(flattener.equations, outputs)
    for equation in equations:
        if equation in flattener.wrapping:
            hint = "use whole numbers with more bits: int32 in place of uint8"
            raise error("TP902", "whole numbers wrap around", span_of(place_of(equation.source)), hint)
    return Flat(list(arguments), equations, outputs, flattener.gathered)


class Flattener:
    """Evaluates jaxprs on atoms, and keeps the equations between those that are not known."""

    def __init__(self) -> None:
        self.equations: list[FlatEquation] = []
        self.gathered: dict[int, float] = {}
        self.views = Views()
        self.wrapping: set[FlatEquation] = set()

    def evaluate(
        self, jaxpr: Any, consts: Sequence[Any], operands: Sequence[Atom], outer: Source | None, own: bool
    ) -> list[Atom]:
        """The outputs of ``jaxpr`` at ``operands``; its equations come from within ``outer``."""
        values: dict[Any, Atom] = dict(zip(jaxpr.constvars, map(as_known, consts), strict=True))
        values.update(zip(jaxpr.invars, operands, strict=True))

        def read(atom: Any) -> Atom:
            return as_known(atom.val) if internals.is_literal(atom) else values[atom]

        for equation in jaxpr.eqns:
            source = Source(equation.source_info, outer, own)
            results = self._equation(equation, [read(atom) for atom in equation.invars], source)
            values.update(zip(equation.outvars, results, strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def emit(
        self, name: str, operands: Sequence[Atom], params: Mapping[str, Any], shape: tuple[int, ...], source: Source
    ) -> Atom:
        """The result of an equation, of the kind of the first operand that is not known."""
        first = next(x for x in operands if isinstance(x, Unknown))
        shortcut = self.views.shortcut(name, operands, params, shape)
        if shortcut is not None:
            return shortcut
        result = Unknown(shape, first.kind, *self._bounds(name, params, operands, first.kind), _origins(operands))
        self._keep(FlatEquation(name, tuple(operands), params, (result,), source))
        return result

    def pieces(self, value: Atom) -> tuple[int, tuple[Atom, ...]] | None:
        """The axis and the pieces of a value that is a concatenation."""
        return self.views.pieces(value)

    def _equation(self, equation: Any, operands: list[Atom], source: Source) -> Sequence[Atom]:
        name = equation.primitive.name
        if name in internals.CALLS:
            jaxpr, consts = internals.body(equation)
            return self.evaluate(jaxpr, consts, operands, source, is_users(internals.defined_in(jaxpr)))
        if all(is_known(x) for x in operands):
            return fold(equation, operands)
        if all(0 in variable.aval.shape for variable in equation.outvars):
            return [np.zeros(variable.aval.shape) for variable in equation.outvars]
        if name == "concatenate":
            operands = [x for x in operands if 0 not in x.shape]
            if len(operands) == 1:
                return operands
        if name in LOOPS:
            results = LOOPS[name](self, equation, operands, source)
            if results is not None:
                return results
        if name in internals.IDENTITIES or _only_precision(equation, operands[0]):
            return operands
        if len(equation.outvars) == 1:
            result = certain(name, operands, equation.outvars[0].aval.shape)
            if result is None:
                result = self._shorter(equation, operands, source)
            if result is not None:
                return [result]
        elif name == "split":
            return split(self, operands[0], equation.params["sizes"], equation.params["axis"], source)
        elif name == "unstack":
            return unstack(self, operands[0], equation.params["axis"], source)
        return self._kept(equation, operands, source)

    def _shorter(self, equation: Any, operands: list[Atom], source: Source) -> Atom | None:
        """The result of an equation that moves entries, where fewer equations give it."""
        name, shape = equation.primitive.name, tuple(equation.outvars[0].aval.shape)
        if name in STATIC:
            return STATIC[name](self, operands, equation.params, shape, source)
        if name == "dot_general":
            return self.views.products(self, operands, equation.params, shape, source)
        return self.views.shortcut(name, operands, equation.params, shape)

    def _keep(self, equation: FlatEquation) -> None:
        if equation.primitive in _INDEXED:
            self._indexed(equation.operands, equation.params.get("dimension_numbers"))
        self.equations.append(equation)
        if len(equation.results) == 1:
            self.views.note(self, equation)

    def _kept(self, given: Any, operands: list[Atom], source: Source) -> list[Unknown]:
        name = given.primitive.name
        params = {key: _plain(key, value) for key, value in given.params.items() if not internals.is_jaxpr(value)}
        results: list[Unknown] = []
        wraps = False
        for variable in given.outvars:
            kind = internals.kind(variable.aval.dtype)
            low, high = self._bounds(name, params, operands, kind)
            if kind == "int" and _overflows(low, high, variable.aval.dtype):
                wraps = True
                low, high = -INFINITY, INFINITY
            origins = _origins(operands) if kind == "int" else frozenset[int]()
            results.append(Unknown(tuple(variable.aval.shape), kind, low, high, origins))
        equation = FlatEquation(name, tuple(operands), params, tuple(results), source)
        self._keep(equation)
        if wraps:
            self.wrapping.add(equation)
        return results

    def _indexed(self, operands: Sequence[Atom], numbers: Any) -> None:
        """Note which arguments are indices, and of how many entries."""
        along = tuple(range(len(operands) - 1)) if numbers is None else numbers.start_index_map
        for origin in _origins(operands[1:]):
            size = operands[0].shape[along[0]] if len(along) == 1 else INFINITY
            self.gathered[origin] = min(size, self.gathered.get(origin, size))

    def _bounds(self, name: str, params: Mapping[str, Any], operands: Sequence[Atom], kind: str) -> tuple[float, float]:
        return result_bounds(name, params, operands) if kind == "int" else (-np.inf, np.inf)


def _only_precision(equation: Any, operand: Atom) -> bool:
    """Whether an equation converts real numbers to real numbers, or whole numbers to a type that holds them all."""
    if equation.primitive.name != "convert_element_type":
        return False
    old, new = equation.invars[0].aval.dtype, equation.params["new_dtype"]
    kinds = internals.kind(old), internals.kind(new)
    if kinds != ("int", "int"):
        return kinds == ("float", "float") or old == new
    low, high = bounds(operand)
    return np.can_cast(old, new) or (np.iinfo(new).min <= low and high <= np.iinfo(new).max)


def _overflows(low: float, high: float, dtype: Any) -> bool:
    """Whether whole numbers between bounds that are known wrap around."""
    limits = np.iinfo(dtype)
    return -INFINITY < low <= high < INFINITY and not (limits.min <= low and high <= limits.max)


def _plain(key: str, value: Any) -> Any:
    """A parameter of an equation in double precision."""
    if key in _DTYPES and value is not None and internals.kind(value) == "float":
        return np.dtype(np.float64)
    return value


def _origins(operands: Sequence[Atom]) -> frozenset[int]:
    return frozenset[int]().union(*(x.origins for x in operands if isinstance(x, Unknown)))
