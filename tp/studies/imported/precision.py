"""How precisely a module computes by itself, where it casts to numbers of lower precision."""

from __future__ import annotations

from typing import Any

from tp.imports.traced import jax_internals as internals

TOLERANCES = {"float64": 1e-10, "float32": 1e-3, "float16": 0.05, "bfloat16": 0.2}
"""The largest difference that is rounding, relative to the largest entry, by the least precise type of numbers."""


def lowest(closed: Any) -> str:
    """The least precise type of real numbers in a jaxpr that is of double precision otherwise."""
    found = {"float64"}
    _collect(internals.opened(closed)[0], found)
    return max(found, key=lambda name: TOLERANCES.get(name, 0.0))


def _collect(jaxpr: Any, found: set[str]) -> None:
    for equation in jaxpr.eqns:
        found.update(
            variable.aval.dtype.name for variable in equation.outvars if internals.kind(variable.aval.dtype) == "float"
        )
        for value in equation.params.values():
            for inner in value if isinstance(value, tuple | list) else (value,):
                if internals.is_jaxpr(inner):
                    _collect(internals.opened(inner)[0], found)
