"""What a function of JAX computes, calculated by NumPy: a function that is used a few times need not be compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from tp.imports.traced import jax_internals as internals

Rule = Callable[..., Any]


def _chosen(which: Any, *cases: Any) -> Any:
    if which.dtype == bool:
        return np.where(which, cases[1], cases[0])
    return np.choose(which, cases)


RULES: Mapping[str, Rule] = {
    "abs": np.abs,
    "add": np.add,
    "and": np.logical_and,
    "copy": np.asarray,
    "copy_p": np.asarray,
    "div": np.divide,
    "eq": np.equal,
    "exp": np.exp,
    "expm1": np.expm1,
    "ge": np.greater_equal,
    "gt": np.greater,
    "is_finite": np.isfinite,
    "le": np.less_equal,
    "log": np.log,
    "log1p": np.log1p,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "or": np.logical_or,
    "pow": np.power,
    "select_n": _chosen,
    "sign": np.sign,
    "sqrt": np.sqrt,
    "square": np.square,
    "stop_gradient": np.asarray,
    "sub": np.subtract,
    "tanh": np.tanh,
}
"""By primitive without parameters."""
OTHERWISE = ("and", "div", "or", "pow")
"""Primitives that do other things with whole numbers."""


def calculated(jaxpr: Any, constants: Sequence[Any], arguments: Sequence[Any]) -> list[Any]:
    """The results of ``jaxpr`` for ``arguments``, arrays of NumPy. What has no rule is computed by JAX."""
    known: dict[Any, Any] = {
        variable: np.asarray(value)
        for variable, value in zip((*jaxpr.constvars, *jaxpr.invars), (*constants, *arguments), strict=True)
    }

    def at(atom: Any) -> Any:
        return np.asarray(atom.val) if internals.is_literal(atom) else known[atom]

    kept = {atom for atom in jaxpr.outvars if not internals.is_literal(atom)}
    last: dict[Any, int] = {}
    for place, equation in enumerate(jaxpr.eqns):
        last.update((atom, place) for atom in equation.invars if not internals.is_literal(atom))
    with np.errstate(all="ignore"):
        for place, equation in enumerate(jaxpr.eqns):
            results = _results(equation, [at(atom) for atom in equation.invars])
            known.update(zip(equation.outvars, results, strict=True))
            # What no later equation uses is let go: all together would take many times the memory of the weights.
            for atom in (*equation.invars, *equation.outvars):
                if not internals.is_literal(atom) and atom not in kept and last.get(atom, place) <= place:
                    known.pop(atom, None)
    return [at(atom) for atom in jaxpr.outvars]


def _results(equation: Any, operands: list[Any]) -> list[Any]:
    name, params = equation.primitive.name, equation.params
    if name in internals.CALLS:
        return calculated(*internals.body(equation), operands)
    aval = equation.outvars[0].aval
    whole = any(one.dtype.kind in "iu" for one in operands)
    if name in RULES and not (whole and name in OTHERWISE):
        return [np.asarray(RULES[name](*operands), aval.dtype)]
    if name == "convert_element_type":
        return [operands[0].astype(aval.dtype)]
    if name == "integer_pow":
        power = params["y"]
        return [np.asarray(np.square(operands[0]) if power == 2 else operands[0] ** float(power), aval.dtype)]
    if name == "squeeze" or (name == "reshape" and params.get("dimensions") is None):
        return [operands[0].reshape(aval.shape)]
    if name == "broadcast_in_dim":
        shape = [1] * len(aval.shape)
        for size, place in zip(operands[0].shape, params["broadcast_dimensions"], strict=True):
            shape[place] = size
        return [np.broadcast_to(operands[0].reshape(shape), aval.shape)]
    if name == "reduce_sum":
        return [np.asarray(operands[0].sum(tuple(params["axes"])), aval.dtype)]
    found = equation.primitive.bind(*(_of_jax(one) for one in operands), **params)
    return [np.asarray(one) for one in (found if equation.primitive.multiple_results else [found])]


def _of_jax(array: Any) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(array)
