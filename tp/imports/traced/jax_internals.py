"""All that the importer uses of JAX beyond its public functions: jaxprs, their parameters and where they come from.

Jaxprs are not a stable interface. Another version of JAX is supported by editing this file.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import cache, wraps
from inspect import signature
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax._src.lax.lax import split_p
from jax.extend.core import Literal, primitives

CALLS = frozenset(
    {
        *("jit", "pjit", "closed_call", "core_call", "core_closed_call", "call", "checkpoint", "remat", "remat2"),
        *("custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr", "custom_vmap_call", "xla_call"),
    }
)
"""Primitives that do what their jaxpr does."""

IDENTITIES = frozenset(
    {"copy", "copy_p", "optimization_barrier", "sharding_constraint", "pvary", "pcast", "reduce_precision", "name"}
)
"""Primitives whose results are their operands, in real numbers."""

_BODIES = ("call_jaxpr", "fun_jaxpr", "jaxpr", "call")


@dataclass(frozen=True, slots=True)
class Frame:
    """One call on the stack of Python while an equation was traced."""

    file: str
    line: int


@contextmanager
def double() -> Generator[None]:
    """While entered, JAX computes with 64 bits, and what loops carry is of double precision.

    Some frameworks start recurrent cells with zeros of single precision. JAX refuses a loop that carries them in and a
    double out.
    """
    kept = {name: getattr(jax.lax, name) for name in _CARRIED}
    for name, position in _CARRIED.items():
        setattr(jax.lax, name, _widened(kept[name], position))
    try:
        with _enabled():
            yield
    finally:
        for name, function in kept.items():
            setattr(jax.lax, name, function)


_CARRIED = {"scan": 1, "while_loop": 2, "fori_loop": 3}
"""Loops, and the position of what they carry among their arguments."""


def _widened(loop: Callable[..., Any], position: int) -> Callable[..., Any]:
    """``loop`` with a carry of double precision."""

    @wraps(loop)
    def widened(*args: Any, **kwargs: Any) -> Any:
        names = list(signature(loop).parameters)
        if len(args) > position:
            args = (*args[:position], jax.tree.map(_doubled, args[position]), *args[position + 1 :])
        elif names[position] in kwargs:
            kwargs[names[position]] = jax.tree.map(_doubled, kwargs[names[position]])
        return loop(*args, **kwargs)

    return widened


def _doubled(leaf: Any) -> Any:
    """``leaf`` with the widest real numbers that JAX has: the user's ``init`` may switch double precision off."""
    real = hasattr(leaf, "dtype") and kind(leaf.dtype) == "float"
    return leaf.astype(jax.dtypes.canonicalize_dtype(np.float64)) if real else leaf


def _enabled() -> AbstractContextManager[Any]:
    if hasattr(jax, "enable_x64"):
        return jax.enable_x64(True)
    from jax.experimental import enable_x64  # pyright: ignore[reportAttributeAccessIssue]

    return enable_x64()


def jaxpr_of(function: Callable[..., Any], arguments: Sequence[Any]) -> tuple[Any, Any]:
    """The closed jaxpr of ``function`` at abstract ``arguments``, and the tree of its results."""
    return jax.make_jaxpr(function, return_shape=True)(*arguments)


def depends(function: Callable[..., Any], first: Any, *others: Any) -> bool:
    """Whether results of ``function`` depend on a leaf of its first argument."""
    from jax.interpreters.partial_eval import dce_jaxpr

    jaxpr = jax.make_jaxpr(function)(first, *others).jaxpr
    _, used = dce_jaxpr(jaxpr, [True] * len(jaxpr.outvars))
    return any(used[: len(jax.tree.leaves(first))])


def body(equation: Any) -> tuple[Any, Sequence[Any]]:
    """The jaxpr of a call, and its constants."""
    return opened(next(equation.params[key] for key in _BODIES if key in equation.params))


def opened(jaxpr: Any) -> tuple[Any, Sequence[Any]]:
    """A jaxpr, closed or not, and its constants."""
    return (jaxpr.jaxpr, jaxpr.consts) if hasattr(jaxpr, "consts") else (jaxpr, ())


def defined_in(jaxpr: Any) -> str:
    """The file of the function that a jaxpr is of; empty where it is not known."""
    found = getattr(getattr(jaxpr, "debug_info", None), "func_src_info", None) or ""
    return found.rpartition(" at ")[2].rpartition(":")[0]


def is_literal(atom: Any) -> bool:
    return isinstance(atom, Literal)


def is_jaxpr(value: Any) -> bool:
    """Whether a parameter of an equation is a jaxpr, or several."""
    if isinstance(value, tuple):
        return bool(value) and all(is_jaxpr(each) for each in value)
    return hasattr(value, "eqns") or (hasattr(value, "jaxpr") and hasattr(value, "consts"))


def frames(source: Any) -> list[Frame]:
    """The stack of Python, innermost call first, of the source information of an equation."""
    if source.traceback is None:
        return []
    codes, lasts = source.traceback.raw_frames()
    where = type(source.traceback).code_addr2location
    return [Frame(code.co_filename, where(code, last)[0]) for code, last in zip(codes, lasts, strict=True)]


def scope(source: Any) -> tuple[str, ...]:
    """The names of the modules that were entered: scopes, without transformations such as ``jvp``."""
    return tuple(
        part
        for element in source.name_stack.stack
        if type(element).__name__ == "Scope"
        for part in element.name.split("/")
    )


def kind(dtype: Any) -> str:
    """``float``, ``int``, ``bool``, or else ``complex`` or ``key``."""
    if jnp.issubdtype(dtype, jax.dtypes.prng_key):
        return "key"
    for name, type_ in (("float", np.floating), ("int", np.integer), ("bool", np.bool_)):
        if jnp.issubdtype(dtype, type_):
            return name
    return "complex"


def gathered(array: Any, indices: Any, params: Any) -> Any:
    """Entries of a concrete array of whole numbers; -1 for those beyond it."""
    return np.asarray(jax.lax.gather_p.bind(jnp.asarray(array), jnp.asarray(indices), **{**params, "fill_value": -1}))


def bits_of(value: Any) -> Any:
    """``value`` as numbers: keys of random numbers as the bits that they hold."""
    return jax.random.key_data(value) if hasattr(value, "dtype") and kind(value.dtype) == "key" else value


def bind(primitive: Any, params: Any, operands: Sequence[Any], avals: Sequence[Any]) -> list[Any]:
    """The results of a primitive on concrete arrays, which are brought to the types of ``avals`` first."""
    arrays = [
        array if kind(aval.dtype) == "key" else jnp.asarray(array, aval.dtype)
        for array, aval in zip(operands, avals, strict=True)
    ]
    results = primitive.bind(*arrays, **params)
    return list(results) if primitive.multiple_results else [results]


def bind_named(name: str, params: dict[str, Any], operands: Sequence[Any]) -> list[Any] | None:
    """The results of the primitive of a name. None where there is none, or where it calls functions."""
    primitive = _primitives().get(name)
    if primitive is None:
        return None
    arrays = [jnp.asarray(operand) for operand in operands]
    whole = [array.dtype for array in arrays if kind(array.dtype) == "int"]
    common = np.result_type(*whole) if whole else None
    arrays = [array.astype(common) if kind(array.dtype) == "int" else array for array in arrays]
    results = primitive.bind(*arrays, **params)
    return list(results) if primitive.multiple_results else [results]


@cache
def _primitives() -> dict[str, Any]:
    found = [value for key, value in vars(primitives).items() if key.endswith("_p")]
    return {primitive.name: primitive for primitive in (*found, split_p)}
