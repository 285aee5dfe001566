"""A module at one width as a list of equations."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tp.diagnostics.diagnostic import TpError, error
from tp.imports.module import Module
from tp.imports.traced import jax_internals as internals
from tp.imports.traced.flat import flat
from tp.imports.traced.flat_equation import INFINITY, Flat, Unknown
from tp.imports.traced.places import is_users, place_at, span_of

Path = tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Tracing:
    """A module at one width: paths of weights and whether they are trained, names of inputs and outputs, equations."""

    paths: list[Path]
    trained: list[bool]
    inputs: list[str]
    outputs: list[str]
    flat: Flat


def tracing(module: Module, width: int) -> Tracing:
    """Trace ``module`` in double precision. Raises TP905 where it raises an exception."""
    try:
        with internals.double():
            return _traced(module, width)
    except TpError as problem:
        if problem.only("TP905") and _runs(module):
            raise TpError([replace(found, hint=_PRECISION) for found in problem.diagnostics]) from problem.__cause__
        raise


_PRECISION = (
    "it runs in its own precision, but it is imported with weights and inputs of double precision: leave out the "
    "dtypes that it names, or cast what a loop starts from to the dtype of its input"
)


def _runs(module: Module) -> bool:
    """Whether ``module`` raises nothing where weights and inputs have their own types."""
    import jax

    try:
        jax.eval_shape(module.apply, jax.eval_shape(module.init, jax.random.key(0)), *_inputs(module))
    except Exception:
        return False
    return True


def _inputs(module: Module) -> list[Any]:
    return list(module.inputs.values())


def _traced(module: Module, width: int) -> Tracing:
    import jax

    tree = _guarded(lambda: jax.eval_shape(module.init, jax.random.key(0)), width)
    leaves, form = jax.tree_util.tree_flatten_with_path(tree)
    weights = [_double(leaf) for _, leaf in leaves]
    inputs = [_double(array) for array in _inputs(module)]

    def function(arrays: list[Any], *rest: Any) -> Any:
        return module.apply(jax.tree_util.tree_unflatten(form, arrays), *rest)

    closed, results = _guarded(lambda: internals.jaxpr_of(function, [weights, *inputs]), width)
    arguments = [*weights, *inputs]
    found = flat(closed, _unknown(arguments, {}))
    given = _index_bounds(found.gathered, len(weights), _inputs(module))
    if given:
        found = flat(closed, _unknown(arguments, given))
    paths = [path_of(keys) for keys, _ in leaves]
    outputs = ["_".join(("output", *path_of(keys))) for keys, _ in jax.tree_util.tree_flatten_with_path(results)[0]]
    return Tracing(paths, [not module.frozen(path) for path in paths], list(module.inputs), outputs, found)


def path_of(keys: Any) -> Path:
    """The keys that lead to a leaf of a tree, as text."""
    return tuple(str(next(getattr(key, name) for name in ("key", "name", "idx") if hasattr(key, name))) for key in keys)


def _double(array: Any) -> Any:
    import jax

    if not hasattr(array, "dtype"):
        array = np.asarray(array)
    dtype = np.dtype(np.float64) if internals.kind(array.dtype) == "float" else array.dtype
    return jax.ShapeDtypeStruct(array.shape, dtype)


def _unknown(arguments: list[Any], given: dict[int, tuple[float, float]]) -> list[Unknown]:
    return [
        Unknown(tuple(leaf.shape), internals.kind(leaf.dtype), *given.get(i, _range(leaf.dtype)), frozenset({i}))
        for i, leaf in enumerate(arguments)
    ]


def _range(dtype: Any) -> tuple[float, float]:
    unsigned = internals.kind(dtype) == "int" and dtype.kind == "u"
    return (0 if unsigned else -INFINITY), INFINITY


def _index_bounds(gathered: dict[int, float], before: int, inputs: list[Any]) -> dict[int, tuple[float, float]]:
    """Bounds of inputs that are indices: those of the axes, or of the values that are given where they are beyond."""
    found: dict[int, tuple[float, float]] = {}
    for i, size in gathered.items():
        if i >= before:
            values = np.asarray(inputs[i - before])
            beyond = (float(values.min()), float(values.max())) if values.size else (0.0, 0.0)
            found[i] = (min(0.0, beyond[0]), max(size - 1, beyond[1]))
    return found


def _guarded(run: Callable[[], Any], width: int) -> Any:
    """What ``run`` returns. Raises TP905, with the user's line, where the user's code raises an exception."""
    try:
        return run()
    except TpError:
        raise
    except Exception as problem:
        frames = [frame for frame in traceback.extract_tb(problem.__traceback__) if is_users(frame.filename)]
        span = span_of(place_at(frames[-1].filename, frames[-1].lineno or 0)) if frames else None
        text = str(problem).strip().split("\n")[0]
        message = f"the module raises {type(problem).__name__} at width {width}: {text}"
        raise error("TP905", message, span) from problem
