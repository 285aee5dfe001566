"""What was traced, at one width: its equations on arrays, with double precision."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import error
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.equation import Known, Traced, Value
from tp.imports.traced.places import span_of
from tp.imports.traced.sizes import Number, Size


def run(traced: Traced, n: int, weights: Sequence[Any], inputs: Sequence[Any]) -> list[Any]:
    """The outputs of ``traced`` at width ``n``, in order. JAX may differentiate and compile it.

    Raises TP902 where a constant is none that holds at every width, or where a primitive cannot be run by itself.
    """
    with internals.double():
        arguments = [*traced.weights, *traced.inputs]
        values: dict[Value, Any] = {
            argument.value: _double(array) for argument, array in zip(arguments, [*weights, *inputs], strict=True)
        }

        def read(operand: Value | Known) -> Any:
            return values[operand] if isinstance(operand, Value) else constant(operand, n)

        for equation in traced.equations:
            operands = [read(operand) for operand in equation.operands]
            results = internals.bind_named(equation.primitive, at(equation.params, n), operands)
            if results is None:
                message = f"{equation.primitive} cannot be run by itself"
                raise error("TP902", message, span_of(equation.place))
            values.update(zip(equation.results, results, strict=True))
        return [read(operand) for _, operand in traced.outputs]


def constant(known: Known, n: int) -> Any:
    """A constant at width ``n``. Raises TP902 where its entries are not known at every width."""
    shape = tuple(size.at(n) for size in known.shape)
    if known.number is not None:
        kinds = {"float": np.float64, "int": np.int64, "bool": np.bool_}
        return np.full(shape, known.number.at(n), kinds[known.kind])
    if known.table is None:
        raise error("TP902", "a constant has different entries along an axis that grows with the width")
    table = known.table if known.scale is None else np.multiply(known.table, known.scale.at(n))
    return np.broadcast_to(table, shape)


def at(value: Any, n: int) -> Any:
    """A parameter of an equation at width ``n``."""
    if isinstance(value, Size | Number):
        return value.at(n)
    if isinstance(value, dict):
        return {key: at(each, n) for key, each in value.items()}
    if isinstance(value, tuple):
        parts = [at(each, n) for each in value]
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)
    return value


def _double(array: Any) -> Any:
    import jax.numpy as jnp

    return jnp.asarray(array, jnp.float64) if internals.kind(jnp.asarray(array).dtype) == "float" else array
