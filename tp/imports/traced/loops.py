"""Loops and branches of a jaxpr: unrolled where their number of steps is known, decided where their condition is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import numpy as np

from tp.imports.traced import jax_internals as internals
from tp.imports.traced.flat_equation import Atom, FlatEquation, Source, is_known
from tp.imports.traced.places import is_users

MOST = 10_000
"""Steps of a loop that are unrolled."""


class Evaluator(Protocol):
    equations: list[FlatEquation]

    def evaluate(
        self, jaxpr: Any, consts: Sequence[Any], operands: Sequence[Atom], outer: Source | None, own: bool
    ) -> list[Atom]: ...

    def emit(
        self, name: str, operands: Sequence[Atom], params: Mapping[str, Any], shape: tuple[int, ...], source: Source
    ) -> Atom: ...

    def pieces(self, value: Atom) -> tuple[int, tuple[Atom, ...]] | None: ...


def _scan(evaluator: Evaluator, equation: Any, operands: list[Atom], source: Source) -> list[Atom] | None:
    params = equation.params
    length, consts, carried = params["length"], params["num_consts"], params["num_consts"] + params["num_carry"]
    if not 0 < length <= MOST:
        return None
    jaxpr, constants = internals.opened(params["jaxpr"])
    own = _is_own(jaxpr, source)
    carry, rows = operands[consts:carried], operands[carried:]
    found: list[list[Atom]] = []
    steps = range(length)
    for step in reversed(steps) if params["reverse"] else steps:
        row = [_row(evaluator, x, step, source) for x in rows]
        results = evaluator.evaluate(jaxpr, constants, [*operands[:consts], *carry, *row], source, own)
        carry = results[: len(carry)]
        found.append(results[len(carry) :])
    if params["reverse"]:
        found.reverse()
    return [*carry, *(_stacked(evaluator, column, source) for column in zip(*found, strict=True))]


def _row(evaluator: Evaluator, x: Atom, step: int, source: Source) -> Atom:
    if is_known(x):
        return x[step]
    shape = x.shape
    limits = {
        "start_indices": (step, *(0 for _ in shape[1:])),
        "limit_indices": (step + 1, *shape[1:]),
        "strides": None,
    }
    row = evaluator.emit("slice", [x], limits, (1, *shape[1:]), source)
    return evaluator.emit("squeeze", [row], {"dimensions": (0,)}, shape[1:], source)


def _stacked(evaluator: Evaluator, column: Sequence[Atom], source: Source) -> Atom:
    if all(is_known(x) for x in column):
        return np.stack(column)
    rows = [_lifted(evaluator, x, source) for x in column]
    if len(rows) == 1:
        return rows[0]
    return evaluator.emit("concatenate", rows, {"dimension": 0}, (len(rows), *rows[0].shape[1:]), source)


def _lifted(evaluator: Evaluator, x: Atom, source: Source) -> Atom:
    if is_known(x):
        return x[None]
    shape = (1, *x.shape)
    params = {"shape": shape, "broadcast_dimensions": tuple(range(1, len(shape))), "sharding": None}
    return evaluator.emit("broadcast_in_dim", [x], params, shape, source)


def _while(evaluator: Evaluator, equation: Any, operands: list[Atom], source: Source) -> list[Atom] | None:
    params = equation.params
    first = params["cond_nconsts"]
    second = first + params["body_nconsts"]
    test, test_constants = internals.opened(params["cond_jaxpr"])
    body, body_constants = internals.opened(params["body_jaxpr"])
    own = _is_own(body, source)
    carry = operands[second:]
    before = len(evaluator.equations)
    for _ in range(MOST):
        (going,) = evaluator.evaluate(test, test_constants, [*operands[:first], *carry], source, own)
        if not is_known(going):
            break
        if not going:
            return carry
        carry = evaluator.evaluate(body, body_constants, [*operands[first:second], *carry], source, own)
    del evaluator.equations[before:]
    return None


def _cond(evaluator: Evaluator, equation: Any, operands: list[Atom], source: Source) -> list[Atom] | None:
    which, *rest = operands
    branches = equation.params["branches"]
    if not is_known(which):
        return None
    jaxpr, constants = internals.opened(branches[min(max(int(which), 0), len(branches) - 1)])
    return evaluator.evaluate(jaxpr, constants, rest, source, _is_own(jaxpr, source))


def _is_own(jaxpr: Any, source: Source) -> bool:
    """Whether the lines in the body of a loop are those of this call: loops within functions of JAX are kept by JAX."""
    return source.own or is_users(internals.defined_in(jaxpr))


LOOPS: dict[str, Callable[[Evaluator, Any, list[Atom], Source], list[Atom] | None]] = {
    "scan": _scan,
    "while": _while,
    "cond": _cond,
}
"""By primitive: the results of an equation, or None where it has to stay as it is."""
